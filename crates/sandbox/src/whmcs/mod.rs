//! `POST /whmcs/includes/api.php`: parameters, credentials, role, dispatch, and the answer's encoding.
//! Each action is a file under `actions/`.

mod access;
mod actions;
mod php_form;
mod php_json;
mod wire;

use actix_web::{HttpResponse, web};
use serde_json::{Map, Value, json};

use crate::answer::Answer;
use crate::config::{Profile, Version};
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
}

/// One API action.
pub struct Action {
    pub name: &'static str,
    pub since: Version,
    /// The switches that change its answer, besides `profile`, `version` and `denied_actions`, which act on all.
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
pub async fn api(shared: web::Data<Shared>, body: web::Bytes) -> HttpResponse {
    let params = Params::parse(&body);
    let action = params.text("action").to_owned();
    let known = actions::find(&action);
    let name = known.map_or(action.clone(), |action| action.name.to_owned());
    let client_id = ["clientid", "client_id", "userid"].iter().find_map(|name| params.number(name));
    let call = Call { client_id, ..Call::new(Target::Whmcs, name) };
    faults::serve(&shared, call, refuse, |world| answer(world, &shared, &params, known)).await
}

fn answer(world: &mut World, shared: &Shared, params: &Params, action: Option<&Action>) -> Answer {
    let (status, mut body) = match access::check(world, params, action) {
        Err((status, message)) => (status, failure(&message)),
        Ok(action) => match (action.run)(&mut Context { world, shared, params }) {
            Ok(fields) => (200, success(fields)),
            Err(Refusal(message)) => (200, failure(&message)),
        },
    };
    if world.config.profile == Profile::Stringy {
        wire::stringify(&mut body);
    }
    if params.text("responsetype").eq_ignore_ascii_case("json") {
        Answer::new(status, "application/json", php_json::encode(&body))
    } else {
        Answer::new(status, "application/xml; charset=utf-8", wire::xml(&body))
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
    Some((action.run)(&mut Context { world, shared, params: &params }))
}

fn success(fields: Fields) -> Value {
    let mut body = Map::new();
    body.insert("result".to_owned(), json!("success"));
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
