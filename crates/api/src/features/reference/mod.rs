//! What is the same for everybody.

pub mod list_regions;
