//! Input that nobody expects, random and kept: what comes from outside never makes this crate panic, and what goes out
//! never says more than was meant. Findings are kept as files under `__fuzz__/<target>/crashes`.

mod answers;
mod multipart;
mod soql;

use std::path::Path;
use std::time::Duration;

/// For the random part of one target.
const TIME: Duration = Duration::from_millis(600);

#[test]
fn every_target_has_a_corpus() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/fuzz/__fuzz__");
    for target in ["answers", "ids_and_times", "multipart", "soql"] {
        let kept = std::fs::read_dir(folder.join(target).join("corpus")).unwrap().count();
        assert!(kept > 0, "{target}");
    }
}
