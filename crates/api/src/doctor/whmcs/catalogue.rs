//! What an administrator has to set up in WHMCS: currencies, payment gateways, and a field of each product for the portal's mark.

use shared_types::money::CurrencyCode;
use whmcs::{Client, Denied, Error, Product, ProductFilter};

use super::actions;
use crate::doctor::{Check, Code, Context};

/// Name of the admin-only field of each product in which the portal marks its orders, to find them again after a lost answer.
const MARKER_FIELD: &str = "Portal marker";
/// So many products are named one by one.
const NAMED: usize = 100;

/// All of it, side by side.
pub(super) async fn check(context: &Context<'_>, client: &Client) -> Vec<Check> {
    let (currencies, methods, products) = futures::join!(
        client.currencies(context.deadline()),
        client.payment_methods(context.deadline()),
        client.products(&ProductFilter::All, context.deadline()),
    );
    let mut checks = vec![
        match currencies {
            Ok(found) => self::currencies(&found.iter().map(|one| one.code.as_str()).collect::<Vec<_>>()),
            Err(error) => unread(Code::WhmcsCurrencies, "GetCurrencies", &error),
        },
        match methods {
            Ok(found) => payment_methods(found.len()),
            Err(error) => unread(Code::WhmcsPaymentMethods, "GetPaymentMethods", &error),
        },
    ];
    match products {
        Ok(found) => checks.extend(self::products(&found)),
        Err(error) => {
            checks.push(unread(Code::WhmcsProducts, "GetProducts", &error));
            checks.push(Check::not_checked(Code::WhmcsMarker, "because the products could not be read"));
        }
    }
    checks
}

/// An answer that the doctor wanted, and the portal perhaps not.
fn unread(code: Code, action: &str, error: &Error) -> Check {
    match error {
        Error::Denied(Denied::ActionNotInRole) => {
            Check::not_checked(code, format!("because the API role does not allow {action}"))
                .with_mend(actions::tick(action))
        }
        _ => Check::warning(
            code,
            format!("{action} gave no usable answer"),
            "try again; then look at the web server's error log and at hooks in includes/hooks that fail or print",
        ),
    }
}

fn currencies(codes: &[&str]) -> Check {
    let place = "WHMCS: Configuration > System Settings > Currencies";
    let usable: Vec<_> = codes.iter().filter_map(|code| CurrencyCode::new(code).ok()).collect();
    if codes.is_empty() {
        return Check::wrong(Code::WhmcsCurrencies, "there is no currency", format!("{place}: add one"));
    }
    if usable.len() < codes.len() {
        return Check::wrong(
            Code::WhmcsCurrencies,
            format!("the portal cannot show {} of the currencies", codes.len() - usable.len()),
            format!("{place}: give each a code of letters and digits such as EUR"),
        );
    }
    let list = usable.iter().map(CurrencyCode::as_str).collect::<Vec<_>>().join(", ");
    Check::ok(Code::WhmcsCurrencies, list)
}

fn payment_methods(number: usize) -> Check {
    if number == 0 {
        return Check::wrong(
            Code::WhmcsPaymentMethods,
            "no payment gateway is active: nobody can pay or order",
            "WHMCS: Configuration > System Settings > Payment Gateways: activate one",
        );
    }
    Check::ok(Code::WhmcsPaymentMethods, format!("{number} active"))
}

fn products(products: &[Product]) -> [Check; 2] {
    let place = "WHMCS: Configuration > System Settings > Products/Services";
    if products.is_empty() {
        return [
            Check::warning(Code::WhmcsProducts, "there are no products", format!("{place}: add some")),
            Check::not_checked(Code::WhmcsMarker, "because there are no products"),
        ];
    }
    let lacking: Vec<_> =
        products.iter().filter(|product| !has_marker(product)).map(|product| product.id).collect();
    let count = Check::ok(Code::WhmcsProducts, format!("{} can be read", products.len()));
    if lacking.is_empty() {
        return [count, Check::ok(Code::WhmcsMarker, format!("each product has the field {MARKER_FIELD}"))];
    }
    let mut list = lacking.iter().take(NAMED).map(ToString::to_string).collect::<Vec<_>>().join(", ");
    if lacking.len() > NAMED {
        list.push_str(", …");
    }
    let says = format!(
        "{} of {} products show no field {MARKER_FIELD}: {list}. Without it an order whose answer was lost may need a person",
        lacking.len(),
        products.len()
    );
    let mend = format!(
        "{place}: edit each, tab Custom Fields: add a Text Box of that name, Admin Only ticked. If it is there already WHMCS keeps \
         admin-only fields out of GetProducts, and this warning stays"
    );
    [count, Check::warning(Code::WhmcsMarker, says, mend)]
}

/// Names may be written `name|label`.
fn has_marker(product: &Product) -> bool {
    let is_marker = |name: &str| {
        name.split('|').next().is_some_and(|name| name.trim().eq_ignore_ascii_case(MARKER_FIELD))
    };
    product.custom_fields.iter().any(|field| is_marker(&field.name))
}
