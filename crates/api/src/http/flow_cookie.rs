//! Which linking of a WHMCS login a request belongs to.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload, web::Data};
use sha2::{Digest, Sha256};

use crate::{
    app::App,
    error::{ApiError, ApiResult},
};

/// Extractor: the cookie that holds the steps of linking together, if the browser has one.
#[derive(Clone, Copy)]
pub struct FlowCookie(Option<[u8; 32]>);

impl FlowCookie {
    /// SHA-256 of the cookie, by which the database knows it.
    #[must_use]
    pub fn hash(&self) -> Option<[u8; 32]> {
        self.0.as_ref().map(hash_of)
    }
}

/// SHA-256 of a cookie that is about to be given out.
#[must_use]
pub fn hash_of(token: &[u8; 32]) -> [u8; 32] {
    Sha256::digest(token).into()
}

impl FromRequest for FlowCookie {
    type Error = ApiError;
    type Future = Ready<ApiResult<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(match request.app_data::<Data<App>>() {
            Some(app) => Ok(Self(app.cookies.flow_token(request))),
            None => Err(ApiError::internal("no App in this server")),
        })
    }
}
