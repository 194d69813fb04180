//! The contract: the generated OpenAPI document, and the answers that operations share.

use std::collections::BTreeMap;

use shared_types::problem::{FieldCode, Problem, ProblemCode};
use utoipa::{
    IntoResponses, Modify, OpenApi, PartialSchema,
    openapi::{
        Content, OpenApi as Document, RefOr, Response, ResponseBuilder,
        schema::{Object, ObjectBuilder, Schema, Type},
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme},
    },
};

use crate::http::bearer;

/// What the generator cannot read off the operations.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Customer portal",
        version = "1",
        description = "Sign-up, sign-in, invoices and the dashboard of the customer portal. Errors are problem documents (RFC 9457); match on `code`."
    ),
    tags(
        (name = "auth", description = "Signing up, in and out"),
        (name = "tokens", description = "Access tokens, for front ends on other origins"),
        (name = "account", description = "The customer and the dashboard"),
        (name = "security", description = "What protects the account"),
        (name = "invoices", description = "Invoices and paying them"),
        (name = "reference", description = "What is the same for everybody")
    ),
    components(schemas(Problem)),
    modifiers(&Security)
)]
pub struct Frame;

struct Security;

impl Modify for Security {
    fn modify(&self, document: &mut Document) {
        let cookie = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::with_description(
            "__Host-portal_session",
            "Set by `log_in` and `confirm_sign_up`. Sent by browsers on this origin only.",
        )));
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("session", cookie);
        let token = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("JWT")
            .description(Some(
                "From `issue_token`, on the origins that the operator names. Never together with the cookie.",
            ))
            .build();
        components.add_security_scheme("token", SecurityScheme::Http(token));
    }
}

/// One problem document per status.
fn problems(statuses: &[(u16, &str)]) -> BTreeMap<String, RefOr<Response>> {
    statuses
        .iter()
        .map(|(status, description)| {
            let schema: RefOr<Schema> = RefOr::Ref(utoipa::openapi::Ref::from_schema_name("Problem"));
            let content = Content::new(Some(schema));
            let response =
                ResponseBuilder::new().description(*description).content("application/problem+json", content);
            ((*status).to_string(), RefOr::T(response.build()))
        })
        .collect()
}

const INTERNAL: (u16, &str) = (500, "`internal`");
const UNREADABLE: (u16, &str) = (400, "`request.malformed`; for writing operations also `idempotency.key`");
const FORBIDDEN: (u16, &str) = (403, "`auth.csrf`, `auth.forbidden`, `auth.step_up_required`");
const BUSY: (u16, &str) = (503, "`busy`, `upstream.unavailable`; see `Retry-After`");
const LIMITED: (u16, &str) = (429, "`rate_limited`; see `Retry-After`");

/// What an operation for signed-in users may answer.
pub struct SignedInProblems;

impl IntoResponses for SignedInProblems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        problems(&[
            (
                401,
                "`auth.required`, `auth.mfa_required`; where a password is asked for also `auth.invalid_credentials`",
            ),
            FORBIDDEN,
            LIMITED,
            INTERNAL,
            BUSY,
        ])
    }
}

/// What an operation for those who owe a second proof may answer besides.
pub struct PendingProblem;

impl IntoResponses for PendingProblem {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        problems(&[(
            401,
            "`auth.required`: nobody has given a password, or the time or the tries for the second proof are over",
        )])
    }
}

/// What an operation that asks billing or support may answer.
pub struct ReadProblems;

impl IntoResponses for ReadProblems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        problems(&[
            UNREADABLE,
            (
                409,
                "`conflict.account_not_ready`; for writing operations also other `conflict.*` and `idempotency.in_progress`",
            ),
            (502, "`upstream.invalid`"),
            BUSY,
            (504, "`upstream.timeout`"),
        ])
    }
}

/// What an operation for everybody that asks billing may answer beside.
pub struct UpstreamProblems;

impl IntoResponses for UpstreamProblems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        problems(&[(502, "`upstream.invalid`"), (504, "`upstream.timeout`")])
    }
}

/// What an operation that a browser visits may answer beside.
pub struct VisitProblems;

impl IntoResponses for VisitProblems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        problems(&[(400, "`request.malformed`"), LIMITED])
    }
}

/// What a read with parameters may answer.
pub struct UnreadableProblem;

impl IntoResponses for UnreadableProblem {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        problems(&[UNREADABLE])
    }
}

/// What an operation about one object may answer.
pub struct NotFoundProblem;

impl IntoResponses for NotFoundProblem {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        problems(&[(404, "`not_found`: absent, or somebody else's")])
    }
}

/// What a read for everybody may answer.
pub struct PublicReadProblems;

impl IntoResponses for PublicReadProblems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        problems(&[(403, "`auth.csrf`, `auth.forbidden`"), INTERNAL, BUSY])
    }
}

/// What every operation with a body may answer.
pub struct WriteProblems;

impl IntoResponses for WriteProblems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        problems(&[
            UNREADABLE,
            FORBIDDEN,
            (408, "`request.timeout`"),
            (409, "`idempotency.in_progress`, `conflict.*`"),
            (413, "`request.too_large`"),
            (415, "`request.unsupported_media_type`"),
            (
                422,
                "`validation`, `auth.code_invalid`, `auth.factor_invalid`, `auth.passkey_invalid`, `idempotency.mismatch`",
            ),
            LIMITED,
            INTERNAL,
            BUSY,
        ])
    }
}

/// The whole document: what the operations say of themselves, in the frame.
#[must_use]
pub fn complete(operations: Document) -> Document {
    let mut document = Frame::openapi();
    document.merge(operations);
    allow_tokens(&mut document);
    // Referenced by hand-made answers only, which the generator does not follow.
    let schemas = &mut document.components.get_or_insert_default().schemas;
    schemas.entry("Problem".to_owned()).or_insert_with(Problem::schema);
    // The generator reads the attributes of these before the macro that makes them has filled in the words on the wire.
    let problems = ProblemCode::ALL.iter().map(|code| code.as_str());
    schemas
        .insert("ProblemCode".to_owned(), words("What went wrong, stable across releases.", problems).into());
    let fields = FieldCode::ALL.iter().map(|code| code.as_str());
    schemas.insert("FieldCode".to_owned(), words("What is wrong with one field.", fields).into());
    document
}

/// Whoever may come with a session's cookie may come with a token, but for what is the business of a browser's session.
fn allow_tokens(document: &mut Document) {
    let token = SecurityRequirement::new("token", <[&str; 0]>::default());
    for (path, item) in &mut document.paths.paths {
        if bearer::is_for_cookies_only(path) {
            continue;
        }
        let operations = [&mut item.get, &mut item.post, &mut item.patch, &mut item.put, &mut item.delete];
        for operation in operations.into_iter().flatten() {
            if let Some(security) = &mut operation.security {
                security.push(token.clone());
            }
        }
    }
}

fn words(description: &str, words: impl Iterator<Item = &'static str>) -> Object {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .description(Some(description))
        .enum_values(Some(words))
        .build()
}
