//! Signing in to the client area: password, second factor, choosing an account, a new password, signing out.

use sandbox::demo;
use serde_json::json;

use crate::browser::{Browser, token};
use crate::driver::Driver;

/// What an authenticator shows at the sandbox's present.
async fn code(it: &Driver) -> String {
    let (_, now) = it.control(reqwest::Method::GET, "clock", None).await;
    let now: chrono::DateTime<chrono::Utc> = now["now"].as_str().unwrap().parse().unwrap();
    demo::second_factor(u64::try_from(now.timestamp()).unwrap())
}

/// Stops the sandbox's time at the start of a step, far enough that slow tests stay in it.
async fn settle(it: &Driver) {
    it.set("clock", json!({ "set": "2030-01-01T00:00:00Z" })).await;
}

#[tokio::test]
async fn a_password_opens_a_session_and_leads_where_one_wanted_to_go() {
    let it = Driver::start().await;
    let mut browser = Browser::new(&it);
    assert_eq!(browser.get("whmcs/viewinvoice.php?id=8").await.location, "/whmcs/login");
    let guest = browser.cookie.clone();
    let wrong = browser.submit("whmcs/login", &[("username", "ada@example.com"), ("password", "no")]).await;
    assert_eq!(wrong.status, 200);
    assert!(wrong.body.contains("role=\"alert\""));
    let unknown =
        browser.submit("whmcs/login", &[("username", "nobody@example.com"), ("password", "no")]).await;
    assert_eq!(unknown.body.replace("nobody@", "ada@").len(), wrong.body.len());
    let entered = browser.password("ADA@example.com").await;
    assert_eq!((entered.status, entered.location.as_str()), (303, "/whmcs/viewinvoice.php?id=8"));
    assert_ne!(browser.cookie, guest, "the key changes at sign-in");
    assert_eq!(browser.get("whmcs/viewinvoice.php?id=8").await.status, 200);
    let events = it.control(reqwest::Method::GET, "events", None).await.1.to_string();
    assert!(events.contains("UserLogin"), "{events}");
    assert_eq!(browser.get("whmcs/login").await.location, "/whmcs/clientarea.php");
}

#[tokio::test]
async fn a_form_needs_its_token() {
    let it = Driver::start().await;
    let mut browser = Browser::new(&it);
    browser.get("whmcs/login").await;
    let fields = [("token", "forged"), ("username", "ada@example.com"), ("password", demo::PASSWORD)];
    assert_eq!(browser.post("whmcs/login", &fields).await.status, 403);
    assert_eq!(Browser::new(&it).post("whmcs/login", &fields[1..]).await.status, 403);
}

#[tokio::test]
async fn the_second_factor_works_once_and_only_when_right() {
    let it = Driver::start().await;
    settle(&it).await;
    let mut browser = Browser::new(&it);
    assert_eq!(browser.password("tove@example.com").await.location, "/whmcs/login/challenge");
    assert_eq!(browser.get("whmcs/clientarea.php").await.status, 302, "the password alone opens nothing");
    let mut browser = Browser::new(&it);
    browser.password("tove@example.com").await;
    let code = code(&it).await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    let refused = browser.submit("whmcs/login/challenge", &[("key", wrong)]).await;
    assert!(refused.status == 200 && refused.body.contains("role=\"alert\""));
    let entered = browser.submit("whmcs/login/challenge", &[("key", &code)]).await;
    assert_eq!(entered.location, "/whmcs/clientarea.php");
    assert!(browser.get("whmcs/clientarea.php").await.body.contains("Tove"));
    let mut thief = Browser::new(&it);
    thief.password("tove@example.com").await;
    let replayed = thief.submit("whmcs/login/challenge", &[("key", &code)]).await;
    assert!(replayed.status == 200 && replayed.body.contains("used before"));
    assert_eq!(thief.get("whmcs/clientarea.php").await.status, 302);
}

#[tokio::test]
async fn five_wrong_codes_ask_for_the_password_again() {
    let it = Driver::start().await;
    settle(&it).await;
    let mut browser = Browser::new(&it);
    browser.password("tove@example.com").await;
    for _ in 0..4 {
        assert_eq!(browser.submit("whmcs/login/challenge", &[("key", "x")]).await.status, 200);
    }
    assert_eq!(browser.submit("whmcs/login/challenge", &[("key", "x")]).await.location, "/whmcs/login");
    assert_eq!(browser.get("whmcs/login/challenge").await.location, "/whmcs/login");
}

#[tokio::test]
async fn several_accounts_are_chosen_from_never_taken() {
    let it = Driver::start().await;
    let mut browser = Browser::new(&it);
    let entered = browser.password("linus@example.com").await;
    assert_eq!(entered.location, "/whmcs/index.php?rp=/user/accounts");
    assert_eq!(browser.get("whmcs/clientarea.php?action=invoices").await.location, entered.location);
    let page = browser.get(&entered.location[1..]).await.body;
    assert!(page.contains("Kernel Works") && page.contains("Moomin Oy"), "{page}");
    let stranger = demo::MALLORY_CLIENT.to_string();
    let chosen = browser.submit("whmcs/index.php?rp=/user/accounts", &[("id", &stranger)]).await;
    assert_eq!(chosen.status, 404);
    let tux = demo::LINUS_CLIENTS[1].to_string();
    let chosen = browser.submit("whmcs/index.php?rp=/user/accounts", &[("id", &tux)]).await;
    assert_eq!(chosen.location, "/whmcs/clientarea.php?action=invoices");
    assert!(browser.get("whmcs/clientarea.php?action=invoices").await.body.contains("€50.50"));
}

#[tokio::test]
async fn a_link_for_a_user_with_several_accounts_lets_choose() {
    let it = Driver::start().await;
    let body = it.whmcs("CreateSsoToken", &[("user_id", "43"), ("destination", "clientarea:services")]).await;
    let link = body["redirect_url"].as_str().unwrap();
    let mut browser = Browser::new(&it);
    let seen = browser.get(link.strip_prefix(it.sandbox.base_url().as_str()).unwrap()).await;
    assert_eq!(seen.location, "/whmcs/clientarea.php?action=services");
    assert_eq!(browser.get(&seen.location[1..]).await.location, "/whmcs/index.php?rp=/user/accounts");
    let kernel = demo::LINUS_CLIENTS[0].to_string();
    let chosen = browser.submit("whmcs/index.php?rp=/user/accounts", &[("id", &kernel)]).await;
    assert_eq!(chosen.location, seen.location);
    assert!(browser.get(&chosen.location[1..]).await.body.contains("kernel.example"));
}

#[tokio::test]
async fn signing_out_ends_the_session_on_the_server() {
    let it = Driver::start().await;
    let mut browser = Browser::new(&it);
    browser.password("ada@example.com").await;
    let cookie = browser.cookie.clone();
    assert_eq!(it.page(&cookie, "whmcs/clientarea.php").await.0, 200);
    assert_eq!(browser.get("whmcs/logout.php").await.location, "/whmcs/login");
    assert_eq!(it.page(&cookie, "whmcs/clientarea.php").await.0, 302);
}

#[tokio::test]
async fn a_new_password_comes_by_mail_and_works_once() {
    let it = Driver::start().await;
    let mut old = Browser::new(&it);
    old.password("grace@example.com").await;
    let mut browser = Browser::new(&it);
    let known = browser.submit("whmcs/password/reset", &[("email", "grace@example.com")]).await;
    let unknown = browser.submit("whmcs/password/reset", &[("email", "nobody@example.com")]).await;
    assert_eq!((known.status, known.body), (200, unknown.body));
    let mails = it.http.get(it.url("mail/messages?to=grace@example.com")).send().await.unwrap();
    let mails: serde_json::Value = serde_json::from_str(&mails.text().await.unwrap()).unwrap();
    let text = mails[0]["text"].as_str().unwrap();
    let link = text.split_whitespace().find(|word| word.starts_with("http")).unwrap();
    let path = link.strip_prefix(it.sandbox.base_url().as_str()).unwrap();
    assert_eq!(browser.get(path).await.status, 200);
    let change = |new: &'static str, again: &'static str| [("newpw", new), ("confirmpw", again)];
    assert!(browser.post(path, &change("short", "short")).await.body.contains("too short"));
    assert!(browser.post(path, &change("long enough", "long enougj")).await.body.contains("differ"));
    assert!(browser.post(path, &change("long enough", "long enough")).await.body.contains("changed"));
    assert_eq!(browser.post(path, &change("long enough", "long enough")).await.status, 403);
    assert_eq!(old.get("whmcs/clientarea.php").await.status, 302, "other sessions end");
    let mut browser = Browser::new(&it);
    assert_eq!(browser.password("grace@example.com").await.status, 200);
    let fields = [("username", "grace@example.com"), ("password", "long enough")];
    assert_eq!(browser.submit("whmcs/login", &fields).await.status, 303);
}

#[tokio::test]
async fn a_link_to_a_new_password_dies_after_two_hours() {
    let it = Driver::start().await;
    let mut browser = Browser::new(&it);
    browser.submit("whmcs/password/reset", &[("email", "grace@example.com")]).await;
    let (_, ledger) = it.control(reqwest::Method::GET, "ledger", None).await;
    let text = ledger["mail"]["messages"][0]["text"].as_str().unwrap();
    let key = text.split("redeem/").nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
    it.set("clock", json!({ "advance_seconds": 7_201 })).await;
    let path = format!("whmcs/index.php?rp=/password/reset/redeem/{key}");
    assert_eq!(browser.get(&path).await.status, 403);
}

#[tokio::test]
async fn a_user_who_lost_the_client_loses_the_way_in() {
    let it = Driver::start().await;
    let ids = json!({"email": "c@example.com", "first_name": "C", "last_name": "D", "status": "Closed"});
    it.set("people", ids).await;
    let mut browser = Browser::new(&it);
    assert_eq!(browser.password("c@example.com").await.location, "/whmcs/clientarea.php");
    assert_eq!(browser.get("whmcs/clientarea.php").await.location, "/whmcs/index.php?rp=/user/accounts");
    let page = browser.get("whmcs/index.php?rp=/user/accounts").await.body;
    assert!(page.contains("Closed") && !page.contains("name=\"id\""), "{page}");
}

#[tokio::test]
async fn pages_are_framed_for_people() {
    let it = Driver::start().await;
    let mut browser = Browser::new(&it);
    let login = browser.get("whmcs/login").await;
    assert!(login.body.contains("<label for=\"email\">") && login.body.contains("width=device-width"));
    assert!(login.policy.contains("form-action 'self'"));
    assert!(!token(&login.body).is_empty());
    browser.password("ada@example.com").await;
    let home = browser.get("whmcs/clientarea.php").await.body;
    assert!(
        home.contains("<nav aria-label")
            && home.contains("lang=\"en\"")
            && home.contains("href=\"#content\"")
    );
}
