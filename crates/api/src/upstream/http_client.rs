//! The one place that builds HTTP clients: no redirects, no cookies, no proxy from the environment, certificates verified.

use std::time::Duration;

/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(2);

/// A client for calls to upstreams. Plain http is possible only where the configuration allowed a loopback address.
pub fn build() -> Result<reqwest::Client, reqwest::Error> {
    reqwest::Client::builder()
        .user_agent(concat!("customer-portal/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(CONNECT)
        .pool_idle_timeout(Duration::from_secs(30))
        .pool_max_idle_per_host(8)
        .no_proxy()
        .build()
}
