//! From the verdicts of rules to a list of [`FieldError`]s, in one place for server and browser.

use crate::problem::{FieldCode, FieldError};

/// Input with rules. `#[derive(Validate)]` writes it from `#[validate(custom(function = "…"))]` at the fields.
///
/// The crate `validator` has the same attributes. Its lists of errors are maps with parameters and messages that nobody here reads, and
/// cost 12 KB of the web bundle.
pub trait Validate {
    /// Puts every refused field on the list.
    fn check(&self, verdict: &mut Verdict);

    /// The refused fields with their JSON pointers, in order of the pointers.
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        let mut verdict = Verdict::default();
        self.check(&mut verdict);
        verdict.into_result()
    }
}

/// The refused fields, as far as they were looked at.
#[derive(Debug, Default)]
pub struct Verdict {
    /// Where the fields stand that are looked at now.
    prefix: String,
    found: Vec<FieldError>,
}

impl Verdict {
    /// Takes note of what a rule says about a field.
    pub fn field(&mut self, name: &str, verdict: Result<(), FieldCode>) {
        if let Err(code) = verdict {
            let pointer = format!("{}/{name}", self.prefix);
            // Kept in order: sorting would bring 4 KB of code into the web bundle.
            let place = self.found.partition_point(|known| known.pointer <= pointer);
            self.found.insert(place, FieldError { pointer, code });
        }
    }

    /// Looks at a field that has fields of its own.
    pub fn nested(&mut self, name: &str, inner: &impl Validate) {
        let length = self.prefix.len();
        self.prefix.push('/');
        self.prefix.push_str(name);
        inner.check(self);
        self.prefix.truncate(length);
    }

    fn into_result(self) -> Result<(), Vec<FieldError>> {
        if self.found.is_empty() { Ok(()) } else { Err(self.found) }
    }
}

impl<T: Validate> Validate for Option<T> {
    fn check(&self, verdict: &mut Verdict) {
        if let Some(inner) = self {
            inner.check(verdict);
        }
    }
}

impl<T: Validate> Validate for Vec<T> {
    fn check(&self, verdict: &mut Verdict) {
        for (index, item) in self.iter().enumerate() {
            verdict.nested(&index.to_string(), item);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(wire_derive::Validate)]
    struct Inner {
        #[validate(custom(function = "crate::validate::code"))]
        code: String,
    }

    #[derive(wire_derive::Validate)]
    struct Outer {
        #[validate(nested)]
        rows: Vec<Inner>,
        #[validate(custom(function = "crate::validate::name"))]
        note: Option<String>,
        #[validate(custom(function = "crate::validate::name"))]
        name: String,
    }

    fn pointers(outer: &Outer) -> Vec<(String, FieldCode)> {
        let errors = outer.validate().err().unwrap_or_default();
        errors.into_iter().map(|error| (error.pointer, error.code)).collect()
    }

    #[test]
    fn refused_fields_are_named_by_where_they_stand() {
        let inner = |code: &str| Inner { code: code.to_owned() };
        let good = Outer { rows: vec![inner("123456")], note: None, name: "Ada".to_owned() };
        assert_eq!(good.validate(), Ok(()));
        let bad =
            Outer { rows: vec![inner("123456"), inner("x")], note: Some(String::new()), name: String::new() };
        assert_eq!(
            pointers(&bad),
            [
                ("/name".to_owned(), FieldCode::Required),
                ("/note".to_owned(), FieldCode::Required),
                ("/rows/1/code".to_owned(), FieldCode::Code),
            ]
        );
    }
}
