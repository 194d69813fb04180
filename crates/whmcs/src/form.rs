//! Form bodies in the manner of PHP's `http_build_query`: explicit indexes, nested maps, booleans as `1` and
//! `0`, and members that are null vanish. It must not know any action of WHMCS.
//!
//! `AddOrder` correlates several arrays by index, so indexes are always written. The text `false` is never
//! sent: PHP takes every non-empty string but `0` for true. A form holds secrets, hence no `Debug`.

use url::form_urlencoded::byte_serialize;

use crate::ids::{
    ClientId, ConfigChoiceId, ConfigOptionId, CurrencyId, CustomFieldId, DomainId, InvoiceId, OrderId,
    ProductGroupId, ProductId, ServiceId, UserId,
};

/// A value of a form member.
#[derive(Clone)]
pub enum Value {
    /// Vanishes from the body; in a list its index stays free.
    Null,
    /// `1` or `0`.
    Flag(bool),
    /// A whole number.
    Number(i128),
    /// Text, percent-encoded as UTF-8.
    Text(String),
    /// `name[0]=…&name[1]=…`; an empty list vanishes.
    List(Vec<Value>),
    /// `name[key]=…`; an empty map vanishes.
    Map(Vec<(String, Value)>),
}

/// A form body under construction.
#[derive(Default)]
pub struct Form {
    body: String,
}

impl Form {
    /// An empty form.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a member behind those already there.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        let name = byte_serialize(name.as_bytes()).collect::<String>();
        self.write(&name, value.into());
        self
    }

    /// Adds all members of another form behind those already there.
    #[must_use]
    pub fn followed_by(mut self, other: &Self) -> Self {
        if !self.body.is_empty() && !other.body.is_empty() {
            self.body.push('&');
        }
        self.body.push_str(&other.body);
        self
    }

    /// Whether no member has been written.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.body.is_empty()
    }

    /// The finished `application/x-www-form-urlencoded` body.
    #[must_use]
    pub fn into_body(self) -> String {
        self.body
    }

    fn write(&mut self, name: &str, value: Value) {
        match value {
            Value::Null => {}
            Value::Flag(flag) => self.pair(name, if flag { "1" } else { "0" }),
            Value::Number(number) => self.pair(name, &number.to_string()),
            Value::Text(text) => self.pair(name, &text),
            Value::List(items) => {
                for (index, item) in items.into_iter().enumerate() {
                    self.write(&format!("{name}%5B{index}%5D"), item);
                }
            }
            Value::Map(members) => {
                for (key, member) in members {
                    let key = byte_serialize(key.as_bytes()).collect::<String>();
                    self.write(&format!("{name}%5B{key}%5D"), member);
                }
            }
        }
    }

    fn pair(&mut self, encoded_name: &str, text: &str) {
        if !self.body.is_empty() {
            self.body.push('&');
        }
        self.body.push_str(encoded_name);
        self.body.push('=');
        self.body.extend(byte_serialize(text.as_bytes()));
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl<T: Into<Value>> From<Vec<T>> for Value {
    fn from(items: Vec<T>) -> Self {
        Self::List(items.into_iter().map(Into::into).collect())
    }
}

macro_rules! number_value {
    ($($number:ty)+) => {$(
        impl From<$number> for Value {
            fn from(number: $number) -> Self {
                Self::Number(number.into())
            }
        }
    )+};
}

macro_rules! id_value {
    ($($id:ty)+) => {$(
        impl From<$id> for Value {
            fn from(id: $id) -> Self {
                Self::Number(id.get().into())
            }
        }
    )+};
}

number_value!(u32 u64 i64);
id_value!(ClientId UserId InvoiceId ServiceId OrderId ProductId ProductGroupId CurrencyId CustomFieldId);
id_value!(ConfigOptionId ConfigChoiceId DomainId);

#[cfg(test)]
mod tests {
    use super::{Form, Value};

    #[test]
    fn follows_http_build_query() {
        let form = Form::new()
            .with("pid", vec![1_u64, 1])
            .with("billingcycle", vec![Some("monthly"), None, Some("annually")])
            .with("noemail", true)
            .with("promooverride", false)
            .with("promocode", None::<&str>)
            .with("configoptions", Value::Map(vec![("1".into(), 4_u64.into())]))
            .with("addons", Vec::<u64>::new())
            .with("name", "Zoë & Söhne+1 ~50%");
        assert_eq!(
            form.into_body(),
            "pid%5B0%5D=1&pid%5B1%5D=1&billingcycle%5B0%5D=monthly&billingcycle%5B2%5D=annually&noemail=1\
             &promooverride=0&configoptions%5B1%5D=4&name=Zo%C3%AB+%26+S%C3%B6hne%2B1+%7E50%25"
        );
    }

    #[test]
    fn forms_are_joined_without_an_empty_pair() {
        let ab =
            Form::new().with("a", "1").followed_by(&Form::new()).followed_by(&Form::new().with("b", "2"));
        assert_eq!(ab.into_body(), "a=1&b=2");
        assert_eq!(Form::new().followed_by(&Form::new().with("b", "2")).into_body(), "b=2");
    }
}
