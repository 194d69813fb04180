//! From Rust to a wasm module and its JavaScript glue.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    process::Command,
};

use wasm_bindgen_cli_support::Bindgen;

use crate::{
    error::BuildError,
    glue::{self, Names},
};

const TARGET: &str = "wasm32-unknown-unknown";
const PACKAGE: &str = "portal-web";

/// The compiled app.
pub struct App {
    /// The glue, an ES module whose default export starts the app.
    pub js: String,
    /// The module.
    pub wasm: Vec<u8>,
}

/// Compiles the app and generates its glue.
pub fn app(workspace: &Path, dev: bool) -> Result<App, BuildError> {
    let profile = if dev { "dev" } else { "web" };
    cargo_build(workspace, profile)?;
    // Cargo keeps the output of the profile `dev` in `debug`.
    let folder = if dev { "debug" } else { profile };
    let module = workspace.join("target").join(TARGET).join(folder).join(format!("{PACKAGE}.wasm"));
    bindgen(&module)
}

fn cargo_build(workspace: &Path, profile: &str) -> Result<(), BuildError> {
    let status = Command::new("cargo")
        .current_dir(workspace)
        .args(["build", "--locked", "--package", PACKAGE, "--target", TARGET, "--profile", profile])
        // Said aloud, so that the module is found below whatever the environment names as the place of artefacts.
        .arg("--target-dir")
        .arg(workspace.join("target"))
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", rust_flags(workspace))
        .status()
        .map_err(|source| BuildError::Start { program: "cargo", source })?;
    if status.success() { Ok(()) } else { Err(BuildError::Failed { program: "cargo", status }) }
}

/// Panic messages carry source paths: the host's are cut off, so that a bundle says nothing about the machine it was built on.
fn rust_flags(workspace: &Path) -> OsString {
    let mut flags = OsString::new();
    let mut cut = |from: &Path, to: &str| {
        flags.push("--remap-path-prefix=");
        flags.push(from);
        flags.push("=");
        flags.push(to);
        flags.push(" ");
    };
    cut(workspace, "portal");
    if let Some(home) = cargo_home() {
        let sources = home.join("registry").join("src");
        // The later prefix wins, hence the general one first.
        cut(&home, "cargo");
        for registry in std::fs::read_dir(&sources).into_iter().flatten().flatten() {
            cut(&registry.path(), "crates");
        }
    }
    flags
}

fn cargo_home() -> Option<PathBuf> {
    std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::home_dir().map(|home| home.join(".cargo")))
}

fn bindgen(module: &Path) -> Result<App, BuildError> {
    let failed = |error: &dyn std::fmt::Display| BuildError::Bindgen(error.to_string());
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(module)
        .out_name("portal")
        .typescript(false)
        .omit_default_module_path(true)
        .remove_name_section(true)
        .remove_producers_section(true)
        .web(true)
        .map_err(|error| failed(&error))?;
    let mut output = bindgen.generate_output().map_err(|error| failed(&error))?;
    let js = glue::without_comments(&glue::without_streams(output.js()));
    let module = output.wasm_mut();
    let streams: Vec<_> = module
        .exports
        .iter()
        .filter(|export| glue::is_of_streams(&export.name))
        .map(walrus::Export::id)
        .collect();
    for export in streams {
        module.exports.delete(export);
    }
    walrus::passes::gc::run(module);
    let mut names = Names::default();
    for import in module.imports.iter_mut() {
        names.shorten(&mut import.name);
    }
    for export in module.exports.iter_mut() {
        names.shorten(&mut export.name);
    }
    Ok(App { js: names.apply(&js), wasm: module.emit_wasm() })
}
