//! Only this site's own pages may write with a customer's cookie.
//!
//! Runs before routing, for requests without a session too (signing a victim in to a stranger's account is an attack as well). Browsers
//! say by `Sec-Fetch-Site` where a request comes from; those that do not still send `Origin`. A request with neither is refused.

use actix_web::{
    Error,
    body::{EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method,
        header::{self, HeaderMap},
    },
    middleware::Next,
    web::Data,
};
use shared_types::problem::ProblemCode;

use super::{bearer, headers::Surface};
use crate::{app::App, error::ApiError};

/// Why a request is not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Refusal {
    Origin,
    MediaType,
    /// A cookie and a token: whose request it is must not be a question.
    TwoCredentials,
    /// A token, where a browser's session is needed.
    NeedsCookie,
}

/// The middleware.
pub async fn guard<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let verdict = match request.app_data::<Data<App>>() {
        Some(app) => check(&request, app),
        None => Err(Refusal::Origin),
    };
    match verdict {
        Ok(()) => Ok(next.call(request).await?.map_into_left_body()),
        Err(refusal) => {
            let error = match refusal {
                Refusal::Origin => ApiError::new(ProblemCode::Csrf),
                Refusal::MediaType => ApiError::new(ProblemCode::UnsupportedMediaType),
                Refusal::TwoCredentials => ApiError::new(ProblemCode::RequestMalformed)
                    .with_detail("A request brings a session cookie or an access token, not both."),
                Refusal::NeedsCookie => ApiError::new(ProblemCode::Forbidden)
                    .with_detail("This is done on the portal's own pages, not with an access token."),
            };
            Ok(request.error_response(error).map_into_right_body())
        }
    }
}

fn check(request: &ServiceRequest, app: &App) -> Result<(), Refusal> {
    // The address as routing reads it, or another spelling of it would be a way around.
    let path = request.match_info().as_str();
    let (method, headers) = (request.method(), request.headers());
    if Surface::of(path) != Surface::Api {
        return Ok(());
    }
    if bearer::is_claimed(headers) && app.cookies.session_token(request.request()).is_some() {
        return Err(Refusal::TwoCredentials);
    }
    if bearer::token(headers).is_some() && bearer::is_for_cookies_only(path) {
        return Err(Refusal::NeedsCookie);
    }
    if !app.token_origins.is_empty() && bearer::is_foreign(headers, path) && may_be_foreign(headers, app) {
        let is_read = matches!(*method, Method::GET | Method::HEAD);
        return if is_read || is_json(headers) { Ok(()) } else { Err(Refusal::MediaType) };
    }
    judge(method, path, headers, &app.origins)
}

/// Whether a request without cookies comes from where tokens may be used: an origin that the operator named, or no browser at all.
fn may_be_foreign(headers: &HeaderMap, app: &App) -> bool {
    bearer::origin(headers, &app.token_origins).is_some()
        || !(headers.contains_key(header::ORIGIN) || headers.contains_key("sec-fetch-site"))
}

fn judge(method: &Method, path: &str, headers: &HeaderMap, origins: &[String]) -> Result<(), Refusal> {
    if Surface::of(path) != Surface::Api {
        return Ok(());
    }
    let site = single(headers, "sec-fetch-site").map_err(|()| Refusal::Origin)?;
    if matches!(*method, Method::GET | Method::HEAD) {
        // Private data must not be embeddable elsewhere (ASVS 3.5.8). A top-level visit from a link is harmless: answers are inert.
        let visit = headers.get("sec-fetch-mode").is_some_and(|mode| mode == "navigate");
        return if site == Some("cross-site") && !visit { Err(Refusal::Origin) } else { Ok(()) };
    }
    let origin = single(headers, "origin").map_err(|()| Refusal::Origin)?;
    let same_site = match site {
        Some(site) => {
            site == "same-origin" && origin.is_none_or(|origin| origins.iter().any(|own| own == origin))
        }
        None => origin.is_some_and(|origin| origins.iter().any(|own| own == origin)),
    };
    if !same_site {
        return Err(Refusal::Origin);
    }
    if is_json(headers) { Ok(()) } else { Err(Refusal::MediaType) }
}

/// `application/json`, with or without parameters. Any other type a browser could send across sites without asking first.
fn is_json(headers: &HeaderMap) -> bool {
    let Ok(Some(value)) = single(headers, header::CONTENT_TYPE.as_str()) else { return false };
    let essence = value.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
}

/// The only value of a header. Two of them are a trick, not a request.
fn single<'h>(headers: &'h HeaderMap, name: &str) -> Result<Option<&'h str>, ()> {
    let mut values = headers.get_all(name);
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().map(Some).map_err(|_| ()),
        (Some(_), Some(_)) => Err(()),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    const OWN: &str = "https://portal.example.com";

    /// The whole matrix of the design: where from, which origin, which type.
    #[test]
    fn only_listed_combinations_may_write() {
        let sites = [None, Some("same-origin"), Some("same-site"), Some("cross-site"), Some("none")];
        let origins = [None, Some(OWN), Some("https://evil.example"), Some("null")];
        let types = [
            Some("application/json"),
            Some("text/plain"),
            Some("application/x-www-form-urlencoded"),
            Some("multipart/form-data"),
            None,
        ];
        let allowed = [
            (Some("same-origin"), None, Some("application/json")),
            (Some("same-origin"), Some(OWN), Some("application/json")),
            (None, Some(OWN), Some("application/json")),
        ];
        let mut let_in = 0;
        for site in sites {
            for origin in origins {
                for kind in types {
                    let mut request = TestRequest::post();
                    for (name, value) in
                        [("sec-fetch-site", site), ("origin", origin), ("content-type", kind)]
                    {
                        if let Some(value) = value {
                            request = request.insert_header((name, value));
                        }
                    }
                    let request = request.to_http_request();
                    let verdict =
                        judge(&Method::POST, "/api/auth/login", request.headers(), &[OWN.to_owned()]);
                    assert_eq!(
                        verdict.is_ok(),
                        allowed.contains(&(site, origin, kind)),
                        "{site:?} {origin:?} {kind:?}"
                    );
                    let_in += usize::from(verdict.is_ok());
                }
            }
        }
        assert_eq!(let_in, 3);
    }

    #[test]
    fn two_origins_are_refused() {
        let request = TestRequest::post()
            .append_header(("origin", OWN))
            .append_header(("origin", OWN))
            .insert_header(("content-type", "application/json"))
            .to_http_request();
        assert_eq!(
            judge(&Method::POST, "/api/x", request.headers(), &[OWN.to_owned()]),
            Err(Refusal::Origin)
        );
    }

    #[test]
    fn other_sites_may_link_but_not_embed() {
        let judge_get = |mode: &'static str| {
            let request = TestRequest::get()
                .insert_header(("sec-fetch-site", "cross-site"))
                .insert_header(("sec-fetch-mode", mode))
                .to_http_request();
            judge(&Method::GET, "/api/me", request.headers(), &[])
        };
        assert!(judge_get("no-cors").is_err());
        assert!(judge_get("cors").is_err());
        assert!(judge_get("navigate").is_ok());
    }

    #[test]
    fn the_type_may_have_parameters() {
        let request = TestRequest::post()
            .insert_header(("origin", OWN))
            .insert_header(("content-type", "application/JSON; charset=utf-8"))
            .to_http_request();
        assert_eq!(judge(&Method::POST, "/api/x", request.headers(), &[OWN.to_owned()]), Ok(()));
    }
}
