//! `GET /id/{organisation}/{user}`: who the session belongs to.

use actix_web::{HttpRequest, HttpResponse, web};

use super::error::RestError;
use super::id;
use super::wire::Out;
use crate::answer::Answer;
use crate::faults::{self, Call, Target};
use crate::world::{Shared, World};

pub async fn show(
    shared: web::Data<Shared>,
    request: HttpRequest,
    ids: web::Path<(String, String)>,
) -> HttpResponse {
    let token = super::bearer(&request);
    let (organisation, user) = ids.into_inner();
    let address = shared.address("salesforce");
    faults::serve(&shared, Call::new(Target::Salesforce, "identity"), super::refuse, |world| {
        identity(world, token, &organisation, &user, &address)
    })
    .await
}

/// Plain words for a bad session: this address does not speak the REST API's errors.
fn refused(word: &str) -> Answer {
    Answer::new(403, "text/html;charset=UTF-8", word.to_owned())
}

fn identity(
    world: &mut World,
    token: Result<String, RestError>,
    organisation: &str,
    user: &str,
    address: &str,
) -> Answer {
    let now = world.clock.now();
    let store = &mut world.ledger.salesforce;
    match token {
        Err(_) => return refused("Missing_OAuth_Token"),
        Ok(token) if !store.touch_session(&token, now) => return refused("Bad_OAuth_Token"),
        Ok(_) => {}
    }
    let found = |segment: &str| id::normalise(segment).and_then(|id| store.get(&id).cloned());
    let (Some(organisation), Some(user)) = (found(organisation), found(user)) else {
        return refused("Wrong_Org");
    };
    let member = |field: &str| Out::from(user.get(field).clone());
    let rest = format!("{address}/services/data/v{{version}}/");
    let body = Out::object([
        ("id", format!("{address}/id/{}/{}", organisation.id, user.id).into()),
        ("asserted_user", true.into()),
        ("user_id", user.id.clone().into()),
        ("organization_id", organisation.id.clone().into()),
        ("username", member("Username")),
        ("nick_name", member("Alias")),
        ("display_name", member("Name")),
        ("email", member("Email")),
        ("first_name", member("FirstName")),
        ("last_name", member("LastName")),
        (
            "urls",
            Out::object([
                ("rest", rest.clone().into()),
                ("sobjects", format!("{rest}sobjects/").into()),
                ("query", format!("{rest}query/").into()),
            ]),
        ),
        ("active", member("IsActive")),
        ("user_type", "STANDARD".into()),
        ("language", "en_US".into()),
        ("locale", "en_GB".into()),
        ("utcOffset", 0.into()),
    ]);
    Answer::new(200, "application/json;charset=UTF-8", body.text())
}
