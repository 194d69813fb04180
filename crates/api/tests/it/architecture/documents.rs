//! What the documents list is what the code knows: variables of the configuration, codes of problems.

use std::collections::BTreeSet;

use portal_api::doctor::Code;
use shared_types::problem::{FieldCode, ProblemCode};

use super::source::{literals, root, sources};

/// Names of variables that the portal reads, wherever they stand.
fn variables(text: &str) -> BTreeSet<String> {
    let is_ours = |word: &&str| {
        let known = ["PORTAL_", "WHMCS_", "SF_", "BFF_", "DATABASE_URL", "REDIS_URL"];
        let plain =
            word.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
        plain && !word.ends_with('_') && known.iter().any(|prefix| word.starts_with(prefix))
    };
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').filter(is_ours).map(str::to_owned).collect()
}

#[test]
fn every_variable_is_documented_and_every_documented_one_is_read() {
    let config = sources("crates/api/src/config");
    let read: BTreeSet<String> =
        config.iter().flat_map(|file| variables(&literals(&file.text).join(" "))).collect();
    assert!(read.len() > 30 && read.contains("PORTAL_SETTLE_SECONDS"), "{read:?}");
    let document = std::fs::read_to_string(root().join("docs/CONFIGURATION.md")).unwrap();
    let documented = variables(&document);
    let missing: Vec<_> = read.difference(&documented).collect();
    let unknown: Vec<_> = documented.difference(&read).collect();
    assert!(
        missing.is_empty() && unknown.is_empty(),
        "not documented: {missing:?}; documented, but not read: {unknown:?}"
    );
}

/// The codes at the beginning of the rows of a document's tables.
fn codes(document: &str) -> Vec<&str> {
    document.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect()
}

#[test]
fn every_code_is_explained_once_and_no_other() {
    let document = std::fs::read_to_string(root().join("docs/ERRORS.md")).unwrap();
    let mut explained = codes(&document);
    explained.sort_unstable();
    let problems = ProblemCode::ALL.iter().map(|code| code.as_str());
    let mut known: Vec<&str> = problems.chain(FieldCode::ALL.iter().map(|code| code.as_str())).collect();
    known.sort_unstable();
    assert_eq!(explained, known);
}

#[test]
fn every_check_of_the_doctor_is_in_the_operators_table_in_its_order() {
    let document = std::fs::read_to_string(root().join("docs/OPERATIONS.md")).unwrap();
    let (_, section) = document.split_once("## Before the first start").unwrap();
    let listed: Vec<_> = codes(section).into_iter().filter(|code| code.contains('.')).collect();
    let known: Vec<_> = Code::ALL.iter().map(|code| code.name()).collect();
    assert_eq!(listed, known);
}

#[test]
fn documents_are_read_as_they_should() {
    let config = "/// `PORTAL_COMMENT`\nfn f() { r.text(\"PORTAL_NAME\", \"x\"); }\n#[cfg(test)]\nmod tests { const X: &str = \"PORTAL_TEST\"; }";
    assert_eq!(variables(&literals(config).join(" ")), ["PORTAL_NAME".to_owned()].into());
    assert_eq!(
        variables("`SF_USERNAME`, `PORTAL_LIMIT_…`, WHMCS_Client_Id__c, PORTAL_LIMIT_*"),
        ["SF_USERNAME".to_owned()].into()
    );
    assert_eq!(codes("| code | x |\n| --- |\n| `not_found` | 404 |\ntext `other`"), ["not_found"]);
}
