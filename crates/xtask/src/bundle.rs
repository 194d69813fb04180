//! Puts a bundle together: compile, style, name after content, fill in the page, compress, list.

use std::path::Path;

use crate::{
    assets::Writer,
    compile::{self, App},
    error::BuildError,
    page, size, styles,
};

/// Builds the bundle into `out` and reports the sizes.
pub fn build(workspace: &Path, out: &Path, dev: bool) -> Result<String, BuildError> {
    let web = workspace.join("crates").join("web");
    let app = compile::app(workspace, dev)?;
    let scratch = workspace.join("target").join("web-bundle");
    std::fs::create_dir_all(&scratch).map_err(BuildError::file(&scratch))?;
    let css = styles::sheet(&web, &scratch, dev)?;

    // Built beside the old bundle and moved into its place, so that a server never sees half of it.
    let fresh = scratch.join("fresh");
    clear(&fresh)?;
    let mut writer = Writer::new(&fresh, dev);
    write_files(&mut writer, &web.join("static"), &app, &css)?;
    let list = fresh.join("assets.json");
    std::fs::write(&list, serde_json::to_vec_pretty(&writer.written)?).map_err(BuildError::file(&list))?;
    clear(out)?;
    std::fs::remove_dir(out).map_err(BuildError::file(out))?;
    std::fs::rename(&fresh, out).map_err(BuildError::file(out))?;
    Ok(size::report(&writer.written))
}

fn write_files(writer: &mut Writer, sources: &Path, app: &App, css: &str) -> Result<(), BuildError> {
    let read = |name: &str| {
        let file = sources.join(name);
        std::fs::read_to_string(&file).map_err(BuildError::file(&file))
    };
    let wasm = writer.hashed("portal", "wasm", &app.wasm)?;
    let start = page::fill(&read("start.js")?, &[("wasm", &wasm)])?;
    let js = writer.hashed("portal", "js", format!("{}\n{start}", app.js).as_bytes())?;
    let css = writer.hashed("portal", "css", css.as_bytes())?;
    let boot = writer.hashed("boot", "js", read("boot.js")?.as_bytes())?;
    let icon = writer.hashed("icon", "svg", read("icon.svg")?.as_bytes())?;
    let values = [("wasm", &*wasm), ("js", &*js), ("css", &*css), ("boot", &*boot), ("icon", &*icon)];
    let html = page::fill(&read("index.html")?, &values)?;
    writer.fixed("index.html", html.as_bytes()).map(|_| ())
}

fn clear(folder: &Path) -> Result<(), BuildError> {
    if folder.exists() {
        std::fs::remove_dir_all(folder).map_err(BuildError::file(folder))?;
    }
    std::fs::create_dir_all(folder).map_err(BuildError::file(folder))
}
