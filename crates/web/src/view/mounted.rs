//! Views that stand on the page, and how they change.
//!
//! Everything stands before a mark, a comment that the template leaves where a view belongs. A view that is made anew changes what is there:
//! an element of the same template stays, with the focus and the scrolling in it, and only its places are gone through.

use std::{borrow::Cow, rc::Rc};

use leptos::{mount::mount_to_body, prelude::document, reactive::effect::RenderEffect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{Element, Event, Node, js_sys::Reflect};

use super::{
    Attribute, Html, View,
    html::{Kind, Place, Slot},
    template::{Walk, copy},
};

/// What stands at a place of the page.
enum State {
    Nothing,
    Text(Node, Cow<'static, str>),
    Element(Box<Mounted>),
    Many(Vec<State>),
    Dynamic {
        effect: RenderEffect<Self>,
        /// Its own end, since its neighbours may change.
        mark: Node,
    },
    /// The value of an attribute or a property.
    Value(Value),
    /// A value that follows signals.
    Followed(RenderEffect<Self>),
}

/// The value of an attribute that has been found.
#[derive(PartialEq)]
enum Value {
    Absent,
    Present,
    Text(Cow<'static, str>),
}

/// An element on the page.
struct Mounted {
    template: &'static str,
    root: Element,
    places: Vec<Filled>,
}

/// A place with what stands there.
enum Filled {
    Child { mark: Node, state: State },
    Value { element: Element, state: State },
    Event(Listener),
    Handed(Element),
}

/// Puts the app onto the page.
pub fn mount(app: impl FnOnce() -> View + 'static) {
    // Leptos starts what drives the effects together with its own renderer, which gets nothing to draw.
    mount_to_body(move || {
        let Some(body) = document().body() else { return };
        let mark: Node = document().create_comment("").into();
        if body.append_child(&mark).is_ok() {
            // The app stays until the page goes.
            std::mem::forget(State::insert(app(), &mark));
        }
    });
}

/// Nodes come and go where their neighbours are, so that none of this fails.
fn put_before(mark: &Node, node: &Node) {
    if let Some(parent) = mark.parent_node() {
        let _ = parent.insert_before(node, Some(mark));
    }
}

fn remove(node: &Node) {
    if let Some(parent) = node.parent_node() {
        let _ = parent.remove_child(node);
    }
}

impl State {
    fn insert(view: View, mark: &Node) -> Self {
        match view {
            View::Nothing => Self::Nothing,
            View::Text(text) => {
                let node: Node = document().create_text_node(&text).into();
                put_before(mark, &node);
                Self::Text(node, text)
            }
            View::Element(html) => {
                let mounted = Mounted::new(*html);
                put_before(mark, &mounted.root);
                Self::Element(Box::new(mounted))
            }
            View::Many(views) => Self::Many(views.into_iter().map(|view| Self::insert(view, mark)).collect()),
            View::Dynamic(view) => {
                let own: Node = document().create_comment("").into();
                put_before(mark, &own);
                Self::dynamic(view, own, None)
            }
        }
    }

    fn dynamic(mut view: Box<dyn FnMut() -> View>, mark: Node, before: Option<Self>) -> Self {
        let end = mark.clone();
        let run = move |before: Option<Self>| match before {
            Some(before) => before.change(view(), &end),
            None => Self::insert(view(), &end),
        };
        Self::Dynamic { effect: RenderEffect::new_with_value(run, before), mark }
    }

    /// Makes of what stands before the mark what shall stand there.
    fn change(self, view: View, mark: &Node) -> Self {
        match (self, view) {
            (Self::Nothing, View::Nothing) => Self::Nothing,
            (Self::Text(node, before), View::Text(text)) => {
                if before != text {
                    node.set_node_value(Some(&text));
                }
                Self::Text(node, text)
            }
            (Self::Element(mut mounted), View::Element(html))
                if std::ptr::eq(mounted.template, html.template) =>
            {
                mounted.change(html.places);
                Self::Element(mounted)
            }
            (Self::Many(states), View::Many(views)) => Self::change_many(states, views, mark),
            (Self::Dynamic { effect, mark }, View::Dynamic(view)) => {
                let before = effect.take_value();
                drop(effect);
                Self::dynamic(view, mark, before)
            }
            (before, view) => {
                let after = Self::insert(view, mark);
                before.remove();
                after
            }
        }
    }

    /// From the last to the first, since each stands before the one that follows.
    fn change_many(mut states: Vec<Self>, mut views: Vec<View>, mark: &Node) -> Self {
        for surplus in states.drain(views.len().min(states.len())..) {
            surplus.remove();
        }
        let more: Vec<Self> = views.drain(states.len()..).map(|view| Self::insert(view, mark)).collect();
        let mut next = more.iter().find_map(Self::first_node).unwrap_or_else(|| mark.clone());
        let mut changed = Vec::new();
        for (state, view) in states.into_iter().zip(views).rev() {
            let state = state.change(view, &next);
            if let Some(first) = state.first_node() {
                next = first;
            }
            changed.push(state);
        }
        changed.reverse();
        changed.extend(more);
        Self::Many(changed)
    }

    fn first_node(&self) -> Option<Node> {
        match self {
            Self::Nothing | Self::Value(_) | Self::Followed(_) => None,
            Self::Text(node, _) => Some(node.clone()),
            Self::Element(mounted) => Some(mounted.root.clone().into()),
            Self::Many(states) => states.iter().find_map(Self::first_node),
            Self::Dynamic { effect, mark } => {
                effect.with_value_mut(|state| state.first_node()).flatten().or_else(|| Some(mark.clone()))
            }
        }
    }

    fn remove(self) {
        match self {
            Self::Nothing | Self::Value(_) | Self::Followed(_) => {}
            Self::Text(node, _) => remove(&node),
            Self::Element(mounted) => remove(&mounted.root),
            Self::Many(states) => states.into_iter().for_each(Self::remove),
            Self::Dynamic { effect, mark } => {
                if let Some(state) = effect.take_value() {
                    state.remove();
                }
                remove(&mark);
            }
        }
    }
}

impl Mounted {
    fn new(html: Html) -> Self {
        let root = copy(html.template);
        let mut walk = Walk::new(&root);
        let places = html.places.into_iter();
        let places =
            places.filter_map(|(number, place)| walk.to(number).map(|node| Filled::new(node, place)));
        let places = places.collect();
        Self { template: html.template, root, places }
    }

    fn change(&mut self, places: Vec<(u16, Place)>) {
        let before = std::mem::take(&mut self.places);
        self.places =
            before.into_iter().zip(places).map(|(filled, (_, place))| filled.change(place)).collect();
    }
}

impl Filled {
    fn new(node: &Node, place: Place) -> Self {
        let element = || node.clone().unchecked_into::<Element>();
        match place {
            Place::Child(view) => {
                debug_assert_eq!(node.node_type(), Node::COMMENT_NODE, "the parser has changed the template");
                Self::Child { mark: node.clone(), state: State::insert(view, node) }
            }
            Place::Value(kind, name, value) => {
                Self::Value { state: follow(&element(), kind, name, value, None), element: element() }
            }
            Place::Event(name, handler) => {
                let listener = Listener::new(element(), name);
                listener.slot.set(handler);
                Self::Event(listener)
            }
            Place::Wanted(take) => {
                take(&element());
                Self::Handed(element())
            }
        }
    }

    fn change(self, place: Place) -> Self {
        match (self, place) {
            (Self::Child { mark, state }, Place::Child(view)) => {
                let state = state.change(view, &mark);
                Self::Child { mark, state }
            }
            (Self::Event(listener), Place::Event(_, handler)) => {
                listener.slot.set(handler);
                Self::Event(listener)
            }
            (Self::Value { element, state }, Place::Value(kind, name, value)) => {
                let state = follow(&element, kind, name, value, Some(state));
                Self::Value { element, state }
            }
            (Self::Handed(element), place) => Self::new(&element, place),
            // Views of one template have places of one kind.
            (before, _) => before,
        }
    }
}

/// The value, or what finds it.
fn settled(value: Attribute) -> Result<Value, Box<dyn FnMut() -> Attribute>> {
    match value {
        Attribute::Absent => Ok(Value::Absent),
        Attribute::Present => Ok(Value::Present),
        Attribute::Text(text) => Ok(Value::Text(text)),
        Attribute::Dynamic(value) => Err(value),
    }
}

/// The value as it is now.
fn find(mut value: Attribute) -> Value {
    loop {
        match settled(value) {
            Ok(value) => return value,
            Err(mut inner) => value = inner(),
        }
    }
}

/// Sets a value, and keeps it in step with the signals it comes from.
fn follow(
    element: &Element,
    kind: Kind,
    name: &'static str,
    value: Attribute,
    before: Option<State>,
) -> State {
    let element = element.clone();
    let set = move |before: Option<State>, value: Value| {
        // What a customer entered has changed a property meanwhile.
        let same = matches!(&before, Some(State::Value(before)) if *before == value);
        if kind == Kind::Property || !same {
            kind.set(&element, name, &value);
        }
        State::Value(value)
    };
    match (settled(value), before) {
        (Ok(value), before) => set(before, value),
        (Err(mut value), before) => {
            let before = match before {
                Some(State::Followed(effect)) => effect.take_value(),
                before => before,
            };
            let run = move |before| set(before, find(value()));
            State::Followed(RenderEffect::new_with_value(run, before))
        }
    }
}

impl Kind {
    fn set(self, element: &Element, name: &str, value: &Value) {
        // An attribute fails only for a name that is none, and ours are written in the source; elements take any property.
        let _ = match (self, value) {
            (Self::Attribute, Value::Absent) => element.remove_attribute(name),
            (Self::Attribute, Value::Present) => element.set_attribute(name, ""),
            (Self::Attribute, Value::Text(text)) => element.set_attribute(name, text),
            (Self::Class, value) => {
                element.class_list().toggle_with_force(name, *value != Value::Absent).map(|_| ())
            }
            (Self::Property, value) => {
                let value = match value {
                    Value::Absent => JsValue::FALSE,
                    Value::Present => JsValue::TRUE,
                    Value::Text(text) => JsValue::from_str(text),
                };
                Reflect::set(element, &JsValue::from_str(name), &value).map(|_| ())
            }
        };
    }
}

/// Listens to an element as long as it stands on the page.
struct Listener {
    element: Element,
    name: &'static str,
    slot: Rc<Slot>,
    closure: Closure<dyn FnMut(Event)>,
}

impl Listener {
    fn new(element: Element, name: &'static str) -> Self {
        let slot = Rc::new(Slot::default());
        let called = Rc::clone(&slot);
        let closure = Closure::<dyn FnMut(Event)>::new(move |event| called.call(event));
        // Fails only on objects that are no event targets.
        let _ = element.add_event_listener_with_callback(name, closure.as_ref().unchecked_ref());
        Self { element, name, slot, closure }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        // As above.
        let _ = self
            .element
            .remove_event_listener_with_callback(self.name, self.closure.as_ref().unchecked_ref());
    }
}
