//! The design's own parts.

mod badge;
mod button;
mod card;
mod choice;
mod dialog;
mod field;
mod icon;
mod menu;
mod page;
mod pagination;
mod password;
mod select;
mod skeleton;
mod states;
mod status;
mod theme_switch;
mod toast;
mod value;

pub use badge::{Badge, Tone};
pub use button::{Button, ButtonLink, Look, RefreshButton};
pub use card::{Card, CardTitle};
pub use choice::{Choice, Choices};
pub use dialog::Dialog;
pub use field::{FieldFrame, TextInput, described_by};
pub use icon::{Icon, Sign};
pub use menu::{Menu, MenuAction};
pub use page::{PageHeading, Panel};
pub use pagination::Pagination;
pub use password::PasswordInput;
pub use select::Select;
pub use skeleton::{Bone, LoadingText};
pub use states::{AsOf, EmptyState, ErrorState, Notice, StaleNotice, Trouble};
pub use status::InvoiceBadge;
pub use theme_switch::ThemeSwitch;
pub use toast::{Announcer, ToastRegion, Toasts};
pub use value::{Amount, Day};
