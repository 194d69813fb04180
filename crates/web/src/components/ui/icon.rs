//! One set of icons, drawn on a grid of 24 with a stroke of one width. They accompany words and say nothing by themselves.

use crate::prelude::*;

/// What an icon shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    Home,
    Invoice,
    Person,
    Alert,
    Check,
    Clock,
    Crossed,
    Back,
    Flag,
    Dots,
    Refresh,
    ArrowLeft,
    Left,
    Right,
    Up,
    Down,
    UpDown,
    External,
    Download,
    Printer,
    Sun,
    Moon,
    Screen,
    Leave,
    Eye,
    EyeClosed,
    Card,
    Server,
    Speech,
    Info,
    Close,
    Inbox,
    Circle,
    Link,
    Key,
    Shield,
    Trash,
    Plus,
}

impl Sign {
    fn path(self) -> &'static str {
        match self {
            Self::Home => "M4 11l8-7 8 7M6 9.5V20h12V9.5M10 20v-6h4v6",
            Self::Invoice => "M6 3h9l4 4v14H6zM14.5 3v4.5H19M9.5 12h6M9.5 16h6",
            Self::Person => {
                "M12 12a4 4 0 1 0 0-8a4 4 0 0 0 0 8zM4.5 20.5c.8-3.6 3.8-5.5 7.5-5.5s6.7 1.9 7.5 5.5"
            }
            Self::Alert => "M12 4L2.8 19.5h18.4zM12 10v4.2M12 16.9v.1",
            Self::Check => "M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18zM8.2 12.3l2.6 2.6 5-5.4",
            Self::Clock => "M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18zM12 7.2V12l3.2 2",
            Self::Crossed => "M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18zM9 9l6 6M15 9l-6 6",
            Self::Back => "M8.5 5.5l-4 4 4 4M5 9.5h9a5 5 0 0 1 0 10h-3.5",
            Self::Flag => "M6 21V4M6 5h11l-2.5 4L17 13H6",
            Self::Dots => "M6 12v.01M12 12v.01M18 12v.01",
            Self::Refresh => "M19.5 12a7.5 7.5 0 1 1-2.3-5.4M19.8 3.5v4h-4",
            Self::ArrowLeft => "M19 12H5M11 6l-6 6 6 6",
            Self::Left => "M14.5 6l-6 6 6 6",
            Self::Right => "M9.5 6l6 6-6 6",
            Self::Up => "M6 14.5l6-6 6 6",
            Self::Down => "M6 9.5l6 6 6-6",
            Self::UpDown => "M8 10l4-4 4 4M8 14l4 4 4-4",
            Self::External => "M14 4h6v6M20 4l-9 9M18 14v5a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1h5",
            Self::Download => "M12 4v11M7.5 10.8l4.5 4.5 4.5-4.5M5 19.5h14",
            Self::Printer => "M7 9V4h10v5M7 17H4.5V9h15v8H17M7 14h10v6H7z",
            Self::Sun => {
                "M12 8a4 4 0 1 0 0 8a4 4 0 0 0 0-8zM12 2.5v2M12 19.5v2M4.2 4.2l1.5 1.5M18.3 18.3l1.5 1.5M2.5 12h2\
                 M19.5 12h2M4.2 19.8l1.5-1.5M18.3 5.7l1.5-1.5"
            }
            Self::Moon => "M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z",
            Self::Screen => "M3.5 5h17v11h-17zM9 20h6M12 16v4",
            Self::Leave => "M10 4H5v16h5M10.5 12H20M16 8l4 4-4 4",
            Self::Eye => {
                "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12z\
                 M12 9.3a2.7 2.7 0 1 0 0 5.4a2.7 2.7 0 0 0 0-5.4z"
            }
            Self::EyeClosed => {
                "M4 4l16 16M9.5 5.8a9 9 0 0 1 2.5-.3c6 0 9.5 6.5 9.5 6.5a17 17 0 0 1-2.9 3.5\
                 M6 7.3A16 16 0 0 0 2.5 12S6 18.5 12 18.5a9.4 9.4 0 0 0 3.9-.8"
            }
            Self::Card => "M3 6h18v12.5H3zM3 10.5h18M6.5 15h3",
            Self::Server => "M4 4.5h16v6H4zM4 13.5h16v6H4zM7.5 7.5v.01M7.5 16.5v.01",
            Self::Speech => "M4 5h16v11h-9l-4.5 4v-4H4z",
            Self::Info => "M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18zM12 11v5.2M12 7.8v.1",
            Self::Close => "M6 6l12 12M18 6L6 18",
            Self::Inbox => "M4 13l2.5-8h11L20 13v6H4zM4 13h5l1 2.5h4l1-2.5h5",
            Self::Circle => "M12 3a9 9 0 1 0 9 9",
            Self::Key => "M15 4a5 5 0 1 0 0 10a5 5 0 0 0 0-10zM11.4 12.6L4 20M6 18l2.5 2.5M9 15l2 2",
            Self::Shield => "M12 3l7.5 3v5.5c0 4.6-3.1 7.9-7.5 9.5c-4.4-1.6-7.5-4.9-7.5-9.5V6z",
            Self::Trash => "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13M10.5 11v5M13.5 11v5",
            Self::Plus => "M12 5v14M5 12h14",
            Self::Link => {
                "M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-5.7-5.7L12 7M14 10a4 4 0 0 0-6-.4l-3 3a4 4 0 0 0 5.7 5.7L12 17"
            }
        }
    }
}

/// An icon of the size of the text around it, unless `class` says otherwise.
#[component]
pub fn Icon(sign: Sign, #[prop(default = "size-5")] class: &'static str) -> impl IntoView {
    view! {
        <svg
            class=format!("{class} shrink-0")
            viewBox="0 0 24 24"
            fill="none"
            stroke="currentColor"
            stroke-width="1.75"
            stroke-linecap="round"
            stroke-linejoin="round"
            aria-hidden="true"
        >
            <path d=sign.path() />
        </svg>
    }
}
