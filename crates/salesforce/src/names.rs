//! Names of objects and fields: constants of the program, checked when it is compiled. Text from outside can never
//! become a name.

/// Deepest path from a child to its parents: SOQL and SOSL Reference, "Understanding Relationship Query Limitations".
const MAX_PARENTS: usize = 5;

/// API name of an object, e.g. `Case`, or of a relationship to child records, e.g. `CaseComments`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Object(&'static str);

/// API name of a field, or a path of names such as `Account.Name` that leads to it over at most five parents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Field(&'static str);

impl Object {
    /// A name known when the program is written.
    ///
    /// # Panics
    /// When the name is no SOQL identifier; in a constant that is a compile error.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        assert!(is_path(name.as_bytes(), 0), "no name of an object");
        Self(name)
    }

    /// The name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.0
    }
}

impl Field {
    /// `Id`, which every object has.
    pub const ID: Self = Self::new("Id");

    /// A name known when the program is written.
    ///
    /// # Panics
    /// When the name is no dotted path of SOQL identifiers; in a constant that is a compile error.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        assert!(is_path(name.as_bytes(), MAX_PARENTS), "no name of a field");
        Self(name)
    }

    /// The name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.0
    }

    /// The parents on the way to the field: for `Case.Account.Name` `Case` and `Case.Account`.
    pub(crate) fn parents(self) -> impl Iterator<Item = &'static str> {
        self.0.match_indices('.').filter_map(move |(at, _)| self.0.get(..at))
    }
}

/// Letters, digits and `_` in parts that begin with a letter, joined by at most so many single dots.
const fn is_path(mut name: &[u8], mut dots: usize) -> bool {
    let mut at_start = true;
    while let [byte, rest @ ..] = name {
        let fits = if at_start {
            byte.is_ascii_alphabetic()
        } else if *byte == b'.' {
            let fits = dots > 0;
            dots = dots.saturating_sub(1);
            fits
        } else {
            byte.is_ascii_alphanumeric() || *byte == b'_'
        };
        if !fits {
            return false;
        }
        at_start = *byte == b'.';
        name = rest;
    }
    !at_start
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_identifiers_are_names() {
        let is_path = |name: &str| is_path(name.as_bytes(), MAX_PARENTS);
        for name in ["Case", "Portal_Request_Id__c", "Account.Owner.Name", "a1", "a.b.c.d.e.f"] {
            assert!(is_path(name), "{name}");
        }
        for name in
            ["", ".", "a.", ".a", "a..b", "1a", "_a", "a b", "a'", "COUNT()", "é", "a.1", "a.b.c.d.e.f.g"]
        {
            assert!(!is_path(name), "{name}");
        }
    }

    #[test]
    fn an_object_is_no_path() {
        assert!(is_path(b"Case", 0));
        assert!(!is_path(b"Case.Id", 0));
    }

    #[test]
    fn parents_are_the_path_without_its_end() {
        let parents: Vec<_> = Field::new("Case.Account.Name").parents().collect();
        assert_eq!(parents, ["Case", "Case.Account"]);
        assert_eq!(Field::ID.parents().count(), 0);
    }
}
