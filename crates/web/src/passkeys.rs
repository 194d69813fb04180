//! The browser's dialog for passkeys (WebAuthn level 3).
//!
//! Options come from the portal and the outcome goes back to it as JSON text; the browser's own functions turn both.

use leptos::prelude::window;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::js_sys::{Function, JSON, Object, Promise, Reflect};

/// Why there is no outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasskeyTrouble {
    /// The customer closed the dialog, or it waited too long.
    Dismissed,
    /// The browser cannot do it.
    Unsupported,
}

/// Whether this browser knows passkeys and the functions used here.
pub fn is_supported() -> bool {
    credential_class().is_some_and(|class| has(&class, "parseRequestOptionsFromJSON"))
}

/// Makes a new passkey.
pub async fn create(options: &str) -> Result<String, PasskeyTrouble> {
    run("create", "parseCreationOptionsFromJSON", options).await
}

/// Proves who somebody is.
pub async fn get(options: &str) -> Result<String, PasskeyTrouble> {
    run("get", "parseRequestOptionsFromJSON", options).await
}

async fn run(verb: &str, parse: &str, options: &str) -> Result<String, PasskeyTrouble> {
    let dialog = begin(verb, parse, options).ok_or(PasskeyTrouble::Unsupported)?;
    let credential = wasm_bindgen_futures::JsFuture::from(dialog).await;
    let credential = credential.map_err(|_| PasskeyTrouble::Dismissed)?;
    as_text(&credential).ok_or(PasskeyTrouble::Unsupported)
}

fn begin(verb: &str, parse: &str, options: &str) -> Option<Promise> {
    let parsed = JSON::parse(options).ok()?;
    // The portal's library wraps the options in the form that `credentials.get` takes.
    let inner = property(&parsed, "publicKey").unwrap_or(parsed);
    let class = credential_class()?;
    let public_key = call(&class, parse, &inner)?;
    let argument = Object::new();
    Reflect::set(&argument, &"publicKey".into(), &public_key).ok()?;
    let credentials = property(&window().navigator(), "credentials")?;
    call(&credentials, verb, &argument)?.dyn_into().ok()
}

fn as_text(credential: &JsValue) -> Option<String> {
    let plain = call(credential, "toJSON", &JsValue::UNDEFINED)?;
    JSON::stringify(&plain).ok()?.as_string()
}

fn credential_class() -> Option<JsValue> {
    property(&window(), "PublicKeyCredential")
}

fn has(target: &JsValue, name: &str) -> bool {
    property(target, name).is_some_and(|found| found.is_function())
}

fn property(target: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(target, &name.into()).ok().filter(|found| !found.is_undefined() && !found.is_null())
}

fn call(target: &JsValue, method: &str, argument: &JsValue) -> Option<JsValue> {
    let function: Function = property(target, method)?.dyn_into().ok()?;
    function.call1(target, argument).ok()
}
