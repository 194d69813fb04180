//! Whatever is asked, the answer is whole: status, problem document, request id, security headers. Nothing here needs a database of a kind.

use actix_web::{App as Service, HttpResponse, HttpServer, middleware::from_fn, web};
use portal_api::http::{edge, request_id};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::helpers::{Answer, Browser, PASSWORD, TestApp, new_key, with_settings};

const API_CSP: &str = "default-src 'none'; frame-ancestors 'none'; sandbox";

/// What every answer of the API carries.
#[track_caller]
fn hardened(answer: Answer) -> Answer {
    assert_eq!(answer.header("content-security-policy"), API_CSP, "{answer:?}");
    assert_eq!(answer.header("cache-control"), "no-store", "{answer:?}");
    assert_eq!(answer.header("x-content-type-options"), "nosniff", "{answer:?}");
    assert_eq!(answer.header("referrer-policy"), "no-referrer", "{answer:?}");
    assert_eq!(answer.header("cross-origin-resource-policy"), "same-origin", "{answer:?}");
    assert_eq!(answer.header("vary"), "Origin, Sec-Fetch-Site, Cookie, Authorization", "{answer:?}");
    assert_eq!(answer.header("server"), "", "{answer:?}");
    assert_ne!(answer.header("x-request-id"), "", "{answer:?}");
    answer
}

async fn post(browser: &Browser<'_>, path: &str, body: impl Into<reqwest::Body>) -> Answer {
    browser.send(browser.request(Method::POST, path).header("idempotency-key", new_key()).body(body)).await
}

#[actix_web::test]
async fn every_answer_is_hardened() {
    with_settings(&[], async |app| {
        let ada = app.signed_in("ada@example.com").await;
        for path in ["/api/auth/session", "/api/me", "/api/me/summary", "/api/invoices", "/api/invoices/7"] {
            hardened(ada.get(path).await.expect(200));
        }
        for path in ["/livez", "/readyz"] {
            hardened(ada.get(path).await.expect(204));
        }
        hardened(ada.log_in("ada@example.com", PASSWORD).await.expect(200));
        hardened(
            ada.post_with_key("/api/invoices/7/sso-link", &new_key(), &json!({ "purpose": "view" }))
                .await
                .expect(200),
        );
        hardened(ada.log_out().await.expect(204));
        hardened(ada.get("/api/me").await.expect_problem(401, "auth.required"));
    })
    .await;
}

#[actix_web::test]
async fn addresses_and_methods_that_do_not_exist() {
    with_settings(&[], async |app| {
        let ada = app.signed_in("ada@example.com").await;
        for path in [
            "/api",
            "/api/",
            "/api/nothing",
            "/api/me/",
            "/api//me",
            "/api/auth",
            "/api/invoices/7/nothing",
            "/api/ME",
        ] {
            hardened(ada.get(path).await.expect_problem(404, "not_found"));
        }
        for (method, path, allowed) in [
            (Method::DELETE, "/api/me", "GET, PATCH"),
            (Method::PUT, "/api/invoices", "GET"),
            (Method::POST, "/api/invoices/7", "GET"),
            (Method::PATCH, "/api/auth/login", "POST"),
            (Method::GET, "/api/auth/logout", "POST"),
            (Method::GET, "/api/invoices/7/sso-link", "POST"),
            (Method::TRACE, "/api/me", "GET, PATCH"),
            (Method::from_bytes(b"BREW").unwrap(), "/api/me", "GET, PATCH"),
        ] {
            let answer = hardened(ada.send(ada.request(method.clone(), path)).await);
            let answer = answer.expect_problem(405, "request.method_not_allowed");
            assert_eq!(answer.header("allow"), allowed, "{method} {path}");
        }
        ada.send(ada.request(Method::TRACE, "/")).await.expect(405);
        hardened(ada.send(ada.request(Method::TRACE, "/livez")).await);
    })
    .await;
}

#[actix_web::test]
async fn bodies_that_cannot_be_read() {
    with_settings(&[], async |app| {
        let browser = app.browser();
        let login = "/api/auth/login";
        let malformed = |answer: Answer| hardened(answer).expect_problem(400, "request.malformed");
        for body in [
            "",
            "{",
            "null",
            "[]",
            "7",
            "\"text\"",
            "{\"email\":\"ada@example.com\",\"password\":\"x\"} trailing",
            "{\"email\":\"ada@example.com\",\"email\":\"eve@example.com\",\"password\":\"x\"}",
            "{\"email\":\"\\ud800\",\"password\":\"x\"}",
            "\u{feff}{}",
        ] {
            malformed(post(&browser, login, body).await);
        }
        malformed(
            post(&browser, login, b"{\"email\":\"\xff@example.com\",\"password\":\"x\"}".to_vec()).await,
        );
        for open in ["[", "{\"email\":"] {
            malformed(post(&browser, login, open.repeat(32_000 / open.len())).await);
        }

        let most = json!({ "email": "ada@example.com", "password": "x" }).to_string();
        let fits = format!("{most}{}", " ".repeat(32 * 1024 - most.len()));
        hardened(post(&browser, login, fits.clone()).await).expect_problem(401, "auth.invalid_credentials");
        hardened(post(&browser, login, format!("{fits} ")).await).expect_problem(413, "request.too_large");
        hardened(post(&browser, login, "x".repeat(33 * 1024)).await).expect_problem(413, "request.too_large");
        // Without a length beforehand it is the reading that stops.
        let pieces = futures::stream::iter((0..33).map(|_| Ok::<_, std::io::Error>("x".repeat(1024))));
        hardened(post(&browser, login, reqwest::Body::wrap_stream(pieces)).await)
            .expect_problem(413, "request.too_large");

        let text =
            app.http.post(format!("{}{login}", app.base)).header("sec-fetch-site", "same-origin").body("{}");
        hardened(browser.send(text.header("content-type", "text/plain")).await)
            .expect_problem(415, "request.unsupported_media_type");
    })
    .await;
}

/// Sends bytes as they are, ends the sending side if told so, and reads until the portal closes the connection.
pub async fn raw(app: &TestApp, bytes: &str, and_end: bool) -> String {
    let mut stream = TcpStream::connect(app.base.strip_prefix("http://").unwrap()).await.unwrap();
    stream.write_all(bytes.as_bytes()).await.unwrap();
    if and_end {
        stream.shutdown().await.unwrap();
    }
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8(answer).unwrap()
}

/// Framing that proxies might read otherwise is refused before anything is done, and the connection with it.
#[actix_web::test]
async fn framing_that_two_could_read_differently() {
    with_settings(&[], async |app| {
        app.seed("ada@example.com").await;
        let body = json!({ "email": "ada@example.com", "password": PASSWORD }).to_string();
        let head = "POST /api/auth/login HTTP/1.1\r\nhost: localhost\r\norigin: http://localhost:4000\r\ncontent-type: application/json\r\n";
        let length = format!("content-length: {}\r\n", body.len());
        let whole = raw(app, &format!("{head}connection: close\r\n{length}\r\n{body}"), false).await;
        assert!(whole.starts_with("HTTP/1.1 200"), "{whole}");
        for framing in [
            format!("{length}content-length: {}\r\n", body.len() + 1),
            "content-length: many\r\n".to_owned(),
            "content-length: -1\r\n".to_owned(),
            "content-length: +1\r\n".to_owned(),
            format!("{length}transfer-encoding: chunked\r\n"),
            "transfer-encoding: chunked, identity\r\n".to_owned(),
        ] {
            let answer = raw(app, &format!("{head}{framing}\r\n{body}"), false).await;
            assert!(answer.starts_with("HTTP/1.1 400"), "{framing}: {answer}");
            // The server refuses before there is a request, so there is neither a document nor an id; and it hangs up.
            assert!(answer.contains("content-length: 0\r\nconnection: close"), "{framing}: {answer}");
        }
        let cut = raw(app, &format!("{head}content-length: {}\r\n\r\n{body}", body.len() + 5), true).await;
        assert!(cut.starts_with("HTTP/1.1 400") && cut.contains("request.malformed"), "{cut}");
        assert!(cut.contains("x-request-id: ") && !cut.contains("set-cookie"), "{cut}");
        app.browser().get("/livez").await.expect(204);
    })
    .await;
}

#[actix_web::test]
async fn ids_that_no_invoice_has() {
    with_settings(&[], async |app| {
        let ada = app.signed_in("ada@example.com").await;
        for id in [
            "x",
            "-1",
            "0",
            "7x",
            "7.0",
            "99999999",
            "99999999999999999999",
            "18446744073709551615",
            "%00",
            "7%20",
            "%F0%9F",
            "'%20or%201=1",
        ] {
            hardened(ada.get(&format!("/api/invoices/{id}")).await).expect_problem(404, "not_found");
            let answer = ada
                .post_with_key(
                    &format!("/api/invoices/{id}/sso-link"),
                    &new_key(),
                    &json!({ "purpose": "pay" }),
                )
                .await;
            hardened(answer).expect_problem(404, "not_found");
        }
        assert_eq!(app.calls("whmcs", "CreateSsoToken").await, 0);
    })
    .await;
}

#[actix_web::test]
async fn parameters_that_make_no_sense() {
    with_settings(&[], async |app| {
        let ada = app.signed_in("ada@example.com").await;
        for (query, expected) in [
            ("page=0", "?page out_of_range"),
            ("page=1000000000", "?page out_of_range"),
            ("page=99999999999999999999", "?page type"),
            ("page=-1", "?page type"),
            ("page=", "?page type"),
            ("page=1.5", "?page type"),
            ("page=1&page=2", "?page choice"),
            ("page=1&%70age=1", "?page choice"),
            ("size=0", "?size out_of_range"),
            ("size=100000", "?size out_of_range"),
            ("client_id=2", "?client_id unknown"),
        ] {
            let answer = hardened(ada.get(&format!("/api/invoices?{query}")).await)
                .expect_problem(400, "request.malformed");
            assert_eq!(answer.field_errors(), [expected], "{query}");
        }
        for query in ["status=stolen", "sort=password", &format!("page=1&status={}", "x".repeat(3000))] {
            hardened(ada.get(&format!("/api/invoices?{query}")).await)
                .expect_problem(400, "request.malformed");
        }
        hardened(ada.get("/api/invoices?page=1&size=100").await.expect(200));
    })
    .await;
}

#[actix_web::test]
async fn each_request_has_an_id() {
    with_settings(&[], async |app| {
        let browser = app.browser();
        let id = async |sent: Option<&str>| {
            let mut request = browser.request(Method::GET, "/api/me");
            if let Some(sent) = sent {
                request = request.header("x-request-id", sent);
            }
            let answer = browser.send(request).await.expect_problem(401, "auth.required");
            answer.header(request_id::HEADER.as_str()).to_owned()
        };
        assert_ne!(id(None).await, id(None).await);
        assert_eq!(id(Some("trace-0123_AB")).await, "trace-0123_AB");
        for bad in ["short", "with space", "\"quoted-quoted\"", "{\"level\":\"error\"}", &"x".repeat(65)] {
            assert_ne!(id(Some(bad)).await, bad);
        }
    })
    .await;
}

/// A panic in a handler, behind the same outer layer as the portal's own handlers.
#[actix_web::test]
async fn a_panic_is_an_internal_error_and_the_process_lives() {
    with_settings(&[], async |app| {
        async fn panicking() -> HttpResponse {
            panic!("canary-panic")
        }
        let data = web::Data::from(std::sync::Arc::clone(&app.app));
        let server = HttpServer::new(move || {
            Service::new()
                .app_data(data.clone())
                .route("/api/panicking", web::get().to(panicking))
                .route("/api/fine", web::get().to(HttpResponse::NoContent))
                .wrap(from_fn(edge::edge))
        });
        let server = server.workers(1).disable_signals().bind(("127.0.0.1", 0)).unwrap();
        let base = format!("http://{}", server.addrs()[0]);
        let server = server.run();
        let handle = server.handle();
        actix_web::rt::spawn(server);
        let browser = app.browser().at(&base);
        for _ in 0..3 {
            let answer = hardened(browser.get("/api/panicking").await).expect_problem(500, "internal");
            assert_eq!(answer.json()["detail"], Value::Null);
            assert!(!String::from_utf8_lossy(&answer.body).contains("canary"), "{answer:?}");
            hardened(browser.get("/api/fine").await.expect(204));
        }
        handle.stop(false).await;
    })
    .await;
}

#[actix_web::test]
async fn the_documentation_is_served_where_it_is_switched_on() {
    with_settings(&[], async |app| {
        let browser = app.browser();
        let document = browser.get("/api/openapi.json").await.expect(200).json();
        assert!(document["openapi"].as_str().unwrap().starts_with("3.1"), "{document}");
        let page = browser.get("/api/docs/").await.expect(200);
        assert!(page.header("content-type").starts_with("text/html"), "{page:?}");
        assert_eq!(page.header("x-content-type-options"), "nosniff");
        assert!(
            page.header("content-security-policy").contains("default-src 'none'; script-src 'self';"),
            "{page:?}"
        );
    })
    .await;
    with_settings(&[("PORTAL_DOCS", "false")], async |app| {
        for path in ["/api/openapi.json", "/api/docs", "/api/docs/", "/api/docs/index.html"] {
            app.browser().get(path).await.expect_problem(404, "not_found");
        }
        // Metrics are for the private port only.
        for path in ["/metrics", "/statusz"] {
            let answer = app.browser().get(path).await;
            assert!(
                answer.status == 404 && !String::from_utf8_lossy(&answer.body).contains("portal_"),
                "{answer:?}"
            );
        }
    })
    .await;
}
