//! `LogActivity`: a line in the activity log of WHMCS, for its staff.
//!
//! Source: <https://developers.whmcs.com/api-reference/logactivity/>.

use tokio::time::Instant;

use crate::{action::LOG_ACTIVITY, client::Client, error::Error, form::Form, ids::ClientId};

impl Client {
    /// Writes a line into the activity log, under a client if there is one. Before 8.0 that parameter had
    /// another name: there the line appears under nobody.
    pub async fn log_activity(
        &self,
        client_id: Option<ClientId>,
        description: &str,
        deadline: Instant,
    ) -> Result<(), Error> {
        let params = Form::new().with("clientid", client_id).with("description", description);
        self.call(LOG_ACTIVITY, &params, deadline).await.map(drop)
    }
}
