//! Whether the API role allows an action, found out without doing what the action does: for diagnosis.
//!
//! WHMCS looks at the role before it looks at the parameters. So a call that can only end in a business error
//! (`Client Not Found`, `You did not enter your first name`) tells that the role let it pass. Each probe below
//! rests on a parameter that the API reference requires and that is missing, or on a record that cannot be there.
//! Two actions have no such call; their probes leave a trace, which [`Action::probe_leaves_trace`] tells.

use tokio::time::Instant;

use crate::{
    action::{self, Action},
    client::Client,
    error::Error,
    form::Form,
};

/// The largest number that an id can have in WHMCS's tables, all of which count upwards from 1: nobody's. Not 0, which
/// PHP takes for "not given", so that a list would be everybody's.
const NOBODY: u64 = 2_147_483_647;
/// An address of nobody (RFC 2606), which no stored one begins with.
const NO_ADDRESS: &str = "portal-doctor@nobody.invalid";
/// A code that is none.
const NO_CODE: &str = "portal-doctor-looks-for-nothing";

impl Action {
    /// The action of this name, without regard to case, as WHMCS matches it.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        action::ACTIONS.iter().copied().find(|action| action.name.eq_ignore_ascii_case(name))
    }

    /// Whether [`Client::probe_role`] leaves something behind: a line in WHMCS's activity log (`LogActivity`), or a
    /// failed login that counts against the caller's address (`ValidateLogin`).
    #[must_use]
    pub fn probe_leaves_trace(self) -> bool {
        [action::LOG_ACTIVITY, action::VALIDATE_LOGIN].contains(&self)
    }
}

impl Client {
    /// Whether the API role allows an action. A business error counts as yes; if not,
    /// [`crate::Denied::ActionNotInRole`].
    pub async fn probe_role(&self, action: Action, deadline: Instant) -> Result<(), Error> {
        match self.call(action, &params(action), deadline).await {
            Ok(_) | Err(Error::Refused(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

/// What to send so that nothing is done, and nothing of a customer comes back.
fn params(action: Action) -> Form {
    let form = Form::new();
    match action.name {
        // Refused for the owner and, were that let pass, for the address, which cannot be waived.
        "AddClient" => form.with("owner_user_id", NOBODY),
        "AddOrder" | "GetCredits" | "GetPayMethods" | "UpdateClient" => form.with("clientid", NOBODY),
        "AcceptOrder" | "CancelOrder" => form.with("orderid", NOBODY),
        "AddCancelRequest" => form.with("serviceid", NOBODY),
        "CreateSsoToken" => form.with("client_id", NOBODY).with("user_id", NOBODY),
        "GetCancelledPackages" => form.with("limitnum", 1_u64),
        "GetClientsProducts" => form.with("clientid", NOBODY).with("limitnum", 1_u64),
        "GetInvoice" => form.with("invoiceid", NOBODY),
        "GetInvoices" => form.with("userid", NOBODY).with("limitnum", 1_u64),
        "GetOrders" => form.with("id", NOBODY).with("userid", NOBODY).with("limitnum", 1_u64),
        "GetProducts" => form.with("pid", NOBODY),
        "GetPromotions" => form.with("code", NO_CODE),
        "GetTransactions" => form.with("clientid", NOBODY).with("transid", NO_CODE),
        "GetUserPermissions" => form.with("user_id", NOBODY).with("client_id", NOBODY),
        "GetUsers" => form.with("search", NO_ADDRESS).with("limitnum", 1_u64),
        "LogActivity" => form.with("description", "Customer portal: portal doctor was here"),
        "UpdateUser" => form.with("user_id", NOBODY),
        // Were the service there, its price would be calculated and nothing else.
        "UpgradeProduct" => form.with("serviceid", NOBODY).with("type", "product").with("calconly", true),
        "ValidateLogin" => form.with("email", NO_ADDRESS).with("password2", NO_CODE),
        // AddUser: name, address and password are required. GetClientsDetails: client or address is. The rest has no
        // parameters.
        _ => form,
    }
}
