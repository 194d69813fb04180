//! `AcceptOrder` and `CancelOrder`: the two ends of a pending order. WHMCS checks neither whose the order is nor
//! whether it is paid: that is the caller's to know.
//!
//! Source: <https://developers.whmcs.com/api-reference/acceptorder/>,
//! <https://developers.whmcs.com/api-reference/cancelorder/>.

use tokio::time::Instant;

use crate::{
    action::{ACCEPT_ORDER, CANCEL_ORDER},
    client::Client,
    error::{Error, Unknown},
    form::Form,
    ids::OrderId,
    refusal::RefusalKind,
};

/// How to accept an order; `None` leaves it to the products' settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AcceptOrder {
    /// Whether to set the services up.
    pub auto_setup: Option<bool>,
    /// Whether to send the welcome mails.
    pub send_email: Option<bool>,
}

/// How to cancel an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CancelOrder {
    /// Ends a subscription at the gateway as well.
    pub cancel_subscription: bool,
    /// Sends no mail about it.
    pub no_email: bool,
}

impl Client {
    /// Accepts a pending order, and sets its services up. Servers and registrars are called meanwhile: allow a
    /// minute.
    ///
    /// An order that is not pending is refused with [`RefusalKind::OrderNotPending`]: if it turns out to be
    /// active, somebody accepted it before. When a module fails the error is [`Unknown::SetupFailed`], since
    /// what became of the order then is not documented.
    pub async fn accept_order(
        &self,
        order_id: OrderId,
        how: AcceptOrder,
        deadline: Instant,
    ) -> Result<(), Error> {
        let params = Form::new()
            .with("orderid", order_id)
            .with("autosetup", how.auto_setup)
            .with("sendemail", how.send_email);
        match self.call(ACCEPT_ORDER, &params, deadline).await {
            // Any other text is what the server or the registrar said.
            Err(Error::Refused(refusal)) if refusal.kind() == RefusalKind::Other => {
                Err(Error::Unknown(Unknown::SetupFailed))
            }
            answer => answer.map(drop),
        }
    }

    /// Cancels a pending order. One that is not pending is refused with [`RefusalKind::OrderNotPending`]. After
    /// [`RefusalKind::SubscriptionNotCancelled`] read the order again: whether it was cancelled is not
    /// documented.
    pub async fn cancel_order(
        &self,
        order_id: OrderId,
        how: CancelOrder,
        deadline: Instant,
    ) -> Result<(), Error> {
        // Left out when off: what WHMCS makes of an explicit 0 here is not documented.
        let params = Form::new()
            .with("orderid", order_id)
            .with("cancelsub", how.cancel_subscription.then_some(true))
            .with("noemail", how.no_email.then_some(true));
        self.call(CANCEL_ORDER, &params, deadline).await.map(drop)
    }
}
