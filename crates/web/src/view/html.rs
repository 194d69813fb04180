//! One element with everything in it: its template, and what stands at the places that the template leaves open.

use std::cell::RefCell;

use leptos::{
    ev::{EventDescriptor, Targeted},
    html::ElementType,
    prelude::Owner,
};
use wasm_bindgen::JsCast;
use web_sys::{Element, Event};

use super::{Attribute, View};
use crate::reactive::NodeRef;

/// What an event calls.
pub(super) type Handler = Box<dyn FnMut(Event)>;

/// What stands at a place.
pub(super) enum Place {
    Child(View),
    Value(Kind, &'static str, Attribute),
    Event(&'static str, Handler),
    /// Somebody wants to have the element.
    Wanted(Box<dyn FnOnce(&Element)>),
}

/// What has the value.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Kind {
    Attribute,
    Property,
    /// One class beside those of the attribute.
    Class,
}

/// An element that `view!` describes.
pub struct Html {
    pub(super) template: &'static str,
    /// The places in the order of the nodes they belong to, which are counted from 0 in the order in which they begin.
    pub(super) places: Vec<(u16, Place)>,
}

impl Html {
    /// An element without places.
    #[must_use]
    pub fn new(template: &'static str) -> Self {
        Self { template, places: Vec::new() }
    }

    /// The view.
    #[must_use]
    pub fn finish(self) -> View {
        View::Element(Box::new(self))
    }

    #[inline(never)]
    fn place(mut self, node: u16, place: Place) -> Self {
        self.places.push((node, place));
        self
    }

    /// A view inside.
    #[must_use]
    pub fn child(self, node: u16, view: View) -> Self {
        self.place(node, Place::Child(view))
    }

    /// An attribute.
    #[must_use]
    pub fn attribute(self, node: u16, name: &'static str, value: Attribute) -> Self {
        self.place(node, Place::Value(Kind::Attribute, name, value))
    }

    /// A property of the element's object.
    #[must_use]
    pub fn property(self, node: u16, name: &'static str, value: Attribute) -> Self {
        self.place(node, Place::Value(Kind::Property, name, value))
    }

    /// A class that is there or not.
    #[must_use]
    pub fn class(self, node: u16, name: &'static str, value: Attribute) -> Self {
        self.place(node, Place::Value(Kind::Class, name, value))
    }

    /// Calls the handler at each event.
    #[must_use]
    pub fn on<E>(self, node: u16, event: E, mut handler: impl FnMut(E::EventType) + 'static) -> Self
    where
        E: EventDescriptor,
        E::EventType: JsCast,
    {
        self.listen(node, name_of(&event), Box::new(move |event| handler(event.unchecked_into())))
    }

    /// Calls the handler, which wants to know the element, at each event.
    #[must_use]
    pub fn on_target<E, T>(
        self,
        node: u16,
        event: E,
        mut handler: impl FnMut(Targeted<E::EventType, T>) + 'static,
    ) -> Self
    where
        E: EventDescriptor,
        E::EventType: JsCast,
    {
        self.on(node, event, move |event| handler(Targeted::from(event)))
    }

    /// Calls the handler at each event of a name for which Leptos has no type.
    #[must_use]
    pub fn on_named(self, node: u16, name: &'static str, handler: impl FnMut(Event) + 'static) -> Self {
        self.listen(node, name, Box::new(handler))
    }

    /// What a handler makes belongs to the component that has it.
    fn listen(self, node: u16, name: &'static str, mut handler: Handler) -> Self {
        let handler: Handler = match Owner::current() {
            Some(owner) => Box::new(move |event| owner.with(|| handler(event))),
            None => handler,
        };
        self.place(node, Place::Event(name, handler))
    }

    /// Hands the element over.
    #[must_use]
    pub fn node_ref<E>(self, node: u16, reference: NodeRef<E>) -> Self
    where
        E: ElementType,
        E::Output: JsCast + 'static,
    {
        self.place(node, Place::Wanted(Box::new(move |element| reference.load(element))))
    }
}

fn name_of(event: &impl EventDescriptor) -> &'static str {
    match event.name() {
        std::borrow::Cow::Borrowed(name) => name,
        // Events that the program makes up itself; the app has none.
        std::borrow::Cow::Owned(_) => "",
    }
}

/// A handler that can be exchanged while it is listened to.
#[derive(Default)]
pub(super) struct Slot(RefCell<Option<Handler>>);

impl Slot {
    /// Takes another handler.
    pub fn set(&self, handler: Handler) {
        self.0.replace(Some(handler));
    }

    /// Calls the handler. An event that comes up while it is at work is passed over.
    pub fn call(&self, event: Event) {
        let Some(mut handler) = self.0.take() else { return };
        handler(event);
        // It may have been exchanged meanwhile.
        self.0.borrow_mut().get_or_insert(handler);
    }
}
