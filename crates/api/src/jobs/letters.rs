//! The last step of every job that mails: lay the letter out, hand it to the mail server, and say what its answer means.
//!
//! One pair of templates makes every mail, as plain text and as HTML with the same words. Neither loads anything from anywhere.

use askama::Template;

use super::Verdict;
use crate::{
    app::App,
    domain::letter::Letter,
    store::EmailAddress,
    upstream::{WriteError, mail::Mail},
};

#[derive(Template)]
#[template(path = "mail/letter.txt")]
struct Plain<'a> {
    app_name: &'a str,
    home: &'a str,
    letter: &'a Letter,
}

#[derive(Template)]
#[template(path = "mail/letter.html")]
struct Html<'a> {
    app_name: &'a str,
    home: &'a str,
    letter: &'a Letter,
}

/// Plain text and HTML of a letter.
fn laid_out(app_name: &str, home: &str, letter: &Letter) -> Result<(String, String), askama::Error> {
    Ok((Plain { app_name, home, letter }.render()?, Html { app_name, home, letter }.render()?))
}

/// Sends a letter. A repetition after an unknown outcome may arrive twice, which is better than not at all.
pub(super) async fn send(app: &App, to: EmailAddress, letter: Letter) -> Verdict {
    let Ok((text, html)) = laid_out(&app.settings.app_name, &app.settings.page(""), &letter) else {
        return Verdict::Fail("unprintable_mail");
    };
    let message_id = app.random.uuid(app.clock.now()).to_string();
    let mail = Mail { to: to.as_str().to_owned(), subject: letter.subject, text, html, message_id };
    match app.mailer.send(&mail).await {
        Ok(()) => Verdict::Done,
        Err(WriteError::Refused(_, error)) => {
            tracing::error!(%error, "a mail was refused for good");
            Verdict::Fail("mail_refused")
        }
        Err(WriteError::NotSent(error) | WriteError::Unknown(error)) => {
            tracing::warn!(%error, "a mail waits");
            Verdict::Retry("mail_server", None)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        letter::{self, Circumstances, CodeMail},
        notice::Notice,
    };

    const HOME: &str = "https://portal.example.com/";

    #[test]
    fn a_letter_is_the_same_in_plain_text_and_in_html() {
        let asked = Circumstances {
            at: Some("22 November 2026, 21:35 UTC".into()),
            device: Some("Firefox on Linux".into()),
            network: Some("203.0.113.7".into()),
        };
        let mail = CodeMail { app_name: "Portal", code: "012345", minutes: 10, asked: &asked };
        let link = "https://portal.example.com/auth/reset#01.012345";
        let letters = [
            mail.sign_up(),
            mail.password_reset(link.into()),
            mail.email_change(),
            mail.new_device(link.into()),
            letter::sign_up_known_address("Portal", link.into()),
            letter::email_change_known_address("Portal", link.into()),
        ];
        let notices = Notice::ALL.map(|of| letter::notice("Portal", of, &asked, link.into()));
        for letter in letters.into_iter().chain(notices) {
            let (text, html) = laid_out("Portal", HOME, &letter).unwrap();
            let details = letter.details.iter().map(|(_, value)| value);
            let parts = letter.opening.iter().chain(&letter.closing).chain(&letter.code).chain(details);
            for part in parts.chain(letter.link.iter().map(|link| &link.url)) {
                assert!(text.contains(part.as_str()), "{part} in {text}");
                assert!(html_escape::decode_html_entities(&html).contains(part.as_str()), "{part} in {html}");
            }
            assert!(!text.contains("\n\n\n") && !text.contains("{{"), "{text}");
        }
    }

    #[test]
    fn nothing_is_loaded_and_nothing_gets_in() {
        let of = |app_name: &str, device: &str| {
            let asked = Circumstances { device: Some(device.to_owned()), ..Default::default() };
            let mail = CodeMail { app_name, code: "012345", minutes: 10, asked: &asked };
            laid_out(app_name, HOME, &mail.password_reset(HOME.to_owned())).unwrap().1
        };
        let hostile = of("Tom & <b>Jerry</b>", "<img src=x onerror=alert(1)>");
        assert!(!hostile.contains("<b>") && !hostile.contains("<img"), "{hostile}");
        let html = of("Portal", "Firefox on Linux");
        for loads in ["src=", "url(", "@import", "<link", "<script", "<img", "http-equiv", "background="] {
            assert!(!html.contains(loads), "{loads} in {html}");
        }
        let links: Vec<&str> = html.split("href=\"").skip(1).collect();
        assert!(links.len() == 1 && links.iter().all(|link| link.starts_with(HOME)), "{html}");
    }

    #[test]
    fn a_code_mail_looks_like_this() {
        let asked = Circumstances { network: Some("203.0.113.7".into()), ..Default::default() };
        let mail = CodeMail { app_name: "Portal", code: "012345", minutes: 10, asked: &asked };
        let letter = mail.password_reset("https://portal.example.com/auth/reset#01.012345".into());
        let (text, _) = laid_out("Portal", HOME, &letter).unwrap();
        insta::assert_snapshot!(text);
    }
}
