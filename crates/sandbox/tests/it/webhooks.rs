//! Webhooks from the sandbox to a receiver that checks them as the Standard Webhooks specification says.

use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::driver::Driver;

const SECRET: &str = "a secret of more than twenty-four bytes";

/// One request that arrived.
#[derive(Clone)]
struct Arrived {
    id: String,
    timestamp: String,
    signature: String,
    body: String,
}

impl Arrived {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    fn is_signed(&self) -> bool {
        let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
        mac.update(format!("{}.{}.{}", self.id, self.timestamp, self.body).as_bytes());
        let expected = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
        self.signature.split(' ').any(|part| part == expected)
    }
}

/// Answers each request with the next status of its list, then 204.
struct Receiver {
    url: String,
    arrived: Arc<Mutex<Vec<Arrived>>>,
    answers: Arc<Mutex<Vec<u16>>>,
}

impl Receiver {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let (arrived, answers) = (Arc::default(), Arc::default());
        let it = Self { url, arrived: Arc::clone(&arrived), answers: Arc::clone(&answers) };
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(converse(stream, Arc::clone(&arrived), Arc::clone(&answers)));
            }
        });
        it
    }

    fn bodies(&self) -> Vec<Value> {
        self.arrived.lock().unwrap().iter().map(Arrived::json).collect()
    }

    fn all(&self) -> Vec<Arrived> {
        self.arrived.lock().unwrap().clone()
    }

    async fn register(&self, it: &Driver, options: Value) -> u64 {
        let mut receiver = json!({"url": self.url, "source": "whmcs", "secret": SECRET});
        for (name, value) in options.as_object().unwrap() {
            receiver[name] = value.clone();
        }
        it.set("webhooks", receiver).await["id"].as_u64().unwrap()
    }
}

async fn converse(stream: TcpStream, arrived: Arc<Mutex<Vec<Arrived>>>, answers: Arc<Mutex<Vec<u16>>>) {
    let mut stream = BufReader::new(stream);
    loop {
        let mut headers = Vec::new();
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
                return;
            }
            match line.trim_end().split_once(": ") {
                Some((name, value)) => headers.push((name.to_ascii_lowercase(), value.to_owned())),
                None if line == "\r\n" => break,
                None => {}
            }
        }
        let header = |name: &str| {
            let found: Vec<&String> =
                headers.iter().filter(|(found, _)| found == name).map(|(_, value)| value).collect();
            assert_eq!(found.len(), 1, "{name}");
            found[0].clone()
        };
        let mut body = vec![0; header("content-length").parse().unwrap()];
        stream.read_exact(&mut body).await.unwrap();
        arrived.lock().unwrap().push(Arrived {
            id: header("webhook-id"),
            timestamp: header("webhook-timestamp"),
            signature: header("webhook-signature"),
            body: String::from_utf8(body).unwrap(),
        });
        let status = { answers.lock().unwrap().pop().unwrap_or(204) };
        let answer = format!("HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n");
        stream.write_all(answer.as_bytes()).await.unwrap();
    }
}

async fn flush(it: &Driver) -> Value {
    it.set("webhooks/flush", Value::Null).await
}

async fn fire(it: &Driver, event: &str, id: u64) {
    it.set("webhooks/fire", json!({"source": "whmcs", "event": event, "ids": {"invoiceid": id}})).await;
}

fn ids(bodies: &[Value]) -> Vec<u64> {
    bodies.iter().map(|body| body["data"]["invoiceid"].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn a_payment_is_told_in_order_signed_and_with_ids_only() {
    let it = Driver::start().await;
    let receiver = Receiver::start().await;
    receiver.register(&it, json!({})).await;
    it.set("clock", json!({"set": "2030-05-06T07:08:09Z"})).await;
    it.set("invoices/6/pay", Value::Null).await;
    flush(&it).await;
    let types: Vec<Value> = receiver.bodies().iter().map(|body| body["type"].clone()).collect();
    assert_eq!(types, ["AddInvoicePayment", "InvoicePaidPreEmail", "InvoicePaid"]);
    let last = receiver.all().pop().unwrap();
    assert!(last.is_signed() && last.id.starts_with("msg_"));
    assert!(last.timestamp.starts_with("19042816"), "{}", last.timestamp);
    let body = last.json();
    assert_eq!(body["data"], json!({"invoiceid": 6, "client_id": 42}));
    assert!(body["timestamp"].as_str().unwrap().starts_with("2030-05-06T07:08:"), "{body}");
    let (_, deliveries) = it.control(Method::GET, "webhooks/deliveries?state=delivered", None).await;
    assert_eq!(deliveries.as_array().unwrap().len(), 3);
    assert_eq!(deliveries[0]["attempts"][0]["status"], 204);
    let (_, listed) = it.control(Method::GET, "webhooks", None).await;
    assert!(!listed.to_string().contains(SECRET));
}

#[tokio::test]
async fn salesforce_changes_are_told_in_their_own_shape_to_their_own_receivers() {
    let it = Driver::start().await;
    let (whmcs, cases) = (Receiver::start().await, Receiver::start().await);
    whmcs.register(&it, json!({"events": ["InvoicePaid"]})).await;
    cases.register(&it, json!({"source": "salesforce", "events": ["Case"]})).await;
    let event =
        |object: &str| json!({"source": "salesforce", "object": object, "id": "500x", "change": "updated"});
    it.set("webhooks/fire", event("Contact")).await;
    it.set("webhooks/fire", event("Case")).await;
    fire(&it, "InvoiceCreated", 1).await;
    fire(&it, "InvoicePaid", 2).await;
    flush(&it).await;
    let told = cases.bodies();
    assert_eq!(told.len(), 1);
    assert_eq!(
        (&told[0]["object"], &told[0]["id"], &told[0]["change"]),
        (&json!("Case"), &json!("500x"), &json!("updated"))
    );
    assert!(told[0]["time"].is_string() && cases.all()[0].is_signed());
    assert_eq!(ids(&whmcs.bodies()), [2]);
}

#[tokio::test]
async fn switches_repeat_reorder_and_lose_messages() {
    let it = Driver::start().await;
    let receiver = Receiver::start().await;
    let id = receiver.register(&it, json!({"switches": {"duplicate": 2}})).await;
    fire(&it, "InvoicePaid", 1).await;
    flush(&it).await;
    let all = receiver.all();
    assert_eq!((all.len(), &all[0].id), (2, &all[1].id));

    let switches = format!("webhooks/{id}");
    it.set(&switches, json!({"reorder": 3})).await;
    for n in 2..=5 {
        fire(&it, "InvoicePaid", n).await;
    }
    flush(&it).await;
    it.set(&switches, json!({"drop_every": 3})).await;
    for n in 6..=9 {
        fire(&it, "InvoicePaid", n).await;
    }
    flush(&it).await;
    it.set(&switches, json!({"drop_next": 1})).await;
    for n in 10..=11 {
        fire(&it, "InvoicePaid", n).await;
    }
    flush(&it).await;
    // The sixth and the ninth message since the start are multiples of three.
    assert_eq!(ids(&receiver.bodies()), [1, 1, 4, 3, 2, 5, 7, 8, 11]);
    let (_, dropped) = it.control(Method::GET, "webhooks/deliveries?state=dropped", None).await;
    assert_eq!(dropped.as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn signatures_can_be_wrong_and_timestamps_old() {
    let it = Driver::start().await;
    let receiver = Receiver::start().await;
    let second = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let id =
        receiver.register(&it, json!({"secrets": [second], "switches": {"wrong_signature": true}})).await;
    fire(&it, "InvoicePaid", 1).await;
    flush(&it).await;
    it.set(&format!("webhooks/{id}"), json!({"old_timestamp": 600})).await;
    fire(&it, "InvoicePaid", 2).await;
    flush(&it).await;
    it.set(&format!("webhooks/{id}"), json!({})).await;
    fire(&it, "InvoicePaid", 3).await;
    flush(&it).await;
    let all = receiver.all();
    assert!(!all[0].is_signed() && all[1].is_signed() && all[2].is_signed());
    assert_eq!(all[2].signature.split(' ').count(), 2);
    let seconds = |at: usize| all[at].timestamp.parse::<i64>().unwrap();
    assert!((590..=620).contains(&(seconds(2) - seconds(1))));
}

#[tokio::test]
async fn held_and_delayed_messages_wait_for_the_flush_or_the_clock() {
    let it = Driver::start().await;
    let receiver = Receiver::start().await;
    let id = receiver.register(&it, json!({"switches": {"hold": true}})).await;
    fire(&it, "InvoicePaid", 1).await;
    it.set("clock", json!({"advance_seconds": 86_400})).await;
    let (_, pending) = it.control(Method::GET, "webhooks/deliveries?state=delivered", None).await;
    assert_eq!(pending, json!([]));
    assert_eq!(flush(&it).await, json!({"delivered": 1, "failed": 0}));
    it.set(&format!("webhooks/{id}"), json!({"delay_ms": 3_600_000})).await;
    fire(&it, "InvoicePaid", 2).await;
    // Not due: only a flush or the clock brings it, and the flush says how many it brought.
    assert_eq!(flush(&it).await, json!({"delivered": 1, "failed": 0}));
    assert_eq!(ids(&receiver.bodies()), [1, 2]);
}

#[tokio::test]
async fn a_refused_message_is_sent_again_with_the_same_id_until_it_is_taken() {
    let it = Driver::start().await;
    let receiver = Receiver::start().await;
    receiver.answers.lock().unwrap().extend([302, 500]);
    receiver.register(&it, json!({"switches": {"hold": true}})).await;
    fire(&it, "InvoicePaid", 1).await;
    let outcomes = [flush(&it).await, flush(&it).await, flush(&it).await, flush(&it).await];
    let (failed, taken, none) = (
        json!({"delivered": 0, "failed": 1}),
        json!({"delivered": 1, "failed": 0}),
        json!({"delivered": 0, "failed": 0}),
    );
    assert_eq!(outcomes, [failed.clone(), failed, taken, none]);
    let all = receiver.all();
    assert_eq!(all.len(), 3);
    assert!(all.iter().all(|one| one.id == all[0].id && one.is_signed()));
    let (_, deliveries) = it.control(Method::GET, "webhooks/deliveries", None).await;
    let statuses: Vec<&Value> =
        deliveries[0]["attempts"].as_array().unwrap().iter().map(|attempt| &attempt["status"]).collect();
    assert_eq!(statuses, [500, 302, 204]);
}

#[tokio::test]
async fn a_message_that_nobody_takes_is_given_up() {
    let it = Driver::start().await;
    let receiver = Receiver::start().await;
    receiver.answers.lock().unwrap().extend([500; 20]);
    receiver.register(&it, json!({"switches": {"hold": true}})).await;
    fire(&it, "InvoicePaid", 1).await;
    for _ in 0..10 {
        flush(&it).await;
    }
    assert_eq!(receiver.all().len(), 8);
    let (_, given_up) = it.control(Method::GET, "webhooks/deliveries?state=given_up", None).await;
    assert_eq!(given_up.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn nonsense_is_refused_and_receivers_can_be_forgotten() {
    let it = Driver::start().await;
    let good = json!({"url": "http://127.0.0.1:1/", "source": "whmcs", "secret": SECRET});
    for (name, value) in [
        ("url", json!("/relative")),
        ("url", json!("ftp://example.com/")),
        ("secret", json!("short")),
        ("secret", Value::Null),
        ("events", json!(["NoSuchHook"])),
        ("surprise", json!(1)),
    ] {
        let mut bad = good.clone();
        bad[name] = value;
        assert_eq!(it.control(Method::POST, "webhooks", Some(bad)).await.0, 422, "{name}");
    }
    let id = it.set("webhooks", good).await["id"].clone();
    let path = format!("webhooks/{id}");
    assert_eq!(it.control(Method::POST, &path, Some(json!({"typo": 1}))).await.0, 422);
    assert_eq!(it.control(Method::DELETE, &path, None).await.0, 204);
    assert_eq!(it.control(Method::DELETE, &path, None).await.0, 404);
    let unknown = json!({"source": "whmcs", "event": "Nothing", "ids": {}});
    assert_eq!(it.control(Method::POST, "webhooks/fire", Some(unknown)).await.0, 422);
}
