//! The mail server: connection, greeting, encryption and login, without sending anything.

use secrecy::ExposeSecret as _;
use url::Url;

use super::{Check, Code, Context, reach};
use crate::{
    config::{MailConfig, Mode},
    upstream::smtp_mail::{SmtpMailer, SmtpTrouble},
};

const REST: &[Code] = &[Code::MailLogin, Code::MailEncryption];

/// What it means and how to mend it.
const NO_TLS: (&str, &str) = (
    "TLS fails: its certificate has ended or is for another name, or the port does not speak TLS",
    "look at it with `openssl s_client -starttls smtp -connect host:587` (smtps: without -starttls); port 587 goes with smtp://…?tls=required, port 465 with smtps://",
);

/// All checks of mail.
pub(super) async fn check(context: &Context<'_>) -> Vec<Check> {
    let config = &context.config.upstreams.mail;
    let mut checks = Vec::new();
    if let Some(server) = Server::of(config) {
        reached(context, &server, &mut checks).await;
    } else {
        checks.push(Check::wrong(
            Code::MailReach,
            "PORTAL_MAIL_URL names no server",
            "set it to smtp://user:password@host:587?tls=required or smtps://user:password@host:465",
        ));
        checks.extend(REST.iter().map(|code| Check::not_checked(*code, "because there is no server")));
    }
    checks.push(sender(context));
    checks
}

async fn reached(context: &Context<'_>, server: &Server, checks: &mut Vec<Check>) {
    if let Err(unreachable) = reach::connect(&server.host, server.port).await {
        let (says, mend) = unreachable.explain(&server.host, "PORTAL_MAIL_URL");
        checks.push(Check::wrong(Code::MailReach, says, mend));
        let why = "because the mail server cannot be reached";
        checks.extend(REST.iter().map(|code| Check::not_checked(*code, why)));
        return;
    }
    let says = format!("{} takes connections on port {}", server.host, server.port);
    checks.push(Check::ok(Code::MailReach, says));
    checks.push(login(context, server).await);
    checks.push(server.check_encryption());
}

/// How mails travel, by the address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encryption {
    /// TLS from the first byte.
    FromStart,
    /// STARTTLS before anything else is said.
    Required,
    /// STARTTLS if the server offers it.
    IfOffered,
    None,
}

/// What the address says.
struct Server {
    host: String,
    port: u16,
    has_login: bool,
    encryption: Encryption,
}

impl Server {
    fn of(config: &MailConfig) -> Option<Self> {
        let url = Url::parse(config.url.expose_secret()).ok()?;
        let tls = url.query_pairs().find(|(name, _)| name == "tls").map(|(_, value)| value.into_owned());
        let encryption = match (url.scheme(), tls.as_deref()) {
            ("smtps", _) => Encryption::FromStart,
            (_, Some("required")) => Encryption::Required,
            (_, Some("opportunistic")) => Encryption::IfOffered,
            _ => Encryption::None,
        };
        // The ports that `lettre` takes.
        let port = match encryption {
            Encryption::FromStart => 465,
            Encryption::Required | Encryption::IfOffered => 587,
            Encryption::None => 25,
        };
        Some(Self {
            host: url.host_str()?.to_owned(),
            port: url.port().unwrap_or(port),
            has_login: !url.username().is_empty(),
            encryption,
        })
    }

    fn is_loopback(&self) -> bool {
        ["localhost", "127.0.0.1", "[::1]"].contains(&self.host.as_str())
    }

    fn check_encryption(&self) -> Check {
        let what = if self.has_login { "codes and the password" } else { "codes" };
        let says = match self.encryption {
            Encryption::FromStart | Encryption::Required => {
                return Check::ok(Code::MailEncryption, "nothing is said before TLS stands");
            }
            _ if self.is_loopback() => {
                return Check::ok(Code::MailEncryption, "none, and none is needed on this machine itself");
            }
            Encryption::IfOffered => {
                format!("{what} travel in the clear whenever somebody on the way takes STARTTLS out")
            }
            Encryption::None => format!("{what} travel in the clear"),
        };
        let mend = "set PORTAL_MAIL_URL to smtp://…:587?tls=required (STARTTLS) or smtps://…:465";
        Check::warning(Code::MailEncryption, says, mend)
    }
}

async fn login(context: &Context<'_>, server: &Server) -> Check {
    let code = Code::MailLogin;
    let trouble = match SmtpMailer::new(&context.config.upstreams.mail) {
        Ok(mailer) => {
            let tried = tokio::time::timeout(context.patience, mailer.try_out()).await;
            tried.unwrap_or(Err(SmtpTrouble::Silent)).err()
        }
        Err(_) => {
            return Check::wrong(
                code,
                "PORTAL_MAIL_URL or PORTAL_MAIL_FROM cannot be used",
                "compare them with docs/CONFIGURATION.md",
            );
        }
    };
    let Some(trouble) = trouble else {
        let says = if server.has_login {
            "the server takes the login"
        } else {
            "the server greets; no login is set"
        };
        return Check::ok(code, says);
    };
    let (says, mend) = match trouble {
        // The connection stood a moment ago: what fails before the greeting is TLS.
        SmtpTrouble::Other if server.encryption == Encryption::FromStart => NO_TLS,
        SmtpTrouble::Tls => NO_TLS,
        SmtpTrouble::Login => (
            "the server refuses the login",
            "set user and password in PORTAL_MAIL_URL; characters such as @ : / % in them have to be percent-encoded; some providers want a password for apps",
        ),
        SmtpTrouble::Refused => (
            "the server does not want to talk to this machine",
            "look at the server's log; it may know senders by address or limit connections",
        ),
        SmtpTrouble::Silent => (
            "the server takes the connection and says nothing",
            "port 465 speaks TLS from the first byte: it goes with smtps://, ports 25 and 587 with smtp://",
        ),
        SmtpTrouble::NotOffered => (
            "the server does not offer STARTTLS, or no login by PLAIN or LOGIN",
            "look at port and ?tls= in PORTAL_MAIL_URL: many servers offer STARTTLS on 587 only, and a login only after it",
        ),
        SmtpTrouble::Other => ("what answers is no mail server", "look at host and port in PORTAL_MAIL_URL"),
    };
    Check::wrong(code, says, mend)
}

fn sender(context: &Context<'_>) -> Check {
    let from = &context.config.upstreams.mail.from;
    let made_up = from.contains("localhost");
    if made_up && context.config.server.mode == Mode::Production {
        return Check::wrong(
            Code::MailSender,
            "mails would come from an address that does not exist",
            "set PORTAL_MAIL_FROM to an address of your domain that the mail server may send for (SPF, DKIM)",
        );
    }
    if made_up {
        return Check::ok(Code::MailSender, "made up, as development may");
    }
    Check::ok(
        Code::MailSender,
        "set; whether receivers believe it rests on the domain's SPF and DKIM records",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::State;

    fn server(url: &str) -> Server {
        Server::of(&MailConfig { url: url.to_owned().into(), from: String::new() }).unwrap()
    }

    #[test]
    fn ports_and_encryption_follow_the_address() {
        for (url, port, encryption) in [
            ("smtp://mail.example.com", 25, Encryption::None),
            ("smtp://u:p@mail.example.com?tls=required", 587, Encryption::Required),
            ("smtp://mail.example.com?tls=opportunistic", 587, Encryption::IfOffered),
            ("smtps://u:p@mail.example.com", 465, Encryption::FromStart),
            ("smtp://mail.example.com:2525", 2525, Encryption::None),
        ] {
            let server = server(url);
            assert_eq!((server.port, server.encryption), (port, encryption), "{url}");
        }
        let states = |url| server(url).check_encryption().state;
        assert_eq!(states("smtp://mail.example.com"), State::Warning);
        assert_eq!(states("smtp://localhost"), State::Ok);
        assert_eq!(states("smtps://mail.example.com"), State::Ok);
        assert!(server("smtp://u:p@mail.example.com").has_login);
    }
}
