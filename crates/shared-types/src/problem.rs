//! Problem documents after RFC 9457, with the closed list of codes that clients may match on.

use serde::{Deserialize, Serialize};

use crate::{auth::SecondFactor, wire::Wire};

macro_rules! codes {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Wire)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub enum $name {
            $($(#[$vdoc])* #[serde(rename = $text)] $variant,)+
        }

        impl $name {
            /// Every code, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The code as it stands on the wire.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

codes!(
    /// What went wrong, stable across releases. `docs/ERRORS.md` explains each to the developers of clients.
    ProblemCode {
        /// 400: the body, the query or a header cannot be read.
        RequestMalformed = "request.malformed",
        /// 405: the address exists, but not with this method.
        MethodNotAllowed = "request.method_not_allowed",
        /// 413: the body is larger than allowed.
        RequestTooLarge = "request.too_large",
        /// 415: the body is not `application/json`.
        UnsupportedMediaType = "request.unsupported_media_type",
        /// 408: the body did not arrive in time.
        RequestTimeout = "request.timeout",
        /// 401: no session, or one that has ended.
        AuthRequired = "auth.required",
        /// 401: e-mail address and password do not fit together.
        InvalidCredentials = "auth.invalid_credentials",
        /// 401: a second factor is still due.
        MfaRequired = "auth.mfa_required",
        /// 403: visible, but not allowed.
        Forbidden = "auth.forbidden",
        /// 403: the request does not come from this site.
        Csrf = "auth.csrf",
        /// 403: allowed after a recent sign-in only.
        StepUpRequired = "auth.step_up_required",
        /// 404: absent, or not yours.
        NotFound = "not_found",
        /// 409: the account is still being set up.
        AccountNotReady = "conflict.account_not_ready",
        /// 409: the invoice is not in a state in which this can be done.
        InvoiceState = "conflict.invoice_state",
        /// 409: the customer has switched single sign-on off in the billing system.
        SingleSignOnBlocked = "conflict.single_sign_on_blocked",
        /// 400: the operation needs an `Idempotency-Key`, or the one sent is not of the right form.
        IdempotencyKey = "idempotency.key",
        /// 409: the same request is still being worked on.
        IdempotencyInProgress = "idempotency.in_progress",
        /// 422: the key was used for another request.
        IdempotencyMismatch = "idempotency.mismatch",
        /// 422: see `errors`.
        Validation = "validation",
        /// 422: the mailed code is wrong, used up or too old.
        CodeInvalid = "auth.code_invalid",
        /// 422: the second factor's code is wrong or was used before.
        FactorInvalid = "auth.factor_invalid",
        /// 422: the passkey was not accepted.
        PasskeyInvalid = "auth.passkey_invalid",
        /// 409: the WHMCS login has a second factor: it is linked by signing in at WHMCS.
        LinkSecondFactor = "conflict.link_second_factor",
        /// 409: the WHMCS login has no account that is open.
        LinkNoAccount = "conflict.link_no_account",
        /// 409: the WHMCS login or account is connected to the portal already.
        LinkTaken = "conflict.link_taken",
        /// 409: the step does not fit to how far things have come, or the time for it is over.
        StepOutOfOrder = "conflict.step",
        /// 409: the billing system does not accept the change, and does not say which field it is about.
        BillingRefused = "conflict.billing_refused",
        /// 409: nothing of the kind can be added any more.
        LimitReached = "conflict.limit_reached",
        /// 429: too many; see `Retry-After`.
        RateLimited = "rate_limited",
        /// 500: our mistake.
        Internal = "internal",
        /// 503: the portal has too much to do; see `Retry-After`.
        Busy = "busy",
        /// 502: the system behind answered nonsense.
        UpstreamInvalid = "upstream.invalid",
        /// 503: the system behind cannot be reached.
        UpstreamUnavailable = "upstream.unavailable",
        /// 504: the system behind did not answer in time.
        UpstreamTimeout = "upstream.timeout",
    }
);

impl ProblemCode {
    /// The HTTP status that goes with the code.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::RequestMalformed | Self::IdempotencyKey => 400,
            Self::AuthRequired | Self::InvalidCredentials | Self::MfaRequired => 401,
            Self::Forbidden | Self::Csrf | Self::StepUpRequired => 403,
            Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::RequestTimeout => 408,
            Self::AccountNotReady
            | Self::LinkSecondFactor
            | Self::LinkNoAccount
            | Self::LinkTaken
            | Self::StepOutOfOrder
            | Self::LimitReached
            | Self::BillingRefused
            | Self::InvoiceState
            | Self::SingleSignOnBlocked
            | Self::IdempotencyInProgress => 409,
            Self::RequestTooLarge => 413,
            Self::UnsupportedMediaType => 415,
            Self::IdempotencyMismatch
            | Self::Validation
            | Self::CodeInvalid
            | Self::FactorInvalid
            | Self::PasskeyInvalid => 422,
            Self::RateLimited => 429,
            Self::Internal => 500,
            Self::UpstreamInvalid => 502,
            Self::Busy | Self::UpstreamUnavailable => 503,
            Self::UpstreamTimeout => 504,
        }
    }

    /// A short English title, for people who read answers; user interfaces have their own texts.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::RequestMalformed => "The request cannot be read",
            Self::MethodNotAllowed => "Method not allowed",
            Self::RequestTooLarge => "The body is too large",
            Self::UnsupportedMediaType => "The body must be application/json",
            Self::RequestTimeout => "The body did not arrive in time",
            Self::AuthRequired => "Sign in first",
            Self::InvalidCredentials => "E-mail address or password is wrong",
            Self::MfaRequired => "A second factor is due",
            Self::Forbidden => "Not allowed",
            Self::Csrf => "The request does not come from this site",
            Self::StepUpRequired => "Confirm that it is you",
            Self::NotFound => "Not found",
            Self::AccountNotReady => "The account is still being set up",
            Self::InvoiceState => "The invoice is not in the right state",
            Self::SingleSignOnBlocked => "Single sign-on is switched off",
            Self::IdempotencyKey => "A valid Idempotency-Key is needed",
            Self::IdempotencyInProgress => "The same request is still running",
            Self::IdempotencyMismatch => "The Idempotency-Key belongs to another request",
            Self::Validation => "Some fields are not right",
            Self::CodeInvalid => "The code is not valid",
            Self::FactorInvalid => "The second factor's code is not valid",
            Self::PasskeyInvalid => "The passkey was not accepted",
            Self::LinkSecondFactor => "Sign in at the billing system to link this login",
            Self::LinkNoAccount => "This login has no open account",
            Self::LinkTaken => "This login is connected to the portal already",
            Self::StepOutOfOrder => "This step cannot be done now",
            Self::BillingRefused => "The billing system does not accept the change",
            Self::LimitReached => "No more can be added",
            Self::RateLimited => "Too many requests",
            Self::Internal => "Something went wrong on our side",
            Self::Busy => "Too busy",
            Self::UpstreamInvalid => "A system behind the portal answered nonsense",
            Self::UpstreamUnavailable => "A system behind the portal cannot be reached",
            Self::UpstreamTimeout => "A system behind the portal did not answer in time",
        }
    }
}

codes!(
    /// What is wrong with one field.
    FieldCode {
        /// Nothing was given.
        Required = "required",
        /// Fewer characters than needed.
        TooShort = "too_short",
        /// More characters than allowed.
        TooLong = "too_long",
        /// A number or date outside the range.
        OutOfRange = "out_of_range",
        /// Not an e-mail address.
        Email = "email",
        /// Control characters or others that do not belong there.
        Characters = "characters",
        /// Not one of the values allowed.
        Choice = "choice",
        /// Of the wrong JSON type.
        Type = "type",
        /// A field that this operation does not know.
        Unknown = "unknown",
        /// The password is easy to guess.
        PasswordWeak = "password_weak",
        /// The password is on the list of common ones.
        PasswordCommon = "password_common",
        /// The password holds the user's own data.
        PasswordPersonal = "password_personal",
        /// Not a six-digit code.
        Code = "code",
        /// The same as the one before, which it must not be.
        Same = "same",
    }
);

/// One wrong field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Wire)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldError {
    /// JSON pointer (RFC 6901) into the request's body, or `?name` for a parameter of the query.
    #[cfg_attr(feature = "openapi", schema(example = "/email"))]
    pub pointer: String,
    /// What is wrong.
    pub code: FieldCode,
}

/// A problem document (RFC 9457), media type `application/problem+json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Wire)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// `/problems/<code>`.
    #[serde(rename = "type")]
    #[cfg_attr(feature = "openapi", schema(example = "/problems/not_found"))]
    pub kind: String,
    /// A short English title.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What is the matter in this case, where the title does not say all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The id of the request, for a question to support.
    pub instance: String,
    /// The code to match on.
    pub code: ProblemCode,
    /// The wrong fields.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// With `auth.mfa_required` of `issue_token`: the second factors that can be given, the best first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub methods: Option<Vec<SecondFactor>>,
}

impl Problem {
    /// A problem without detail and fields.
    #[must_use]
    pub fn new(code: ProblemCode, request_id: impl Into<String>) -> Self {
        Self {
            kind: format!("/problems/{code}"),
            title: code.title().to_owned(),
            status: code.status(),
            detail: None,
            instance: request_id.into(),
            code,
            errors: Vec::new(),
            methods: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_read_back_as_they_are_written() {
        for code in ProblemCode::ALL {
            let json = serde_json::to_string(code).unwrap();
            assert_eq!(json, format!("\"{code}\""));
            assert_eq!(serde_json::from_str::<ProblemCode>(&json).unwrap(), *code);
            assert!((400..600).contains(&code.status()), "{code}");
        }
    }

    #[test]
    fn a_problem_names_its_type_after_its_code() {
        let problem = Problem::new(ProblemCode::NotFound, "r-1");
        let json = serde_json::to_value(&problem).unwrap();
        assert_eq!(json["type"], "/problems/not_found");
        assert_eq!(json["status"], 404);
        assert!(json.get("errors").is_none(), "no empty list of fields");
    }
}
