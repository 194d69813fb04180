//! The client: session, replay and usage round every data call. Knows no object of Salesforce; those are in `calls`.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use reqwest::Method;
use serde::de::DeserializeOwned;
use tokio::sync::watch;
use tokio::time::Instant;

use crate::error::{Error, Unknown};
use crate::fault;
use crate::key::{self, KeyError};
use crate::login::{LoginError, Session, Sessions};
use crate::settings::Settings;
use crate::transport::{self, Answer, Body, Exchange};
use crate::usage::ApiUsage;

/// Where the client takes the time from.
pub type Clock = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// The client. Cheap to clone; clones share session and usage.
///
/// Must be used inside a tokio runtime: a login runs in a task of its own.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    pub(crate) settings: Arc<Settings>,
    sessions: Sessions,
    usage: Arc<watch::Sender<Option<ApiUsage>>>,
}

/// A request for data, before it has a session.
pub(crate) struct DataCall {
    /// What it is about, for log and refusal.
    pub resource: &'static str,
    pub method: Method,
    /// Path from `/services` on.
    pub path: String,
    /// Query parameters, not yet encoded.
    pub query: Vec<(&'static str, String)>,
    pub json: Option<Vec<u8>>,
}

impl Client {
    /// Builds a client and proves that the private key can sign; makes no call.
    ///
    /// `http` must follow no redirects and should have a connect timeout; a client that does follow one only turns
    /// the call into [`Unknown::InvalidAnswer`].
    pub fn new(http: reqwest::Client, settings: Settings, clock: Clock) -> Result<Self, KeyError> {
        key::read(&settings.private_key_path)?;
        let settings = Arc::new(settings);
        let sessions = Sessions::new(http.clone(), Arc::clone(&settings), clock);
        Ok(Self { http, settings, sessions, usage: Arc::new(watch::Sender::new(None)) })
    }

    /// The org's API usage as the latest answer told it; `None` before the first one.
    #[must_use]
    pub fn api_usage(&self) -> Option<ApiUsage> {
        *self.usage.borrow()
    }

    /// Follows [`Client::api_usage`].
    #[must_use]
    pub fn watch_api_usage(&self) -> watch::Receiver<Option<ApiUsage>> {
        self.usage.subscribe()
    }

    /// Path of the pinned version, with `rest` appended.
    pub(crate) fn versioned(&self, rest: &str) -> String {
        format!("/services/data/v{}{rest}", self.settings.api_version)
    }

    /// Sends with the shared session. A dead session is replaced and the call replayed, once; both are safe,
    /// because Salesforce carries nothing out under a dead session.
    pub(crate) async fn send(&self, call: &DataCall, deadline: Instant) -> Result<Answer, Error> {
        let session = self.sessions.get(deadline).await?;
        let mut answer = self.send_with(&session, call, deadline).await?;
        if fault::is_expired_session(&answer) {
            self.sessions.invalidate(&session);
            let renewed = self.sessions.get(deadline).await?;
            answer = self.send_with(&renewed, call, deadline).await?;
            if fault::is_expired_session(&answer) {
                self.sessions.refuse(&renewed);
                return Err(Error::Login(LoginError::SessionRefused));
            }
        }
        if answer.status == 401 && fault::faults(&answer.body).iter().any(fault::Fault::is_incurable_session)
        {
            return Err(Error::Login(LoginError::SessionRefused));
        }
        fault::check(answer, call.resource)
    }

    /// Sends to the instance without a session header, for what needs none and is not counted.
    pub(crate) async fn send_open(&self, call: &DataCall, deadline: Instant) -> Result<Answer, Error> {
        let session = self.sessions.get(deadline).await?;
        let mut exchange = Self::exchange(&session, call);
        exchange.authorization = None;
        let answer = self.run(exchange, deadline).await?;
        fault::check(answer, call.resource)
    }

    async fn send_with(
        &self,
        session: &Session,
        call: &DataCall,
        deadline: Instant,
    ) -> Result<Answer, Error> {
        self.run(Self::exchange(session, call), deadline).await
    }

    async fn run(&self, exchange: Exchange, deadline: Instant) -> Result<Answer, Error> {
        let answer = transport::exchange(&self.http, exchange, deadline, self.settings.max_body).await?;
        if answer.usage.is_some() {
            self.usage.send_replace(answer.usage);
        }
        Ok(answer)
    }

    fn exchange(session: &Session, call: &DataCall) -> Exchange {
        let mut url = transport::under(&session.instance, &call.path);
        if !call.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&call.query);
        }
        Exchange {
            resource: call.resource,
            method: call.method.clone(),
            url,
            authorization: Some(session.authorization.clone()),
            body: call.json.clone().map_or(Body::Empty, Body::Json),
        }
    }
}

/// Decodes the body of a successful answer.
pub(crate) fn decode<T: DeserializeOwned>(answer: &Answer) -> Result<T, Error> {
    serde_json::from_slice(&answer.body)
        .map_err(|_| Error::Unknown(Unknown::InvalidAnswer { status: answer.status }))
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("settings", &self.settings).finish_non_exhaustive()
    }
}
