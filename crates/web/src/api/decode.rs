//! From JSON to the types of shared-types, by the shortest way.
//!
//! serde writes the reading of a type anew for each deserializer and each kind of input that this one accepts. `serde_json`'s own takes
//! structs as arrays too and explains every mistake by line and column; the browser needs neither. Reading through this one keeps
//! the bundle a tenth smaller.

use serde::{
    Deserializer,
    de::{
        self, DeserializeOwned, DeserializeSeed, EnumAccess, IntoDeserializer, MapAccess, SeqAccess,
        VariantAccess, Visitor,
    },
    forward_to_deserialize_any,
};
use serde_json::{Map, Value, map};

/// The text is not what was expected. Where it is not does not matter: nobody here could do anything about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreadable;

impl std::fmt::Display for Unreadable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("unreadable answer")
    }
}

impl std::error::Error for Unreadable {}

impl de::Error for Unreadable {
    fn custom<T: std::fmt::Display>(_: T) -> Self {
        Self
    }
}

/// Reads a text.
pub fn decode<T: DeserializeOwned>(text: &str) -> Result<T, Unreadable> {
    let value: Value = serde_json::from_str(text).map_err(|_| Unreadable)?;
    T::deserialize(Node(&value))
}

#[derive(Clone, Copy)]
struct Node<'de>(&'de Value);

impl<'de> Node<'de> {
    fn text<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        match self.0 {
            Value::String(text) => visitor.visit_borrowed_str(text),
            _ => Err(Unreadable),
        }
    }

    fn number<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        match self.0.as_u64() {
            Some(number) => visitor.visit_u64(number),
            None => visitor.visit_i64(self.0.as_i64().ok_or(Unreadable)?),
        }
    }

    fn object<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        match self.0 {
            Value::Object(entries) => visitor.visit_map(Entries::new(entries)),
            _ => Err(Unreadable),
        }
    }

    fn array<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        match self.0 {
            Value::Array(items) => visitor.visit_seq(Items(items.iter())),
            _ => Err(Unreadable),
        }
    }
}

/// Implements methods of a deserializer by a method of the node.
macro_rules! read_as {
    ($($method:ident => $reader:ident,)+) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
            self.$reader(visitor)
        }
    )+};
}

impl<'de> Deserializer<'de> for Node<'de> {
    type Error = Unreadable;

    read_as! {
        deserialize_str => text,
        deserialize_string => text,
        deserialize_identifier => text,
        deserialize_u16 => number,
        deserialize_u32 => number,
        deserialize_u64 => number,
        deserialize_i32 => number,
        deserialize_i64 => number,
        deserialize_map => object,
        deserialize_seq => array,
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Number(_) => self.number(visitor),
            Value::String(_) => self.text(visitor),
            Value::Array(_) => self.array(visitor),
            Value::Object(_) => self.object(visitor),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_bool(self.0.as_bool().ok_or(Unreadable)?)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        self.object(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        visitor.visit_enum(Name(self.0.as_str().ok_or(Unreadable)?))
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        i8 i16 i128 u8 u128 f32 f64 char bytes byte_buf unit unit_struct tuple tuple_struct
    }
}

struct Items<'de>(std::slice::Iter<'de, Value>);

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = Unreadable;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Unreadable> {
        self.0.next().map(|item| seed.deserialize(Node(item))).transpose()
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.0.len())
    }
}

struct Entries<'de> {
    rest: map::Iter<'de>,
    value: Option<&'de Value>,
}

impl<'de> Entries<'de> {
    fn new(entries: &'de Map<String, Value>) -> Self {
        Self { rest: entries.iter(), value: None }
    }
}

impl<'de> MapAccess<'de> for Entries<'de> {
    type Error = Unreadable;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Unreadable> {
        let Some((name, value)) = self.rest.next() else { return Ok(None) };
        self.value = Some(value);
        seed.deserialize(name.as_str().into_deserializer()).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Unreadable> {
        seed.deserialize(Node(self.value.take().ok_or(Unreadable)?))
    }
}

/// A variant without contents: the API has no others.
struct Name<'de>(&'de str);

impl<'de> EnumAccess<'de> for Name<'de> {
    type Error = Unreadable;
    type Variant = Self;

    fn variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<(T::Value, Self), Unreadable> {
        Ok((seed.deserialize(self.0.into_deserializer())?, self))
    }
}

impl<'de> VariantAccess<'de> for Name<'de> {
    type Error = Unreadable;

    fn unit_variant(self) -> Result<(), Unreadable> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, _: T) -> Result<T::Value, Unreadable> {
        Err(Unreadable)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Unreadable> {
        Err(Unreadable)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Unreadable> {
        Err(Unreadable)
    }
}

#[cfg(test)]
mod tests {
    use shared_types::{
        account::{MeView, SummaryView},
        auth::SessionView,
        billing::{InvoiceDetailView, InvoiceView},
        page::{DataView, ItemView, ListView},
        problem::{Problem, ProblemCode},
    };

    use super::*;

    /// Both ways must read the same.
    fn agrees<T: DeserializeOwned + PartialEq + std::fmt::Debug>(text: &str) -> T {
        let value = decode::<T>(text).unwrap();
        assert_eq!(value, serde_json::from_str::<T>(text).unwrap());
        value
    }

    const INVOICE: &str = r#""id":7,"number":"INV-7","status":"payment_pending","status_label":"Payment Pending","overdue":false,
        "issued_on":"2026-01-31","due_on":null,"paid_on":null,"total":{"amount":"15.95","currency":"USD"}"#;
    const META: &str = r#""meta":{"as_of":"2026-02-01T10:00:00.123456Z","stale":true,"source":"mirror"}"#;

    #[test]
    fn lists_and_details_read_as_serde_json_reads_them() {
        let page = r#""page":{"number":1,"size":25,"total_items":1,"total_pages":1}"#;
        let list = agrees::<ListView<InvoiceView>>(&format!(r#"{{"data":[{{{INVOICE}}}],{page},{META}}}"#));
        assert_eq!(list.data[0].total.amount(), "15.95");
        let money = r#"{"amount":"1.00","currency":"USD"}"#;
        let more = format!(
            r#""subtotal":{money},"taxes":[{{"rate":"19.000","amount":{money}}}],"credit":{money},"balance":{money},
            "lines":[{{"id":1,"description":"a\nb","amount":{money},"taxed":true}}],"transactions":[],"payable":true,"new":{{"x":[1]}}"#
        );
        let detail =
            agrees::<ItemView<InvoiceDetailView>>(&format!(r#"{{"data":{{{INVOICE},{more}}},{META}}}"#));
        assert!(detail.data.payable);
    }

    #[test]
    fn sections_and_sessions_read_as_serde_json_reads_them() {
        let summary = format!(
            r#"{{"data":{{"account_state":"billing_ready","billing":{{"state":"unavailable","code":"upstream.timeout"}},
            "services":{{"state":"ready","data":{{"active":1,"suspended":0,"pending":2,"total":3}},{META}}},
            "support":{{"state":"not_ready"}}}}}}"#
        );
        agrees::<DataView<SummaryView>>(&summary);
        let id = "018f0000-0000-7000-8000-000000000001";
        let me = format!(
            r#"{{"data":{{"id":"{id}","email":"a@b.de","first_name":"A","last_name":"B","account_state":"ready",
            "created_at":"2026-02-01T10:00:00Z","billing":{{"state":"not_ready"}}}}}}"#
        );
        agrees::<DataView<MeView>>(&me);
        agrees::<DataView<SessionView>>(r#"{"data":{"state":"anonymous"}}"#);
        let session = format!(
            r#"{{"data":{{"state":"signed_in","user":{{"id":"{id}","email":"a@b.de","first_name":"A","last_name":"B"}},
            "auth_time":"2026-02-01T10:00:00Z","idle_expires_at":"2026-02-01T10:00:00Z","expires_at":"2026-02-01T10:00:00Z"}}}}"#
        );
        agrees::<DataView<SessionView>>(&session);
    }

    #[test]
    fn problems_read_and_nonsense_does_not() {
        let problem = agrees::<Problem>(
            r#"{"type":"/problems/validation","title":"t","status":422,"instance":"r","code":"validation",
            "errors":[{"pointer":"/email","code":"email"}]}"#,
        );
        assert_eq!(problem.code, ProblemCode::Validation);
        for bad in
            ["", "<html>", "[]", "{}", r#"{"type":1}"#, "null", r#"{"type":"a","title":"t","status":-1}"#]
        {
            assert_eq!(decode::<Problem>(bad), Err(Unreadable), "{bad}");
        }
    }
}
