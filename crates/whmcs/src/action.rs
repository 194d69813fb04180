//! The catalogue of WHMCS actions that this crate calls: what an API role has to allow, and what a simulator
//! has to answer. The calls take their action from here, so neither can drift from the other.

/// An action of the WHMCS API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Action {
    /// Its name as the API reference spells it. WHMCS itself matches names without regard to case.
    pub name: &'static str,
    /// What a call does to the installation.
    pub effect: Effect,
}

/// What a call does to the installation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Nothing: repeating it is harmless.
    Read,
    /// It leaves something behind (a record, a mail, a session, a token), so that an unknown outcome has to be
    /// looked into.
    Write,
}

macro_rules! actions {
    ($($effect:ident $constant:ident $name:literal)+) => {
        $(pub(crate) const $constant: Action = Action { name: $name, effect: Effect::$effect };)+

        /// Every action that some call of [`crate::Client`] sends, by name.
        pub const ACTIONS: &[Action] = &[$($constant),+];
    };
}

actions! {
    Write ADD_CLIENT "AddClient"
    Write CREATE_SSO_TOKEN "CreateSsoToken"
    Read GET_CLIENTS_DETAILS "GetClientsDetails"
    Read GET_CLIENTS_PRODUCTS "GetClientsProducts"
    Read GET_CURRENCIES "GetCurrencies"
    Read GET_INVOICE "GetInvoice"
    Read GET_INVOICES "GetInvoices"
    Read GET_ORDERS "GetOrders"
    Read GET_PAYMENT_METHODS "GetPaymentMethods"
    Read GET_PRODUCTS "GetProducts"
    Read GET_USER_PERMISSIONS "GetUserPermissions"
    Read GET_USERS "GetUsers"
    Read WHMCS_DETAILS "WhmcsDetails"
}

#[cfg(test)]
mod tests {
    use super::ACTIONS;

    #[test]
    fn names_are_sorted_and_unique() {
        assert!(ACTIONS.is_sorted_by(|one, next| one.name < next.name));
    }
}
