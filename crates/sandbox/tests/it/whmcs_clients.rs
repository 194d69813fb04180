//! `AddClient` and `CreateSsoToken`.

use reqwest::Method;
use sandbox::demo;
use serde_json::json;

use crate::driver::Driver;

const PROFILE: [(&str, &str); 10] = [
    ("firstname", "Noor"),
    ("lastname", "O'Brien"),
    ("companyname", "Noor & Co"),
    ("email", "noor@example.net"),
    ("address1", "1 Road"),
    ("city", "Town"),
    ("state", "State"),
    ("postcode", "1234"),
    ("country", "nl"),
    ("phonenumber", "+31 20 123 4567"),
];

fn profile<'a>(changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    // Later values win in a PHP form.
    [&PROFILE[..], &[("password2", "secret-1")], changes].concat()
}

#[tokio::test]
async fn a_new_client_gets_a_user_and_is_stored_encoded() {
    let it = Driver::start().await;
    let body = it.whmcs("AddClient", &profile(&[("currency", "2"), ("notes", "key=1")])).await;
    assert_eq!(body["result"], "success");
    let (client, owner) = (body["clientid"].to_string(), body["owner_id"].as_u64().unwrap());
    let details = it.whmcs("GetClientsDetails", &[("clientid", &client)]).await;
    let stored = &details["client"];
    assert_eq!(stored["companyname"], "Noor &amp; Co");
    assert_eq!(stored["lastname"], "O&#039;Brien");
    assert_eq!((&stored["currency_code"], &stored["country"]), (&json!("EUR"), &json!("NL")));
    assert_eq!(stored["notes"], "key=1");
    assert_eq!(stored["owner_user_id"], owner);
    let users = it.whmcs("GetUsers", &[("search", "noor@example.net")]).await;
    assert_eq!(users["users"][0]["id"], owner);
    // Passwords are nowhere in the dump.
    let (_, ledger) = it.control(Method::GET, "ledger", None).await;
    assert!(!ledger.to_string().contains("secret-1"));
    assert!(!ledger.to_string().contains(demo::PASSWORD));
}

#[tokio::test]
async fn a_client_can_be_added_to_an_existing_user() {
    let it = Driver::start().await;
    let mut params = PROFILE.to_vec();
    params.push(("owner_user_id", "42"));
    let body = it.whmcs("AddClient", &params).await;
    assert_eq!(body["owner_id"], demo::GRACE);
    let users = it.whmcs("GetUsers", &[("search", "grace@")]).await;
    assert_eq!(users["users"][0]["clients"].as_array().unwrap().len(), 2);
    params.push(("owner_user_id", "9"));
    assert_eq!(it.refused("AddClient", &params).await, "Invalid Owner User ID");
}

#[tokio::test]
async fn missing_and_wrong_fields_are_refused_in_the_documented_order() {
    let it = Driver::start().await;
    let cases = [
        ("firstname", "", "You did not enter your first name"),
        ("lastname", "", "You did not enter your last name"),
        ("email", "", "You did not enter your email address"),
        ("email", "nonsense", "The email address you entered was not valid"),
        ("address1", "", "You did not enter your  address line 1"),
        ("city", "", "You did not enter your city"),
        ("state", "", "You did not enter your state"),
        ("postcode", "", "You did not enter your postcode"),
        ("country", "XX", "Valid country required"),
        ("phonenumber", "", "You did not enter your phone number"),
        ("phonenumber", "call me", "Invalid telephone phone number"),
    ];
    for (field, value, message) in cases {
        assert_eq!(it.refused("AddClient", &profile(&[(field, value)])).await, message);
    }
    // Everything wrong: the first of the list is reported.
    let nothing = it.refused("AddClient", &[]).await;
    assert_eq!(nothing, "You did not enter your first name");
    let waived = [("email", "a@example.net"), ("skipvalidation", "1")];
    assert_eq!(it.refused("AddClient", &waived).await, "You did not enter a password");
    let enough = [("email", "a@example.net"), ("skipvalidation", "1"), ("password2", "x")];
    assert_eq!(it.whmcs("AddClient", &enough).await["result"], "success");
}

#[tokio::test]
async fn a_known_address_is_refused() {
    let it = Driver::start().await;
    let taken = it.refused("AddClient", &profile(&[("email", "Ada@Example.com")])).await;
    assert_eq!(taken, "A user already exists with that email address");
    let params = [("email", "grace@example.com"), ("owner_user_id", "41"), ("skipvalidation", "1")];
    assert_eq!(it.refused("AddClient", &params).await, "The email address entered is not available for use.");
}

#[tokio::test]
async fn sso_tokens_are_refused_for_strangers_and_unknown_places() {
    let it = Driver::start().await;
    let cases: [(&[(&str, &str)], &str); 7] = [
        (&[], "A valid client_id or user_id is required"),
        (&[("client_id", "1")], "Invalid client_id"),
        (&[("client_id", "42"), ("user_id", "1")], "Invalid user_id"),
        (&[("client_id", "42"), ("user_id", "44")], "Invalid user_id for client"),
        (&[("client_id", "42"), ("destination", "clientarea:nowhere")], "Invalid destination"),
        (
            &[
                ("client_id", "42"),
                ("destination", "sso:custom_redirect"),
                ("sso_redirect_path", "https://evil.example/"),
            ],
            "Invalid destination",
        ),
        (&[("client_id", "42"), ("destination", "sso:custom_redirect")], "Invalid destination"),
    ];
    for (params, message) in cases {
        assert_eq!(it.refused("CreateSsoToken", params).await, message, "{params:?}");
    }
    let body = it.whmcs("CreateSsoToken", &[("client_id", "47"), ("user_id", "43")]).await;
    let (token, link) = (body["access_token"].as_str().unwrap(), body["redirect_url"].as_str().unwrap());
    assert_eq!(token.len(), 40);
    assert_eq!(link, it.url(&format!("whmcs/oauth/singlesignon.php?access_token={token}")));
}

#[tokio::test]
async fn what_the_documentation_leaves_open_about_new_clients_is_switched() {
    let it = Driver::start().await;
    it.set("config", json!({"validation": "last", "owner_id": "absent", "taken_email": "neutral"})).await;
    let late = it.refused("AddClient", &profile(&[("firstname", ""), ("phonenumber", "call me")])).await;
    assert_eq!(late, "Invalid telephone phone number");
    let taken = it.refused("AddClient", &profile(&[("email", "ada@example.com")])).await;
    assert_eq!(taken, "The email address entered is not available for use.");
    it.set("config", json!({"required_client_field": "Shoe size"})).await;
    let missing = it.refused("AddClient", &profile(&[])).await;
    assert_eq!(missing, "You did not provide required custom field value for Shoe size");
    // array("1" => "ord_1")
    let body = it.whmcs("AddClient", &profile(&[("customfields", "YToxOntpOjE7czo1OiJvcmRfMSI7fQ==")])).await;
    assert!(body.get("owner_id").is_none(), "{body}");
    let details = it.whmcs("GetClientsDetails", &[("clientid", &body["clientid"].to_string())]).await;
    assert_eq!(details["client"]["customfields1"], "ord_1");
}

#[tokio::test]
async fn clients_with_one_address_and_deprecated_members_are_switched() {
    let it = Driver::start().await;
    let by_email = [("email", "linus@example.com")];
    assert_eq!(it.whmcs("GetClientsDetails", &by_email).await["client"]["id"], 44);
    it.set("config", json!({"same_email": "newest", "client_fields": "both"})).await;
    let body = it.whmcs("GetClientsDetails", &by_email).await;
    assert_eq!(
        (&body["client"]["id"], &body["id"], &body["email"]),
        (&json!(45), &json!(45), &by_email[0].1.into())
    );
}

#[tokio::test]
async fn before_users_the_client_has_the_password() {
    let it = Driver::start().await;
    it.set("config", json!({"version": "7.10"})).await;
    let body = it.whmcs("AddClient", &profile(&[("owner_user_id", "42")])).await;
    assert!(body.get("owner_id").is_none());
    let login = |password: &'static str| [("email", "noor@example.net"), ("password2", password)];
    let known = it.whmcs("ValidateLogin", &login("secret-1")).await;
    assert_eq!(known["userid"], body["clientid"]);
    let client = body["clientid"].to_string();
    it.whmcs("UpdateClient", &[("clientid", &client), ("password2", "secret-2")]).await;
    assert_eq!(it.refused("ValidateLogin", &login("secret-1")).await, "Email or Password Invalid");
    assert_eq!(it.whmcs("ValidateLogin", &login("secret-2")).await["userid"], body["clientid"]);
    it.set("config", json!({"version": "8.12"})).await;
    it.whmcs("UpdateClient", &[("clientid", &client), ("password2", "secret-3")]).await;
    assert_eq!(it.whmcs("ValidateLogin", &login("secret-2")).await["result"], "success");
}

#[tokio::test]
async fn clients_are_found_by_prefix_and_closed() {
    let it = Driver::start().await;
    let found = it.whmcs("GetClients", &[("search", "linus"), ("sorting", "DESC")]).await;
    let ids: Vec<_> = found["clients"]["client"].as_array().unwrap().iter().map(|row| &row["id"]).collect();
    assert_eq!(ids, [45, 44]);
    assert_eq!(it.whmcs("CloseClient", &[("clientid", "45")]).await["result"], "success");
    assert_eq!(it.refused("CloseClient", &[("clientid", "1")]).await, "Client ID Not Found");
    assert_eq!(it.whmcs("GetClients", &[("status", "Closed")]).await["totalresults"], 1);
}

#[tokio::test]
async fn a_guest_can_be_shown_out_but_not_the_owner() {
    let it = Driver::start().await;
    let of = |user: &'static str| [("user_id", user), ("client_id", "47")];
    assert_eq!(it.refused("DeleteUserClient", &of("45")).await, "You cannot remove the account owner");
    assert_eq!(it.whmcs("DeleteUserClient", &of("43")).await["result"], "success");
    assert_eq!(it.refused("DeleteUserClient", &of("43")).await, "User is not associated with client");
    let users = it.whmcs("GetUsers", &[("search", "linus")]).await;
    assert_eq!(users["users"][0]["clients"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn the_installation_tells_its_address_and_its_version() {
    let it = Driver::start().await;
    let body = it.whmcs("GetConfigurationValue", &[("setting", "SystemURL")]).await;
    assert_eq!(body["value"], it.url("whmcs/"));
    for (setting, message) in
        [("", "Parameter setting is required"), ("Secret", "Invalid name for parameter setting")]
    {
        assert_eq!(it.refused("GetConfigurationValue", &[("setting", setting)]).await, message);
    }
    it.set("config", json!({"version": "7.10"})).await;
    let admin = it.whmcs("GetAdminDetails", &[]).await;
    assert_eq!(admin["whmcs"]["version"], "7.10.0");
    assert!(admin["allowedpermissions"].as_str().unwrap().contains("API Access"));
}
