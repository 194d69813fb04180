//! The client: session, replay and usage round every data call. Knows no object of Salesforce; those are in `calls`.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::watch;
use tokio::time::Instant;

use crate::catalogue::Call;
use crate::error::{Error, NotSent, Unknown};
use crate::fault;
use crate::key::{self, KeyError};
use crate::login::{LoginError, Session, Sessions};
use crate::settings::Settings;
use crate::transport::{self, Answer, Body, Exchange, Opened};
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
    call: &'static Call,
    /// Values of the path's placeholders after the version.
    segments: Vec<String>,
    /// Query parameters, not yet encoded.
    query: Vec<(&'static str, String)>,
    headers: HeaderMap,
    json: Option<Bytes>,
}

impl DataCall {
    pub(crate) fn new(resource: &'static str, call: &'static Call) -> Self {
        let (segments, query) = (Vec::new(), Vec::new());
        Self { resource, call, segments, query, headers: HeaderMap::new(), json: None }
    }

    /// Fills the next placeholder of the path.
    pub(crate) fn segment(mut self, value: impl Into<String>) -> Self {
        self.segments.push(value.into());
        self
    }

    pub(crate) fn param(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.push((name, value.into()));
        self
    }

    pub(crate) fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// Sets the body.
    pub(crate) fn json(mut self, body: &impl Serialize) -> Result<Self, Error> {
        let json = serde_json::to_vec(body).map_err(|_| Error::NotSent(NotSent::InvalidInput("body")))?;
        self.json = Some(json.into());
        Ok(self)
    }
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

    /// Path and query of a call to the pinned version, as a part of a composite request names it.
    pub(crate) fn relative_url(&self, call: &DataCall) -> String {
        let mut url = self.path(call);
        if !call.query.is_empty() {
            let query =
                url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&call.query).finish();
            url.push('?');
            url.push_str(&query);
        }
        url
    }

    fn path(&self, call: &DataCall) -> String {
        let version = std::iter::once(self.settings.api_version.as_str());
        call.call.fill(version.chain(call.segments.iter().map(String::as_str)))
    }

    /// Length of the URL that the call would be sent to, in bytes, but for the host.
    pub(crate) fn url_length(&self, call: &DataCall) -> usize {
        self.relative_url(call).len()
    }

    /// Sends with the shared session and passes 2xx answers only. A dead session is replaced and the call replayed,
    /// once; both are safe, because Salesforce carries nothing out under a dead session.
    pub(crate) async fn send(&self, call: &DataCall, deadline: Instant) -> Result<Answer, Error> {
        fault::check(self.send_unjudged(call, deadline).await?, call.resource)
    }

    /// [`Client::send`] for calls to which an answer other than 2xx is an answer.
    pub(crate) async fn send_unjudged(&self, call: &DataCall, deadline: Instant) -> Result<Answer, Error> {
        let session = self.sessions.get(deadline).await?;
        let answer = self.run(self.exchange(&session, call), deadline).await?;
        if !fault::is_expired_session(&answer) {
            return curable(answer);
        }
        self.sessions.invalidate(&session);
        let renewed = self.sessions.get(deadline).await?;
        let answer = self.run(self.exchange(&renewed, call), deadline).await?;
        if fault::is_expired_session(&answer) {
            return Err(self.refused(&renewed));
        }
        curable(answer)
    }

    /// Sends and leaves the body of a 2xx answer to be read. Sessions are treated as by [`Client::send`].
    pub(crate) async fn send_opening(&self, call: &DataCall, deadline: Instant) -> Result<Opened, Error> {
        let session = self.sessions.get(deadline).await?;
        let answer = match self.open(self.exchange(&session, call), deadline).await? {
            Ok(opened) => return Ok(opened),
            Err(answer) => answer,
        };
        if !fault::is_expired_session(&answer) {
            return Err(not_opened(answer, call.resource));
        }
        self.sessions.invalidate(&session);
        let renewed = self.sessions.get(deadline).await?;
        match self.open(self.exchange(&renewed, call), deadline).await? {
            Ok(opened) => Ok(opened),
            Err(answer) if fault::is_expired_session(&answer) => Err(self.refused(&renewed)),
            Err(answer) => Err(not_opened(answer, call.resource)),
        }
    }

    /// Sends a body that can be produced only once: there is no replay. A dead session is forgotten, so that the
    /// caller's next attempt logs in.
    pub(crate) async fn send_once(
        &self,
        call: &DataCall,
        body: Body,
        deadline: Instant,
    ) -> Result<Answer, Error> {
        let session = self.sessions.get(deadline).await?;
        let mut exchange = self.exchange(&session, call);
        exchange.body = body;
        let answer = self.run(exchange, deadline).await?;
        if fault::is_expired_session(&answer) {
            self.sessions.invalidate(&session);
            return Err(Error::Login(LoginError::SessionExpired));
        }
        fault::check(curable(answer)?, call.resource)
    }

    /// Sends to the instance without a session header, for what needs none and is not counted.
    pub(crate) async fn send_open(&self, call: &DataCall, deadline: Instant) -> Result<Answer, Error> {
        let session = self.sessions.get(deadline).await?;
        let mut exchange = self.exchange(&session, call);
        exchange.authorization = None;
        let answer = self.run(exchange, deadline).await?;
        fault::check(answer, call.resource)
    }

    fn refused(&self, session: &Arc<Session>) -> Error {
        self.sessions.refuse(session);
        Error::Login(LoginError::SessionRefused)
    }

    async fn run(&self, exchange: Exchange, deadline: Instant) -> Result<Answer, Error> {
        let answer = transport::exchange(&self.http, exchange, deadline, self.settings.max_body).await?;
        self.note(answer.usage);
        Ok(answer)
    }

    /// Reads the whole answer where it is not 2xx.
    async fn open(&self, exchange: Exchange, deadline: Instant) -> Result<Result<Opened, Answer>, Error> {
        let opened = transport::open(&self.http, exchange, deadline).await?;
        self.note(opened.usage);
        if matches!(opened.status, 200..=299) {
            return Ok(Ok(opened));
        }
        Ok(Err(transport::read(opened, deadline, self.settings.max_body).await?))
    }

    fn note(&self, usage: Option<ApiUsage>) {
        if usage.is_some() {
            self.usage.send_replace(usage);
        }
    }

    fn exchange(&self, session: &Session, call: &DataCall) -> Exchange {
        let mut url = transport::under(&session.instance, &self.path(call));
        if !call.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&call.query);
        }
        Exchange {
            resource: call.resource,
            method: call.call.http_method(),
            url,
            authorization: Some(session.authorization.clone()),
            headers: call.headers.clone(),
            body: call.json.clone().map_or(Body::Empty, Body::Json),
        }
    }
}

/// Passes all answers but those of a session that no new login cures.
fn curable(answer: Answer) -> Result<Answer, Error> {
    if answer.status == 401 && fault::faults(&answer.body).iter().any(fault::Fault::is_incurable_session) {
        return Err(Error::Login(LoginError::SessionRefused));
    }
    Ok(answer)
}

fn not_opened(answer: Answer, resource: &'static str) -> Error {
    let status = answer.status;
    match curable(answer).and_then(|answer| fault::check(answer, resource)) {
        // Not reached: 2xx answers were opened.
        Ok(_) => Error::Unknown(Unknown::InvalidAnswer { status }),
        Err(error) => error,
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
