//! `AddClient`: a client and, unless `owner_user_id` is given, its user. Validates in the order the documentation lists.

use serde_json::json;
use uuid::Uuid;

use crate::config::Version;
use crate::ledger::whmcs::{Client, ClientStatus, User};
use crate::money::Money;
use crate::whmcs::wire::{fields, stored};
use crate::whmcs::{Context, Fields, Params, Refusal};

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
    let owner = params.number("owner_user_id").filter(|id| *id > 0);
    if owner.is_some_and(|id| !context.world.ledger.whmcs.users.contains_key(&id)) {
        return Err("Invalid Owner User ID".into());
    }
    profile(params, owner.is_some())?;
    unique(context, owner.is_some())?;
    let owner_id = owner.unwrap_or_else(|| add_user(context));
    let client_id = add_client(context, owner_id);
    let mut answer = fields(json!({ "clientid": client_id }));
    if context.world.config.version >= Version::V8_0 {
        answer.insert("owner_id".to_owned(), json!(owner_id));
    }
    Ok(answer)
}

/// `skipvalidation` waives everything but the e-mail and the password of a new user.
fn profile(params: &Params, has_owner: bool) -> Result<(), Refusal> {
    let strict = !params.flag("skipvalidation");
    let need = |name: &str, message: &str| -> Result<(), Refusal> {
        if strict && !params.given(name) { Err(message.into()) } else { Ok(()) }
    };
    need("firstname", "You did not enter your first name")?;
    need("lastname", "You did not enter your last name")?;
    if !params.given("email") {
        return Err("You did not enter your email address".into());
    }
    if !plausible_email(params.text("email")) {
        return Err("The email address you entered was not valid".into());
    }
    // Two spaces: so the documentation prints it.
    need("address1", "You did not enter your  address line 1")?;
    need("city", "You did not enter your city")?;
    need("state", "You did not enter your state")?;
    need("postcode", "You did not enter your postcode")?;
    let country = params.text("country").to_ascii_uppercase();
    if strict && !COUNTRIES.split_ascii_whitespace().any(|code| code == country) {
        return Err("Valid country required".into());
    }
    need("phonenumber", "You did not enter your phone number")?;
    let phone = params.text("phonenumber");
    if strict && !phone.chars().all(|c| c.is_ascii_digit() || " +-.()/".contains(c)) {
        return Err("Invalid telephone phone number".into());
    }
    if !has_owner && params.raw("password2").is_empty() {
        return Err("You did not enter a password".into());
    }
    Ok(())
}

fn plausible_email(email: &str) -> bool {
    email.split_once('@').is_some_and(|(local, host)| {
        !local.is_empty() && host.contains('.') && !host.contains('@') && !email.contains(char::is_whitespace)
    })
}

fn unique(context: &Context<'_>, has_owner: bool) -> Result<(), Refusal> {
    let email = context.params.text("email");
    let whmcs = &context.world.ledger.whmcs;
    if !has_owner && whmcs.user_by_email(email).is_some() {
        return Err("A user already exists with that email address".into());
    }
    if whmcs.client_by_email(email).is_some() {
        return Err("The email address entered is not available for use.".into());
    }
    Ok(())
}

fn add_user(context: &mut Context<'_>) -> u64 {
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
        created_at,
    };
    whmcs.clients.insert(id, client);
    id
}
