//! Between actix and the operations: extractors, middleware, answers. Knows no feature.

pub mod bearer;
pub mod body;
pub mod cached;
pub mod client_ip;
pub mod cookies;
pub mod csrf;
mod current_user;
pub mod edge;
pub mod flow_cookie;
pub mod headers;
pub mod idempotency;
pub mod origin;
pub mod pending;
pub mod query;
pub mod request_id;
pub mod session;
mod standing;
pub mod web_app;
