//! Templates: parsed once, copied for each element, and walked through to find their places.

use std::cell::RefCell;

use leptos::prelude::document;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlTemplateElement, Node};

thread_local! {
    /// The parsed templates by the addresses of their texts.
    static PARSED: RefCell<Vec<(usize, Node)>> = const { RefCell::new(Vec::new()) };
}

/// A new element of a template. Without elements there is no app, so that a browser which makes none gets the page for mistakes.
pub fn copy(template: &'static str) -> Element {
    match try_copy(template) {
        Some(element) => element,
        None => panic!("the browser makes no element of {template}"),
    }
}

fn try_copy(template: &'static str) -> Option<Element> {
    let address = template.as_ptr().addr();
    let known = PARSED.with_borrow(|parsed| {
        parsed.iter().find(|(known, _)| *known == address).map(|(_, node)| node.clone())
    });
    let original = if let Some(node) = known {
        node
    } else {
        let node = parse(template)?;
        PARSED.with_borrow_mut(|parsed| parsed.push((address, node.clone())));
        node
    };
    original.clone_node_with_deep(true).ok()?.dyn_into().ok()
}

fn parse(template: &str) -> Option<Node> {
    let holder: HtmlTemplateElement = document().create_element("template").ok()?.dyn_into().ok()?;
    holder.set_inner_html(template);
    holder.content().first_child()
}

/// A walk through the nodes of an element, in the order in which they begin.
pub struct Walk {
    at: Option<Node>,
    number: u16,
}

impl Walk {
    /// Begins with the element itself.
    pub fn new(root: &Element) -> Self {
        Self { at: Some(root.clone().into()), number: 0 }
    }

    /// The node of this number. Numbers must not fall.
    pub fn to(&mut self, number: u16) -> Option<&Node> {
        while self.number < number {
            self.at = self.at.as_ref().and_then(following);
            self.number = self.number.saturating_add(1);
        }
        self.at.as_ref()
    }
}

/// The node that begins next.
fn following(node: &Node) -> Option<Node> {
    if let Some(child) = node.first_child() {
        return Some(child);
    }
    let mut node = node.clone();
    loop {
        if let Some(next) = node.next_sibling() {
            return Some(next);
        }
        node = node.parent_node()?;
    }
}
