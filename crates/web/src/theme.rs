//! Light, dark, or as the system has it. The choice is the only thing the app stores; `boot.js` reads it before the first paint.

use leptos::ev;
use wasm_bindgen::{JsCast, closure::Closure};

use crate::prelude::*;

const STORAGE_KEY: &str = "theme";
const DARK: &str = "(prefers-color-scheme: dark)";

/// What the customer chose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Theme {
    /// Always light.
    Light,
    /// Always dark.
    Dark,
    /// As the system has it.
    #[default]
    System,
}

impl Theme {
    /// Every choice, in the order of menus.
    pub const ALL: [Self; 3] = [Self::Light, Self::Dark, Self::System];

    fn stored(text: Option<&str>) -> Self {
        match text {
            Some("light") => Self::Light,
            Some("dark") => Self::Dark,
            _ => Self::System,
        }
    }

    fn as_stored(self) -> Option<&'static str> {
        match self {
            Self::Light => Some("light"),
            Self::Dark => Some("dark"),
            Self::System => None,
        }
    }

    fn is_dark(self, system_is_dark: bool) -> bool {
        match self {
            Self::Light => false,
            Self::Dark => true,
            Self::System => system_is_dark,
        }
    }
}

/// The choice, as a context of the app.
#[derive(Clone, Copy)]
pub struct ThemeChoice(RwSignal<Theme>);

impl ThemeChoice {
    /// Reads the stored choice and keeps the page in step with it, with the system, and with other tabs.
    pub fn install() -> Self {
        let choice = Self(RwSignal::new(read()));
        Effect::new(move |_| apply(choice.0.get()));
        let storage = window_event_listener(ev::storage, move |_| choice.0.set(read()));
        on_cleanup(move || storage.remove());
        if let Ok(Some(system)) = window().match_media(DARK) {
            let follow = Closure::<dyn Fn()>::new(move || apply(choice.0.get_untracked()));
            // A browser that cannot tell of changes keeps the theme of the first paint.
            let _ = system.add_event_listener_with_callback("change", follow.as_ref().unchecked_ref());
            follow.forget();
        }
        choice
    }

    /// The choice.
    pub fn get(self) -> Theme {
        self.0.get()
    }

    /// Chooses, and remembers it.
    pub fn set(self, theme: Theme) {
        if let Ok(Some(storage)) = window().local_storage() {
            // Storage that is full or switched off: the choice then holds for this page only.
            let _ = match theme.as_stored() {
                Some(text) => storage.set_item(STORAGE_KEY, text),
                None => storage.remove_item(STORAGE_KEY),
            };
        }
        self.0.set(theme);
    }
}

fn read() -> Theme {
    let stored = window().local_storage().ok().flatten().and_then(|s| s.get_item(STORAGE_KEY).ok().flatten());
    Theme::stored(stored.as_deref())
}

fn apply(theme: Theme) {
    let system_is_dark = window().match_media(DARK).ok().flatten().is_some_and(|query| query.matches());
    let name = if theme.is_dark(system_is_dark) { "dark" } else { "light" };
    if let Some(root) = document().document_element() {
        // Setting an attribute of a fixed, valid name does not fail.
        let _ = root.set_attribute("data-theme", name);
    }
}

#[cfg(test)]
mod tests {
    use super::Theme;

    #[test]
    fn every_choice_survives_storage() {
        for theme in Theme::ALL {
            assert_eq!(Theme::stored(theme.as_stored()), theme);
        }
        assert_eq!(Theme::stored(Some("purple")), Theme::System);
    }

    #[test]
    fn only_the_system_theme_follows_the_system() {
        assert!(Theme::System.is_dark(true));
        assert!(!Theme::System.is_dark(false));
        assert!(Theme::Dark.is_dark(false));
        assert!(!Theme::Light.is_dark(true));
    }
}
