//! States and regions, for the countries of which WHMCS's own pages offer a list. Elsewhere the region is a free text.

use std::sync::LazyLock;

use shared_types::problem::FieldCode;

const FILE: &str = include_str!("regions.txt");

static REGIONS: LazyLock<Vec<(&'static str, Vec<&'static str>)>> = LazyLock::new(|| {
    let lines = FILE.lines().filter(|line| !line.starts_with('#'));
    let country = |line: &'static str| {
        let (code, names) = line.split_once(' ')?;
        Some((code, names.split(';').map(str::trim).collect()))
    };
    lines.filter_map(country).collect()
});

/// The regions of a country, in the order in which to show them; empty where the region is a free text.
#[must_use]
pub fn regions(country: &str) -> &'static [&'static str] {
    let found = REGIONS.iter().find(|(code, _)| *code == country);
    found.map(|(_, names)| names.as_slice()).unwrap_or_default()
}

/// What is wrong with a region of a country, if anything is.
#[must_use]
pub fn complaint(country: &str, region: &str) -> Option<FieldCode> {
    let known = regions(country);
    if known.is_empty() || known.contains(&region.trim()) {
        return None;
    }
    Some(if region.trim().is_empty() { FieldCode::Required } else { FieldCode::Choice })
}

#[cfg(test)]
mod tests {
    use shared_types::validate;

    use super::*;

    #[test]
    fn the_file_is_whole() {
        let codes: Vec<_> = REGIONS.iter().map(|(code, _)| *code).collect();
        assert_eq!(codes, ["AU", "BR", "CA", "DE", "ES", "FR", "GB", "IN", "IT", "NL", "NZ", "US"]);
        for (code, names) in REGIONS.iter() {
            assert!(validate::country(code).is_ok());
            assert!(names.len() >= 8, "{code}");
            for name in names {
                assert!(validate::name(name).is_ok(), "{code}: {name}");
                assert_eq!(names.iter().filter(|other| *other == name).count(), 1, "{code}: {name} twice");
            }
        }
        assert_eq!((regions("US").len(), regions("IT").len(), regions("BR").len()), (56, 107, 27));
    }

    #[test]
    fn a_list_is_binding_and_a_free_text_is_free() {
        assert_eq!(complaint("US", "Texas"), None);
        assert_eq!(complaint("US", "texas"), Some(FieldCode::Choice));
        assert_eq!(complaint("US", "Bayern"), Some(FieldCode::Choice));
        assert_eq!(complaint("US", " "), Some(FieldCode::Required));
        assert_eq!(complaint("SE", ""), None);
        assert_eq!(complaint("SE", "Skåne"), None);
    }
}
