//! `POST /whmcs/includes/api.php`: parameters, credentials, role, dispatch, and the answer's encoding.
//! Each action is a file under `actions/`.

mod access;
mod actions;
mod cart;
mod invoicing;
mod mail;
mod orders;
pub mod payment;
mod php_form;
mod php_json;
mod php_serialize;
mod wire;

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Map, Value, json};

use crate::answer::Answer;
use crate::config::{BusinessError, Config, DefaultResponse, Entities, Profile, Version};
use crate::coverage::Covered;
use crate::faults::{self, Call, Fault, Target};
use crate::world::{Shared, World};
pub use php_form::Params;

/// The members of a successful answer, in the order they are printed.
pub type Fields = Map<String, Value>;

/// A business error: HTTP 200 with this `message`.
#[derive(Debug, PartialEq, Eq)]
pub struct Refusal(pub String);

impl From<&str> for Refusal {
    fn from(message: &str) -> Self {
        Self(message.to_owned())
    }
}

/// What an action works on.
pub struct Context<'a> {
    pub world: &'a mut World,
    pub shared: &'a Shared,
    pub params: &'a Params,
    /// The caller's address, as WHMCS sees it.
    pub ip: &'a str,
    /// Headers that the answer gets besides its own.
    pub headers: Vec<(&'static str, String)>,
    /// The member that says `success`.
    pub success_flag: &'static str,
}

impl<'a> Context<'a> {
    pub fn new(world: &'a mut World, shared: &'a Shared, params: &'a Params, ip: &'a str) -> Self {
        Self { world, shared, params, ip, headers: Vec::new(), success_flag: "result" }
    }

    /// Today, by the sandbox's clock.
    pub fn today(&self) -> chrono::NaiveDate {
        self.world.clock.local().date()
    }
}

/// One API action.
pub struct Action {
    pub name: &'static str,
    pub since: Version,
    /// The switches that change its answer, besides those that act on all: `profile`, `version`, `entities`,
    /// `default_response`, `business_error` and the ones of access.
    pub switches: &'static [&'static str],
    pub run: fn(&mut Context<'_>) -> Result<Fields, Refusal>,
}

/// The actions that are answered.
pub fn coverage() -> impl Iterator<Item = Covered> {
    actions::ACTIONS.iter().map(|action| Covered {
        upstream: "whmcs",
        name: action.name,
        switches: action.switches,
    })
}

/// Handles one API request.
pub async fn api(shared: web::Data<Shared>, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    // PHP's request array: the query string first, the body over it. Some clients name the action in the query.
    let params = Params::parse(&[request.query_string().as_bytes(), b"&", &body].concat());
    let peer = request.peer_addr().map_or_else(String::new, |address| address.ip().to_string());
    let caller = access::Caller { peer: &peer };
    let action = params.text("action").to_owned();
    let known = actions::find(&action);
    let name = known.map_or(action.clone(), |action| action.name.to_owned());
    let client_id = ["clientid", "client_id", "userid"].iter().find_map(|name| params.number(name));
    let call = Call { client_id, ..Call::new(Target::Whmcs, name) };
    faults::serve(&shared, call, refuse, |world| answer(world, &shared, &params, &caller, known)).await
}

fn answer(
    world: &mut World,
    shared: &Shared,
    params: &Params,
    caller: &access::Caller<'_>,
    action: Option<&Action>,
) -> Answer {
    let mut headers = Vec::new();
    let (status, body) = match access::check(world, params, caller, action) {
        Err((status, message)) => (status, failure(&message)),
        Ok(action) => {
            let ip = caller.address(&world.config).to_owned();
            let mut context = Context::new(world, shared, params, &ip);
            let outcome = (action.run)(&mut context);
            headers = context.headers;
            let flag = context.success_flag;
            match outcome {
                Ok(fields) => (200, success(flag, fields)),
                Err(Refusal(message)) => (business_status(&world.config), failure(&message)),
            }
        }
    };
    let mut answer = encode(&world.config, params, status, body);
    answer.headers.extend(headers);
    answer
}

/// The body in the profile, spelling and form that the switches and the caller want.
fn encode(config: &Config, params: &Params, status: u16, mut body: Value) -> Answer {
    if config.profile == Profile::Stringy {
        wire::stringify(&mut body);
    }
    if config.entities == Entities::Plain {
        wire::decode_text(&mut body);
    }
    let wanted = params.text("responsetype");
    let json = if wanted.is_empty() {
        config.default_response == DefaultResponse::Json
    } else {
        wanted.eq_ignore_ascii_case("json")
    };
    if !json {
        return Answer::new(status, "application/xml; charset=utf-8", wire::xml(&body));
    }
    if wire::malformed(&body) {
        body = failure(wire::MALFORMED_ERROR);
    }
    Answer::new(status, "application/json", php_json::encode(&body))
}

fn business_status(config: &Config) -> u16 {
    match config.business_error {
        BusinessError::Ok => 200,
        BusinessError::BadRequest => 400,
    }
}

/// Carries out an action for the client area, which in the real system is the same program: no credentials, no role.
/// `None` when this sandbox or the simulated version has no such action.
pub fn perform(
    world: &mut World,
    shared: &Shared,
    action: &str,
    params: &[(&str, &str)],
) -> Option<Result<Fields, Refusal>> {
    let action = actions::find(action).filter(|action| action.since <= world.config.version)?;
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(params).finish();
    let params = Params::parse(body.as_bytes());
    Some((action.run)(&mut Context::new(world, shared, &params, "127.0.0.1")))
}

fn success(flag: &str, fields: Fields) -> Value {
    let mut body = Map::new();
    body.insert(flag.to_owned(), json!("success"));
    body.extend(fields);
    Value::Object(body)
}

fn failure(message: &str) -> Value {
    json!({ "result": "error", "message": message })
}

/// A planted refusal in WHMCS's form: a business error, or a status with the page of the web server in front.
fn refuse(fault: &Fault) -> Answer {
    match (&fault.message, fault.status) {
        (Some(message), status) => {
            Answer::new(status.unwrap_or(200), "application/json", php_json::encode(&failure(message)))
        }
        (None, Some(status)) => {
            Answer::new(status, "text/html", format!("<html><body><h1>{status}</h1></body></html>"))
        }
        (None, None) if fault.kind == faults::Kind::Error => {
            Answer::new(200, "application/json", php_json::encode(&failure("Sandbox fault")))
        }
        (None, None) => Answer::new(503, "text/html", "<html><body><h1>503</h1></body></html>"),
    }
}

/// Client-area pages refuse with pages.
pub fn refuse_page(fault: &Fault) -> Answer {
    let status = fault.status.unwrap_or(503);
    let message = fault.message.as_deref().unwrap_or("Down for maintenance");
    Answer::html(
        status,
        crate::html::page("Unavailable", crate::client_area::PRODUCT, None, &crate::html::escape(message)),
    )
}
