//! `GetPromotions`: what a promotion code gives. Without a code WHMCS lists all of them, which nobody outside
//! may see, so here one code is asked for.
//!
//! WHMCS checks the rules when an order is placed, not here.
//!
//! Source: <https://developers.whmcs.com/api-reference/getpromotions/>.

use chrono::NaiveDate;
use tokio::time::Instant;

use crate::{
    action::GET_PROMOTIONS, amount::Amount, billing_cycle::BillingCycle, client::Client, error::Error,
    form::Form, ids::ProductId, object::Object,
};

/// A promotion.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "they are independent columns of the record")]
pub struct Promotion {
    /// Its number.
    pub id: u64,
    /// Its code.
    pub code: String,
    /// What `value` means.
    pub kind: PromotionKind,
    /// Percentage or amount, by `kind`.
    pub value: Amount,
    /// Whether it holds for later payments too.
    pub recurring: bool,
    /// For how many payments it holds; `None` for all.
    pub recurs_for: Option<u64>,
    /// The cycles it is limited to; empty for no limit.
    pub cycles: Vec<BillingCycle>,
    /// What it applies to: ids of products, and marked ones of add-ons (`A1`) and domains (`D.com`).
    pub applies_to: Vec<String>,
    /// What has to be ordered along with it, in the same notation; empty for nothing.
    pub requires: Vec<String>,
    /// First day.
    pub starts_on: Option<NaiveDate>,
    /// Last day.
    pub expires_on: Option<NaiveDate>,
    /// How often it may be used in all; `None` for no limit.
    pub max_uses: Option<u64>,
    /// How often it has been used.
    pub uses: u64,
    /// Only for a client's first order.
    pub new_sign_ups_only: bool,
    /// Only for clients who have something.
    pub existing_clients_only: bool,
    /// Once for each client.
    pub once_per_client: bool,
    /// Once in an order, however many items it fits.
    pub apply_once: bool,
    /// For upgrades.
    pub upgrades: bool,
}

/// What the value of a promotion means.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum PromotionKind {
    /// Percent off the price.
    Percentage,
    /// An amount off the price.
    FixedAmount,
    /// The price to pay instead.
    PriceOverride,
    /// No setup fee.
    FreeSetup,
    /// A word that this crate does not know.
    Other(String),
}

impl Promotion {
    /// Whether it names a product.
    #[must_use]
    pub fn applies_to_product(&self, product_id: ProductId) -> bool {
        self.applies_to.iter().any(|item| item.parse() == Ok(product_id.get()))
    }
}

impl Client {
    /// The promotion with a code, ASCII case aside; `None` if there is none.
    pub async fn promotion(&self, code: &str, deadline: Instant) -> Result<Option<Promotion>, Error> {
        let code = code.trim();
        if code.is_empty() {
            return Ok(None);
        }
        let params = Form::new().with("code", code);
        let rows = promotions(&self.call(GET_PROMOTIONS, &params, deadline).await?)?;
        Ok(rows.into_iter().find(|row| row.code.eq_ignore_ascii_case(code)))
    }
}

pub(crate) fn promotions(answer: &Object) -> Result<Vec<Promotion>, Error> {
    answer.rows("promotions", "promotion")?.into_iter().map(promotion).collect()
}

fn promotion(row: &Object) -> Result<Promotion, Error> {
    let flag = |name| Ok::<_, Error>(row.number(name)?.is_some_and(|number| number > 0));
    Ok(Promotion {
        id: row.id("id")?,
        code: row.display("code")?,
        kind: kind(row.text("type")?),
        value: row.amount("value")?,
        recurring: flag("recurring")?,
        recurs_for: row.number("recurfor")?.filter(|payments| *payments != 0),
        cycles: items(row, "cycles")?.into_iter().map(BillingCycle::from_label).collect(),
        applies_to: items(row, "appliesto")?,
        requires: items(row, "requires")?,
        starts_on: row.date("startdate")?,
        expires_on: row.date("expirationdate")?,
        max_uses: row.number("maxuses")?.filter(|uses| *uses != 0),
        uses: row.number("uses")?.unwrap_or_default(),
        new_sign_ups_only: flag("newsignups")?,
        existing_clients_only: flag("existingclient")?,
        once_per_client: flag("onceperclient")?,
        apply_once: flag("applyonce")?,
        upgrades: flag("upgrades")?,
    })
}

/// Comma-separated items, or a list of them.
fn items(row: &Object, name: &'static str) -> Result<Vec<String>, Error> {
    let texts = row.texts(name, name)?.unwrap_or_default();
    let items = texts.iter().flat_map(|text| text.split(',')).map(str::trim);
    Ok(items.filter(|item| !item.is_empty()).map(str::to_owned).collect())
}

fn kind(word: String) -> PromotionKind {
    match word.as_str() {
        "Percentage" => PromotionKind::Percentage,
        "Fixed Amount" => PromotionKind::FixedAmount,
        "Price Override" => PromotionKind::PriceOverride,
        "Free Setup" => PromotionKind::FreeSetup,
        _ => PromotionKind::Other(word),
    }
}
