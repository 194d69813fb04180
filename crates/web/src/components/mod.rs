//! What pages are made of. Presentation only: data comes in as properties and goes out through callbacks; nothing here calls the
//! API, reads a cache or knows the session.

pub mod ui;
