//! The JavaScript between the page and the module: without comments and indentation, and with short names for what the two call each
//! other by. wasm-bindgen's names carry hashes, which do not compress and stand in both files.

use std::collections::BTreeMap;

/// Shorter names are left as they are: some of them stand in `start.js`.
const LONG: usize = 24;

/// Short names for long ones, in the order of first use.
#[derive(Debug, Default)]
pub struct Names(BTreeMap<String, String>);

impl Names {
    /// The short name for a name that the module and the glue share.
    pub fn shorten(&mut self, name: &mut String) {
        if name.len() < LONG {
            return;
        }
        let next = format!("${}", self.0.len());
        self.0.entry(std::mem::take(name)).or_insert(next).clone_into(name);
    }

    /// Takes the short names over into the glue.
    pub fn apply(&self, js: &str) -> String {
        let mut text = String::with_capacity(js.len());
        let mut rest = js;
        while let Some(start) = rest.find(is_of_name) {
            let (before, from_name) = rest.split_at(start);
            let end = from_name.find(|letter| !is_of_name(letter)).unwrap_or(from_name.len());
            let (name, after) = from_name.split_at(end);
            text.push_str(before);
            text.push_str(self.0.get(name).map_or(name, String::as_str));
            rest = after;
        }
        text.push_str(rest);
        text
    }
}

fn is_of_name(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_' || letter == '$'
}

/// Takes the classes of the crate `wasm-streams` away, which Leptos brings along for streaming answers of server functions. They are
/// exported, so that they stay although nothing calls them.
pub fn without_streams(js: &str) -> String {
    let mut text = String::with_capacity(js.len());
    let mut dropping = false;
    for line in js.lines() {
        dropping |=
            ["export class IntoUnderlying", "const IntoUnderlying"].iter().any(|mark| line.starts_with(mark));
        if !dropping {
            text.push_str(line);
            text.push('\n');
        }
        dropping &= !(line.starts_with("if (Symbol.dispose)") || line.ends_with("1));"));
    }
    text
}

/// Whether this export belongs to `wasm-streams`.
pub fn is_of_streams(export: &str) -> bool {
    export.contains("intounderlying")
}

/// Takes comments and indentation away. wasm-bindgen writes comments on lines of their own.
pub fn without_comments(js: &str) -> String {
    let mut text = String::with_capacity(js.len());
    let lines = js.lines().map(str::trim);
    for line in
        lines.filter(|line| !line.is_empty() && !["/*", "*", "//"].iter().any(|mark| line.starts_with(mark)))
    {
        text.push_str(line);
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_get_the_same_short_names() {
        let mut names = Names::default();
        let mut import = "__wbg_abort_87eb7f23cf4b73d1".to_owned();
        let mut export = "__wbindgen_start".to_owned();
        names.shorten(&mut import);
        names.shorten(&mut export);
        assert_eq!((&*import, &*export), ("$0", "__wbindgen_start"));
        let js = "x = { __wbg_abort_87eb7f23cf4b73d1: function() { wasm.__wbindgen_start(); } };";
        assert_eq!(names.apply(js), "x = { $0: function() { wasm.__wbindgen_start(); } };");
    }

    #[test]
    fn classes_that_nobody_calls_go() {
        let js = "export class IntoUnderlyingSink {\nabort(reason) {\n}\n}\nif (Symbol.dispose) IntoUnderlyingSink.x;\nlet a;\n\
                  const IntoUnderlyingSinkFinalization = b\n? c\n: new F(ptr => wasm.free(ptr, 1));\nlet d;\n";
        assert_eq!(without_streams(js), "let a;\nlet d;\n");
    }

    #[test]
    fn comments_go_and_code_stays() {
        let js = "/**\n * @returns {any}\n */\nfunction a() {\n    return 1; // one\n}\n";
        assert_eq!(without_comments(js), "function a() {\nreturn 1; // one\n}\n");
    }
}
