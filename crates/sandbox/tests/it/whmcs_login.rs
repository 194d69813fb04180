//! `ValidateLogin`, users and their permissions, `ResetPassword`.

use sandbox::demo;
use serde_json::{Value, json};

use crate::driver::{Driver, keys};

const WRONG: &str = "Email or Password Invalid";

fn login<'a>(email: &'a str, password: &'a str) -> [(&'a str, &'a str); 2] {
    [("email", email), ("password2", password)]
}

#[tokio::test]
async fn a_login_names_the_user_and_starts_a_session() {
    let it = Driver::start().await;
    let response = it.api("ValidateLogin", &login("GRACE@example.com", demo::PASSWORD)).send().await.unwrap();
    let cookie = response.headers()["set-cookie"].to_str().unwrap().to_owned();
    assert!(cookie.starts_with("WHMCSSandbox=") && cookie.contains("HttpOnly"), "{cookie}");
    let body: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
    assert_eq!(keys(&body), ["passwordhash", "result", "twoFactorEnabled", "userid"]);
    // The user, who has the id of another person's client.
    assert_eq!((&body["userid"], &body["twoFactorEnabled"]), (&json!(demo::GRACE), &json!(false)));
    assert_eq!(demo::GRACE, demo::ADA_CLIENT);
    assert_eq!(body["passwordhash"].as_str().unwrap().len(), 40);
    for (email, password) in
        [("grace@example.com", "wrong"), ("nobody@example.com", demo::PASSWORD), ("", "")]
    {
        assert_eq!(it.refused("ValidateLogin", &login(email, password)).await, WRONG);
        let response = it.api("ValidateLogin", &login(email, password)).send().await.unwrap();
        assert!(response.headers().get("set-cookie").is_none());
    }
}

#[tokio::test]
async fn a_second_factor_withholds_the_session_token() {
    let it = Driver::start().await;
    let params = login("tove@example.com", demo::PASSWORD);
    let body = it.whmcs("ValidateLogin", &params).await;
    assert_eq!(body, json!({"result": "success", "userid": demo::TOVE, "twoFactorEnabled": true}));
    it.set("config", json!({"two_factor_userid": "absent", "two_factor_flag": "text"})).await;
    let body = it.whmcs("ValidateLogin", &params).await;
    assert_eq!(body, json!({"result": "success", "twoFactorEnabled": "true"}));
}

#[tokio::test]
async fn before_users_a_login_names_the_client() {
    let it = Driver::start().await;
    it.set("config", json!({"version": "7.10"})).await;
    let body = it.whmcs("ValidateLogin", &login("grace@example.com", demo::PASSWORD)).await;
    assert_eq!(body["userid"], demo::GRACE_CLIENT);
    assert!(body.get("twoFactorEnabled").is_none());
    for action in ["AddUser", "UpdateUser", "GetUserPermissions", "GetUsers", "WhmcsDetails"] {
        assert_eq!(it.api(action, &[]).send().await.unwrap().status(), 403, "{action}");
    }
}

#[tokio::test]
async fn failures_can_lock_the_caller_out() {
    let it = Driver::start().await;
    it.set("config", json!({"lockout_after": 2, "seen_ip": "198.51.100.7"})).await;
    for _ in 0..2 {
        assert_eq!(it.refused("ValidateLogin", &login("ada@example.com", "x")).await, WRONG);
    }
    let response = it.api("GetInvoices", &[("userid", "42")]).send().await.unwrap();
    assert_eq!(response.status(), 403);
    assert!(response.text().await.unwrap().contains("Forbidden IP 198.51.100.7"));
}

#[tokio::test]
async fn users_are_added_and_changed() {
    let it = Driver::start().await;
    let new =
        [("firstname", "Kay"), ("lastname", "O'Nill"), ("email", "kay@example.net"), ("password2", "pw-1")];
    let id = it.whmcs("AddUser", &new).await["user_id"].to_string();
    let row = it.whmcs("GetUsers", &[("search", "kay@")]).await["users"][0].clone();
    assert_eq!((&row["lastname"], &row["clients"]), (&json!("O&#039;Nill"), &json!([])));
    let mut refusals = vec![("email", "kay@example.net", "A user already exists with that email address")];
    refusals.extend([
        ("firstname", "", "You did not enter a first name"),
        ("lastname", " ", "You did not enter a last name"),
        ("email", "", "You did not enter an email address"),
        ("password2", "", "You did not enter a password"),
        ("email", "nonsense", "The email address entered is not valid"),
    ]);
    for (name, value, message) in refusals {
        assert_eq!(it.refused("AddUser", &[&new[..], &[(name, value)]].concat()).await, message);
    }
    let change = |extra: &[(&'static str, &'static str)]| {
        let id = id.clone();
        let extra = extra.to_vec();
        async move { [vec![("user_id", id)], extra.iter().map(|(n, v)| (*n, (*v).to_owned())).collect()].concat() }
    };
    for (extra, message) in [
        (&[][..], "One of `email`, `firstname`, `lastname`, or `language` is required"),
        (&[("email", "nonsense")], "The email address entered is not valid"),
        (&[("email", "ada@example.com")], "A user already exists with that email address"),
        (&[("user_id", "999"), ("email", "x@example.net")], "Invalid User ID requested"),
    ] {
        let params = change(extra).await;
        let params: Vec<(&str, &str)> = params.iter().map(|(n, v)| (*n, v.as_str())).collect();
        assert_eq!(it.refused("UpdateUser", &params).await, message);
    }
    let body =
        it.whmcs("UpdateUser", &[("user_id", &id), ("email", "k@example.net"), ("lastname", "N")]).await;
    assert_eq!(body["user_id"].to_string(), id);
    let row = it.whmcs("GetUsers", &[("search", "k@example.net")]).await["users"][0].clone();
    assert_eq!((&row["firstname"], &row["lastname"]), (&json!("Kay"), &json!("N")));
    assert_eq!(it.whmcs("ValidateLogin", &login("k@example.net", "pw-1")).await["userid"], row["id"]);
}

#[tokio::test]
async fn permissions_are_whole_for_owners_and_limited_for_guests() {
    let it = Driver::start().await;
    let list = it.whmcs("GetPermissionsList", &[]).await;
    assert_eq!(keys(&list), ["permissions", "status"]);
    assert_eq!(list["permissions"]["permission"].as_array().unwrap().len(), 13);
    let of = |user: &'static str, client: &'static str| [("user_id", user), ("client_id", client)];
    let owner = it.whmcs("GetUserPermissions", &of("43", "44")).await;
    assert_eq!(owner["permissions"], list["permissions"]);
    let guest = it.whmcs("GetUserPermissions", &of("43", "47")).await;
    assert_eq!(guest["permissions"]["permission"], json!(["products", "invoices"]));
    for (user, client, message) in [
        ("1", "44", "Invalid user id"),
        ("43", "1", "Invalid client id"),
        ("44", "47", "User is not associated with client"),
    ] {
        assert_eq!(it.refused("GetUserPermissions", &of(user, client)).await, message);
    }
    let update = |user: &'static str, client: &'static str, list: &'static str| {
        [("user_id", user), ("client_id", client), ("permissions", list)]
    };
    for (params, message) in [
        (update("45", "47", "orders"), "Permissions cannot be set on a client owner"),
        (update("43", "47", ""), "Missing permissions definition"),
        (update("44", "47", "orders"), "User is not associated with client"),
    ] {
        assert_eq!(it.refused("UpdateUserPermissions", &params).await, message);
    }
    it.whmcs("UpdateUserPermissions", &update("43", "47", "orders, profile,nonsense")).await;
    let guest = it.whmcs("GetUserPermissions", &of("43", "47")).await;
    assert_eq!(guest["permissions"]["permission"], json!(["profile", "orders"]));
    it.set("config", json!({"user_permissions": "absent"})).await;
    assert_eq!(it.whmcs("GetUserPermissions", &of("43", "44")).await, json!({"result": "success"}));
}

#[tokio::test]
async fn a_password_reset_mails_a_link_that_works() {
    let it = Driver::start().await;
    for (params, message) in [
        (&[][..], "Please enter the email address or provide the id"),
        (&[("email", "nonsense")], "Please provide a valid email address"),
        (&[("email", "nobody@example.com")], "User Not Found"),
        (&[("id", "1")], "User Not Found"),
    ] {
        assert_eq!(it.refused("ResetPassword", params).await, message);
    }
    assert_eq!(it.whmcs("ResetPassword", &[("id", "41")]).await, json!({"result": "success"}));
    it.whmcs("ResetPassword", &[("email", "Grace@example.com")]).await;
    for to in ["ada@example.com", "grace@example.com"] {
        let (_, mails) = it.page("", &format!("mail/messages?to={to}")).await;
        let mails: Value = serde_json::from_str(&mails).unwrap();
        let text = mails[0]["text"].as_str().unwrap();
        let link = text.split_whitespace().find(|word| word.starts_with("http")).unwrap();
        let (status, page) = it.page("", link.strip_prefix(it.sandbox.base_url().as_str()).unwrap()).await;
        assert!(status == 200 && page.contains("name=\"newpw\""), "{to}: {page}");
    }
}
