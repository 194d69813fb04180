//! Form bodies as PHP reads them: `a[b][]=v` builds nested arrays, names are mangled, later values win.

use url::form_urlencoded;

/// PHP's `max_input_vars`.
const MAX_VARIABLES: usize = 1000;
/// PHP's `max_input_nesting_level`; deeper variables are ignored.
const MAX_DEPTH: usize = 64;

/// A value of `$_POST`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PhpValue {
    Text(String),
    Array(PhpArray),
}

/// An ordered PHP array. Integer keys are kept as their decimal text, which is how PHP prints them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PhpArray {
    entries: Vec<(String, PhpValue)>,
    next: u64,
}

impl PhpArray {
    pub fn get(&self, key: &str) -> Option<&PhpValue> {
        self.entries.iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// Keys and values in the order they were set.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &PhpValue)> {
        self.entries.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// A member as trimmed text; absent or an array counts as empty.
    pub fn text(&self, key: &str) -> &str {
        match self.get(key) {
            Some(PhpValue::Text(text)) => text.trim(),
            _ => "",
        }
    }

    pub fn set(&mut self, key: String, value: PhpValue) {
        self.note_index(&key);
        match self.entries.iter_mut().find(|(name, _)| *name == key) {
            Some((_, old)) => *old = value,
            None => self.entries.push((key, value)),
        }
    }

    /// The array under `key`; a scalar there is replaced, as in PHP.
    fn array_at(&mut self, key: String) -> Option<&mut PhpArray> {
        self.note_index(&key);
        let position = self.entries.iter().position(|(name, _)| *name == key).unwrap_or_else(|| {
            self.entries.push((key, PhpValue::Array(PhpArray::default())));
            self.entries.len() - 1
        });
        let (_, value) = self.entries.get_mut(position)?;
        if let PhpValue::Text(_) = value {
            *value = PhpValue::Array(PhpArray::default());
        }
        match value {
            PhpValue::Array(array) => Some(array),
            PhpValue::Text(_) => None,
        }
    }

    fn note_index(&mut self, key: &str) {
        if let Ok(index) = key.parse::<u64>()
            && index.to_string() == key
        {
            self.next = self.next.max(index.saturating_add(1));
        }
    }

    fn next_key(&self) -> String {
        self.next.to_string()
    }
}

/// The parameters of a request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Params(PhpArray);

impl Params {
    /// Parses a whole body; never fails, as PHP never does.
    pub fn parse(body: &[u8]) -> Self {
        let mut root = PhpArray::default();
        for (name, value) in form_urlencoded::parse(body).take(MAX_VARIABLES) {
            if let Some((base, path)) = split_name(&name) {
                insert(&mut root, base, path, value.into_owned());
            }
        }
        Self(root)
    }

    /// A parameter as text, trimmed; absent or an array counts as empty.
    pub fn text(&self, name: &str) -> &str {
        self.0.text(name)
    }

    /// A parameter exactly as sent.
    pub fn raw(&self, name: &str) -> &str {
        match self.0.get(name) {
            Some(PhpValue::Text(text)) => text,
            _ => "",
        }
    }

    /// A parameter in whatever form it was sent.
    pub fn value(&self, name: &str) -> Option<&PhpValue> {
        self.0.get(name)
    }

    /// An array parameter; nothing when absent or a scalar.
    pub fn array(&self, name: &str) -> Option<&PhpArray> {
        match self.0.get(name) {
            Some(PhpValue::Array(array)) => Some(array),
            _ => None,
        }
    }

    /// Whether the parameter was sent at all, in any form, even empty.
    pub fn sent(&self, name: &str) -> bool {
        self.0.get(name).is_some()
    }

    /// All parameters in the order they were sent.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &PhpValue)> {
        self.0.iter()
    }

    /// Whether the parameter was sent and is not empty.
    pub fn given(&self, name: &str) -> bool {
        !self.text(name).is_empty()
    }

    /// An id or count; `None` when absent, `Some(0)` when it is no number, as `(int)` gives.
    pub fn number(&self, name: &str) -> Option<u64> {
        self.given(name).then(|| self.text(name).parse().unwrap_or(0))
    }

    /// PHP truth: everything but `""` and `"0"`, so the text `false` is true.
    pub fn flag(&self, name: &str) -> bool {
        !matches!(self.raw(name), "" | "0")
    }
}

/// Splits `a[b][]` into `a` and its keys; `None` when PHP would ignore the variable.
fn split_name(name: &str) -> Option<(String, Vec<String>)> {
    let name = name.trim_start_matches(' ');
    let (base, brackets) = match name.split_once('[') {
        Some((base, rest)) if rest.contains(']') => (base.to_owned(), Some(rest)),
        // An opening bracket that is never closed becomes an underscore.
        Some((base, rest)) => (format!("{base}_{rest}"), None),
        None => (name.to_owned(), None),
    };
    let base: String = base.chars().map(|c| if matches!(c, ' ' | '.') { '_' } else { c }).collect();
    if base.is_empty() {
        return None;
    }
    let mut keys = Vec::new();
    let mut rest = brackets;
    while let Some((key, after)) = rest.and_then(|text| text.split_once(']')) {
        keys.push(key.to_owned());
        // Whatever follows a closing bracket is ignored unless it opens the next one.
        rest = after.strip_prefix('[');
    }
    (keys.len() <= MAX_DEPTH).then_some((base, keys))
}

fn insert(root: &mut PhpArray, base: String, path: Vec<String>, value: String) {
    let mut array = root;
    let mut key = base;
    for step in path {
        let Some(inner) = array.array_at(key) else { return };
        key = if step.is_empty() { inner.next_key() } else { step };
        array = inner;
    }
    array.set(key, PhpValue::Text(value));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Params, PhpArray, PhpValue};

    fn parse(body: &str) -> Params {
        Params::parse(body.as_bytes())
    }

    fn at<'a>(params: &'a Params, path: &[&str]) -> Option<&'a PhpValue> {
        let (last, inner) = path.split_last().unwrap();
        let array = inner.iter().try_fold(&params.0, |array, key| match array.get(key) {
            Some(PhpValue::Array(array)) => Some(array),
            _ => None,
        });
        array?.get(last)
    }

    fn text(value: &str) -> PhpValue {
        PhpValue::Text(value.to_owned())
    }

    #[test]
    fn brackets_build_arrays_as_php_does() {
        let params =
            parse("pid[0]=1&pid[1]=2&c%5Bx%5D%5By%5D=z&n[]=a&n[5]=b&n[]=c&a+b.c=1&open[x=2&k[a]junk[b]=3");
        assert_eq!(at(&params, &["pid", "1"]), Some(&text("2")));
        assert_eq!(at(&params, &["c", "x", "y"]), Some(&text("z")));
        assert_eq!(at(&params, &["n", "0"]), Some(&text("a")));
        assert_eq!(at(&params, &["n", "6"]), Some(&text("c")));
        assert_eq!(params.text("a_b_c"), "1");
        assert_eq!(params.text("open_x"), "2");
        assert_eq!(at(&params, &["k", "a"]), Some(&text("3")));
    }

    #[test]
    fn later_values_win_and_the_word_false_is_true() {
        let params = parse("a=1&a=2&b=1&b[x]=3&off=0&no=false&none=");
        assert_eq!(params.text("a"), "2");
        assert_eq!(at(&params, &["b", "x"]), Some(&text("3")));
        assert!(!params.flag("off") && !params.flag("none") && !params.flag("absent"));
        assert!(params.flag("no"));
    }

    fn tree() -> impl Strategy<Value = PhpArray> {
        let leaf = ".{0,8}".prop_map(PhpValue::Text);
        let value = leaf.prop_recursive(3, 24, 4, |inner| {
            prop::collection::vec(("[a-z0-9]{1,4}", inner), 1..4)
                .prop_map(|entries| PhpValue::Array(array(entries)))
        });
        prop::collection::vec(("[a-z]{1,6}", value), 0..5).prop_map(array)
    }

    fn array(entries: Vec<(String, PhpValue)>) -> PhpArray {
        let mut array = PhpArray::default();
        for (key, value) in entries {
            array.set(key, value);
        }
        array
    }

    fn write(array: &PhpArray, prefix: &str, out: &mut url::form_urlencoded::Serializer<'_, String>) {
        for (key, value) in &array.entries {
            let name = if prefix.is_empty() { key.clone() } else { format!("{prefix}[{key}]") };
            match value {
                PhpValue::Text(text) => drop(out.append_pair(&name, text)),
                PhpValue::Array(inner) => write(inner, &name, out),
            }
        }
    }

    proptest! {
        #[test]
        fn what_is_written_with_brackets_is_read_back(tree in tree()) {
            let mut out = url::form_urlencoded::Serializer::new(String::new());
            write(&tree, "", &mut out);
            prop_assert_eq!(parse(&out.finish()).0, tree);
        }

        #[test]
        fn any_bytes_are_parsed_without_panic(body in prop::collection::vec(any::<u8>(), 0..200)) {
            Params::parse(&body);
        }
    }
}
