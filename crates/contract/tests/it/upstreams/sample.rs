//! The samples of answers that were looked at for each call: a committed list of files, which themselves lie beside the
//! repository. Where they do, the list is held against them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

const LIST: &str = include_str!("samples.tsv");

/// A file of samples.
pub struct Sample {
    pub system: &'static str,
    /// The call it belongs to; none for what is about no single one.
    pub call: Option<&'static str>,
    pub file: &'static str,
}

pub fn samples() -> impl Iterator<Item = Sample> {
    LIST.lines().map(|line| {
        let mut cells = line.split('\t');
        let mut next = || cells.next().unwrap();
        let (system, call, file) = (next(), next(), next());
        Sample { system, call: Some(call).filter(|call| *call != "-"), file }
    })
}

/// Where the contract documents and the samples are, if they are anywhere.
pub fn folder() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/upstreams");
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: no contract documents at {}", folder.display());
    None
}

#[test]
fn the_list_of_samples_is_what_is_there() {
    let Some(folder) = folder() else { return };
    for system in ["whmcs", "salesforce"] {
        let names = std::fs::read_dir(folder.join(system)).unwrap().map(|entry| entry.unwrap().file_name());
        let there: BTreeSet<String> = names
            .map(|name| name.into_string().unwrap())
            .filter(|name| Path::new(name).extension().is_some_and(|extension| extension == "json"))
            .collect();
        let listed = samples().filter(|sample| sample.system == system);
        let listed: Vec<String> = listed.map(|sample| sample.file.to_owned()).collect();
        assert_eq!(listed, there.into_iter().collect::<Vec<_>>(), "{system}: samples.tsv");
    }
}
