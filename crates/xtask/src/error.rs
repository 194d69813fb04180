//! Why a bundle was not built.

use std::{
    io,
    path::{Path, PathBuf},
    process::ExitStatus,
};

/// Why a bundle was not built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    #[error("this crate does not lie in a workspace")]
    NoWorkspace,
    #[error("`{program}` cannot be started: {source}")]
    Start { program: &'static str, source: io::Error },
    #[error("`{program}` failed: {status}")]
    Failed { program: &'static str, status: ExitStatus },
    #[error("{}: {source}", path.display())]
    File { path: PathBuf, source: io::Error },
    /// wasm-bindgen has no error type of its own, so its text is all there is.
    #[error("wasm-bindgen: {0}")]
    Bindgen(String),
    #[error("assets.json cannot be read or written: {0}")]
    List(#[from] serde_json::Error),
    #[error("compression failed: {0}")]
    Compression(io::Error),
    #[error("the page template names `{0}`, which nothing fills in")]
    Placeholder(String),
    #[error("{report}\nabove the budget of {budget} bytes")]
    TooLarge { report: String, budget: usize },
}

impl BuildError {
    /// Says which file an IO error is about.
    pub fn file(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::File { path, source }
    }
}
