//! The OpenID Connect provider as a relying party meets it: the flow, and everything that must not work.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use reqwest::Method;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use sandbox::{Options, Sandbox, demo};
use serde_json::json;

use crate::browser::{Browser, token};
use crate::driver::{Driver, json_of};
use crate::relying_party::{
    REDIRECT, VERIFIER, back, claims, code_with, exchange, get_json, request, s256, signed_in, token_post,
    userinfo,
};

#[tokio::test]
async fn the_documents_say_where_everything_is() {
    let it = Driver::start().await;
    let document = get_json(&it, "whmcs/oauth/openid-configuration.php").await;
    assert_eq!(document["issuer"], it.url("whmcs"));
    for (member, page) in [
        ("authorization_endpoint", "authorize"),
        ("token_endpoint", "token"),
        ("userinfo_endpoint", "userinfo"),
        ("jwks_uri", "certs"),
    ] {
        assert_eq!(document[member], it.url(&format!("whmcs/oauth/{page}.php")));
    }
    assert_eq!(document["response_types_supported"], json!(["code"]));
    let keys = get_json(&it, "whmcs/oauth/certs.php").await;
    let key = &keys["keys"][0];
    assert_eq!((&key["kty"], &key["alg"], &key["use"]), (&json!("RSA"), &json!("RS256"), &json!("sig")));
    assert!(key.get("d").is_none(), "the private half stays");
    let rewritten = "whmcs/.well-known/openid-configuration";
    assert_eq!(it.http.get(it.url(rewritten)).send().await.unwrap().status(), 404);
    let switches = json!({"openid_well_known": true, "openid_metadata": "sparse", "openid_keys": "empty"});
    it.set("config", json!({ "client_area": switches })).await;
    let sparse = get_json(&it, rewritten).await;
    assert_eq!(sparse["response_types_supported"], json!([]));
    assert_eq!(sparse["claims_supported"], json!(["iss", "aud", "exp", "sub"]));
    assert!(sparse.get("token_endpoint_auth_methods_supported").is_none());
    assert_eq!(get_json(&it, "whmcs/oauth/certs.php").await, json!({"keys": []}));
}

#[tokio::test]
async fn a_user_signs_in_agrees_and_is_known() {
    let it = Driver::start().await;
    let mut browser = Browser::new(&it);
    let challenge = s256();
    let path = request(&[("code_challenge", &challenge), ("code_challenge_method", "S256")]);
    assert_eq!(browser.get(&path).await.location, "/whmcs/login");
    let entered = browser.password("grace@example.com").await;
    assert_eq!(entered.location, format!("/{path}"));
    let asked = browser.get(&path).await;
    assert!(asked.body.contains("Customer portal") && asked.body.contains("grace@example.com"));
    assert!(asked.policy.contains("form-action 'self' http://localhost:4321"), "{}", asked.policy);
    let agreed = browser.submit(&path, &[("decision", "approve")]).await;
    assert_eq!(back(&agreed, "state").as_deref(), Some("a b&c=d"));
    let code = back(&agreed, "code").unwrap();
    let (status, tokens) = exchange(&it, &code, &[("code_verifier", VERIFIER)]).await;
    assert_eq!(status, 200, "{tokens}");
    assert_eq!((&tokens["token_type"], &tokens["expires_in"]), (&json!("Bearer"), &json!(3600)));
    let access = tokens["access_token"].as_str().unwrap();
    let claims = claims(&it, tokens["id_token"].as_str().unwrap()).await;
    assert_eq!((&claims["nonce"], &claims["email"]), (&json!("n-1"), &json!("grace@example.com")));
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 3600);
    assert_eq!(claims["at_hash"], URL_SAFE_NO_PAD.encode(&digest(&SHA256, access.as_bytes()).as_ref()[..16]));
    assert_ne!(claims["sub"], "42", "not the user id, which is another's client id");
    let user = json_of(userinfo(&it, access).await).await;
    assert_eq!((&user["sub"], &user["name"]), (&claims["sub"], &json!("Grace Hopper")));
    assert_eq!((&user["email_verified"], &user["given_name"]), (&json!(true), &json!("Grace")));
    let by_query = get_json(&it, &format!("whmcs/oauth/userinfo.php?access_token={access}")).await;
    assert_eq!(by_query, user);
    // Once agreed is agreed.
    assert!(back(&browser.get(&path).await, "code").is_some());
    assert_eq!(browser.get(&format!("{path}&prompt=consent")).await.status, 200);
}

#[tokio::test]
async fn the_second_factor_stands_before_the_consent() {
    let it = Driver::start().await;
    it.set("clock", json!({ "set": "2030-01-01T00:00:00Z" })).await;
    let mut browser = Browser::new(&it);
    let path = request(&[]);
    browser.get(&path).await;
    let challenged = browser.password("tove@example.com").await;
    assert_eq!(challenged.location, "/whmcs/login/challenge");
    assert_eq!(browser.get(&path).await.location, "/whmcs/login", "the password is not enough");
    let mut browser = Browser::new(&it);
    browser.get(&path).await;
    browser.password("tove@example.com").await;
    let page = browser.get("whmcs/login/challenge").await;
    assert!(page.policy.contains("http://localhost:4321"), "{}", page.policy);
    let (_, now) = it.control(Method::GET, "clock", None).await;
    let now: chrono::DateTime<chrono::Utc> = now["now"].as_str().unwrap().parse().unwrap();
    let code = demo::second_factor(u64::try_from(now.timestamp()).unwrap());
    let entered =
        browser.post("whmcs/login/challenge", &[("token", &token(&page.body)), ("key", &code)]).await;
    assert_eq!(entered.location, format!("/{path}"));
    let agreed = browser.submit(&path, &[("decision", "approve")]).await;
    let (_, tokens) = exchange(&it, &back(&agreed, "code").unwrap(), &[]).await;
    let user = json_of(userinfo(&it, tokens["access_token"].as_str().unwrap()).await).await;
    assert_eq!(user["email"], "tove@example.com");
}

#[tokio::test]
async fn who_has_several_accounts_needs_none_to_be_known() {
    let it = Driver::start().await;
    let mut browser = Browser::new(&it);
    let path = request(&[]);
    browser.get(&path).await;
    assert_eq!(browser.password("linus@example.com").await.location, format!("/{path}"));
    let page = browser.get(&path).await;
    assert_eq!(page.status, 200);
    browser.get("whmcs/logout.php").await;
    // The consent page was left open: the way back in ends at the same request.
    let late = browser.post(&path, &[("token", &token(&page.body)), ("decision", "approve")]).await;
    assert_eq!(late.location, "/whmcs/login");
    assert_eq!(browser.password("linus@example.com").await.location, format!("/{path}"));
    let agreed = browser.submit(&path, &[("decision", "approve")]).await;
    let (_, tokens) = exchange(&it, &back(&agreed, "code").unwrap(), &[]).await;
    let user = json_of(userinfo(&it, tokens["access_token"].as_str().unwrap()).await).await;
    assert_eq!(user["name"], "Linus O'Kernel");
}

#[tokio::test]
async fn a_replayed_code_fails_and_takes_its_token_along() {
    let it = Driver::start().await;
    let code = code_with(&it, &[]).await;
    let (_, tokens) = exchange(&it, &code, &[]).await;
    let access = tokens["access_token"].as_str().unwrap();
    assert_eq!(userinfo(&it, access).await.status(), 200);
    let (status, error) = exchange(&it, &code, &[]).await;
    assert_eq!((status, &error["error"]), (400, &json!("invalid_grant")));
    let answer = userinfo(&it, access).await;
    assert_eq!(answer.status(), 401);
    assert!(answer.headers()["www-authenticate"].to_str().unwrap().contains("error=\"invalid_token\""));
}

#[tokio::test]
async fn codes_and_tokens_end() {
    let it = Driver::start().await;
    let code = code_with(&it, &[]).await;
    it.set("clock", json!({ "advance_seconds": 62 })).await;
    assert_eq!(exchange(&it, &code, &[]).await.1["error"], "invalid_grant");
    let code = code_with(&it, &[]).await;
    let access = exchange(&it, &code, &[]).await.1["access_token"].as_str().unwrap().to_owned();
    it.set("clock", json!({ "advance_seconds": 3_601 })).await;
    assert_eq!(userinfo(&it, &access).await.status(), 401);
    let bare = it.http.get(it.url("whmcs/oauth/userinfo.php")).send().await.unwrap();
    assert_eq!(
        (bare.status().as_u16(), &bare.headers()["www-authenticate"]),
        (401, &"Bearer realm=\"Service\"".parse().unwrap())
    );
    let twice = it.url(&format!("whmcs/oauth/userinfo.php?access_token={access}"));
    assert_eq!(it.http.get(twice).bearer_auth(&access).send().await.unwrap().status(), 400);
}

#[tokio::test]
async fn nothing_is_sent_to_an_address_that_is_not_registered() {
    let it = Driver::start().await;
    let mut browser = signed_in(&it, "grace@example.com").await;
    for changes in [
        [("redirect_uri", "https://evil.example/api/auth/link-whmcs/callback")],
        [("redirect_uri", "http://localhost:4321/api/auth/link-whmcs/callback/")],
        [("redirect_uri", "http://localhost.evil.example/api/auth/link-whmcs/callback")],
        [("redirect_uri", "")],
        [("client_id", "somebody")],
        [("client_id", "")],
    ] {
        for post in [false, true] {
            let path = request(&changes);
            let seen = if post {
                browser.post(&path, &[("decision", "approve")]).await
            } else {
                browser.get(&path).await
            };
            assert_eq!((seen.status, seen.location.as_str()), (400, ""), "{changes:?}");
        }
    }
    let twice = format!("{}&redirect_uri=https%3A%2F%2Fevil.example%2F", request(&[]));
    assert_eq!(browser.get(&twice).await.status, 400);
    let uris = json!({"client_area": {"openid_redirect_uris": ["https://portal.example/cb"]}});
    it.set("config", uris).await;
    assert_eq!(browser.get(&request(&[])).await.status, 400);
    let path = request(&[("redirect_uri", "https://portal.example/cb")]);
    let seen = browser.submit(&path, &[("decision", "approve")]).await;
    assert!(seen.location.starts_with("https://portal.example/cb?code="), "{}", seen.location);
}

#[tokio::test]
async fn redirect_uris_given_at_the_start_outlive_a_reset() {
    let uri = "https://portal.example/from-the-start";
    let options = Options { openid_redirect_uris: vec![uri.to_owned()], ..Options::default() };
    let it = Driver::running(Sandbox::start(options).await.unwrap());
    it.control(Method::POST, "reset", None).await;
    let mut browser = signed_in(&it, "grace@example.com").await;
    assert_eq!(browser.get(&request(&[("redirect_uri", uri)])).await.status, 200);
}

#[tokio::test]
async fn wrong_requests_go_back_with_the_reason() {
    let it = Driver::start().await;
    let mut browser = signed_in(&it, "grace@example.com").await;
    for (changes, error) in [
        (("response_type", "token"), "unsupported_response_type"),
        (("response_type", ""), "invalid_request"),
        (("scope", "email"), "invalid_scope"),
        (("scope", ""), "invalid_scope"),
        (("scope", "openid admin"), "invalid_scope"),
        (("state", ""), "invalid_request"),
        (("prompt", "none"), "consent_required"),
        (("prompt", "now"), "invalid_request"),
        (("max_age", "soon"), "invalid_request"),
        (("response_mode", "form_post"), "invalid_request"),
        (("request", "e30.e30."), "request_not_supported"),
        (("request_uri", "https://evil.example"), "request_uri_not_supported"),
        (("code_challenge", "short"), "invalid_request"),
        (("code_challenge_method", "S512"), "invalid_request"),
    ] {
        let seen = browser.get(&request(&[changes])).await;
        assert_eq!(back(&seen, "error").as_deref(), Some(error), "{changes:?}");
        assert_eq!(back(&seen, "state").is_some(), changes.0 != "state");
        assert!(back(&seen, "code").is_none());
    }
    let denied = browser.submit(&request(&[]), &[("decision", "deny")]).await;
    assert_eq!(back(&denied, "error").as_deref(), Some("access_denied"));
    let forged = browser.post(&request(&[]), &[("token", "forged"), ("decision", "approve")]).await;
    assert_eq!((forged.status, forged.location.as_str()), (403, ""));
    let nobody = Browser::new(&it).get(&request(&[("prompt", "none")])).await;
    assert_eq!(back(&nobody, "error").as_deref(), Some("login_required"));
}

#[tokio::test]
async fn prompt_and_max_age_ask_for_a_fresh_sign_in() {
    let it = Driver::start().await;
    for change in [("prompt", "login"), ("max_age", "60")] {
        let mut browser = signed_in(&it, "grace@example.com").await;
        it.set("clock", json!({ "advance_seconds": 61 })).await;
        let path = request(&[change]);
        assert_eq!(browser.get(&path).await.location, "/whmcs/login", "{change:?}");
        assert_eq!(browser.password("grace@example.com").await.location, format!("/{path}"));
        assert_eq!(browser.get(&path).await.status, 200, "{change:?}");
    }
}

#[tokio::test]
async fn the_verifier_must_fit_the_challenge() {
    let it = Driver::start().await;
    let challenge = s256();
    let hashed = [("code_challenge", challenge.as_str()), ("code_challenge_method", "S256")];
    let code = code_with(&it, &hashed).await;
    for verifier in ["", "another-verifier-another-verifier-another-one", &challenge] {
        let (status, error) = exchange(&it, &code, &[("code_verifier", verifier)]).await;
        assert_eq!((status, &error["error"]), (400, &json!("invalid_grant")), "{verifier}");
    }
    assert_eq!(exchange(&it, &code, &[("code_verifier", VERIFIER)]).await.0, 200);
    let plain = code_with(&it, &[("code_challenge", VERIFIER)]).await;
    assert_eq!(exchange(&it, &plain, &[("code_verifier", VERIFIER)]).await.0, 200);
    let without = code_with(&it, &[]).await;
    let (_, error) = exchange(&it, &without, &[("code_verifier", VERIFIER)]).await;
    assert_eq!(error["error"], "invalid_grant", "somebody took the challenge away");
    it.set("config", json!({"client_area": {"openid_pkce": "ignored"}})).await;
    let ignored = code_with(&it, &hashed).await;
    assert_eq!(exchange(&it, &ignored, &[]).await.0, 200);
    it.set("config", json!({"client_area": {"openid_pkce": "required"}})).await;
    let seen = signed_in(&it, "grace@example.com").await.get(&request(&[])).await;
    assert_eq!(back(&seen, "error").as_deref(), Some("invalid_request"));
}

#[tokio::test]
async fn the_token_endpoint_says_what_is_wrong() {
    let it = Driver::start().await;
    let code = code_with(&it, &[]).await;
    for (changes, status, error) in [
        (("client_secret", "wrong"), 401, "invalid_client"),
        (("client_secret", ""), 401, "invalid_client"),
        (("client_id", "somebody"), 401, "invalid_client"),
        (("client_id", ""), 401, "invalid_client"),
        (("grant_type", ""), 400, "invalid_request"),
        (("grant_type", "password"), 400, "unsupported_grant_type"),
        (("grant_type", "refresh_token"), 400, "unsupported_grant_type"),
        (("code", ""), 400, "invalid_request"),
        (("code", "made-up"), 400, "invalid_grant"),
        (("redirect_uri", ""), 400, "invalid_grant"),
        (("redirect_uri", "http://localhost:1/api/auth/link-whmcs/callback"), 400, "invalid_grant"),
    ] {
        let (got, body) = exchange(&it, &code, &[changes]).await;
        assert_eq!((got, &body["error"]), (status, &json!(error)), "{changes:?}");
        assert!(body["error_description"].is_string());
    }
    let twice = [("grant_type", "authorization_code"), ("grant_type", "authorization_code")];
    assert_eq!(token_post(&it, &twice).await.1["error"], "invalid_request");
    let url = it.url("whmcs/oauth/token.php");
    let got = it.http.get(&url).send().await.unwrap();
    assert_eq!((got.status().as_u16(), &got.headers()["allow"]), (405, &"POST".parse().unwrap()));
    let body = it.http.post(&url).header(CONTENT_TYPE, "application/json").body("{}").send().await.unwrap();
    assert_eq!(json_of(body).await["error"], "invalid_request");
    assert_eq!(exchange(&it, &code, &[]).await.0, 200, "failures do not spend the code");
}

#[tokio::test]
async fn clients_may_authenticate_in_the_header_but_not_twice() {
    let it = Driver::start().await;
    let code = code_with(&it, &[]).await;
    let fields = [("grant_type", "authorization_code"), ("code", code.as_str()), ("redirect_uri", REDIRECT)];
    let send = |credentials: String, extra: Option<(&'static str, &'static str)>| {
        let mut pairs = fields.to_vec();
        pairs.extend(extra);
        let header = format!("Basic {}", STANDARD.encode(credentials));
        it.post_form("whmcs/oauth/token.php", &pairs).header(AUTHORIZATION, header).send()
    };
    let wrong = send(format!("{}:wrong", demo::OPENID_CLIENT_ID), None).await.unwrap();
    assert_eq!(
        (wrong.status().as_u16(), &wrong.headers()["www-authenticate"]),
        (401, &"Basic realm=\"Service\"".parse().unwrap())
    );
    assert_eq!(json_of(wrong).await["error"], "invalid_client");
    let right = format!("{}:{}", demo::OPENID_CLIENT_ID, demo::OPENID_CLIENT_SECRET);
    let both = send(right.clone(), Some(("client_secret", demo::OPENID_CLIENT_SECRET))).await.unwrap();
    assert_eq!(json_of(both).await["error"], "invalid_request");
    // Both halves are form-encoded inside the header (RFC 6749, 2.3.1).
    assert_eq!(send(right.replace('.', "%2E"), None).await.unwrap().status(), 200);
}

#[tokio::test]
async fn what_whmcs_leaves_open_is_switched() {
    let it = Driver::start().await;
    let switches = json!({
        "openid_id_token": "minimal", "openid_nonce": "omitted", "openid_subject": "user_id", "openid_email_verified": "text",
    });
    it.set("config", json!({ "client_area": switches })).await;
    let code = code_with(&it, &[("scope", "openid email")]).await;
    let (_, tokens) = exchange(&it, &code, &[]).await;
    let claims = claims(&it, tokens["id_token"].as_str().unwrap()).await;
    assert_eq!(claims["sub"], demo::GRACE.to_string());
    assert!(claims.get("email").is_none() && claims.get("nonce").is_none(), "{claims}");
    let user = json_of(userinfo(&it, tokens["access_token"].as_str().unwrap()).await).await;
    assert_eq!((&user["email_verified"], user.get("name")), (&json!("1"), None));
    for (value, expected) in [("missing", None), ("unverified", Some(&json!(false)))] {
        it.set("config", json!({"client_area": {"openid_email_verified": value}})).await;
        let user = json_of(userinfo(&it, tokens["access_token"].as_str().unwrap()).await).await;
        assert_eq!(user.get("email_verified"), expected, "{value}");
    }
}

#[tokio::test]
async fn faults_reach_every_endpoint() {
    let it = Driver::start().await;
    for (action, path) in [
        ("oidc_discovery", "whmcs/oauth/openid-configuration.php"),
        ("oidc_keys", "whmcs/oauth/certs.php"),
        ("oidc_authorize", "whmcs/oauth/authorize.php"),
        ("oidc_token", "whmcs/oauth/token.php"),
        ("oidc_userinfo", "whmcs/oauth/userinfo.php"),
    ] {
        it.fault(json!({"target": "whmcs", "action": action, "kind": "status", "status": 503, "times": 1}))
            .await;
        let answer = it.http.get(it.url(path)).send().await.unwrap();
        assert_eq!(answer.status(), 503, "{action}");
        if action != "oidc_authorize" {
            assert_eq!(json_of(answer).await["error"], "server_error", "{action}");
        }
    }
    let code = code_with(&it, &[]).await;
    it.fault(json!({"target": "whmcs", "action": "oidc_token", "kind": "did_then_failed", "times": 1})).await;
    let lost = it.post_form(
        "whmcs/oauth/token.php",
        &[
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", REDIRECT),
            ("client_id", demo::OPENID_CLIENT_ID),
            ("client_secret", demo::OPENID_CLIENT_SECRET),
        ],
    );
    assert_eq!(lost.send().await.unwrap().status(), 500);
    assert_eq!(exchange(&it, &code, &[]).await.1["error"], "invalid_grant", "the code is gone");
}
