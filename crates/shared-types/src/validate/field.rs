//! From a rule's verdict to a [`FieldError`], in one place for server and browser.

use validator::{ValidationError, ValidationErrors, ValidationErrorsKind};

use crate::problem::{FieldCode, FieldError};

/// Turns a field code into the verdict of a rule.
pub trait FieldCheck {
    /// The refusal with this code.
    fn refuse(self) -> Result<(), ValidationError>;
}

impl FieldCheck for FieldCode {
    fn refuse(self) -> Result<(), ValidationError> {
        Err(ValidationError::new(self.as_str()))
    }
}

/// Every refused field with its JSON pointer, in order of the pointers.
#[must_use]
pub fn field_errors(errors: &ValidationErrors) -> Vec<FieldError> {
    let mut found = Vec::new();
    collect(errors, "", &mut found);
    found.sort_by(|a, b| a.pointer.cmp(&b.pointer));
    found
}

fn collect(errors: &ValidationErrors, prefix: &str, found: &mut Vec<FieldError>) {
    for (name, kind) in errors.errors() {
        let pointer = format!("{prefix}/{name}");
        match kind {
            ValidationErrorsKind::Field(refusals) => {
                found.extend(
                    refusals
                        .iter()
                        .map(|refusal| FieldError { pointer: pointer.clone(), code: code_of(refusal) }),
                );
            }
            ValidationErrorsKind::Struct(inner) => collect(inner, &pointer, found),
            ValidationErrorsKind::List(items) => {
                for (index, inner) in items {
                    collect(inner, &format!("{pointer}/{index}"), found);
                }
            }
        }
    }
}

fn code_of(refusal: &ValidationError) -> FieldCode {
    FieldCode::ALL.iter().copied().find(|code| code.as_str() == refusal.code).unwrap_or(FieldCode::Choice)
}
