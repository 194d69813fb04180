//! What the pages share: head, navigation, tables, form fields.

use std::fmt::Write as _;

use actix_web::HttpResponse;
use serde_json::{Map, Value};

use crate::answer::Answer;
use crate::html::escape;

/// Where a page stands in the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Overview,
    Ledger,
    Requests,
    Faults,
    Switches,
    Webhooks,
}

const PLACES: [(Place, &str, &str); 6] = [
    (Place::Overview, "/", "Overview"),
    (Place::Ledger, "/_sandbox/ledger", "Ledger"),
    (Place::Requests, "/_sandbox/requests", "Requests"),
    (Place::Faults, "/_sandbox/faults", "Faults"),
    (Place::Switches, "/_sandbox/switches", "Switches"),
    (Place::Webhooks, "/_sandbox/webhooks", "Webhooks"),
];

/// A page about to be filled.
#[derive(Debug, Clone, Copy)]
pub struct Frame {
    place: Place,
    reload: Option<u32>,
}

impl Frame {
    pub fn new(place: Place) -> Self {
        Self { place, reload: None }
    }

    /// Reloads by itself every so many seconds; not for pages with forms.
    #[must_use]
    pub fn reloading(self, seconds: u32) -> Self {
        Self { reload: Some(seconds), ..self }
    }

    pub fn answer(self, main: &str) -> HttpResponse {
        self.page(200, main)
    }

    /// A form that was not taken, with the reason; back brings what was typed.
    pub fn refused(self, reason: &str) -> HttpResponse {
        let to = PLACES.iter().find(|(place, _, _)| *place == self.place).map_or("/", |(_, to, _)| to);
        let main = format!(
            "<h1>Not taken</h1><p class=\"notice\" role=\"alert\">{}</p><p><a href=\"{to}\">Back</a></p>",
            escape(reason)
        );
        self.page(422, &main)
    }

    fn page(self, status: u16, main: &str) -> HttpResponse {
        let mut nav = String::new();
        let mut title = "Sandbox";
        for (place, href, label) in PLACES {
            let current = if place == self.place { " aria-current=\"page\"" } else { "" };
            if place == self.place {
                title = label;
            }
            // Writing to a `String` cannot fail.
            let _ = write!(nav, "<a href=\"{href}\"{current}>{label}</a>");
        }
        let reload = self.reload.map_or_else(String::new, |seconds| {
            format!("<meta http-equiv=\"refresh\" content=\"{seconds}\">")
        });
        let page = format!(
            "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title} | Sandbox</title>\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
             <meta name=\"color-scheme\" content=\"light dark\">{reload}\
             <link rel=\"stylesheet\" href=\"/_sandbox/overview.css\"></head>\
             <body><a class=\"skip\" href=\"#main\">To the content</a><header><a class=\"brand\" href=\"/\">Sandbox</a>\
             <nav aria-label=\"Pages\">{nav}<a href=\"/mail\">Mailbox</a></nav></header>\
             <main id=\"main\">{main}</main></body></html>"
        );
        Answer::html(status, page).into_response()
    }
}

/// A table that scrolls by itself when it is too wide, and becomes a list of cards on a phone. Cells are HTML.
pub fn table(label: &str, columns: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut body = String::new();
    for row in rows {
        body.push_str("<tr role=\"row\">");
        for (cell, column) in row.into_iter().zip(columns) {
            // Writing to a `String` cannot fail.
            let _ = write!(body, "<td role=\"cell\" data-label=\"{column}\"><div>{cell}</div></td>");
        }
        body.push_str("</tr>");
    }
    if body.is_empty() {
        return "<p class=\"empty\">Nothing yet.</p>".to_owned();
    }
    let head =
        columns.iter().fold(String::new(), |head, column| head + "<th scope=\"col\">" + column + "</th>");
    format!(
        "<div class=\"scroll\" role=\"region\" aria-label=\"{label}\" tabindex=\"0\"><table role=\"table\"><thead><tr role=\"row\">{head}</tr></thead>\
         <tbody>{body}</tbody></table></div>"
    )
}

/// A labelled text field.
pub fn field(label: &str, name: &str, value: &str, hint: &str) -> String {
    format!(
        "<label>{label} <input name=\"{name}\" value=\"{}\" placeholder=\"{}\" autocomplete=\"off\"></label>",
        escape(value),
        escape(hint)
    )
}

/// A labelled choice.
pub fn choice<'a>(
    label: &str,
    name: &str,
    options: impl IntoIterator<Item = &'a str>,
    chosen: &str,
) -> String {
    let options = options.into_iter().fold(String::new(), |all, option| {
        let selected = if option == chosen { " selected" } else { "" };
        all + &format!("<option{selected}>{}</option>", escape(option))
    });
    format!("<label>{label} <select name=\"{name}\">{options}</select></label>")
}

/// A form's filled fields as the control API would take them: numbers as numbers, `on` as true, JSON as JSON where `json` says.
pub fn body(form: Vec<(String, String)>, json: &[&str]) -> Map<String, Value> {
    form.into_iter()
        .filter(|(_, value)| !value.trim().is_empty())
        .map(|(name, value)| {
            let plain = || Value::String(value.trim().to_owned());
            let value = match value.trim() {
                "on" => Value::Bool(true),
                text if json.contains(&name.as_str()) => {
                    serde_json::from_str(text).unwrap_or_else(|_| plain())
                }
                _ => plain(),
            };
            (name, value)
        })
        .collect()
}
