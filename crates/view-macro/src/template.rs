//! The text of a template, and the places in it.

use proc_macro2::TokenStream;
use quote::quote;

/// Elements that have no end and no contents.
const VOID: &[&str] =
    &["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"];

/// Elements before which the browser's parser ends a paragraph that is still open.
const ENDS_PARAGRAPH: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "div",
    "dl",
    "fieldset",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "table",
    "ul",
];

/// A template that is being written. Its nodes are numbered in the order in which they begin.
#[derive(Default)]
pub struct Template {
    html: String,
    nodes: u16,
    /// The last thing written is text, with which further text makes one node.
    in_text: bool,
    open: Vec<String>,
    /// Calls that fill the places.
    pub places: TokenStream,
}

impl Template {
    /// Begins an element. Its attributes follow, then `begin_contents`.
    pub fn begin_element(&mut self, name: &str) -> Result<u16, &'static str> {
        let in_paragraph = self.open.last().is_some_and(|parent| parent == "p");
        if in_paragraph && ENDS_PARAGRAPH.contains(&name) {
            return Err("a paragraph cannot hold this element");
        }
        let number = self.next_node();
        self.html.push('<');
        self.html.push_str(name);
        self.open.push(name.to_owned());
        Ok(number)
    }

    /// An attribute that never changes.
    pub fn attribute(&mut self, name: &str, value: &str) {
        self.html.push(' ');
        self.html.push_str(name);
        if value.is_empty() {
            return;
        }
        let bare = value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:#".contains(&byte));
        self.html.push('=');
        if bare {
            self.html.push_str(value);
        } else {
            self.html.push('"');
            self.escape(value, '"');
            self.html.push('"');
        }
    }

    /// The attributes of the last begun element are written.
    pub fn begin_contents(&mut self) {
        self.html.push('>');
    }

    /// Ends the last begun element.
    pub fn end_element(&mut self) {
        self.in_text = false;
        if let Some(name) = self.open.pop().filter(|name| !VOID.contains(&&**name)) {
            self.html.push_str("</");
            self.html.push_str(&name);
            self.html.push('>');
        }
    }

    /// Text that never changes.
    pub fn text(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        if !self.in_text {
            self.next_node();
            self.in_text = true;
        }
        self.escape(text, '<');
    }

    /// A place for a view.
    pub fn place(&mut self) -> u16 {
        let number = self.next_node();
        self.html.push_str("<!>");
        number
    }

    /// The expression that makes the view.
    pub fn finish(self) -> TokenStream {
        let (html, places) = (self.html, self.places);
        quote!(crate::view::Html::new(#html) #places .finish())
    }

    fn next_node(&mut self) -> u16 {
        self.in_text = false;
        let number = self.nodes;
        self.nodes = self.nodes.saturating_add(1);
        number
    }

    fn escape(&mut self, text: &str, also: char) {
        for letter in text.chars() {
            match letter {
                '&' => self.html.push_str("&amp;"),
                '<' if also == '<' => self.html.push_str("&lt;"),
                '"' if also == '"' => self.html.push_str("&quot;"),
                _ => self.html.push(letter),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_as_the_parser_of_the_browser_counts_nodes() {
        let mut template = Template::default();
        assert_eq!(template.begin_element("p"), Ok(0));
        template.attribute("class", "a b");
        template.attribute("hidden", "");
        template.begin_contents();
        template.text("1 < 2");
        template.text(" & so on");
        assert_eq!(template.place(), 2, "texts that meet are one node");
        assert_eq!(template.begin_element("input"), Ok(3));
        template.attribute("type", "text");
        template.begin_contents();
        template.end_element();
        assert_eq!(template.place(), 4);
        template.end_element();
        assert_eq!(template.html, "<p class=\"a b\" hidden>1 &lt; 2 &amp; so on<!><input type=text><!></p>");
    }

    #[test]
    fn a_paragraph_holds_nothing_that_would_end_it() {
        let mut template = Template::default();
        assert_eq!(template.begin_element("p"), Ok(0));
        assert!(template.begin_element("div").is_err());
    }
}
