//! Elements, texts and blocks.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use rstml::{
    Infallible,
    node::{KeyedAttribute, Node, NodeAttribute, NodeBlock, NodeElement},
};
use syn::{Error, Expr, ExprLit, Ident, Lit, Result, spanned::Spanned as _};

use crate::{component, template::Template};

/// Events for which Leptos has no type.
const UNTYPED_EVENTS: &[&str] = &["beforetoggle", "cancel"];

/// A node that stands by itself; nothing for a comment.
pub fn view(node: &Node) -> Result<Option<TokenStream>> {
    Ok(Some(match node {
        Node::Element(element) if component::is_component(element) => component::view(element)?,
        Node::Element(element) => {
            let mut template = Template::default();
            write_element(element, &mut template)?;
            template.finish()
        }
        Node::Fragment(fragment) => crate::views(&fragment.children)?,
        Node::Comment(_) => return Ok(None),
        Node::Text(text) => {
            let text = text.value_string();
            quote!(crate::view::IntoView::into_view(#text))
        }
        Node::RawText(text) => {
            let text = text.to_string_best();
            quote!(crate::view::IntoView::into_view(#text))
        }
        Node::Block(block) => block_view(block),
        other => return Err(Error::new(other.span(), "this has no place in a view")),
    }))
}

fn block_view(block: &NodeBlock) -> TokenStream {
    quote_spanned!(block.span()=> crate::view::IntoView::into_view(#[allow(unused_braces)] #block))
}

fn write_element(element: &NodeElement<Infallible>, template: &mut Template) -> Result<()> {
    let name = element.name().to_string();
    let number = template.begin_element(&name).map_err(|reason| Error::new(element.name().span(), reason))?;
    for attribute in element.attributes() {
        let NodeAttribute::Attribute(attribute) = attribute else {
            return Err(Error::new(attribute.span(), "elements take attributes by name"));
        };
        write_attribute(attribute, &name, number, template)?;
    }
    template.begin_contents();
    for child in &element.children {
        write_child(child, template)?;
    }
    template.end_element();
    Ok(())
}

fn write_child(child: &Node, template: &mut Template) -> Result<()> {
    match child {
        Node::Element(element) if !component::is_component(element) => write_element(element, template)?,
        Node::Text(text) => template.text(&text.value_string()),
        Node::RawText(text) => template.text(&text.to_string_best()),
        Node::Fragment(fragment) => {
            for child in &fragment.children {
                write_child(child, template)?;
            }
        }
        other => {
            if let Some(view) = view(other)? {
                let number = template.place();
                template.places.extend(quote!(.child(#number, #view)));
            }
        }
    }
    Ok(())
}

fn write_attribute(
    attribute: &KeyedAttribute,
    tag: &str,
    number: u16,
    template: &mut Template,
) -> Result<()> {
    let key = attribute.key.to_string().replace(' ', "");
    let name = key.trim_start_matches("r#");
    let Some(value) = attribute.value() else {
        template.attribute(name, "");
        return Ok(());
    };
    let span = attribute.key.span();
    let place = match name.split_once(':') {
        Some(("on", event)) => listener(tag, event, number, value, span),
        Some(("class", class)) => {
            quote_spanned!(span=> .class(#number, #class, crate::view::IntoAttribute::into_attribute(#value)))
        }
        Some(("prop", property)) => {
            quote_spanned!(span=> .property(#number, #property, crate::view::IntoAttribute::into_attribute(#value)))
        }
        Some(_) => return Err(Error::new(span, "views know `on:`, `prop:` and `class:`")),
        None if name == "node_ref" => quote_spanned!(span=> .node_ref(#number, #value)),
        None => match literal(value) {
            Some(text) => {
                template.attribute(name, &text);
                return Ok(());
            }
            None => {
                quote_spanned!(span=> .attribute(#number, #name, crate::view::IntoAttribute::into_attribute(#value)))
            }
        },
    };
    template.places.extend(place);
    Ok(())
}

/// A handler of an event; with `:target` it is told which element the event came from.
fn listener(tag: &str, event: &str, number: u16, handler: &Expr, span: Span) -> TokenStream {
    if UNTYPED_EVENTS.contains(&event) {
        return quote_spanned!(span=> .on_named(#number, #event, #handler));
    }
    let Some(event) = event.strip_suffix(":target") else {
        let event = Ident::new(event, span);
        return quote_spanned!(span=> .on(#number, ::leptos::ev::#event, #handler));
    };
    let class = match tag {
        "input" => "HtmlInputElement",
        "select" => "HtmlSelectElement",
        "textarea" => "HtmlTextAreaElement",
        _ => "HtmlElement",
    };
    let (event, class) = (Ident::new(event, span), Ident::new(class, span));
    quote_spanned!(span=> .on_target::<_, ::web_sys::#class>(#number, ::leptos::ev::#event, #handler))
}

/// The text of a value that is written out.
fn literal(value: &Expr) -> Option<String> {
    let Expr::Lit(ExprLit { lit, .. }) = value else { return None };
    match lit {
        Lit::Str(text) => Some(text.value()),
        Lit::Int(number) => Some(number.base10_digits().to_owned()),
        _ => None,
    }
}
