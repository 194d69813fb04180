//! `AddClient`: a client and, unless `owner_user_id` is given, its user. Validates in the order the documentation lists.

use std::collections::BTreeMap;

use serde_json::json;
use uuid::Uuid;

use crate::config::{Config, Presence, TakenEmail, Validation, Version};
use crate::ledger::whmcs::{Client, ClientStatus, Flags, User};
use crate::money::Money;
use crate::whmcs::wire::{fields, stored};
use crate::whmcs::{Context, Fields, Params, Refusal, php_serialize};

const NOT_AVAILABLE: &str = "The email address entered is not available for use.";

/// ISO 3166-1 alpha-2.
const COUNTRIES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS \
    BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ \
    FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT \
    JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP \
    MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE \
    RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV \
    TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

pub fn run(context: &mut Context<'_>) -> Result<Fields, Refusal> {
    let params = context.params;
    // There were no users before 8.0, so no owner to name.
    let users = context.world.config.version >= Version::V8_0;
    let owner = params.number("owner_user_id").filter(|id| users && *id > 0);
    if owner.is_some_and(|id| !context.world.ledger.whmcs.users.contains_key(&id)) {
        return Err("Invalid Owner User ID".into());
    }
    profile(&context.world.config, params, owner.is_some())?;
    unique(context, owner.is_some())?;
    let owner_id = owner.unwrap_or_else(|| insert_user(context));
    let client_id = add_client(context, owner_id);
    let mut answer = fields(json!({ "clientid": client_id }));
    let config = &context.world.config;
    if config.version >= Version::V8_0 && config.owner_id == Presence::Present {
        answer.insert("owner_id".to_owned(), json!(owner_id));
    }
    let ids = json!({ "client_id": client_id, "user_id": owner_id });
    context.world.hooks.fire("ClientAdd", ids);
    Ok(answer)
}

/// What a profile can be refused for.
struct Complaint {
    wrong: bool,
    text: String,
    /// `skipvalidation` waives everything but the e-mail and the password of a new user.
    waived: bool,
}

fn profile(config: &Config, params: &Params, has_owner: bool) -> Result<(), Refusal> {
    let strict = !params.flag("skipvalidation");
    let mut wrong: Vec<String> = complaints(config, params, has_owner)
        .into_iter()
        .filter(|complaint| complaint.wrong && (strict || !complaint.waived))
        .map(|complaint| complaint.text)
        .collect();
    let said = match config.validation {
        Validation::First if wrong.is_empty() => None,
        Validation::First => Some(wrong.swap_remove(0)),
        Validation::Last => wrong.pop(),
    };
    said.map_or(Ok(()), |text| Err(Refusal(text)))
}

/// In the documentation's order.
fn complaints(config: &Config, params: &Params, has_owner: bool) -> Vec<Complaint> {
    let complain = |wrong: bool, text: &str, waived: bool| Complaint { wrong, text: text.to_owned(), waived };
    let missing = |name: &str, text: &str| complain(!params.given(name), text, true);
    let email = params.text("email");
    let country = params.text("country").to_ascii_uppercase();
    let phone = params.text("phonenumber");
    let dialled = phone.chars().all(|c| c.is_ascii_digit() || " +-.()/".contains(c));
    let required = &config.required_client_field;
    let custom = php_serialize::decode(params.text("customfields"));
    let filled = custom.is_some_and(|fields| fields.iter().any(|(key, _)| !fields.text(key).is_empty()));
    vec![
        missing("firstname", "You did not enter your first name"),
        missing("lastname", "You did not enter your last name"),
        complain(email.is_empty(), "You did not enter your email address", false),
        complain(
            !email.is_empty() && !plausible_email(email),
            "The email address you entered was not valid",
            false,
        ),
        // Two spaces: so the documentation prints it.
        missing("address1", "You did not enter your  address line 1"),
        missing("city", "You did not enter your city"),
        missing("state", "You did not enter your state"),
        missing("postcode", "You did not enter your postcode"),
        complain(
            !COUNTRIES.split_ascii_whitespace().any(|code| code == country),
            "Valid country required",
            true,
        ),
        missing("phonenumber", "You did not enter your phone number"),
        complain(!dialled, "Invalid telephone phone number", true),
        complain(
            !required.is_empty() && !filled,
            &format!("You did not provide required custom field value for {required}"),
            true,
        ),
        complain(!has_owner && params.raw("password2").is_empty(), "You did not enter a password", false),
    ]
}

pub fn plausible_email(email: &str) -> bool {
    email.split_once('@').is_some_and(|(local, host)| {
        !local.is_empty() && host.contains('.') && !host.contains('@') && !email.contains(char::is_whitespace)
    })
}

fn unique(context: &Context<'_>, has_owner: bool) -> Result<(), Refusal> {
    let email = context.params.text("email");
    let whmcs = &context.world.ledger.whmcs;
    if !has_owner && whmcs.user_by_email(email).is_some() {
        return Err(match context.world.config.taken_email {
            TakenEmail::Known => "A user already exists with that email address",
            TakenEmail::Neutral => NOT_AVAILABLE,
        }
        .into());
    }
    if whmcs.client_by_email(email).is_some() {
        return Err(NOT_AVAILABLE.into());
    }
    Ok(())
}

/// The user that the parameters describe, stored. Its id.
pub fn insert_user(context: &mut Context<'_>) -> u64 {
    let params = context.params;
    let created_at = context.world.clock.local();
    let whmcs = &mut context.world.ledger.whmcs;
    let id = whmcs.next_user_id();
    let user = User {
        id,
        first_name: stored(params.text("firstname")),
        last_name: stored(params.text("lastname")),
        email: params.text("email").to_owned(),
        password: params.raw("password2").to_owned(),
        two_factor: false,
        email_verified: true,
        language: stored(params.text("language")),
        last_login: None,
        created_at,
    };
    whmcs.users.insert(id, user);
    id
}

fn add_client(context: &mut Context<'_>, owner_user_id: u64) -> u64 {
    let params = context.params;
    let created_at = context.world.clock.local();
    let whmcs = &mut context.world.ledger.whmcs;
    let id = whmcs.next_client_id();
    let text = |name: &str| stored(params.text(name));
    let wanted = params.number("currency");
    let currency = whmcs
        .currencies
        .iter()
        .find(|currency| Some(currency.id) == wanted)
        .or_else(|| whmcs.currencies.first())
        .map_or(1, |currency| currency.id);
    let client = Client {
        id,
        owner_user_id,
        members: Vec::new(),
        permissions: BTreeMap::new(),
        uuid: Uuid::from_u128(rand::random()),
        first_name: text("firstname"),
        last_name: text("lastname"),
        company: text("companyname"),
        email: params.text("email").to_owned(),
        address1: text("address1"),
        address2: text("address2"),
        city: text("city"),
        state: text("state"),
        postcode: text("postcode"),
        country: params.text("country").to_ascii_uppercase(),
        phone: text("phonenumber"),
        tax_id: text("tax_id"),
        language: text("language"),
        notes: text("notes"),
        currency,
        group: params.number("groupid").unwrap_or(0),
        credit: Money(0),
        status: ClientStatus::Active,
        allow_sso: true,
        marketing: params.flag("marketingoptin"),
        gateway: String::new(),
        flags: Flags::default(),
        email_preferences: [true; 6],
        custom_fields: custom_fields(params),
        created_at,
    };
    whmcs.clients.insert(id, client);
    id
}

/// The one custom field of a client, and whatever else was sent.
fn custom_fields(params: &Params) -> BTreeMap<u64, String> {
    let mut fields = BTreeMap::from([(1, String::new())]);
    if let Some(sent) = php_serialize::decode(params.text("customfields")) {
        fields.extend(sent.iter().filter_map(|(key, _)| Some((key.parse().ok()?, stored(sent.text(key))))));
    }
    fields
}
