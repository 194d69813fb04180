//! `GetProducts`: the catalogue.
//!
//! **Hidden and retired products are listed like all others, and nothing in the answer tells them apart.** Which
//! products are for sale has to be known to the caller, for instance as a list of ids. Nor does the answer
//! tell the names of the groups, or whether stock is counted.
//!
//! Source: <https://developers.whmcs.com/api-reference/getproducts/>.

use tokio::time::Instant;

use crate::{
    action::GET_PRODUCTS,
    client::Client,
    error::Error,
    form::Form,
    ids::{ConfigChoiceId, ConfigOptionId, CustomFieldId, ProductGroupId, ProductId},
    object::Object,
    pricing::{PayType, PriceList, price_lists},
};

/// Which products to list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum ProductFilter {
    /// All, the hidden and the retired among them.
    #[default]
    All,
    /// Those with these ids; none of them for an empty list.
    Ids(Vec<ProductId>),
    /// Those of a group.
    Group(ProductGroupId),
}

/// A product of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Product {
    /// The product.
    pub id: ProductId,
    /// Its group.
    pub group_id: Option<ProductGroupId>,
    /// What it is, in WHMCS's words: `hostingaccount`, `reselleraccount`, `server` or `other`.
    pub kind: String,
    /// Name.
    pub name: String,
    /// Name in web addresses (8.3 and up).
    pub slug: Option<String>,
    /// Its page in the shop of WHMCS (8.3 and up).
    pub url: Option<String>,
    /// Description in HTML, by design and as sent: sanitise it before it gets into a page.
    pub description_html: String,
    /// How it is paid for.
    pub pay_type: PayType,
    /// Whether several may be ordered at once (8.12 and up). What values above 1 mean is not documented.
    pub allows_quantity: bool,
    /// How many are left (8.12 and up). Zero may also mean that stock is not counted.
    pub quantity_available: Option<u64>,
    /// One list for each currency that has prices.
    pub pricing: Vec<PriceList>,
    /// What the order form asks for.
    pub custom_fields: Vec<ProductField>,
    /// What can be chosen.
    pub options: Vec<ProductOption>,
}

/// A field of a product's order form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductField {
    /// The field.
    pub id: CustomFieldId,
    /// Its label.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// Whether it must be filled in.
    pub required: bool,
}

/// A configurable option of a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductOption {
    /// The option.
    pub id: ConfigOptionId,
    /// Its label.
    pub name: String,
    /// How a choice is made.
    pub kind: ProductOptionKind,
    /// Least quantity, where one is chosen.
    pub min_quantity: Option<u64>,
    /// Greatest quantity, where one is chosen; `None` for no limit.
    pub max_quantity: Option<u64>,
    /// The choices. A quantity and a yes or no have one, whose price is for each unit or for yes.
    pub choices: Vec<ProductChoice>,
}

/// How a configurable option is chosen. WHMCS sends a number whose meaning its API reference does not give;
/// these are the types that its admin area offers, in that order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProductOptionKind {
    /// One choice of a list (1).
    Dropdown,
    /// One choice of a list (2).
    Radio,
    /// Yes or no (3).
    YesNo,
    /// A number (4).
    Quantity,
    /// Another number.
    Other(u64),
}

/// One choice of a configurable option.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductChoice {
    /// The choice.
    pub id: ConfigChoiceId,
    /// Its label.
    pub name: String,
    /// What it adds to the product's price; prefix and suffix are the product's.
    pub pricing: Vec<PriceList>,
}

impl Product {
    /// The prices in a currency, by its code.
    #[must_use]
    pub fn prices_in(&self, currency_code: &str) -> Option<&PriceList> {
        self.pricing.iter().find(|list| list.currency_code == currency_code)
    }
}

impl Client {
    /// Products of the catalogue. There are no pages. Rows that were not asked for are left out.
    pub async fn products(&self, filter: &ProductFilter, deadline: Instant) -> Result<Vec<Product>, Error> {
        let params = match filter {
            ProductFilter::All => Form::new(),
            // An empty parameter would list everything.
            ProductFilter::Ids(ids) if ids.is_empty() => return Ok(Vec::new()),
            ProductFilter::Ids(ids) => {
                let ids = ids.iter().map(ToString::to_string).collect::<Vec<_>>();
                Form::new().with("pid", ids.join(","))
            }
            ProductFilter::Group(group) => Form::new().with("gid", *group),
        };
        let mut products = products(&self.call(GET_PRODUCTS, &params, deadline).await?)?;
        products.retain(|product| match filter {
            ProductFilter::All => true,
            ProductFilter::Ids(ids) => ids.contains(&product.id),
            ProductFilter::Group(group) => product.group_id == Some(*group),
        });
        Ok(products)
    }
}

pub(crate) fn products(answer: &Object) -> Result<Vec<Product>, Error> {
    answer.rows("products", "product")?.into_iter().map(product).collect()
}

fn product(row: &Object) -> Result<Product, Error> {
    let pay_type = PayType::from_word(row.text("paytype")?);
    // The reference's example and its list of changes spell this one differently.
    let url = if row.has("product-url") { "product-url" } else { "product_url" };
    let fields = row.rows("customfields", "customfield")?.into_iter().map(product_field);
    let options = row.rows("configoptions", "configoption")?.into_iter();
    Ok(Product {
        id: row.id("pid")?,
        group_id: row.optional_id("gid")?,
        kind: row.text("type")?,
        name: row.display("name")?,
        slug: row.optional_text("slug")?,
        url: row.optional_text(url)?,
        description_html: row.text("description")?,
        allows_quantity: row.number("allowqty")?.is_some_and(|allowed| allowed > 0),
        quantity_available: row.number("quantity_available")?,
        pricing: price_lists(row, &pay_type)?,
        custom_fields: fields.collect::<Result<_, _>>()?,
        options: options.map(|option| product_option(option, &pay_type)).collect::<Result<_, _>>()?,
        pay_type,
    })
}

fn product_field(row: &Object) -> Result<ProductField, Error> {
    Ok(ProductField {
        id: row.id("id")?,
        name: row.display("name")?,
        description: row.optional_display("description")?,
        required: row.flag("required")?.unwrap_or_default(),
    })
}

fn product_option(row: &Object, pay_type: &PayType) -> Result<ProductOption, Error> {
    let choices = row.rows("options", "option")?.into_iter().map(|choice| {
        Ok(ProductChoice {
            id: choice.id("id")?,
            name: choice.display("name")?,
            pricing: price_lists(choice, pay_type)?,
        })
    });
    Ok(ProductOption {
        id: row.id("id")?,
        name: row.display("name")?,
        kind: option_kind(row.number("type")?.unwrap_or_default()),
        min_quantity: row.number("minqty")?,
        max_quantity: row.number("maxqty")?.filter(|quantity| *quantity != 0),
        choices: choices.collect::<Result<_, Error>>()?,
    })
}

const fn option_kind(number: u64) -> ProductOptionKind {
    match number {
        1 => ProductOptionKind::Dropdown,
        2 => ProductOptionKind::Radio,
        3 => ProductOptionKind::YesNo,
        4 => ProductOptionKind::Quantity,
        _ => ProductOptionKind::Other(number),
    }
}
