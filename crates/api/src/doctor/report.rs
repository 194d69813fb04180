//! What was found: for people a line for each check, for programs an array.
//!
//! Says nothing in the words of another system: texts are written here, numbers and names are parsed before they get in.

use std::fmt::Write as _;

use serde::{Serialize, Serializer, ser::SerializeStruct as _};

use super::code::{Code, Group};

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// As it should be.
    Ok,
    /// The portal works, but not as well as it could.
    Warning,
    /// Something will not work.
    Wrong,
    /// Nobody knows.
    NotChecked,
}

impl State {
    /// The word in front of the line.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Wrong => "wrong",
            Self::NotChecked => "not checked",
        }
    }
}

/// One thing that was looked at.
#[derive(Clone, Debug)]
pub struct Check {
    /// What.
    pub code: Code,
    /// Which of several: an action, an object, a field.
    pub subject: Option<String>,
    /// How it ended.
    pub state: State,
    /// What it means.
    pub says: String,
    /// How to mend it.
    pub mend: Option<String>,
}

impl Check {
    fn new(code: Code, state: State, says: impl Into<String>, mend: Option<String>) -> Self {
        Self { code, subject: None, state, says: says.into(), mend }
    }

    /// All is well.
    #[must_use]
    pub fn ok(code: Code, says: impl Into<String>) -> Self {
        Self::new(code, State::Ok, says, None)
    }

    /// It could be better.
    #[must_use]
    pub fn warning(code: Code, says: impl Into<String>, mend: impl Into<String>) -> Self {
        Self::new(code, State::Warning, says, Some(mend.into()))
    }

    /// It has to be mended.
    #[must_use]
    pub fn wrong(code: Code, says: impl Into<String>, mend: impl Into<String>) -> Self {
        Self::new(code, State::Wrong, says, Some(mend.into()))
    }

    /// It was not looked at.
    #[must_use]
    pub fn not_checked(code: Code, why: impl Into<String>) -> Self {
        Self::new(code, State::NotChecked, why, None)
    }

    /// Names which of several it is.
    #[must_use]
    pub fn about(mut self, subject: impl Into<String>) -> Self {
        self.subject = Some(subject.into());
        self
    }

    /// Says how to find out, or how to mend it.
    #[must_use]
    pub fn with_mend(mut self, mend: impl Into<String>) -> Self {
        self.mend = Some(mend.into());
        self
    }

    /// Code and subject, as one looks for them.
    #[must_use]
    pub fn name(&self) -> String {
        self.subject
            .as_ref()
            .map_or_else(|| self.code.name().to_owned(), |subject| format!("{} {subject}", self.code.name()))
    }
}

impl Serialize for Check {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut check = serializer.serialize_struct("Check", 6)?;
        check.serialize_field("code", &self.code)?;
        check.serialize_field("group", &self.code.group())?;
        check.serialize_field("subject", &self.subject)?;
        check.serialize_field("state", &self.state)?;
        check.serialize_field("says", &self.says)?;
        check.serialize_field("mend", &self.mend)?;
        check.end()
    }
}

/// Everything that was looked at.
#[derive(Clone, Debug)]
pub struct Report {
    /// By group, in the order in which one mends things.
    pub checks: Vec<Check>,
}

impl Report {
    /// Whether nothing is wrong; warnings are allowed.
    #[must_use]
    pub fn is_well(&self) -> bool {
        self.count(State::Wrong) == 0
    }

    fn count(&self, state: State) -> usize {
        self.checks.iter().filter(|check| check.state == state).count()
    }

    /// For people.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        for group in Group::ALL {
            let mut checks = self.checks.iter().filter(|check| check.code.group() == group).peekable();
            if checks.peek().is_none() {
                continue;
            }
            push(&mut text, format_args!("{}\n", group.heading()));
            for check in checks {
                push(
                    &mut text,
                    format_args!("  {:<12} {}: {}\n", check.state.word(), check.name(), check.says),
                );
                if let Some(mend) = &check.mend {
                    push(&mut text, format_args!("  {:<12} -> {mend}\n", ""));
                }
            }
            text.push('\n');
        }
        let [ok, warnings, wrong, unchecked] =
            [State::Ok, State::Warning, State::Wrong, State::NotChecked].map(|state| self.count(state));
        push(
            &mut text,
            format_args!("{wrong} wrong, {warnings} warning(s), {unchecked} not checked, {ok} ok\n"),
        );
        text
    }

    /// For programs: an array of checks.
    #[must_use]
    pub fn json(&self) -> String {
        let mut json = serde_json::to_string_pretty(&self.checks).unwrap_or_default();
        json.push('\n');
        json
    }
}

fn push(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    // Writing to a String cannot fail.
    let _never_fails = text.write_fmt(arguments);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_for_each_check_under_its_group() {
        let report = Report {
            checks: vec![
                Check::ok(Code::MailReach, "answers"),
                Check::wrong(Code::WhmcsAction, "no", "tick it").about("GetUsers"),
                Check::not_checked(Code::WhmcsHook, "cannot be seen"),
            ],
        };
        assert_eq!(
            report.text(),
            "WHMCS\n  wrong        whmcs.action GetUsers: no\n               -> tick it\n  not checked  whmcs.hook: cannot be \
             seen\n\nMail\n  ok           mail.reach: answers\n\n1 wrong, 0 warning(s), 1 not checked, 1 ok\n"
        );
        assert!(!report.is_well());
    }

    #[test]
    fn names_are_unique_and_begin_with_what_they_are_about() {
        let mut names: Vec<_> = Code::ALL.iter().map(|code| code.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Code::ALL.len());
        assert!(names.iter().all(|name| name.contains('.')));
    }
}
