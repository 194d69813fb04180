//! The web app's files: types, caching, compressed copies, and nothing outside of their directory.

use std::path::Path;

use reqwest::Method;

use crate::helpers::{Answer, Browser, TestApp, with_settings};

const PAGE_CSP: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
    font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; \
    frame-ancestors 'none'";

fn build(directory: &Path) {
    let dist = directory.join("dist");
    std::fs::create_dir_all(dist.join("assets")).unwrap();
    let files: [(&str, &str); 8] = [
        ("index.html", "<!doctype html><title>the page</title>"),
        ("robots.txt", "User-agent: *"),
        ("secret.env", "never served"),
        ("assets/app.js", "the script"),
        ("assets/app.js.br", "the script by brotli"),
        ("assets/app.js.gz", "the script by gzip"),
        ("assets/app.wasm", "the module"),
        ("../outside.txt", "outside"),
    ];
    for (name, content) in files {
        std::fs::write(dist.join(name), content).unwrap();
    }
}

async fn with_files(test: impl AsyncFnOnce(&TestApp)) {
    let directory = tempfile::tempdir().unwrap();
    build(directory.path());
    let dist = directory.path().join("dist").display().to_string();
    with_settings(&[("PORTAL_WEB_DIR", &dist)], test).await;
}

async fn get(browser: &Browser<'_>, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = browser.request(Method::GET, path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    browser.send(request).await
}

#[track_caller]
fn page(answer: Answer) -> Answer {
    let answer = answer.expect(200);
    assert_eq!(answer.body, "<!doctype html><title>the page</title>");
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(answer.header("cache-control"), "no-cache");
    assert_eq!(answer.header("content-security-policy"), PAGE_CSP);
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin");
    assert!(answer.header("permissions-policy").contains("camera=()"), "{answer:?}");
    answer
}

#[actix_web::test]
async fn every_address_of_the_app_is_its_page() {
    with_files(async |app| {
        let browser = app.browser();
        for path in ["/", "/billing/invoices/7", "/auth/login?next=/", "/apiary", "/unknown"] {
            page(browser.get(path).await);
        }
        let head = browser.send(browser.request(Method::HEAD, "/")).await.expect(200);
        assert_eq!((head.header("content-length"), head.body.len()), ("38", 0));
        browser.send(browser.request(Method::POST, "/")).await.expect(405);
    })
    .await;
}

#[actix_web::test]
async fn the_page_carries_the_operators_name() {
    let directory = tempfile::tempdir().unwrap();
    build(directory.path());
    let dist = directory.path().join("dist");
    let built = "<title>Customer portal</title><meta name=\"application-name\" content=\"Customer portal\">";
    std::fs::write(dist.join("index.html"), built).unwrap();
    std::fs::write(dist.join("index.html.br"), "compressed with the built name").unwrap();
    let dist = dist.display().to_string();
    with_settings(&[("PORTAL_WEB_DIR", &dist), ("PORTAL_APP_NAME", "Ada's \"A & B\" <Shop>")], async |app| {
        let answer = get(&app.browser(), "/", &[("accept-encoding", "br")]).await.expect(200);
        let name = "Ada's &quot;A &amp; B&quot; &lt;Shop&gt;";
        assert_eq!(answer.body, built.replace("Customer portal", name));
        assert_eq!(answer.header("content-encoding"), "");
    })
    .await;
}

#[actix_web::test]
async fn files_with_a_hash_in_their_name_are_kept_for_ever() {
    with_files(async |app| {
        let browser = app.browser();
        let script = browser.get("/assets/app.js").await.expect(200);
        assert_eq!(script.header("cache-control"), "public, max-age=31536000, immutable");
        assert_eq!(script.header("content-type"), "text/javascript; charset=utf-8");
        assert_eq!(script.header("content-security-policy"), PAGE_CSP);
        assert_eq!(
            browser.get("/assets/app.wasm").await.expect(200).header("content-type"),
            "application/wasm"
        );
        assert_eq!(browser.get("/robots.txt").await.expect(200).header("cache-control"), "no-cache");
    })
    .await;
}

#[actix_web::test]
async fn a_client_gets_the_copy_that_it_can_read() {
    with_files(async |app| {
        let browser = app.browser();
        // The test's client would undo an encoding that it asked for itself.
        for (accepted, encoding, body) in [
            ("br, gzip", "br", "the script by brotli"),
            ("gzip, deflate, br;q=0.5", "br", "the script by brotli"),
            ("gzip", "gzip", "the script by gzip"),
            ("gzip, br;q=0", "gzip", "the script by gzip"),
            ("gzip;q=0.0", "", "the script"),
            ("identity", "", "the script"),
            ("zstd", "", "the script"),
        ] {
            let answer = get(&browser, "/assets/app.js", &[("accept-encoding", accepted)]).await.expect(200);
            assert_eq!(answer.header("content-encoding"), encoding, "{accepted}");
            assert_eq!(answer.body, body, "{accepted}");
            assert_eq!(answer.header("vary"), "Accept-Encoding");
            assert_eq!(answer.header("content-type"), "text/javascript; charset=utf-8");
        }
    })
    .await;
}

#[actix_web::test]
async fn an_unchanged_file_is_not_sent_again() {
    with_files(async |app| {
        let browser = app.browser();
        for path in ["/", "/assets/app.js"] {
            let tag = browser.get(path).await.expect(200).header("etag").to_owned();
            let unchanged = get(&browser, path, &[("if-none-match", &tag)]).await.expect(304);
            assert_eq!((unchanged.header("etag"), unchanged.body.len()), (tag.as_str(), 0));
            assert_eq!(unchanged.header("x-content-type-options"), "nosniff");
            assert_eq!(
                get(&browser, path, &[("if-none-match", "\"another\"")]).await.expect(200).header("etag"),
                tag
            );
        }
    })
    .await;
}

#[actix_web::test]
async fn nothing_else_is_served() {
    with_files(async |app| {
        let browser = app.browser();
        for path in [
            "/assets/gone.js",
            "/assets/",
            "/assets/app.js.br",
            "/favicon.ico",
            "/secret.env",
            "/.env",
            "/dist/index.html.map",
        ] {
            let answer = browser.get(path).await.expect(404);
            assert!(!answer.header("content-type").starts_with("text/html"), "{path}: {answer:?}");
        }
        // The client would tidy these addresses up, so they are sent as they are.
        for path in [
            "/../outside.txt",
            "/assets/../../outside.txt",
            "/%2e%2e/outside.txt",
            "/..%2foutside.txt",
            "/assets/..%5c..%5coutside.txt",
            "//etc/passwd",
            "/assets/%00app.js",
        ] {
            let answer = super::surface::raw(
                app,
                &format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"),
                false,
            )
            .await;
            assert!(!answer.contains("\r\n\r\noutside") && !answer.contains("root:"), "{path}: {answer}");
        }
    })
    .await;
}

#[actix_web::test]
async fn without_a_web_app_the_api_works_alone() {
    with_settings(&[], async |app| {
        app.browser().get("/").await.expect(404);
        app.browser().get("/api/auth/session").await.expect(200);
    })
    .await;
}
