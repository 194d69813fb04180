//! Who may write with a customer's cookie: every combination that a browser can be made to send, against the running portal.

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::helpers::{PASSWORD, TestApp, new_key, on_both_engines, sign_up_form, with_settings};

on_both_engines!(asvs_3_5_1_only_this_sites_pages_may_write);

const OWN: &str = "http://localhost:4000";
const SITES: [Option<&str>; 5] =
    [None, Some("same-origin"), Some("same-site"), Some("cross-site"), Some("none")];
const ORIGINS: [Option<&str>; 4] = [None, Some(OWN), Some("https://evil.example"), Some("null")];
const TYPES: [Option<&str>; 5] = [
    Some("application/json"),
    Some("text/plain"),
    Some("application/x-www-form-urlencoded"),
    Some("multipart/form-data; boundary=x"),
    None,
];
/// Where from, and from which page: with a JSON body these get in, and nothing else does.
const ALLOWED: [(Option<&str>, Option<&str>); 3] =
    [(Some("same-origin"), None), (Some("same-origin"), Some(OWN)), (None, Some(OWN))];

/// What writes, and what it answers when let in.
fn writes() -> Vec<(&'static str, Value, u16)> {
    let nothing = json!({ "challenge_id": "01890000-0000-7000-8000-000000000000", "code": "123456" });
    vec![
        ("/api/auth/login", json!({ "email": "ada@example.com", "password": PASSWORD }), 200),
        ("/api/auth/signup", sign_up_form("hedy@example.com"), 202),
        ("/api/auth/signup/confirm", nothing, 422),
        ("/api/invoices/7/sso-link", json!({ "purpose": "pay" }), 200),
        ("/api/auth/login/mfa", json!({ "method": "totp", "code": "123456" }), 409),
        ("/api/auth/login/mfa/resend", json!({}), 409),
        ("/api/me/mfa/totp", json!({}), 200),
        ("/api/me/mfa/totp/confirm", json!({ "code": "1234567" }), 422),
        ("/api/me/mfa/recovery-codes", json!({}), 409),
        // These two end the session with which the others are tried.
        ("/api/auth/step-up", json!({ "method": "password", "proof": PASSWORD }), 200),
        ("/api/auth/logout", json!({}), 204),
    ]
}

fn request(
    app: &TestApp,
    cookie: &str,
    path: &str,
    headers: [(&str, Option<&str>); 3],
    body: &Value,
) -> RequestBuilder {
    let mut request = app
        .http
        .post(format!("{}{path}", app.base))
        .header("cookie", cookie)
        .header("idempotency-key", new_key());
    for (name, value) in headers {
        if let Some(value) = value {
            request = request.header(name, value);
        }
    }
    request.body(body.to_string())
}

async fn asvs_3_5_1_only_this_sites_pages_may_write(app: &TestApp) {
    let ada = app.signed_in("ada@example.com").await;
    let cookie = format!("portal_session_dev={}", ada.cookies()["portal_session_dev"]);
    let mut refused = 0;
    for (path, body, _) in writes() {
        // With and without a session: signing a victim in to a stranger's account is an attack too.
        for (site, origin, kind, cookie) in SITES.into_iter().flat_map(|site| {
            let cookie = cookie.as_str();
            ORIGINS.into_iter().flat_map(move |origin| {
                TYPES.into_iter().flat_map(move |kind| {
                    [cookie, ""].into_iter().map(move |cookie| (site, origin, kind, cookie))
                })
            })
        }) {
            let from_here = ALLOWED.contains(&(site, origin));
            let (status, code) = match (from_here, kind) {
                (true, Some("application/json")) => continue,
                (true, _) => (415, "request.unsupported_media_type"),
                (false, _) => (403, "auth.csrf"),
            };
            let headers = [("sec-fetch-site", site), ("origin", origin), ("content-type", kind)];
            let answer = app.browser().send(request(app, cookie, path, headers, &body)).await;
            let answer = answer.expect_problem(status, code);
            assert_eq!(answer.header("set-cookie"), "", "{path} {headers:?}");
            assert_eq!(answer.header("access-control-allow-origin"), "", "{path} {headers:?}");
            refused += 1;
        }
    }
    assert_eq!(refused, writes().len() * 2 * (100 - 3));
    ada.get("/api/me").await.expect(200);
    assert_eq!(app.calls("whmcs", "CreateSsoToken").await, 0);
    assert_eq!(app.due_jobs().await, 0, "no sign-up was begun");

    for (site, origin) in ALLOWED {
        let ada = app.signed_in("ada@example.com").await;
        let cookie = format!("portal_session_dev={}", ada.cookies()["portal_session_dev"]);
        for (path, body, status) in writes() {
            // Signing in ends the session that the browser had.
            let cookie = if path == "/api/auth/login" { "" } else { cookie.as_str() };
            let headers = [
                ("sec-fetch-site", site),
                ("origin", origin),
                ("content-type", Some("application/json; charset=utf-8")),
            ];
            app.browser().send(request(app, cookie, path, headers, &body)).await.expect(status);
        }
        ada.get("/api/me").await.expect_problem(401, "auth.required");
    }
    app.run_jobs().await;
}

#[actix_web::test]
async fn tricks_with_headers_do_not_help() {
    with_settings(&[], async |app| {
        let body = json!({ "email": "ada@example.com", "password": PASSWORD });
        let send = async |headers: &[(&str, &str)]| {
            let mut request = app.http.post(format!("{}/api/auth/login", app.base)).body(body.to_string());
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            app.browser().send(request).await
        };
        let json = ("content-type", "application/json");
        for headers in [
            [("origin", OWN), ("origin", OWN), json].as_slice(),
            &[("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site"), json],
            &[("origin", "http://localhost:4001"), json],
            &[("origin", "https://localhost:4000"), json],
            &[("origin", "http://localhost:4000.evil.example"), json],
            &[("origin", "HTTP://LOCALHOST:4000"), json],
            &[("sec-fetch-site", "same-origin"), ("origin", "https://evil.example"), json],
            &[("referer", OWN), json],
        ] {
            send(headers).await.expect_problem(403, "auth.csrf");
        }
        for kind in ["application/jsonx", "text/json", "multipart/form-data; boundary=application/json", ""] {
            send(&[("origin", OWN), ("content-type", kind)])
                .await
                .expect_problem(415, "request.unsupported_media_type");
        }
        send(&[("origin", OWN), json, ("content-type", "text/plain")])
            .await
            .expect_problem(415, "request.unsupported_media_type");
    })
    .await;
}

#[actix_web::test]
async fn asvs_3_5_8_other_sites_may_link_but_not_embed() {
    with_settings(&[], async |app| {
        let ada = app.signed_in("ada@example.com").await;
        let cookie = format!("portal_session_dev={}", ada.cookies()["portal_session_dev"]);
        let get = |site: &'static str, mode: &'static str| {
            let request = app.http.get(format!("{}/api/me", app.base)).header("cookie", &cookie);
            ada.send(request.header("sec-fetch-site", site).header("sec-fetch-mode", mode))
        };
        for mode in ["cors", "no-cors", "same-origin", "websocket"] {
            get("cross-site", mode).await.expect_problem(403, "auth.csrf");
        }
        get("cross-site", "navigate").await.expect(200);
        get("none", "navigate").await.expect(200);
        get("same-origin", "cors").await.expect(200);
    })
    .await;
}

#[actix_web::test]
async fn asvs_3_5_3_nothing_is_done_by_methods_that_promise_to_do_nothing() {
    with_settings(&[], async |app| {
        let ada = app.signed_in("ada@example.com").await;
        for (path, ..) in writes() {
            ada.get(path).await.expect_problem(405, "request.method_not_allowed");
            ada.send(ada.request(Method::HEAD, path)).await.expect(405);
            ada.send(ada.request(Method::OPTIONS, path))
                .await
                .expect_problem(405, "request.method_not_allowed");
            let preflight = app.http.request(Method::OPTIONS, format!("{}{path}", app.base));
            let preflight = preflight
                .header("origin", "https://evil.example")
                .header("access-control-request-method", "POST");
            let answer = ada.send(preflight).await.expect_problem(403, "auth.csrf");
            assert!(
                answer.headers.keys().all(|name| !name.as_str().starts_with("access-control")),
                "{:?}",
                answer.headers
            );
        }
        ada.get("/api/me").await.expect(200);
        assert_eq!(app.calls("whmcs", "CreateSsoToken").await, 0);
    })
    .await;
}

/// Routing decodes addresses before it looks them up.
#[actix_web::test]
async fn another_spelling_of_an_address_is_no_way_around() {
    with_settings(&[], async |app| {
        app.seed("ada@example.com").await;
        let body = json!({ "email": "ada@example.com", "password": PASSWORD }).to_string();
        let ada = app.signed_in("ada@example.com").await;
        for path in ["/%61pi/auth/login", "/%61%70%69/auth/login", "/api/%61uth/login", "/api/auth/lo%67in"] {
            let form = app.http.post(format!("{}{path}", app.base)).header("sec-fetch-site", "cross-site");
            let form = form.header("origin", "https://evil.example").header("content-type", "text/plain");
            let refused = app.browser().send(form.body(body.clone())).await.expect_problem(403, "auth.csrf");
            assert_eq!(refused.header("set-cookie"), "", "{path}");
        }
        for path in ["/%61pi/me", "/api/%6De", "/%61%70%69/me"] {
            let cookie = format!("portal_session_dev={}", ada.cookies()["portal_session_dev"]);
            let get = app.http.get(format!("{}{path}", app.base)).header("cookie", cookie);
            let answer = ada.send(get.header("sec-fetch-site", "same-origin")).await;
            if answer.status == 200 {
                assert_eq!(answer.header("cache-control"), "no-store", "{path}");
            }
        }
    })
    .await;
}

#[actix_web::test]
async fn an_origin_that_the_operator_allows_may_write() {
    with_settings(&[("PORTAL_ALLOWED_ORIGINS", "https://shop.example.com")], async |app| {
        app.seed("ada@example.com").await;
        let body = json!({ "email": "ada@example.com", "password": PASSWORD });
        let send = async |origin: &str, site: Option<&str>| {
            let headers = [
                ("origin", Some(origin)),
                ("sec-fetch-site", site),
                ("content-type", Some("application/json")),
            ];
            app.browser().send(request(app, "", "/api/auth/login", headers, &body)).await
        };
        send("https://shop.example.com", None).await.expect(200);
        send(OWN, None).await.expect(200);
        // The session's cookie is strict: a browser that names another site does not send it, so nothing is lost by refusing.
        send("https://shop.example.com", Some("cross-site")).await.expect_problem(403, "auth.csrf");
        send("https://shop.example.com.evil.example", None).await.expect_problem(403, "auth.csrf");
        app.run_jobs().await;
    })
    .await;
}
