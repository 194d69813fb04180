//! Products, gateways, promotions.

use serde_json::{Value, json};

use crate::driver::Driver;

fn product(body: &Value, pid: u64) -> Value {
    let rows = body["products"]["product"].as_array().unwrap();
    rows.iter().find(|row| row["pid"] == pid).unwrap().clone()
}

#[tokio::test]
async fn products_show_everything_that_a_shop_must_sort_out() {
    let it = Driver::start().await;
    let body = it.whmcs("GetProducts", &[]).await;
    assert_eq!(body["totalresults"], 10);
    assert!(body.get("startnumber").is_none());
    let plus = product(&body, 2);
    assert_eq!(plus["name"], "Plus &amp; Backup");
    assert_eq!(plus["description"].as_str().unwrap().matches("<li>").count(), 2);
    assert_eq!((&plus["paytype"], &plus["type"]), (&json!("recurring"), &json!("hostingaccount")));
    let dollars = &plus["pricing"]["USD"];
    assert_eq!(
        (&dollars["monthly"], &dollars["msetupfee"], &dollars["triennially"], &dollars["suffix"]),
        (&json!("24.95"), &json!("5.00"), &json!("599.00"), &json!(" USD"))
    );
    assert_eq!(plus["pricing"]["EUR"]["monthly"], "22.95");
    // A disabled cycle, a free product, a one-time price in the monthly column, one currency switched off.
    assert_eq!(product(&body, 1)["pricing"]["USD"]["quarterly"], "-1.00");
    assert_eq!(
        (&product(&body, 7)["paytype"], &product(&body, 7)["pricing"]["USD"]["monthly"]),
        (&json!("free"), &json!("0.00"))
    );
    assert_eq!(
        (&product(&body, 6)["paytype"], &product(&body, 6)["pricing"]["USD"]["monthly"]),
        (&json!("onetime"), &json!("250.00"))
    );
    assert_eq!(product(&body, 10)["pricing"]["USD"]["annually"], "-1.00");
    // Retired and hidden products come without a flag.
    for pid in [8, 9] {
        let row = product(&body, pid);
        assert!(row.get("hidden").is_none() && row.get("retired").is_none());
    }
    let server = product(&body, 3);
    let option = &server["configoptions"]["configoption"][1];
    assert_eq!((&option["type"], &option["minqty"], &option["maxqty"]), (&json!("4"), &json!(0), &json!(5)));
    assert_eq!(option["options"]["option"][0]["pricing"]["USD"]["monthly"], "2.00");
    assert!(option["options"]["option"][0]["pricing"]["USD"].get("prefix").is_none());
    assert_eq!(server["customfields"]["customfield"][0]["name"], "Portal marker");
}

#[tokio::test]
async fn products_are_filtered_by_id_group_and_module() {
    let it = Driver::start().await;
    for (params, count) in
        [([("pid", "1, 3")], 2), ([("pid", "99")], 0), ([("gid", "2")], 2), ([("module", "cpanel")], 4)]
    {
        assert_eq!(it.whmcs("GetProducts", &params).await["totalresults"], count, "{params:?}");
    }
}

#[tokio::test]
async fn older_versions_know_fewer_members() {
    let it = Driver::start().await;
    it.set("config", json!({"version": "8.1", "product_paging": "present", "reference_field": "absent"}))
        .await;
    let body = it.whmcs("GetProducts", &[("pid", "3")]).await;
    assert_eq!(body["numreturned"], 1);
    let row = product(&body, 3);
    for name in ["slug", "product-url", "allowqty", "quantity_available"] {
        assert!(row.get(name).is_none(), "{name}");
    }
    assert!(row["configoptions"]["configoption"][0].get("minqty").is_none());
    assert_eq!(row["customfields"], json!({"customfield": []}));
    it.set("config", json!({"version": "8.6"})).await;
    let row = product(&it.whmcs("GetProducts", &[("pid", "3")]).await, 3);
    assert!(row["product-url"].as_str().unwrap().ends_with("/store/servers/vps-2"));
    assert!(row.get("allowqty").is_none());
}

#[tokio::test]
async fn gateways_and_promotions_are_listed() {
    let it = Driver::start().await;
    let body = it.whmcs("GetPaymentMethods", &[]).await;
    assert_eq!(body["totalresults"], 3);
    assert_eq!(
        body["paymentmethods"]["paymentmethod"][0],
        json!({"module": "paypalcheckout", "displayname": "PayPal"})
    );
    let all = it.whmcs("GetPromotions", &[]).await;
    assert_eq!(all["totalresults"], 8);
    let one = it.whmcs("GetPromotions", &[("code", "spring10")]).await;
    let row = &one["promotions"]["promotion"][0];
    assert_eq!(
        (&row["type"], &row["value"], &row["appliesto"], &row["recurring"], &row["expirationdate"]),
        (&json!("Percentage"), &json!(10), &json!("1,2"), &json!(1), &json!("0000-00-00"))
    );
    assert_eq!(it.whmcs("GetPromotions", &[("code", "none")]).await["totalresults"], 0);
}

#[tokio::test]
async fn text_can_come_decoded_but_html_stays() {
    let it = Driver::start().await;
    it.set("config", json!({"entities": "plain"})).await;
    let row = product(&it.whmcs("GetProducts", &[("pid", "2")]).await, 2);
    assert_eq!(row["name"], "Plus & Backup");
    assert!(row["description"].as_str().unwrap().contains("&nbsp;GB</li><li>Backups &amp; restores"));
}
