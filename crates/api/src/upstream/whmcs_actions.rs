//! The actions of WHMCS that the adapters call: what the role of the API credential has to allow. `portal doctor` checks each of
//! them; a test compares this list with the adapters' code and with what a sandbox was asked for.

/// Their names, in the order of the alphabet.
pub const WHMCS_ACTIONS: &[&str] = &[
    "AddClient",
    "CreateSsoToken",
    "GetClientsDetails",
    "GetClientsProducts",
    "GetInvoice",
    "GetInvoices",
    "GetUserPermissions",
    "GetUsers",
    "UpdateClient",
    "UpdateUser",
    "ValidateLogin",
    "WhmcsDetails",
];
