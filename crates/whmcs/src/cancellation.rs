//! `AddCancelRequest` and `GetCancelledPackages`: asking for the end of a service. No action takes a request
//! back.
//!
//! Source: <https://developers.whmcs.com/api-reference/addcancelrequest/>,
//! <https://developers.whmcs.com/api-reference/getcancelledpackages/>.

use std::fmt;

use chrono::NaiveDateTime;
use tokio::time::Instant;

use crate::{
    action::{ADD_CANCEL_REQUEST, GET_CANCELLED_PACKAGES},
    client::Client,
    error::Error,
    form::Form,
    ids::{ClientId, ServiceId},
    object::Object,
};

/// Rows asked for at once; installations may give fewer.
const PAGE: u64 = 250;
/// The list is that of the whole installation. More pages than this mean that WHMCS ignores `limitstart`, or
/// that reading them all takes too long anyway.
const MAX_PAGES: usize = 40;

/// When a service is to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CancellationKind {
    /// With the next run of WHMCS's daily job.
    Immediate,
    /// When the period that is paid for ends.
    EndOfBillingPeriod,
}

/// A cancellation to ask for. `Debug` shows no reason.
#[derive(Clone, PartialEq, Eq)]
pub struct CancelRequest {
    /// The service. WHMCS does not check whose it is.
    pub service_id: ServiceId,
    /// When it is to end.
    pub kind: CancellationKind,
    /// Why, in the customer's words.
    pub reason: Option<String>,
}

/// A cancellation that was asked for. `Debug` shows no reason.
#[derive(Clone, PartialEq, Eq)]
pub struct Cancellation {
    /// The request's number.
    pub id: u64,
    /// The service.
    pub service_id: ServiceId,
    /// When it was asked for, in the server's zone.
    pub requested_at: Option<NaiveDateTime>,
    /// When the service is to end; `None` for a word that this crate does not know.
    pub kind: Option<CancellationKind>,
    /// Why, in the customer's words.
    pub reason: Option<String>,
}

impl CancellationKind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Immediate => "Immediate",
            Self::EndOfBillingPeriod => "End of Billing Period",
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        [Self::Immediate, Self::EndOfBillingPeriod].into_iter().find(|kind| kind.as_str() == word)
    }
}

impl Client {
    /// Asks for the end of a service, and gives back whose service it was. One that was asked for before is
    /// refused with [`crate::RefusalKind::CancellationExists`]: then it is done.
    pub async fn add_cancel_request(
        &self,
        request: &CancelRequest,
        deadline: Instant,
    ) -> Result<Option<ClientId>, Error> {
        let params = Form::new()
            .with("serviceid", request.service_id)
            .with("type", request.kind.as_str())
            .with("reason", request.reason.as_deref());
        cancelled_for(&self.call(ADD_CANCEL_REQUEST, &params, deadline).await?)
    }

    /// The cancellations that were asked for these services.
    ///
    /// WHMCS lists those of the whole installation and cannot be asked for some: all pages are read, and what
    /// belongs to other services stays here. Keep the answer for a while.
    pub async fn cancellations(
        &self,
        services: &[ServiceId],
        deadline: Instant,
    ) -> Result<Vec<Cancellation>, Error> {
        let mut found: Vec<Cancellation> = Vec::new();
        if services.is_empty() {
            return Ok(found);
        }
        let mut start = 0;
        for _ in 0..MAX_PAGES {
            let params = Form::new().with("limitstart", start).with("limitnum", PAGE);
            let answer = self.call(GET_CANCELLED_PACKAGES, &params, deadline).await?;
            let rows = cancellations(&answer)?;
            let seen = u64::try_from(rows.len()).map_err(|_| Error::shape("packages"))?;
            start += seen;
            for row in rows {
                // Rows may shift between pages.
                if services.contains(&row.service_id) && found.iter().all(|known| known.id != row.id) {
                    found.push(row);
                }
            }
            if seen == 0 || start >= answer.number("totalresults")?.unwrap_or(start) {
                return Ok(found);
            }
        }
        Err(Error::shape("totalresults"))
    }
}

pub(crate) fn cancelled_for(answer: &Object) -> Result<Option<ClientId>, Error> {
    answer.optional_id("userid")
}

pub(crate) fn cancellations(answer: &Object) -> Result<Vec<Cancellation>, Error> {
    answer
        .rows("packages", "package")?
        .into_iter()
        .map(|row| {
            Ok(Cancellation {
                id: row.id("id")?,
                service_id: row.id("relid")?,
                requested_at: row.date_time("date")?,
                kind: CancellationKind::from_word(row.text("type")?.trim()),
                reason: row.optional_display("reason")?,
            })
        })
        .collect()
}

impl fmt::Debug for CancelRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CancelRequest")
            .field("service_id", &self.service_id)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Cancellation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cancellation")
            .field("id", &self.id)
            .field("service_id", &self.service_id)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}
