//! The size budget of a first load: html, loader, wasm and styles, as brotli sends them.

use std::path::Path;

use crate::{assets::Asset, error::BuildError};

/// 250 KB, the budget of the whole app.
const BUDGET: usize = 250_000;
const COUNTED: [&str; 4] = ["html", "js", "wasm", "css"];

/// Reads a bundle's list and reports its sizes; above the budget the report is an error.
pub fn check(out: &Path) -> Result<String, BuildError> {
    let list = out.join("assets.json");
    let text = std::fs::read_to_string(&list).map_err(BuildError::file(&list))?;
    let assets: Vec<Asset> = serde_json::from_str(&text)?;
    let total = total(&assets);
    let report = report(&assets);
    if total > BUDGET { Err(BuildError::TooLarge { report, budget: BUDGET }) } else { Ok(report) }
}

/// One line per file, and the sum of what counts.
pub fn report(assets: &[Asset]) -> String {
    let mut lines: Vec<String> = assets
        .iter()
        .map(|asset| format!("{:>10} {:>9} br  {}", asset.bytes, asset.brotli_bytes, asset.path))
        .collect();
    lines.push(format!("{:>10} {:>9} br  first load, budget {BUDGET}", "", total(assets)));
    lines.join("\n")
}

fn total(assets: &[Asset]) -> usize {
    assets.iter().filter(|asset| counts(&asset.path)).map(|asset| asset.brotli_bytes).sum()
}

fn counts(path: &str) -> bool {
    path.rsplit('.').next().is_some_and(|extension| COUNTED.contains(&extension))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bundle(brotli_bytes: usize) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let asset = |path: &str, brotli_bytes| Asset {
            path: path.to_owned(),
            hash: String::new(),
            content_type: String::new(),
            bytes: brotli_bytes,
            brotli_bytes,
            immutable: true,
        };
        let assets = [asset("/assets/portal-1.wasm", brotli_bytes), asset("/assets/icon-1.svg", BUDGET)];
        std::fs::write(folder.path().join("assets.json"), serde_json::to_string(&assets).unwrap()).unwrap();
        folder
    }

    #[test]
    fn a_bundle_within_the_budget_passes() {
        assert!(check(bundle(BUDGET).path()).unwrap().contains("first load"));
    }

    #[test]
    fn a_bundle_above_the_budget_fails() {
        let error = check(bundle(BUDGET + 1).path()).unwrap_err();
        assert!(matches!(error, BuildError::TooLarge { .. }));
    }
}
