//! Where a request comes from, as limits, lists of sessions and the audit log name it.

use std::{
    fmt,
    future::{Ready, ready},
};

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header::HeaderMap, web::Data};
use sha2::{Digest, Sha256};

use super::{
    client_ip::{client_ip, network},
    request_id::RequestId,
};
use crate::{
    app::App,
    error::{ApiError, ApiResult},
};

/// Extractor: where a request comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The id of the request.
    pub request_id: String,
    /// Browser and system in a few words.
    pub device: Option<String>,
    /// The network: an IPv4 address, or an IPv6 /64.
    pub network: String,
    /// What the browser shows to be known again.
    pub device_token: Option<DeviceToken>,
}

/// The token of a device that some account may know. Kept out of `Debug` output.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct DeviceToken(pub [u8; 32]);

impl DeviceToken {
    /// What the database knows of it.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0).into()
    }
}

impl fmt::Debug for DeviceToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DeviceToken")
    }
}

impl FromRequest for Origin {
    type Error = ApiError;
    type Future = Ready<ApiResult<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let Some(app) = request.app_data::<Data<App>>() else {
            return ready(Err(ApiError::internal("no App in this server")));
        };
        let headers = request.headers();
        ready(Ok(Self {
            request_id: RequestId::current(request),
            device: device(headers),
            device_token: app.cookies.device_token(request).map(DeviceToken),
            network: network(client_ip(request.peer_addr(), headers, &app.settings.trusted_proxies)),
        }))
    }
}

/// Browser and system in a few words.
fn device(headers: &HeaderMap) -> Option<String> {
    let agent = headers.get("user-agent")?.to_str().ok()?;
    let first = |names: &[(&str, &'static str)]| {
        names.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name)
    };
    // Order matters: Edge and Opera call themselves Chrome too, and Chrome calls itself Safari.
    let browser = first(&[
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = first(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => Some(format!("{browser} on {system}")),
        (one, other) => one.or(other).map(str::to_owned),
    }
}
