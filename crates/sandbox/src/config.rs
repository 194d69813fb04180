//! Switches for what the vendors' documentation leaves open, set over `POST /_control/config`.
//! The choices of each are in [`form`] and [`rules`]; the first one named is the default, the likelier belief.

mod form;
mod rules;

use serde::{Deserialize, Serialize};

use crate::client_area::switches::ClientArea;
pub use form::*;
pub use rules::*;

/// Declares the switches once: the state, what may change it over HTTP, and their names.
macro_rules! switches {
    ($($(#[$doc:meta])* $name:ident: $kind:ty,)*) => {
        /// All switches.
        #[derive(Debug, Clone, Default, Serialize)]
        pub struct Config {
            $($(#[$doc])* pub $name: $kind,)*
            /// Lists printed so far in `cycle` mode.
            #[serde(skip)]
            pub cycle: usize,
        }

        /// The body of `POST /_control/config`: what is absent stays as it is.
        #[derive(Debug, Default, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct Change {
            $(pub $name: Option<$kind>,)*
            /// Salesforce's daily API allowance; kept in its ledger.
            pub api_quota: Option<u64>,
        }

        /// The switches' names, for tests.
        #[cfg(test)]
        pub const NAMES: &[&str] = &[$(stringify!($name)),*];

        impl Config {
            /// Sets the switches that `change` names, except `api_quota`.
            pub fn apply(&mut self, change: Change) {
                $(if let Some(value) = change.$name {
                    self.$name = value;
                })*
                self.denied_actions.iter_mut().for_each(|action| action.make_ascii_lowercase());
            }
        }
    };
}

switches! {
    /// How scalars look on the wire.
    profile: Profile,
    /// What a list without rows looks like.
    empty_list: EmptyList,
    /// What a list with rows looks like.
    row_list: RowList,
    /// The WHMCS version that is simulated.
    version: Version,
    /// Whether text comes as it is stored, with HTML entities.
    entities: Entities,
    /// The form of an answer when `responsetype` is not sent.
    default_response: DefaultResponse,
    /// HTTP status of a business error.
    business_error: BusinessError,
    /// Largest page a list gives, whatever `limitnum` asks; 0 is no limit.
    max_limit: usize,
    /// Lower-case names of actions that the API credential's role does not list.
    denied_actions: Vec<String>,
    /// What an action that does not exist is answered.
    unknown_action: UnknownAction,
    /// The address WHMCS sees; empty is the connection's.
    seen_ip: String,
    /// Addresses that may call the API; none is all.
    allowed_ips: Vec<String>,
    /// Addresses that WHMCS has banned.
    banned_ips: Vec<String>,
    /// HTTP status that goes with `Invalid IP`.
    invalid_ip: InvalidIp,
    /// `$api_access_key`: who sends it passes the address check; empty is not set.
    access_key: String,
    /// State of the administrator whose credential is used.
    admin: Admin,
    /// Failed logins from one address before WHMCS bans it; 0 is never.
    lockout_after: u32,
    /// Whether `ValidateLogin` names the user although a second factor is due.
    two_factor_userid: Presence,
    /// How `twoFactorEnabled` is printed.
    two_factor_flag: TwoFactorFlag,
    /// Whether `GetUserPermissions` prints the permissions.
    user_permissions: Presence,
    /// Whether `AddClient` prints the new user's id (8.0 and later).
    owner_id: Presence,
    /// Which of several complaints `AddClient` makes.
    validation: Validation,
    /// Name of a client custom field that `AddClient` must be given; empty is none.
    required_client_field: String,
    /// What `AddClient` says about an address that a user has already.
    taken_email: TakenEmail,
    /// Where `GetClientsDetails` prints the client.
    client_fields: ClientFields,
    /// Which of several clients with one address `GetClientsDetails` gives.
    same_email: SameEmail,
    /// What an empty parameter of `UpdateClient` does.
    empty_field: EmptyField,
    /// Whether deprecated parameters are answered with a `warning` member.
    warnings: Presence,
    /// Whether `GetProducts` prints `startnumber` and `numreturned`.
    product_paging: Absence,
    /// Whether `GetProducts` lists the field that carries the portal's key, or only administrators see it.
    reference_field: Presence,
    /// What `AddOrder` does with a promotion code that cannot be used.
    bad_promocode: BadPromocode,
    /// The cycle of an order line that names none.
    missing_cycle: MissingCycle,
    /// What becomes of an order line whose cycle is priced -1.00.
    disabled_cycle: DisabledCycle,
    /// How far `priceoverride` reaches.
    price_override: PriceOverride,
    /// What `invoiceid` looks like when an order or upgrade has no invoice.
    no_invoice: NoInvoice,
    /// What an order without anything to pay gets.
    zero_order: ZeroOrder,
    /// From 8.6: which scalars `AddOrder` refuses where it wants arrays.
    array_params: ArrayParams,
    /// What `allowqty` above 1 means.
    quantity: Quantity,
    /// Whether `AddOrder` runs `AfterShoppingCartCheckout`.
    checkout_hook: Firing,
    /// What `AcceptOrder` meets at the provisioning module.
    module: Module,
    /// What becomes of the unpaid invoice of a cancelled order.
    cancelled_order: CancelledOrder,
    /// Whether orders and invoices send WHMCS's own e-mails.
    customer_mail: Mail,
    /// Whether an invoice's `total` is net of applied credit.
    total: Total,
    /// What `CreateInvoice` says after credit has paid the invoice.
    created_status: CreatedStatus,
    /// From 9.0: what changing an invoice that is no draft meets.
    immutability: Immutability,
    /// Whether `UpdateInvoice` runs the hook points of the status it sets.
    update_invoice_hooks: Silence,
    /// What a second payment with the same `transid` meets.
    duplicate_transid: DuplicateTransid,
    /// Where money beyond an invoice's balance goes.
    overpayment: Overpayment,
    /// What is open about single sign-on, mass payment and OpenID Connect; set as a whole.
    client_area: ClientArea,
}

impl Config {
    /// The variant for the next empty list.
    pub fn next_empty(&mut self) -> EmptyList {
        if self.empty_list != EmptyList::Cycle {
            return self.empty_list;
        }
        let variant = EmptyList::CYCLE.get(self.cycle % EmptyList::CYCLE.len()).copied();
        self.cycle += 1;
        variant.unwrap_or_default()
    }
}
