//! Access tokens: front ends on other origins, from signing in to the end, and everything that could be tried with a token.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use futures::future::join_all;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use portal_api::{
    crypto::{KeyRing, TokenSigner},
    tokens::Claims,
};
use reqwest::{Method, RequestBuilder};
use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};

use crate::helpers::{Answer, PASSWORD, TOKEN_ORIGIN, TestApp, new_key, on_both_engines, with_settings};

on_both_engines!(
    the_whole_life_of_a_sign_in,
    an_access_token_is_good_for_ten_minutes,
    a_refresh_token_works_once,
    a_lost_answer_ends_nothing,
    a_token_that_was_passed_over_ends_the_sign_in,
    of_parallel_refreshes_one_token_is_left,
    asvs_7_3_1_an_idle_sign_in_ends,
    asvs_7_4_1_a_session_that_ends_takes_its_tokens_along,
    asvs_7_4_2_a_disabled_user_has_no_tokens,
    asvs_6_3_4_a_second_factor_is_asked_for,
    a_stranger_gets_strangers_data_with_no_token,
    asvs_7_2_3_tokens_are_nowhere_at_rest,
);

/// Tokens of a sign-in.
#[derive(Clone, Debug)]
struct Tokens {
    access: String,
    refresh: String,
}

impl Tokens {
    fn of(answer: &Answer) -> Self {
        let body = answer.json();
        let text = |name: &str| body[name].as_str().unwrap().to_owned();
        Self { access: text("access_token"), refresh: text("refresh_token") }
    }
}

/// A request as a page of the other front end sends it.
fn request(app: &TestApp, method: &Method, path: &str) -> RequestBuilder {
    let request = app.http.request(method.clone(), format!("{}{path}", app.base));
    let request = request.header("origin", TOKEN_ORIGIN).header("sec-fetch-site", "cross-site");
    if *method == Method::GET { request } else { request.header("content-type", "application/json") }
}

async fn send(request: RequestBuilder) -> Answer {
    Answer::of(request.send().await.unwrap()).await
}

async fn post(app: &TestApp, path: &str, body: &Value) -> Answer {
    send(request(app, &Method::POST, path).body(body.to_string())).await
}

async fn get(app: &TestApp, path: &str, token: &str) -> Answer {
    send(request(app, &Method::GET, path).bearer_auth(token)).await
}

async fn sign_in(app: &TestApp, email: &str) -> Tokens {
    app.seed(email).await;
    Tokens::of(
        &post(app, "/api/auth/token", &json!({ "email": email, "password": PASSWORD })).await.expect(200),
    )
}

async fn refresh(app: &TestApp, token: &str) -> Answer {
    post(app, "/api/auth/token/refresh", &json!({ "refresh_token": token })).await
}

async fn works(app: &TestApp, tokens: &Tokens) -> bool {
    match get(app, "/api/me", &tokens.access).await.status {
        200 => true,
        401 => false,
        status => panic!("{status}"),
    }
}

/// The parts of a token that are JSON.
fn parts(token: &str) -> (Value, Value) {
    let mut parts = token.split('.').map(|part| URL_SAFE_NO_PAD.decode(part).unwrap());
    let mut next = || serde_json::from_slice(&parts.next().unwrap()).unwrap();
    (next(), next())
}

async fn the_whole_life_of_a_sign_in(app: &TestApp) {
    let body = json!({ "email": "ada@example.com", "password": PASSWORD });
    app.seed("ada@example.com").await;
    let answer = post(app, "/api/auth/token", &body).await.expect(200);
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("set-cookie"), "", "no cookies");
    let view = answer.json();
    assert_eq!((&view["token_type"], &view["expires_in"]), (&json!("Bearer"), &json!(600)));
    let tokens = Tokens::of(&answer);
    let (header, claims) = parts(&tokens.access);
    assert_eq!(header, json!({ "typ": "at+jwt", "alg": "EdDSA", "kid": "dev" }));
    let ada = app.user_id("ada@example.com").await;
    assert_eq!(claims["iss"], "http://localhost:4000/");
    assert_eq!((&claims["aud"], &claims["sub"]), (&json!("http://localhost:4000/api"), &json!(ada)));
    let seconds = |name: &str| claims[name].as_i64().unwrap();
    assert_eq!((seconds("iat"), seconds("exp") - seconds("iat")), (app.clock.now().timestamp(), 600));

    let me = get(app, "/api/me", &tokens.access).await.expect(200);
    assert_eq!(me.json()["data"]["email"], "ada@example.com");
    let session = get(app, "/api/auth/session", &tokens.access).await.expect(200);
    assert_eq!((&session.json()["data"]["state"], session.header("set-cookie")), (&json!("signed_in"), ""));
    let link = request(app, &Method::POST, "/api/invoices/7/sso-link").bearer_auth(&tokens.access);
    let link = link.header("idempotency-key", new_key()).body(json!({ "purpose": "view" }).to_string());
    send(link).await.expect(200);
    let change = request(app, &Method::PATCH, "/api/me/billing").bearer_auth(&tokens.access);
    let change = change.header("idempotency-key", new_key()).body(json!({ "city": "Bath" }).to_string());
    send(change).await.expect(200);
    app.run_jobs().await;

    let newer = Tokens::of(&refresh(app, &tokens.refresh).await.expect(200));
    assert!(newer.access != tokens.access || newer.refresh != tokens.refresh);
    assert!(works(app, &newer).await);
    let revoked = post(app, "/api/auth/token/revoke", &json!({ "refresh_token": newer.refresh })).await;
    revoked.expect(204);
    for tokens in [&tokens, &newer] {
        assert!(!works(app, tokens).await);
        refresh(app, &tokens.refresh).await.expect_problem(401, "auth.required");
    }
    post(app, "/api/auth/token/revoke", &json!({ "refresh_token": newer.refresh })).await.expect(204);
    post(app, "/api/auth/token/revoke", &json!({ "refresh_token": "nonsense" })).await.expect(204);

    // Signing out by the token does the same.
    let again = sign_in(app, "ada@example.com").await;
    let out = request(app, &Method::POST, "/api/auth/logout").bearer_auth(&again.access).body("{}");
    send(out).await.expect(204);
    assert!(!works(app, &again).await);
    refresh(app, &again.refresh).await.expect_problem(401, "auth.required");
}

async fn an_access_token_is_good_for_ten_minutes(app: &TestApp) {
    let tokens = sign_in(app, "ada@example.com").await;
    app.advance(Duration::from_secs(599)).await;
    assert!(works(app, &tokens).await);
    app.advance(Duration::from_secs(1)).await;
    get(app, "/api/me", &tokens.access).await.expect_problem(401, "auth.required");
    let newer = Tokens::of(&refresh(app, &tokens.refresh).await.expect(200));
    assert!(works(app, &newer).await && !works(app, &tokens).await);
}

async fn a_refresh_token_works_once(app: &TestApp) {
    let first = sign_in(app, "ada@example.com").await;
    let second = Tokens::of(&refresh(app, &first.refresh).await.expect(200));
    let third = Tokens::of(&refresh(app, &second.refresh).await.expect(200));
    let others = sign_in(app, "ada@example.com").await;
    // The first one was used, and so was its successor.
    refresh(app, &first.refresh).await.expect_problem(401, "auth.required");
    for tokens in [&first, &second, &third] {
        assert!(!works(app, tokens).await, "the whole sign-in has ended");
        refresh(app, &tokens.refresh).await.expect_problem(401, "auth.required");
    }
    assert!(works(app, &others).await, "another sign-in of the same person goes on");
    for rubbish in ["x", &"A".repeat(43), &"A".repeat(129)] {
        let refused = refresh(app, rubbish).await;
        assert!(matches!(refused.status, 401 | 422), "{rubbish}");
    }
}

async fn a_lost_answer_ends_nothing(app: &TestApp) {
    let first = sign_in(app, "ada@example.com").await;
    let lost = Tokens::of(&refresh(app, &first.refresh).await.expect(200));
    let second = Tokens::of(&refresh(app, &first.refresh).await.expect(200));
    assert_ne!(lost.refresh, second.refresh);
    let third = Tokens::of(&refresh(app, &second.refresh).await.expect(200));
    assert!(works(app, &third).await);
}

async fn a_token_that_was_passed_over_ends_the_sign_in(app: &TestApp) {
    let first = sign_in(app, "ada@example.com").await;
    let owners = Tokens::of(&refresh(app, &first.refresh).await.expect(200));
    // A thief presents the token that the owner has just used, which looks like a lost answer.
    let thiefs = Tokens::of(&refresh(app, &first.refresh).await.expect(200));
    assert!(works(app, &thiefs).await);
    // The owner goes on with the token that the lost answer would have carried: now it shows.
    refresh(app, &owners.refresh).await.expect_problem(401, "auth.required");
    for tokens in [&owners, &thiefs] {
        assert!(!works(app, tokens).await);
        refresh(app, &tokens.refresh).await.expect_problem(401, "auth.required");
    }
}

async fn of_parallel_refreshes_one_token_is_left(app: &TestApp) {
    let first = sign_in(app, "ada@example.com").await;
    let answers = join_all((0..12).map(|_| refresh(app, &first.refresh))).await;
    let given: Vec<Tokens> = answers.into_iter().map(|answer| Tokens::of(&answer.expect(200))).collect();
    let connection = sea_orm::Database::connect(unguarded(app)).await.unwrap();
    let live = "SELECT count(*) AS n FROM refresh_tokens WHERE state = 'live'";
    let statement = sea_orm::Statement::from_string(connection.get_database_backend(), live);
    let row = connection.query_one_raw(statement).await.unwrap().unwrap();
    assert_eq!(row.try_get::<i64>("", "n").unwrap(), 1);
    connection.close().await.unwrap();
    let mut went_on = 0;
    for tokens in &given {
        went_on += usize::from(refresh(app, &tokens.refresh).await.status == 200);
    }
    assert!(went_on <= 1, "{went_on}");
}

/// The database without row-level security.
fn unguarded(app: &TestApp) -> String {
    app.superuser_url().unwrap_or_else(|| app.variables["DATABASE_URL"].clone())
}

async fn asvs_7_3_1_an_idle_sign_in_ends(app: &TestApp) {
    let tokens = sign_in(app, "ada@example.com").await;
    app.advance(Duration::from_mins(29)).await;
    let newer = Tokens::of(&refresh(app, &tokens.refresh).await.expect(200));
    app.advance(Duration::from_mins(29)).await;
    let newest = Tokens::of(&refresh(app, &newer.refresh).await.expect(200));
    app.advance(Duration::from_mins(31)).await;
    refresh(app, &newest.refresh).await.expect_problem(401, "auth.required");
    assert!(!works(app, &newest).await);
}

async fn asvs_7_4_1_a_session_that_ends_takes_its_tokens_along(app: &TestApp) {
    let (tokens, kept) = (sign_in(app, "ada@example.com").await, sign_in(app, "ada@example.com").await);
    assert!(works(app, &tokens).await && works(app, &kept).await);
    let (_, claims) = parts(&tokens.access);
    let claims: Claims = serde_json::from_value(claims).unwrap();
    let tx = app.app.db.as_user(claims.sub).await.unwrap();
    assert!(tx.sessions().list().await.unwrap().iter().any(|session| session.id == claims.sid));
    assert!(tx.sessions().revoke(claims.sid).await.unwrap().is_some());
    tx.commit().await.unwrap();
    // The news that whoever ends a session sends; without it the memory of five seconds ends by itself.
    app.app.sessions.forget_user(claims.sub);
    assert!(!works(app, &tokens).await);
    refresh(app, &tokens.refresh).await.expect_problem(401, "auth.required");
    assert!(works(app, &kept).await);

    let tx = app.app.db.as_user(claims.sub).await.unwrap();
    tx.account().bump_session_epoch().await.unwrap();
    tx.commit().await.unwrap();
    app.app.sessions.forget_user(claims.sub);
    assert!(!works(app, &kept).await, "as after a change of the password");
}

async fn asvs_7_4_2_a_disabled_user_has_no_tokens(app: &TestApp) {
    let tokens = sign_in(app, "ada@example.com").await;
    let ada = app.user_id("ada@example.com").await;
    let tx = app.app.db.as_system().await.unwrap();
    tx.account(ada).set_status(portal_api::store::UserStatus::Disabled).await.unwrap();
    tx.commit().await.unwrap();
    refresh(app, &tokens.refresh).await.expect_problem(401, "auth.required");
    let body = json!({ "email": "ada@example.com", "password": PASSWORD });
    post(app, "/api/auth/token", &body).await.expect_problem(401, "auth.invalid_credentials");
}

async fn asvs_6_3_4_a_second_factor_is_asked_for(app: &TestApp) {
    let (authenticator, codes) = app.signed_in("ada@example.com").await.set_up_totp(app).await;
    let mut body = json!({ "email": "ada@example.com", "password": PASSWORD });
    let asked = post(app, "/api/auth/token", &body).await.expect_problem(401, "auth.mfa_required");
    assert_eq!(asked.json()["methods"], json!(["totp", "recovery_code"]));
    for (method, code, expected) in [
        (json!("totp"), Value::Null, "/code required"),
        (Value::Null, json!("123456"), "/method required"),
        (json!("email_code"), json!("123456"), "/method choice"),
        (json!("totp"), json!("12"), "/code code"),
    ] {
        (body["method"], body["code"]) = (method, code);
        let refused = post(app, "/api/auth/token", &body).await.expect_problem(422, "validation");
        assert_eq!(refused.field_errors(), [expected]);
    }
    (body["method"], body["code"]) = (json!("totp"), json!(authenticator.wrong_code(app)));
    post(app, "/api/auth/token", &body).await.expect_problem(422, "auth.factor_invalid");
    (body["method"], body["code"]) = (json!("recovery_code"), json!(codes[0]));
    post(app, "/api/auth/token", &body).await.expect(200);
    post(app, "/api/auth/token", &body).await.expect_problem(422, "auth.factor_invalid");
    // Nothing of it is told to who does not know the password.
    body["password"] = json!("not her password");
    let refused = post(app, "/api/auth/token", &body).await.expect_problem(401, "auth.invalid_credentials");
    assert!(refused.json().get("methods").is_none());
}

async fn a_stranger_gets_strangers_data_with_no_token(app: &TestApp) {
    let (ada, mallory) = (sign_in(app, "ada@example.com").await, sign_in(app, "mallory@example.com").await);
    for _ in 0..2 {
        let hers = get(app, "/api/invoices", &ada.access).await.expect(200);
        assert!(String::from_utf8_lossy(&hers.body).contains("INV-00007"));
        let theirs = get(app, "/api/invoices", &mallory.access).await.expect(200);
        assert!(!String::from_utf8_lossy(&theirs.body).contains("INV-00007"));
        get(app, "/api/invoices/7", &mallory.access).await.expect_problem(404, "not_found");
    }
    // A token whose session and user do not belong together.
    let keys = KeyRing::parse("dev:cG9ydGFsIGRldmVsb3BtZW50IGtleSwgbm90IHNlY3I=").unwrap();
    let signer = TokenSigner::new(&keys, "http://localhost:4000/", "http://localhost:4000/api").unwrap();
    let (claims, theirs) = (parts(&ada.access).1, parts(&mallory.access).1);
    let own = signer.sign(&claims).unwrap();
    get(app, "/api/me", &own).await.expect(200);
    for (name, value) in [("sub", &theirs["sub"]), ("sid", &theirs["sid"])] {
        let mut mixed = claims.clone();
        mixed[name] = value.clone();
        let mixed = signer.sign(&mixed).unwrap();
        get(app, "/api/me", &mixed).await.expect_problem(401, "auth.required");
    }
}

async fn asvs_7_2_3_tokens_are_nowhere_at_rest(app: &TestApp) {
    let tokens = sign_in(app, "ada@example.com").await;
    let newer = Tokens::of(&refresh(app, &tokens.refresh).await.expect(200));
    get(app, "/api/me", &newer.access).await.expect(200);
    let at_rest = app.bytes_at_rest().await;
    for token in [&tokens, &newer] {
        let refresh = URL_SAFE_NO_PAD.decode(&token.refresh).unwrap();
        assert_eq!(refresh.len(), 32);
        for secret in [token.access.as_bytes(), token.refresh.as_bytes(), &refresh] {
            assert!(!at_rest.windows(secret.len()).any(|window| window == secret));
        }
    }
}

#[actix_web::test]
async fn asvs_7_2_1_forged_tokens_are_nobodys() {
    with_settings(&[], async |app| {
        let tokens = sign_in(app, "ada@example.com").await;
        let (header, claims) = parts(&tokens.access);
        let keys = get(app, "/api/auth/jwks.json", "none").await.expect(200).json();
        let x = keys["keys"][0]["x"].as_str().unwrap().to_owned();
        let (_, signature) = tokens.access.rsplit_once('.').unwrap();
        let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let mut forged = vec![
            "a.b.c".to_owned(),
            format!(
                "{}.{}.",
                encode(&json!({ "alg": "none", "typ": "at+jwt", "kid": "dev" })),
                encode(&claims)
            ),
            format!("{}.{}.{signature}", encode(&json!({ "alg": "none", "typ": "at+jwt" })), encode(&claims)),
        ];
        // Everything that a thief would like to change.
        for (name, value) in [
            ("exp", json!(9_999_999_999_i64)),
            ("sub", json!("019a0000-0000-7000-8000-000000000000")),
            ("iss", json!("https://evil.example/")),
            ("aud", json!("https://evil.example/api")),
        ] {
            let mut changed = claims.clone();
            changed[name] = value;
            forged.push(format!("{}.{}.{signature}", encode(&header), encode(&changed)));
        }
        for kid in ["k2", "../dev", ""] {
            let mut header = header.clone();
            header["kid"] = json!(kid);
            forged.push(format!("{}.{}.{signature}", encode(&header), encode(&claims)));
        }
        let mut hmac = Header::new(Algorithm::HS256);
        (hmac.typ, hmac.kid) = (Some("at+jwt".to_owned()), Some("dev".to_owned()));
        for secret in [x.as_bytes().to_vec(), URL_SAFE_NO_PAD.decode(&x).unwrap()] {
            forged.push(jsonwebtoken::encode(&hmac, &claims, &EncodingKey::from_secret(&secret)).unwrap());
        }
        // Rightly signed, but for somebody else, by somebody else, or with a key that is not in the ring.
        let dev = "dev:cG9ydGFsIGRldmVsb3BtZW50IGtleSwgbm90IHNlY3I=";
        let other = "dev:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
        let (iss, aud) = ("http://localhost:4000/", "http://localhost:4000/api");
        for (ring, iss, aud) in
            [(other, iss, aud), (dev, "http://localhost:4000", aud), (dev, iss, "http://localhost:4000/")]
        {
            let signer = TokenSigner::new(&KeyRing::parse(ring).unwrap(), iss, aud).unwrap();
            let mut claims = claims.clone();
            (claims["iss"], claims["aud"]) = (json!(iss), json!(aud));
            forged.push(signer.sign(&claims).unwrap());
        }
        for token in forged {
            get(app, "/api/me", &token).await.expect_problem(401, "auth.required");
        }
        assert!(works(app, &tokens).await);
        // The session's id is no secret and no credential.
        let sid = claims["sid"].as_str().unwrap();
        for (name, value) in [("portal_session_dev", sid), ("portal_session_dev", &tokens.refresh)] {
            let browser = app.browser();
            browser.set_cookie(name, value);
            browser.get("/api/me").await.expect_problem(401, "auth.required");
        }
        refresh(app, sid).await.expect_problem(401, "auth.required");
        // A cookie's token is no refresh token and no access token.
        let browser = app.signed_in("ada@example.com").await;
        let cookie = browser.cookies()["portal_session_dev"].clone();
        refresh(app, &cookie).await.expect_problem(401, "auth.required");
        get(app, "/api/me", &cookie).await.expect_problem(401, "auth.required");
    })
    .await;
}

#[actix_web::test]
async fn a_cookie_and_a_token_are_refused_together() {
    with_settings(&[], async |app| {
        let tokens = sign_in(app, "ada@example.com").await;
        let mallory = app.signed_in("mallory@example.com").await;
        let dead = app.browser();
        dead.set_cookie("portal_session_dev", &"A".repeat(43));
        for browser in [&mallory, &dead] {
            for (method, path) in [(Method::GET, "/api/me"), (Method::POST, "/api/auth/logout")] {
                for token in [tokens.access.as_str(), "nonsense"] {
                    let both = browser.request(method.clone(), path).bearer_auth(token);
                    browser.send(both.body("{}")).await.expect_problem(400, "request.malformed");
                }
                let twice = browser.request(method.clone(), path).bearer_auth("a").bearer_auth("b");
                browser.send(twice.body("{}")).await.expect_problem(400, "request.malformed");
            }
        }
        // Another scheme is none of the portal's business: a proxy in front may use it.
        let basic = mallory.request(Method::GET, "/api/me").basic_auth("staging", Some("secret"));
        mallory.send(basic).await.expect(200);
        assert!(works(app, &tokens).await);
        // With any cookie the rules for cookies hold, whatever else is there.
        let marked = request(app, &Method::GET, "/api/me").bearer_auth(&tokens.access);
        send(marked.header("cookie", "portal_browser_dev=x")).await.expect_problem(403, "auth.csrf");
    })
    .await;
}

#[actix_web::test]
async fn what_belongs_to_a_browsers_session_is_not_done_with_a_token() {
    with_settings(&[], async |app| {
        let tokens = sign_in(app, "ada@example.com").await;
        for path in [
            "/api/auth/login",
            "/api/auth/lo%67in",
            "/api/auth/signup",
            "/api/auth/signup/confirm",
            "/api/me/password",
        ] {
            let asked = request(app, &Method::POST, path).bearer_auth(&tokens.access).body("{}");
            send(asked).await.expect_problem(403, "auth.forbidden");
        }
        // And nothing of it from there without one.
        let body = json!({ "email": "ada@example.com", "password": PASSWORD });
        post(app, "/api/auth/login", &body).await.expect_problem(403, "auth.csrf");
    })
    .await;
}

#[actix_web::test]
async fn an_old_proof_is_renewed_by_signing_in_again() {
    with_settings(&[], async |app| {
        let mut tokens = sign_in(app, "ada@example.com").await;
        for _ in 0..4 {
            app.advance(Duration::from_mins(8)).await;
            tokens = Tokens::of(&refresh(app, &tokens.refresh).await.expect(200));
        }
        let link = |token: &str| {
            let link = request(app, &Method::POST, "/api/invoices/7/sso-link").bearer_auth(token);
            link.header("idempotency-key", new_key()).body(json!({ "purpose": "view" }).to_string())
        };
        send(link(&tokens.access)).await.expect_problem(403, "auth.step_up_required");
        let fresh = sign_in(app, "ada@example.com").await;
        send(link(&fresh.access)).await.expect(200);
    })
    .await;
}

/// Every combination of where from, which origin and what is brought along.
#[actix_web::test]
async fn asvs_3_5_1_only_named_origins_may_read_and_write_across_sites() {
    with_settings(&[], async |app| {
        let tokens = sign_in(app, "ada@example.com").await;
        let own = "http://localhost:4000";
        let evil = "https://evil.example";
        let near = "https://partner.example.net.evil.example";
        for site in [None, Some("cross-site"), Some("same-site"), Some("same-origin")] {
            for origin in [None, Some(TOKEN_ORIGIN), Some(own), Some(evil), Some(near), Some("null")] {
                for bearer in [true, false] {
                    let headers = |mut request: RequestBuilder| {
                        for (name, value) in [("sec-fetch-site", site), ("origin", origin)] {
                            if let Some(value) = value {
                                request = request.header(name, value);
                            }
                        }
                        if bearer { request.bearer_auth(&tokens.access) } else { request }
                    };
                    let what = format!("{site:?} {origin:?} {bearer}");
                    let (from_there, no_browser) =
                        (origin == Some(TOKEN_ORIGIN), (site, origin) == (None, None));
                    let from_here = match site {
                        Some("same-origin") => origin.is_none() || origin == Some(own),
                        None => origin == Some(own),
                        _ => false,
                    };
                    let write = app.http.patch(format!("{}/api/me", app.base)).body("{}");
                    let write = write.header("content-type", "application/json");
                    let write = send(headers(write.header("idempotency-key", new_key()))).await;
                    let let_in = from_here || (bearer && (from_there || no_browser));
                    assert_eq!(
                        write.status,
                        if !let_in {
                            403
                        } else if bearer {
                            200
                        } else {
                            401
                        },
                        "{what}"
                    );
                    let read = send(headers(app.http.get(format!("{}/api/me", app.base)))).await;
                    let let_in = site != Some("cross-site") || (bearer && from_there);
                    assert_eq!(
                        read.status,
                        if !let_in {
                            403
                        } else if bearer {
                            200
                        } else {
                            401
                        },
                        "{what}"
                    );
                    for answer in [write, read] {
                        let allowed = if from_there { TOKEN_ORIGIN } else { "" };
                        assert_eq!(answer.header("access-control-allow-origin"), allowed, "{what}");
                        assert_eq!(answer.header("access-control-allow-credentials"), "");
                        assert!(answer.header("vary").contains("Origin"), "{what}");
                    }
                }
            }
        }
        let plain =
            app.http.post(format!("{}/api/auth/token/refresh", app.base)).header("origin", TOKEN_ORIGIN);
        let plain = plain.header("content-type", "text/plain").body("{}");
        send(plain).await.expect_problem(415, "request.unsupported_media_type");
    })
    .await;
}

#[actix_web::test]
async fn preflights_are_answered_for_named_origins_only() {
    with_settings(&[], async |app| {
        let ask = |path: &str, origin: &str| {
            let asked = app.http.request(Method::OPTIONS, format!("{}{path}", app.base));
            send(
                asked
                    .header("origin", origin)
                    .header("access-control-request-method", "POST")
                    .header("access-control-request-headers", "authorization,content-type,idempotency-key"),
            )
        };
        for path in ["/api/auth/token", "/api/me", "/api/invoices/7/sso-link", "/api/nothing"] {
            let answer = ask(path, TOKEN_ORIGIN).await.expect(204);
            assert_eq!(answer.header("access-control-allow-origin"), TOKEN_ORIGIN);
            assert_eq!(answer.header("access-control-allow-methods"), "GET, POST, PATCH, DELETE");
            assert_eq!(
                answer.header("access-control-allow-headers"),
                "Authorization, Content-Type, Idempotency-Key"
            );
            assert_eq!(answer.header("access-control-allow-credentials"), "");
            assert!(answer.header("vary").contains("Origin"));
            assert_ne!(answer.header("x-request-id"), "");
            for origin in
                ["https://evil.example", "null", "http://localhost:4000", "https://PARTNER.example.net"]
            {
                let refused = ask(path, origin).await;
                assert_eq!(refused.header("access-control-allow-origin"), "", "{origin}");
                assert_eq!(refused.header("access-control-allow-methods"), "", "{origin}");
            }
        }
        // The web app's own files and pages are not for reading elsewhere.
        let page = app.http.get(format!("{}/", app.base)).header("origin", TOKEN_ORIGIN);
        assert_eq!(send(page).await.header("access-control-allow-origin"), "");
    })
    .await;
}

#[actix_web::test]
async fn without_named_origins_there_are_no_tokens() {
    with_settings(&[("PORTAL_TOKEN_ORIGINS", "")], async |app| {
        app.seed("ada@example.com").await;
        let browser = app.browser();
        let body = json!({ "email": "ada@example.com", "password": PASSWORD });
        browser.post("/api/auth/token", &body).await.expect_problem(403, "auth.forbidden");
        browser.get("/api/auth/jwks.json").await.expect_problem(403, "auth.forbidden");
        let asked = post(app, "/api/auth/token", &body).await.expect_problem(403, "auth.csrf");
        assert_eq!(asked.header("access-control-allow-origin"), "");
    })
    .await;
}

#[actix_web::test]
async fn where_new_devices_need_a_code_a_password_alone_gets_no_tokens() {
    with_settings(&[("PORTAL_NEW_DEVICE_CODE", "true")], async |app| {
        app.seed("ada@example.com").await;
        let body = json!({ "email": "ada@example.com", "password": PASSWORD });
        let refused = post(app, "/api/auth/token", &body).await.expect_problem(401, "auth.mfa_required");
        assert_eq!(refused.json()["methods"], json!([]));
    })
    .await;
}

#[actix_web::test]
async fn asvs_6_3_1_guessing_is_limited_as_at_the_sign_in() {
    with_settings(&[("PORTAL_LIMIT_LOGIN_ACCOUNT", "3")], async |app| {
        app.seed("ada@example.com").await;
        let attempt = |email: &str| json!({ "email": email, "password": "not the password" });
        for email in ["ada@example.com", "nobody@example.com"] {
            for _ in 0..3 {
                let refused = post(app, "/api/auth/token", &attempt(email)).await;
                refused.expect_problem(401, "auth.invalid_credentials");
            }
            post(app, "/api/auth/token", &attempt(email)).await.expect_problem(429, "rate_limited");
            // The same count: the other way in is shut too.
            app.browser().log_in(email, PASSWORD).await.expect_problem(429, "rate_limited");
        }
    })
    .await;
}

#[actix_web::test]
async fn the_published_key_checks_tokens() {
    with_settings(&[], async |app| {
        let tokens = sign_in(app, "ada@example.com").await;
        let answer =
            Answer::of(app.http.get(format!("{}/api/auth/jwks.json", app.base)).send().await.unwrap()).await;
        let answer = answer.expect(200);
        assert_eq!(answer.header("cache-control"), "public, max-age=3600");
        let set: jsonwebtoken::jwk::JwkSet = answer.decode();
        let header = jsonwebtoken::decode_header(&tokens.access).unwrap();
        let key = set.find(header.kid.as_deref().unwrap()).unwrap();
        assert_eq!(answer.json()["keys"][0].as_object().unwrap().len(), 6, "public members only");
        let mut validation = jsonwebtoken::Validation::new(Algorithm::EdDSA);
        validation.set_audience(&["http://localhost:4000/api"]);
        validation.set_issuer(&["http://localhost:4000/"]);
        let key = jsonwebtoken::DecodingKey::from_jwk(key).unwrap();
        jsonwebtoken::decode::<Claims>(&tokens.access, &key, &validation).unwrap();
    })
    .await;
}
