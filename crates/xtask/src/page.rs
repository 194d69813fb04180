//! The page that loads the app: a template whose `{{name}}` places are filled in.

use crate::error::BuildError;

/// Fills in every place of the template. A place without a value is an error, since the page would load nothing.
pub fn fill(template: &str, values: &[(&str, &str)]) -> Result<String, BuildError> {
    let mut page = without_comments(template);
    for (name, value) in values {
        page = page.replace(&format!("{{{{{name}}}}}"), value);
    }
    match page.split_once("{{").and_then(|(_, rest)| rest.split_once("}}")) {
        Some((name, _)) => Err(BuildError::Placeholder(name.to_owned())),
        None => Ok(page),
    }
}

/// Comments explain the template to its authors; visitors need not load them.
fn without_comments(template: &str) -> String {
    let mut page = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, comment)) = rest.split_once("<!--") {
        page.push_str(before.trim_end());
        rest = comment.split_once("-->").map_or("", |(_, after)| after);
    }
    page.push_str(rest);
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fills_every_place() {
        let page = fill("<a href=\"{{css}}\"><b src=\"{{js}}\">{{css}}", &[("css", "/c"), ("js", "/j")]);
        assert_eq!(page.unwrap(), "<a href=\"/c\"><b src=\"/j\">/c");
    }

    #[test]
    fn refuses_a_place_that_nothing_fills() {
        let error = fill("{{css}} {{wasm}}", &[("css", "/c")]).unwrap_err();
        assert!(matches!(error, BuildError::Placeholder(name) if name == "wasm"));
    }

    #[test]
    fn drops_comments() {
        assert_eq!(fill("<p>\n  <!-- why -->\n</p>", &[]).unwrap(), "<p>\n</p>");
    }
}
