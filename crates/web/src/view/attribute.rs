//! The value of an attribute or a property, and what can be one.

use std::borrow::Cow;

use crate::reactive::{Memo, RwSignal, Signal};

/// A value.
pub enum Attribute {
    /// Absent; `false` for a property.
    Absent,
    /// There, without a text; `true` for a property.
    Present,
    /// A text.
    Text(Cow<'static, str>),
    /// Found anew whenever a signal changes that was read for it.
    Dynamic(Box<dyn FnMut() -> Attribute>),
}

/// Can be the value of an attribute or a property.
#[diagnostic::on_unimplemented(message = "`{Self}` cannot be the value of an attribute")]
pub trait IntoAttribute {
    /// The value.
    fn into_attribute(self) -> Attribute;
}

impl IntoAttribute for bool {
    fn into_attribute(self) -> Attribute {
        if self { Attribute::Present } else { Attribute::Absent }
    }
}

impl IntoAttribute for &'static str {
    fn into_attribute(self) -> Attribute {
        Attribute::Text(Cow::Borrowed(self))
    }
}

impl IntoAttribute for String {
    fn into_attribute(self) -> Attribute {
        Attribute::Text(Cow::Owned(self))
    }
}

impl IntoAttribute for u32 {
    fn into_attribute(self) -> Attribute {
        self.to_string().into_attribute()
    }
}

impl<T: IntoAttribute> IntoAttribute for Option<T> {
    fn into_attribute(self) -> Attribute {
        self.map_or(Attribute::Absent, IntoAttribute::into_attribute)
    }
}

impl<F, T> IntoAttribute for F
where
    F: FnMut() -> T + 'static,
    T: IntoAttribute,
{
    fn into_attribute(mut self) -> Attribute {
        Attribute::Dynamic(Box::new(move || self().into_attribute()))
    }
}

macro_rules! signals {
    ($($signal:ident),+) => {$(
        impl<T: IntoAttribute + Clone + Send + Sync + 'static> IntoAttribute for $signal<T> {
            fn into_attribute(self) -> Attribute {
                Attribute::Dynamic(Box::new(move || self.get().into_attribute()))
            }
        }
    )+};
}

signals!(Signal, Memo, RwSignal);
