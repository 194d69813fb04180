//! What the portal writes to people: the words of each mail. How they look, the templates say.

use super::notice::Notice;

/// A mail before it is laid out. Each part is left out where it is empty.
#[derive(Clone, PartialEq, Eq)]
pub struct Letter {
    /// Subject.
    pub subject: String,
    /// What it is about, in a few words.
    pub heading: String,
    /// What there is to say first.
    pub opening: Vec<String>,
    /// A code to type.
    pub code: Option<String>,
    /// Circumstances: a label and a value each.
    pub details: Vec<(&'static str, String)>,
    /// A page to open.
    pub link: Option<Link>,
    /// What there is to say last.
    pub closing: Vec<String>,
}

/// A page to open.
#[derive(Clone, PartialEq, Eq)]
pub struct Link {
    /// What it does.
    pub label: &'static str,
    /// Its address.
    pub url: String,
}

/// Where and when something happened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Circumstances {
    /// When, in words, in UTC.
    pub at: Option<String>,
    /// Browser and system.
    pub device: Option<String>,
    /// Network.
    pub network: Option<String>,
}

impl Circumstances {
    fn lines(&self) -> Vec<(&'static str, String)> {
        let lines = [("When", &self.at), ("Device", &self.device), ("Network", &self.network)];
        lines.into_iter().filter_map(|(label, value)| Some((label, value.clone()?))).collect()
    }
}

/// A code, and what every mail with a code says of it.
pub struct CodeMail<'a> {
    /// Name of the portal.
    pub app_name: &'a str,
    /// The code.
    pub code: &'a str,
    /// For how many minutes it works.
    pub minutes: u64,
    /// Who asked for it, where that helps to tell whether it was oneself.
    pub asked: &'a Circumstances,
}

impl CodeMail<'_> {
    fn letter(&self, heading: &str, opening: String, not_you: &str) -> Letter {
        let Self { app_name, code, minutes, asked } = self;
        Letter {
            subject: format!("{code} is your code for {app_name}"),
            heading: heading.to_owned(),
            opening: vec![opening],
            code: Some((*code).to_owned()),
            details: asked.lines(),
            link: None,
            closing: vec![
                format!(
                    "The code works once, for {minutes} minutes, on the page where you asked for it. Nobody from {app_name} will ever \
                     ask you for it."
                ),
                not_you.to_owned(),
            ],
        }
    }

    /// The code that proves the address of a new customer.
    #[must_use]
    pub fn sign_up(&self) -> Letter {
        self.letter(
            "Confirm your address",
            format!("Enter this code to make your account at {}.", self.app_name),
            "If you did not ask for a code, you need not do anything.",
        )
    }

    /// The code that replaces a password, and the page on which it does.
    #[must_use]
    pub fn password_reset(&self, url: String) -> Letter {
        let mut letter = self.letter(
            "Choose a new password",
            format!(
                "Enter this code to choose a new password for {}, or open the page below.",
                self.app_name
            ),
            "If you did not ask for a code, your password stays as it is and you need not do anything.",
        );
        letter.link = Some(Link { label: "Choose a new password", url });
        letter
    }

    /// The code that proves a new address.
    #[must_use]
    pub fn email_change(&self) -> Letter {
        self.letter(
            "Confirm your new address",
            format!("Enter this code to use this address for your account at {}.", self.app_name),
            "If you did not ask for a code, you need not do anything: without it nothing changes.",
        )
    }

    /// The code that proves the address of a WHMCS login.
    #[must_use]
    pub fn link(&self) -> Letter {
        self.letter(
            "Connect your billing login",
            format!(
                "Somebody, probably you, is connecting the billing login of this address to {}. Enter this code to go on.",
                self.app_name
            ),
            "If it was not you, somebody knows the password of your billing login: change it.",
        )
    }

    /// The code that lets a new device in.
    #[must_use]
    pub fn new_device(&self, reset_url: String) -> Letter {
        let mut letter = self.letter(
            "Signing in on a new device",
            format!(
                "Your password for {} was entered on a device that has not been used before. Enter this code there to sign in.",
                self.app_name
            ),
            "If it was not you, somebody knows your password: choose a new one now.",
        );
        letter.link = Some(Link { label: "Choose a new password", url: reset_url });
        letter
    }
}

/// For an address that has an account: whoever filled in the form learns nothing, the owner of the address does.
#[must_use]
pub fn sign_up_known_address(app_name: &str, sign_in_url: String) -> Letter {
    Letter {
        subject: format!("You already have an account at {app_name}"),
        heading: "You already have an account".to_owned(),
        opening: vec![format!(
            "Somebody, probably you, asked for a new account at {app_name} with this address. You have one already."
        )],
        code: None,
        details: Vec::new(),
        link: Some(Link { label: "Sign in", url: sign_in_url }),
        closing: vec!["If it was not you, you need not do anything.".to_owned()],
    }
}

/// For an address that has an account, when another account wants to use it.
#[must_use]
pub fn email_change_known_address(app_name: &str, sign_in_url: String) -> Letter {
    Letter {
        subject: format!("Your address is in use at {app_name}"),
        heading: "Your address is in use already".to_owned(),
        opening: vec![format!(
            "Somebody, perhaps you, wants to use this address for another account at {app_name}. It belongs to an account already, so \
             nothing was changed."
        )],
        code: None,
        details: Vec::new(),
        link: Some(Link { label: "Sign in", url: sign_in_url }),
        closing: vec!["If it was not you, you need not do anything.".to_owned()],
    }
}

/// Tells about something that happened to an account. `url` is the page on which to do something about it.
#[must_use]
pub fn notice(app_name: &str, notice: Notice, circumstances: &Circumstances, url: String) -> Letter {
    Letter {
        subject: format!("{app_name}: {}", notice.headline()),
        heading: notice.headline().to_owned(),
        opening: vec![notice.sentence().to_owned()],
        code: None,
        details: circumstances.lines(),
        link: Some(Link { label: notice.remedy().label(), url }),
        closing: vec![
            "If it was you, you need not do anything.".to_owned(),
            format!("If it was not you: {}", notice.advice()),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_notice_says_what_happened_and_what_to_do() {
        let circumstances = Circumstances { at: Some("today".into()), device: None, network: None };
        for of in Notice::ALL {
            let letter = notice("Portal", of, &circumstances, "https://portal.example/x".into());
            assert!(letter.subject.starts_with("Portal: "), "{of:?}");
            assert!(letter.opening.iter().all(|text| text.ends_with('.')), "{of:?}");
            assert!(letter.closing.iter().all(|text| text.ends_with('.')), "{of:?}");
            assert_eq!(letter.details, [("When", "today".to_owned())]);
            assert!(letter.code.is_none());
        }
    }
}
