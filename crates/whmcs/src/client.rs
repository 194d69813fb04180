//! The client and its one transport function. Every call goes through [`Client::call`]; no other module sends
//! anything.
//!
//! No retries here: whether a call may be repeated is the caller's to decide, from [`Error::outcome`].

use std::{fmt, sync::Arc};

use reqwest::header::{ACCEPT, CONTENT_TYPE};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::time::{Instant, timeout_at};
use url::Url;

use crate::{
    action::Action,
    answer::{self, Head},
    body::Body,
    error::{Error, NotSent, Unknown},
    form::Form,
    object::Object,
    settings::Settings,
};

/// A client of one WHMCS installation. Cloning is cheap; clones share the connection pool.
///
/// Every call takes a deadline, after which it ends with [`Unknown::Timeout`]. A call whose future is dropped
/// has an unknown outcome as well.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

struct Inner {
    http: reqwest::Client,
    base_url: Url,
    endpoint: Url,
    identifier: String,
    secret: SecretString,
    access_key: Option<SecretString>,
    max_body: usize,
}

impl Client {
    /// Makes a client on an HTTP client that is handed in, with redirects off, without a cookie store
    /// (`ValidateLogin` starts a session) and with a connect timeout: only a failure to connect is known to
    /// have sent nothing.
    #[must_use]
    pub fn new(http: reqwest::Client, settings: Settings) -> Self {
        let Settings { base_url, identifier, secret, access_key, max_body } = settings;
        let mut endpoint = base_url.clone();
        endpoint.set_path(&format!("{}/includes/api.php", base_url.path().trim_end_matches('/')));
        endpoint.set_query(None);
        endpoint.set_fragment(None);
        Self { inner: Arc::new(Inner { http, base_url, endpoint, identifier, secret, access_key, max_body }) }
    }

    pub(crate) fn base_url(&self) -> &Url {
        &self.inner.base_url
    }

    /// Posts an action and gives back the members of a successful answer.
    pub(crate) async fn call(
        &self,
        action: Action,
        params: &Form,
        deadline: Instant,
    ) -> Result<Object, Error> {
        let started = Instant::now();
        let mut status = None;
        let result = if started >= deadline {
            Err(Error::NotSent(NotSent::DeadlinePassed))
        } else {
            timeout_at(deadline, self.exchange(self.body(action, params), &mut status))
                .await
                .unwrap_or(Err(Error::Unknown(Unknown::Timeout)))
        };
        // Neither parameters nor bodies: they hold personal data and secrets.
        tracing::debug!(
            action = action.name,
            status,
            elapsed_ms = started.elapsed().as_millis(),
            outcome = result.as_ref().err().map_or("ok", Error::class),
            "WHMCS call"
        );
        result
    }

    fn body(&self, action: Action, params: &Form) -> String {
        let Inner { identifier, secret, access_key, .. } = &*self.inner;
        Form::new()
            .with("action", action.name)
            .with("identifier", identifier.as_str())
            .with("secret", secret.expose_secret())
            .with("accesskey", access_key.as_ref().map(SecretString::expose_secret))
            .with("responsetype", "json")
            .followed_by(params)
            .into_body()
    }

    async fn exchange(&self, body: String, status: &mut Option<u16>) -> Result<Object, Error> {
        let response = self
            .inner
            .http
            .post(self.inner.endpoint.clone())
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(ACCEPT, "application/json")
            .body(body)
            .send()
            .await
            .map_err(|error| send_error(&error))?;
        let head = Head::new(response.status().as_u16(), response.headers());
        *status = Some(head.status);
        // The second half catches an HTTP client that was handed in with redirects on.
        if response.status().is_redirection() || *response.url() != self.inner.endpoint {
            return Err(Error::Unknown(Unknown::Redirect));
        }
        let bytes = self.read_body(response).await?;
        answer::read(head, &bytes)
    }

    async fn read_body(&self, mut response: reqwest::Response) -> Result<Vec<u8>, Error> {
        let mut body = Body::new(self.inner.max_body);
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) => body.take(&chunk)?,
                Ok(None) => return Ok(body.into_bytes()),
                Err(error) if error.is_timeout() => return Err(Error::Unknown(Unknown::Timeout)),
                Err(_) => return Err(Error::Unknown(Unknown::Truncated)),
            }
        }
    }
}

/// Connecting comes before timeouts: a connect timeout is both, and it has sent nothing.
fn send_error(error: &reqwest::Error) -> Error {
    if error.is_builder() {
        Error::NotSent(NotSent::InvalidRequest)
    } else if error.is_connect() {
        Error::NotSent(NotSent::Connect)
    } else if error.is_timeout() {
        Error::Unknown(Unknown::Timeout)
    } else if error.is_redirect() {
        Error::Unknown(Unknown::Redirect)
    } else {
        Error::Unknown(Unknown::ConnectionLost)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("host", &self.inner.base_url.host_str()).finish_non_exhaustive()
    }
}
