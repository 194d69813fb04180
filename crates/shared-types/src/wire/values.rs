//! Texts, numbers, lists and whatever else fields are made of.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::{Node, Wire, Writer};

impl Wire for String {
    fn read(node: Node<'_>) -> Self {
        node.text().to_owned()
    }
    fn write(&self, out: &mut Writer) {
        out.text(self);
    }
}

impl Wire for bool {
    fn read(node: Node<'_>) -> Self {
        node.truth()
    }
    fn write(&self, out: &mut Writer) {
        out.raw(if *self { "true" } else { "false" });
    }
}

macro_rules! numbers {
    ($($kind:ident as $wide:ident by $read:ident,)+) => {$(
        impl Wire for $kind {
            fn read(node: Node<'_>) -> Self {
                node.some_or(Self::try_from(node.$read()).ok(), 0)
            }
            fn write(&self, out: &mut Writer) {
                out.raw(&$wide::from(*self).to_string());
            }
        }
    )+};
}

numbers!(
    u8 as u64 by unsigned,
    u16 as u64 by unsigned,
    u32 as u64 by unsigned,
    u64 as u64 by unsigned,
    i32 as i64 by signed,
    i64 as i64 by signed,
);

impl<T: Wire> Wire for Option<T> {
    fn read(node: Node<'_>) -> Self {
        if node.is_null() { None } else { Some(T::read(node)) }
    }
    fn write(&self, out: &mut Writer) {
        match self {
            Some(value) => value.write(out),
            None => out.raw("null"),
        }
    }
}

impl<T: Wire> Wire for Vec<T> {
    fn read(node: Node<'_>) -> Self {
        node.items().map(T::read).collect()
    }
    fn write(&self, out: &mut Writer) {
        out.list(self);
    }
}

impl<T: Wire> Wire for Box<T> {
    fn read(node: Node<'_>) -> Self {
        Self::new(T::read(node))
    }
    fn write(&self, out: &mut Writer) {
        T::write(self, out);
    }
    fn write_fields(&self, out: &mut Writer) {
        T::write_fields(self, out);
    }
}

impl<T: Wire> Wire for BTreeMap<String, T> {
    fn read(node: Node<'_>) -> Self {
        node.entries().map(|(name, value)| (name.to_owned(), T::read(value))).collect()
    }
    fn write(&self, out: &mut Writer) {
        out.open();
        for (name, value) in self {
            out.field(name, value);
        }
        out.close();
    }
}

impl Wire for Uuid {
    fn read(node: Node<'_>) -> Self {
        node.some_or(Self::try_parse(node.text()).ok(), Self::nil())
    }
    fn write(&self, out: &mut Writer) {
        out.text(self.hyphenated().encode_lower(&mut Self::encode_buffer()));
    }
}
