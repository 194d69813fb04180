//! SSO redemption, ownership, paying, the PDF.

use sandbox::demo;
use serde_json::json;

use crate::driver::Driver;

#[tokio::test]
async fn an_sso_link_works_once() {
    let it = Driver::start().await;
    let body = it.whmcs("CreateSsoToken", &[("client_id", "42"), ("user_id", "41")]).await;
    let link = body["redirect_url"].as_str().unwrap();
    let first = it.http.get(link).send().await.unwrap();
    assert_eq!(first.status(), 302);
    assert_eq!(first.headers()["location"], "/whmcs/clientarea.php");
    assert!(first.headers()["set-cookie"].to_str().unwrap().contains("HttpOnly"));
    let second = it.http.get(link).send().await.unwrap();
    assert_eq!(second.status(), 403);
    assert!(second.headers().get("set-cookie").is_none());
}

#[tokio::test]
async fn an_sso_link_dies_after_sixty_seconds() {
    let it = Driver::start().await;
    for (seconds, status) in [(59, 302), (61, 403)] {
        let body = it.whmcs("CreateSsoToken", &[("client_id", "42")]).await;
        it.set("clock", json!({ "advance_seconds": seconds })).await;
        let answer = it.http.get(body["redirect_url"].as_str().unwrap()).send().await.unwrap();
        assert_eq!(answer.status(), status, "after {seconds} s");
    }
}

#[tokio::test]
async fn closed_clients_and_those_without_sso_stay_out() {
    let it = Driver::start().await;
    let person = |email: &str| json!({"email": email, "first_name": "C", "last_name": "D"});
    let mut closed = person("closed@example.com");
    closed["status"] = json!("Closed");
    let ids = it.set("people", closed).await;
    let body = it.whmcs("CreateSsoToken", &[("client_id", &ids["client_id"].to_string())]).await;
    let answer = it.http.get(body["redirect_url"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(answer.status(), 403);
    assert!(answer.text().await.unwrap().contains("denied for &quot;Closed&quot; User ID"));
    let mut off = person("off@example.com");
    off["allow_sso"] = json!(false);
    let id = it.set("people", off).await["client_id"].to_string();
    let message = it.refused("CreateSsoToken", &[("client_id", &id)]).await;
    assert_eq!(message, format!("SSO authentication blocked for client {id}"));
}

#[tokio::test]
async fn pages_need_a_session() {
    let it = Driver::start().await;
    for path in [
        "whmcs/viewinvoice.php?id=7",
        "whmcs/dl.php?type=i&id=7",
        "whmcs/clientarea.php",
        "whmcs/clientarea.php?action=invoices",
        "whmcs/cart.php",
    ] {
        for cookie in ["", "WHMCSSandbox=made-up"] {
            let answer = it.http.get(it.url(path)).header("cookie", cookie).send().await.unwrap();
            assert_eq!(answer.status(), 302, "{path}");
            assert_eq!(answer.headers()["location"], "/whmcs/login");
        }
    }
}

#[tokio::test]
async fn paying_marks_the_invoice_paid() {
    let it = Driver::start().await;
    let (cookie, location) = it.sign_in(demo::ADA_CLIENT, "viewinvoice.php?id=8").await;
    assert_eq!(location, "/whmcs/viewinvoice.php?id=8");
    let (status, page) = it.page(&cookie, &location).await;
    assert_eq!(status, 200);
    assert!(page.contains("Pay now $50.00 USD"), "{page}");
    assert!(page.contains("Lovelace &amp; Daughters") && !page.contains("&amp;amp;"));
    let token = page.split("name=\"token\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let pay = |token: &str| {
        it.post_form("whmcs/viewinvoice.php?id=8", &[("token", token), ("pay", "1")])
            .header("cookie", &cookie)
    };
    assert_eq!(pay("forged").send().await.unwrap().status(), 403);
    assert_eq!(it.whmcs("GetInvoice", &[("invoiceid", "8")]).await["status"], "Unpaid");
    let paid = pay(token).send().await.unwrap();
    assert_eq!(paid.status(), 303);
    assert_eq!(paid.headers()["location"], "/whmcs/viewinvoice.php?id=8&payment=success");
    // Paying again changes nothing.
    assert_eq!(
        pay(token).send().await.unwrap().headers()["location"],
        "/whmcs/viewinvoice.php?id=8&payment=failed"
    );
    let invoice = it.whmcs("GetInvoice", &[("invoiceid", "8")]).await;
    assert_eq!((&invoice["status"], &invoice["balance"]), (&json!("Paid"), &json!("0.00")));
    assert_ne!(invoice["datepaid"], "0000-00-00 00:00:00");
    let transactions = invoice["transactions"]["transaction"].as_array().unwrap();
    assert_eq!(transactions.len(), 2);
    assert_eq!(transactions[1]["amountin"], "50.00");
    let (_, page) = it.page(&cookie, "whmcs/viewinvoice.php?id=8").await;
    assert!(!page.contains("Pay now"));
}

#[tokio::test]
async fn a_stranger_sees_and_pays_nothing() {
    let it = Driver::start().await;
    let (cookie, _) = it.sign_in(demo::MALLORY_CLIENT, "clientarea.php").await;
    for path in ["whmcs/viewinvoice.php?id=7", "whmcs/dl.php?type=i&id=7", "whmcs/viewinvoice.php?id=99999"] {
        assert_eq!(it.page(&cookie, path).await.0, 404, "{path}");
    }
    let pay = it.post_form("whmcs/viewinvoice.php?id=7", &[("pay", "1")]).header("cookie", &cookie);
    assert_eq!(pay.send().await.unwrap().status(), 404);
    let (status, list) = it.page(&cookie, "whmcs/clientarea.php?action=invoices").await;
    assert_eq!(status, 200);
    assert!(list.contains("666.00") && !list.contains("viewinvoice.php?id=7\""));
    let (_, home) = it.page(&cookie, "whmcs/clientarea.php").await;
    assert!(home.contains("Mallory"));
}

#[tokio::test]
async fn drafts_never_show() {
    let it = Driver::start().await;
    let (cookie, _) = it.sign_in(demo::ADA_CLIENT, "clientarea.php").await;
    assert_eq!(it.page(&cookie, "whmcs/viewinvoice.php?id=10").await.0, 404);
    let (_, list) = it.page(&cookie, "whmcs/clientarea.php?action=invoices").await;
    assert!(list.contains("viewinvoice.php?id=9\"") && !list.contains("viewinvoice.php?id=10\""));
}

#[tokio::test]
async fn the_pdf_is_one() {
    let it = Driver::start().await;
    let (cookie, _) = it.sign_in(demo::ADA_CLIENT, "clientarea.php").await;
    let answer =
        it.http.get(it.url("whmcs/dl.php?type=i&id=7")).header("cookie", &cookie).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["content-type"], "application/pdf");
    let text = answer.text().await.unwrap();
    assert!(text.starts_with("%PDF-1.4") && text.ends_with("%%EOF\n"));
    // The cross-reference table points at the objects.
    let start: usize = text.rsplit("startxref\n").next().unwrap().lines().next().unwrap().parse().unwrap();
    assert!(text[start..].starts_with("xref\n0 6\n"));
    for (number, line) in text[start..].lines().skip(3).take(5).enumerate() {
        let offset: usize = line[..10].parse().unwrap();
        assert!(text[offset..].starts_with(&format!("{} 0 obj", number + 1)));
    }
    assert_eq!(it.page(&cookie, "whmcs/dl.php?type=q&id=7").await.0, 404);
}
