//! What queries find and how they are refused.

use reqwest::Method;
use serde_json::{Value, json};

use crate::driver::{Driver, form, json_of};

/// An organisation with these records and nothing else of its kind.
async fn with(records: Value) -> (Driver, String) {
    let it = Driver::seeded(sandbox::Seed::Empty).await;
    if records.as_array().is_some_and(|records| !records.is_empty()) {
        it.set("salesforce/records", records).await;
    }
    let token = it.login().await;
    (it, token)
}

/// One column of the answer.
async fn column(it: &Driver, token: &str, statement: &str, name: &str) -> Vec<String> {
    let (status, body) = it.query(token, statement).await;
    assert_eq!(status, 200, "{statement}: {body}");
    let rows = body["records"].as_array().unwrap().iter();
    rows.map(|row| row[name].as_str().unwrap_or("-").to_owned()).collect()
}

async fn refusal(it: &Driver, token: &str, statement: &str) -> (String, String) {
    let (status, body) = it.query(token, statement).await;
    assert_eq!(status, 400, "{statement}: {body}");
    let text = |name: &str| body[0][name].as_str().unwrap().to_owned();
    (text("errorCode"), text("message"))
}

fn contacts() -> Value {
    let contact = |last: &str, first: Value, phone: Value| json!({"type": "Contact", "fields": {"LastName": last, "FirstName": first, "Phone": phone}});
    json!([
        contact("Alpha", json!("Zed"), json!("1")),
        contact("bravo", Value::Null, json!("2")),
        contact("Charlie", json!("100% sure_"), Value::Null),
        contact("delta", json!("O'Neil\\x"), json!("10")),
    ])
}

#[tokio::test]
async fn nulls_case_and_wildcards() {
    let (it, token) = with(contacts()).await;
    let cases = [
        ("FirstName != 'Zed'", "bravo Charlie delta"),
        ("FirstName = 'zed'", "Alpha"),
        ("FirstName = ''", "bravo"),
        ("FirstName = null", "bravo"),
        ("FirstName != ''", "Alpha Charlie delta"),
        ("FirstName != null", "Alpha Charlie delta"),
        ("NOT FirstName = 'Zed'", "bravo Charlie delta"),
        ("FirstName NOT IN ('Zed')", "bravo Charlie delta"),
        ("FirstName IN ('ZED', null)", "Alpha bravo"),
        ("FirstName < 'z'", "Charlie delta"),
        ("NOT (FirstName < 'z')", "Alpha bravo"),
        ("Phone > '1'", "bravo delta"),
        ("FirstName LIKE '%SURE%'", "Charlie"),
        ("FirstName LIKE '100\\% sure\\_'", "Charlie"),
        ("FirstName LIKE '100_ sure_'", "Charlie"),
        ("FirstName LIKE '%\\%%'", "Charlie"),
        ("FirstName LIKE '%'", "Alpha Charlie delta"),
        ("FirstName = 'O\\'Neil\\\\x'", "delta"),
        ("LastName IN ('ALPHA','Bravo') AND (Phone = '2' OR FirstName = 'Zed')", "Alpha bravo"),
        ("Name = '100% sure_ Charlie'", "Charlie"),
        ("Contact.LastName = 'delta'", "delta"),
    ];
    for (condition, expected) in cases {
        let statement = format!("SELECT LastName FROM Contact WHERE {condition} ORDER BY LastName");
        assert_eq!(column(&it, &token, &statement, "LastName").await.join(" "), expected, "{condition}");
    }
}

#[tokio::test]
async fn order_puts_nulls_where_told_and_picklists_by_setup() {
    let case = |status: &str, subject: Value| json!({"type": "Case", "fields": {"Status": status, "Subject": subject}});
    let records = json!([
        case("Closed", json!("b")),
        case("New", json!("A")),
        case("Retired status", json!("c")),
        case("Working", Value::Null),
        case("Escalated", json!("C")),
    ]);
    let (it, token) = with(records).await;
    let cases = [
        ("ORDER BY Status", "New Working Escalated Closed Retired status"),
        ("ORDER BY Status DESC", "Retired status Closed Escalated Working New"),
        ("ORDER BY Subject, Status", "Working New Closed Escalated Retired status"),
        ("ORDER BY Subject DESC NULLS FIRST, Status ASC", "Working Escalated Retired status Closed New"),
        ("ORDER BY Subject NULLS LAST, Status", "New Closed Escalated Retired status Working"),
        ("ORDER BY Subject DESC NULLS LAST, Status LIMIT 2 OFFSET 1", "Retired status Closed"),
        ("ORDER BY Owner.Name DESC, Id LIMIT 1", "Closed"),
    ];
    for (order, expected) in cases {
        let statement = format!("SELECT Status FROM Case {order}");
        assert_eq!(column(&it, &token, &statement, "Status").await.join(" "), expected, "{order}");
    }
    let (_, grouped) =
        it.query(&token, "SELECT IsClosed, COUNT(Id) n, MAX(Subject) FROM Case GROUP BY IsClosed").await;
    let rows: Vec<Value> = grouped["records"].as_array().unwrap().clone();
    assert_eq!(rows.len(), 2);
    assert_eq!(
        (&rows[0]["IsClosed"], &rows[0]["n"], &rows[0]["expr0"]),
        (&json!(false), &json!(4), &json!("c"))
    );
    assert_eq!(
        rows[1],
        json!({"attributes": {"type": "AggregateResult"}, "IsClosed": true, "n": 1, "expr0": "b"})
    );
}

#[tokio::test]
async fn dates_are_moments_and_spans() {
    let it = Driver::seeded(sandbox::Seed::Empty).await;
    for (day, subject) in [("2026-03-01", "old"), ("2026-11-20", "recent"), ("2026-11-22", "new")] {
        it.set("clock", json!({"set": format!("{day}T10:00:00Z")})).await;
        it.set("salesforce/records", json!([{"type": "Case", "fields": {"Subject": subject}}])).await;
    }
    let token = it.login().await;
    let cases = [
        ("CreatedDate = TODAY", "new"),
        ("CreatedDate > 2026-11-20T10:00:00Z", "new"),
        ("CreatedDate >= 2026-11-20T12:00:00+02:00", "recent new"),
        ("CreatedDate < 2026-11-20T12:00:01+0200", "old recent"),
        ("CreatedDate = LAST_N_DAYS:2", "recent new"),
        ("CreatedDate < LAST_N_DAYS:2", "old"),
        ("CreatedDate > N_DAYS_AGO:2", "new"),
        ("CreatedDate != THIS_MONTH", "old"),
        ("CreatedDate <= LAST_MONTH", "old"),
    ];
    for (condition, expected) in cases {
        let statement = format!("SELECT Subject FROM Case WHERE {condition} ORDER BY CreatedDate");
        assert_eq!(column(&it, &token, &statement, "Subject").await.join(" "), expected, "{condition}");
    }
    // Half a day later it is tomorrow for a user in the east.
    it.set("salesforce", json!({"user_offset_minutes": 14 * 60})).await;
    assert!(
        column(&it, &token, "SELECT Subject FROM Case WHERE CreatedDate < TODAY", "Subject").await.len() == 2
    );
    it.set("clock", json!({"set": "2026-11-22T10:30:00Z"})).await;
    assert_eq!(
        column(&it, &token, "SELECT Subject FROM Case WHERE CreatedDate = TODAY", "Subject").await,
        ["new"]
    );
}

#[tokio::test]
async fn relationships_go_up_down_and_into_other_objects() {
    let it = Driver::start().await;
    let token = it.login().await;
    let (_, body) = it
        .query(
            &token,
            "SELECT Subject, Account.Owner.Name, (SELECT CommentBody, Parent.CaseNumber FROM CaseComments \
             WHERE IsPublished = true ORDER BY CreatedDate DESC LIMIT 2), \
             (SELECT Field, OldValue, NewValue FROM Histories WHERE Field = 'Status' ORDER BY CreatedDate) \
             FROM Case WHERE Subject LIKE 'Router%'",
        )
        .await;
    let row = &body["records"][0];
    assert_eq!(row["Account"]["Owner"]["Name"], "Portal Integration");
    assert_eq!(row["Account"]["Owner"]["attributes"]["type"], "User");
    let comments = &row["CaseComments"];
    assert_eq!((&comments["totalSize"], &comments["done"]), (&json!(2), &json!(true)));
    assert_eq!(comments["records"][0]["CommentBody"], "That helped, thank you!");
    assert_eq!(comments["records"][0]["Parent"]["CaseNumber"].as_str().unwrap().len(), 8);
    let steps: Vec<(&str, &str)> = row["Histories"]["records"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| (step["OldValue"].as_str().unwrap(), step["NewValue"].as_str().unwrap()))
        .collect();
    assert_eq!(steps, [("New", "Working"), ("Working", "Closed")]);

    let joined = "SELECT Subject FROM Case WHERE Id IN (SELECT ParentId FROM CaseComment WHERE IsPublished = false) \
                  AND AccountId NOT IN (SELECT AccountId FROM Contact WHERE Email = 'mallory@example.com') ORDER BY CaseNumber";
    assert_eq!(
        column(&it, &token, joined, "Subject").await,
        ["Router reboots at night", "Move lovelace.example to a bigger plan"]
    );
    let (_, body) = it
        .query(&token, "SELECT Id, (SELECT Id FROM CaseComments) FROM Case WHERE Subject LIKE 'Invoice%'")
        .await;
    assert_eq!(body["records"][0]["CaseComments"], Value::Null);
    let statuses =
        "SELECT ApiName, IsClosed, SortOrder FROM CaseStatus WHERE IsClosed = true ORDER BY SortOrder";
    assert_eq!(column(&it, &token, statuses, "ApiName").await, ["Closed"]);
}

#[tokio::test]
async fn long_lists_come_in_pages() {
    let rows: Value =
        (0..450).map(|n| json!({"type": "Account", "fields": {"Name": format!("a{n}")}})).collect();
    let (it, token) = with(rows).await;
    let page = async |path: &str, options: &str| {
        let request = it.data(&token, Method::GET, path, None).header("Sforce-Query-Options", options);
        let response = request.send().await.unwrap();
        (response.status().as_u16(), json_of(response).await)
    };
    let path = format!("query?{}", form(&[("q", "SELECT Name FROM Account")]));
    let (_, whole) = page(&path, "batchSize=5000").await;
    assert_eq!((&whole["totalSize"], &whole["done"]), (&json!(450), &json!(true)));
    // Fewer than 200 cannot be asked for.
    let (_, first) = page(&path, "batchSize=3").await;
    assert_eq!(first["records"].as_array().unwrap().len(), 200);
    assert_eq!((&first["totalSize"], &first["done"]), (&json!(450), &json!(false)));
    let next = first["nextRecordsUrl"].as_str().unwrap();
    assert!(next.starts_with("/services/data/v62.0/query/01g") && next.ends_with("-200"), "{next}");
    let tail = |url: &str| url.strip_prefix("/services/data/v62.0/").unwrap().to_owned();
    let (_, second) = page(&tail(next), "").await;
    assert_eq!(second["records"][0]["Name"], "a200");
    let (_, last) = page(&tail(second["nextRecordsUrl"].as_str().unwrap()), "").await;
    assert_eq!((&last["done"], last["records"].as_array().unwrap().len()), (&json!(true), 50));
    assert_eq!(last["totalSize"], 450);
    assert!(last.get("nextRecordsUrl").is_none());
    // A cursor shows what the query found, whatever was deleted since; and it ends.
    it.control(Method::POST, "cursors/expire", None).await;
    let (status, body) = page(&tail(next), "").await;
    assert_eq!((status, &body[0]["errorCode"]), (400, &json!("INVALID_QUERY_LOCATOR")));
    let (_, fresh) = page(&path, "batchSize=200").await;
    it.set("salesforce", json!({"session_minutes": 10_000})).await;
    it.set("clock", json!({"advance_seconds": 49 * 3600})).await;
    let old = tail(fresh["nextRecordsUrl"].as_str().unwrap());
    let (status, _) = it.rest(&token, Method::GET, &old, None).await;
    assert_eq!(status, 400);
}

#[tokio::test]
async fn deleted_records_are_for_query_all() {
    let (it, token) = with(contacts()).await;
    let (_, body) = it.query(&token, "SELECT Id FROM Contact WHERE LastName = 'bravo'").await;
    let path = format!("sobjects/Contact/{}", body["records"][0]["Id"].as_str().unwrap());
    assert_eq!(it.data(&token, Method::DELETE, &path, None).send().await.unwrap().status(), 204);
    assert_eq!(
        column(&it, &token, "SELECT LastName FROM Contact", "LastName").await,
        ["Alpha", "Charlie", "delta"]
    );
    let statement = "SELECT LastName FROM Contact WHERE IsDeleted = true";
    let (_, all) =
        it.rest(&token, Method::GET, &format!("queryAll?{}", form(&[("q", statement)])), None).await;
    assert_eq!(all["records"][0]["LastName"], "bravo");
}

/// Statement, code, part of the message.
const WRONG: [(&str, &str, &str); 29] = [
    ("", "MALFORMED_QUERY", "SOQL statements cannot be empty or null"),
    ("SELECT Id FROM Case WHERE", "MALFORMED_QUERY", "unexpected token: <EOF>"),
    ("SELECT Id, FROM Case", "MALFORMED_QUERY", "unexpected token: FROM"),
    (
        "SELECT Id FROM Case WHERE Id = '1' AND Id = '2' OR Id = '3'",
        "MALFORMED_QUERY",
        "unexpected token: OR",
    ),
    ("SELECT Id FROM Case LIMIT x", "MALFORMED_QUERY", "unexpected token: x"),
    ("SELECT Id FROM Case ORDER BY Subject WHERE Id = null", "MALFORMED_QUERY", "unexpected token: WHERE"),
    ("SELECT Id FROM Case WHERE Subject = 'a\\x'", "MALFORMED_QUERY", "Illegal character sequence"),
    ("SELECT Id FROM Case WHERE Subject = 'a\\%'", "MALFORMED_QUERY", "Illegal character sequence"),
    ("SELECT Id FROM Case WHERE Subject = 'a", "MALFORMED_QUERY", "Illegal character sequence"),
    ("SELECT COUNT(), Id FROM Case", "MALFORMED_QUERY", "unexpected token"),
    ("SELECT Id, COUNT(Subject) FROM Case", "MALFORMED_QUERY", "must be grouped"),
    ("SELECT Name FROM Case", "INVALID_FIELD", "No such column 'Name' on entity 'Case'"),
    ("SELECT Id,\n  Nope FROM Case", "INVALID_FIELD", "ERROR at Row:2:Column:3\nNo such column 'Nope'"),
    ("SELECT Nope__r.Name FROM Case", "INVALID_FIELD", "Didn't understand relationship 'Nope__r'"),
    ("SELECT Id, (SELECT Id FROM Nopes) FROM Case", "INVALID_TYPE", "Didn't understand relationship 'Nopes'"),
    ("SELECT Id FROM FeedItem", "INVALID_TYPE", "sObject type 'FeedItem' is not supported"),
    ("SELECT Id FROM Case WHERE Description LIKE 'x%'", "INVALID_FIELD", "can not be filtered"),
    ("SELECT Id FROM CaseHistory WHERE NewValue = 'x'", "INVALID_FIELD", "can not be filtered"),
    ("SELECT Id FROM Case ORDER BY Description", "INVALID_FIELD", "can not be sorted"),
    ("SELECT Id FROM Case OFFSET 2001", "NUMBER_OUTSIDE_VALID_RANGE", "2000"),
    (
        "SELECT Id FROM Case WHERE CreatedDate > '2026-01-01T00:00:00Z'",
        "INVALID_FIELD",
        "should not be enclosed",
    ),
    ("SELECT Id FROM Case WHERE CreatedDate > 2026-01-01", "INVALID_FIELD", "must be of type dateTime"),
    ("SELECT Id FROM Case WHERE Subject = 5", "INVALID_FIELD", "should be enclosed"),
    ("SELECT Id FROM Case WHERE IsClosed = 'true'", "INVALID_FIELD", "must be of type boolean"),
    ("SELECT Id FROM Case WHERE Id = 'xyz'", "INVALID_QUERY_FILTER_OPERATOR", "invalid ID field"),
    ("SELECT Id FROM Case WHERE CreatedDate LIKE 'x'", "INVALID_QUERY_FILTER_OPERATOR", "invalid operator"),
    (
        "SELECT Id FROM Case WHERE Id IN (SELECT ParentId FROM CaseComment) OR Subject = 'x'",
        "MALFORMED_QUERY",
        "not allowed with the 'OR' operator",
    ),
    (
        "SELECT Id FROM Case WHERE Id IN (SELECT ParentId FROM CaseComment WHERE ParentId IN (SELECT Id FROM Case))",
        "MALFORMED_QUERY",
        "Nesting of semi join",
    ),
    (
        "SELECT Id FROM Case WHERE Parent.Parent.Parent.Parent.Parent.Parent.Subject = 'x'",
        "INVALID_FIELD",
        "5 levels",
    ),
];

#[tokio::test]
async fn wrong_statements_are_refused_with_their_codes() {
    let (it, token) = with(json!([])).await;
    for (statement, code, part) in WRONG {
        let (got, message) = refusal(&it, &token, statement).await;
        assert_eq!(got, code, "{statement}: {message}");
        assert!(message.contains(part), "{statement}: {message}");
    }
    let long = format!("SELECT Id FROM Case WHERE Subject = '{}'", "x".repeat(4_001));
    assert_eq!(refusal(&it, &token, &long).await.0, "MALFORMED_QUERY");
}

#[tokio::test]
async fn many_children_have_a_cursor_of_their_own() {
    let (it, token) = with(json!([{"type": "Account", "fields": {"Name": "big"}}])).await;
    let account = column(&it, &token, "SELECT Id FROM Account", "Id").await.remove(0);
    let contact = |n: usize| json!({"LastName": format!("c{n}"), "AccountId": account});
    let contacts: Value = (0..210).map(|n| json!({"type": "Contact", "fields": contact(n)})).collect();
    it.set("salesforce/records", contacts).await;
    let path = format!("query?{}", form(&[("q", "SELECT Id, (SELECT LastName FROM Contacts) FROM Account")]));
    let request = it.data(&token, Method::GET, &path, None).header("Sforce-Query-Options", "batchSize=200");
    let body = json_of(request.send().await.unwrap()).await;
    let children = &body["records"][0]["Contacts"];
    assert_eq!(
        (&body["done"], &children["done"], &children["totalSize"]),
        (&json!(true), &json!(false), &json!(210))
    );
    assert_eq!(children["records"].as_array().unwrap().len(), 200);
    let next = children["nextRecordsUrl"].as_str().unwrap().strip_prefix("/services/data/v62.0/").unwrap();
    let (_, rest) = it.rest(&token, Method::GET, next, None).await;
    assert_eq!((&rest["done"], rest["records"].as_array().unwrap().len()), (&json!(true), 10));
    assert_eq!(rest["records"][9]["LastName"], "c209");
}

#[tokio::test]
async fn long_answers_are_packed_and_long_addresses_refused() {
    let rows: Value =
        (0..60).map(|n| json!({"type": "Account", "fields": {"Name": format!("a{n}")}})).collect();
    let (it, token) = with(rows).await;
    let plain = reqwest::Client::builder().no_gzip().no_brotli().build().unwrap();
    let url = it.url("salesforce/services/data/v62.0/query?q=SELECT+Name+FROM+Account");
    let get = |accepted: &'static str| {
        plain.get(&url).bearer_auth(&token).header("Accept-Encoding", accepted).send()
    };
    let packed = get("gzip, deflate").await.unwrap();
    assert_eq!(packed.headers()["content-encoding"], "gzip");
    let unpacked = get("identity").await.unwrap();
    assert!(unpacked.headers().get("content-encoding").is_none());
    let (packed, unpacked) = (packed.bytes().await.unwrap(), unpacked.bytes().await.unwrap());
    assert!(packed.len() < unpacked.len() / 2);
    let mut sent = Vec::new();
    let mut read = flate2::read::GzEncoder::new(&br#"{"Name":"packed"}"#[..], flate2::Compression::fast());
    std::io::Read::read_to_end(&mut read, &mut sent).unwrap();
    let create = it.data(&token, Method::POST, "sobjects/Account", None).header("Content-Encoding", "gzip");
    let create = create.header("Content-Type", "application/json").body(sent).send().await.unwrap();
    assert_eq!(create.status(), 201);

    let statement = format!("SELECT Id FROM Account WHERE Name IN ({})", vec!["'x'"; 5_000].join(","));
    let long = it.data(&token, Method::GET, &format!("query?{}", form(&[("q", &statement)])), None);
    let long = long.send().await.unwrap();
    assert_eq!(
        (long.status().as_u16(), &long.headers()["content-type"]),
        (414, &"text/html;charset=UTF-8".parse().unwrap())
    );
    // Inside a composite request there is room for it.
    let part = json!({"method": "GET", "referenceId": "q", "url": format!("/services/data/v62.0/query?{}", form(&[("q", &statement)]))});
    let (_, body) =
        it.rest(&token, Method::POST, "composite", Some(json!({"compositeRequest": [part]}))).await;
    assert_eq!(body["compositeResponse"][0]["httpStatusCode"], 200);
}
