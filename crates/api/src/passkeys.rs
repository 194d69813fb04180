//! Passkeys: the rules of WebAuthn, by webauthn-rs. What has to be kept between the two halves of a ceremony, the caller keeps.
//!
//! A passkey belongs to the host of `PORTAL_PUBLIC_URL`. It is made so that the authenticator finds it without being told which one is
//! meant, and it answers only after the authenticator has checked who holds it: it stands for two factors.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use shared_types::ids::UserId;
use url::Url;
use webauthn_rs::prelude::{
    DiscoverableAuthentication, Passkey, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, Webauthn, WebauthnBuilder, WebauthnError,
};
use zeroize::Zeroizing;

/// How long a ceremony may take.
pub const CEREMONY: std::time::Duration = std::time::Duration::from_mins(5);

/// Why a passkey is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasskeyError {
    /// What the browser sent does not prove it.
    #[error("passkey refused: {0}")]
    Refused(&'static str),
    /// The counter did not rise: there may be a second copy of the key.
    #[error("passkey refused: its counter did not rise")]
    Copied,
    /// Something that the portal itself wrote cannot be read.
    #[error("a stored passkey or ceremony cannot be read")]
    Unreadable,
    /// The portal's address cannot have passkeys.
    #[error("PORTAL_PUBLIC_URL must name a host that passkeys can be bound to")]
    Host,
}

/// The first half of a ceremony.
pub struct Begun {
    /// For the browser, as JSON text.
    pub options: String,
    /// For the second half. Whoever has it can tell what the authenticator was asked to sign; keep it sealed.
    pub state: Zeroizing<Vec<u8>>,
}

/// Who gets a passkey, as the authenticator shows it.
pub struct Holder<'a> {
    /// Comes back with each answer of the key.
    pub id: UserId,
    /// The login name.
    pub name: &'a str,
    /// The person's name.
    pub display_name: &'a str,
}

/// A passkey to be kept.
pub struct Credential {
    /// SHA-256 of the credential's id.
    pub hash: [u8; 32],
    /// The passkey as webauthn-rs writes it.
    pub bytes: Zeroizing<Vec<u8>>,
    /// A service copies it to the holder's other devices.
    pub synced: bool,
}

/// What a browser says that an authenticator has answered. Nothing of it is proved yet.
pub struct Claimed {
    credential: PublicKeyCredential,
    /// SHA-256 of the credential's id.
    pub hash: [u8; 32],
    /// The user that the key was made for, if the authenticator tells.
    pub user: Option<UserId>,
}

/// The portal as passkeys know it: the relying party.
pub struct RelyingParty {
    webauthn: Webauthn,
}

impl RelyingParty {
    /// Passkeys of the host of `public_url`, usable on that origin, and on those of `origins` that lie on or below the same host: on no
    /// other one would a browser offer them.
    pub fn new(public_url: &Url, origins: &[String], name: &str) -> Result<Self, PasskeyError> {
        let host = public_url.domain().ok_or(PasskeyError::Host)?;
        let builder = WebauthnBuilder::new(host, public_url).map_err(|_| PasskeyError::Host)?;
        let below = format!(".{host}");
        let usable = |url: &Url| url.domain().is_some_and(|name| name == host || name.ends_with(&below));
        let builder = origins
            .iter()
            .filter_map(|origin| Url::parse(origin).ok())
            .filter(usable)
            .fold(builder, |builder, origin| builder.append_allowed_origin(&origin));
        let webauthn = builder.rp_name(name).timeout(CEREMONY).build().map_err(|_| PasskeyError::Host)?;
        Ok(Self { webauthn })
    }

    /// Begins to make a passkey, which must be none of those that the holder has.
    pub fn begin_registration(
        &self,
        holder: &Holder<'_>,
        existing: &[Zeroizing<Vec<u8>>],
    ) -> Result<Begun, PasskeyError> {
        let mut ids = Vec::new();
        for bytes in existing {
            ids.push(read::<Passkey>(bytes)?.cred_id().clone());
        }
        let (asked, state) = self
            .webauthn
            .start_passkey_registration(holder.id.as_uuid(), holder.name, holder.display_name, Some(ids))
            .map_err(|error| refusal(&error))?;
        let mut options = written(&asked.public_key)?;
        // webauthn-rs asks for keys that are found by a list only; without one nobody could sign in by the key alone.
        let selection = options.get_mut("authenticatorSelection").and_then(Value::as_object_mut);
        let selection = selection.ok_or(PasskeyError::Unreadable)?;
        selection.insert("residentKey".to_owned(), json!("required"));
        selection.insert("requireResidentKey".to_owned(), json!(true));
        Ok(Begun { options: options.to_string(), state: stored(&state)? })
    }

    /// Ends the making of a passkey.
    pub fn finish_registration(&self, state: &[u8], credential: &str) -> Result<Credential, PasskeyError> {
        let state: PasskeyRegistration = read(state)?;
        let credential: RegisterPublicKeyCredential =
            serde_json::from_str(credential).map_err(|_| PasskeyError::Refused("unreadable"))?;
        let passkey = self
            .webauthn
            .finish_passkey_registration(&credential, &state)
            .map_err(|error| refusal(&error))?;
        kept(&passkey)
    }

    /// Begins a proof: by one of these keys, or without any by whichever key the holder chooses.
    pub fn begin_proof(&self, keys: &[Zeroizing<Vec<u8>>]) -> Result<Begun, PasskeyError> {
        let (asked, state) =
            self.webauthn.start_discoverable_authentication().map_err(|error| refusal(&error))?;
        let mut allowed = Vec::new();
        for bytes in keys {
            let id = URL_SAFE_NO_PAD.encode(read::<Passkey>(bytes)?.cred_id());
            allowed.push(json!({ "type": "public-key", "id": id }));
        }
        let mut options = written(&asked.public_key)?;
        let members = options.as_object_mut().ok_or(PasskeyError::Unreadable)?;
        members.insert("allowCredentials".to_owned(), Value::Array(allowed));
        Ok(Begun { options: options.to_string(), state: stored(&state)? })
    }

    /// Reads which key is said to have answered.
    pub fn claimed(&self, credential: &str) -> Result<Claimed, PasskeyError> {
        let credential: PublicKeyCredential =
            serde_json::from_str(credential).map_err(|_| PasskeyError::Refused("unreadable"))?;
        let user = self.webauthn.identify_discoverable_authentication(&credential).ok();
        let user = user.map(|(id, _)| UserId::from_uuid(id));
        let hash = Sha256::digest(credential.get_credential_id()).into();
        Ok(Claimed { credential, hash, user })
    }

    /// Ends a proof: checks the answer against the key as it was kept after its last use, and returns it as it is to be kept now.
    pub fn finish_proof(
        &self,
        state: &[u8],
        claimed: &Claimed,
        kept_key: &[u8],
    ) -> Result<Credential, PasskeyError> {
        let state: DiscoverableAuthentication = read(state)?;
        let mut passkey: Passkey = read(kept_key)?;
        if is_cross_origin(&claimed.credential.response.client_data_json) {
            return Err(PasskeyError::Refused("embedded in another site"));
        }
        let proof = self
            .webauthn
            .finish_discoverable_authentication_v2(&claimed.credential, state, &passkey)
            .map_err(|error| refusal(&error))?;
        if !proof.user_verified() {
            return Err(PasskeyError::Refused("user not verified"));
        }
        passkey.update_credential(&proof).ok_or(PasskeyError::Refused("another key"))?;
        kept(&passkey)
    }
}

/// webauthn-rs checks this when a key is made, not when it is used.
fn is_cross_origin(client_data: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct ClientData {
        #[serde(default, rename = "crossOrigin")]
        cross_origin: Option<bool>,
    }
    serde_json::from_slice(client_data).is_ok_and(|data: ClientData| data.cross_origin == Some(true))
}

fn kept(passkey: &Passkey) -> Result<Credential, PasskeyError> {
    /// The one flag that webauthn-rs writes down and does not tell otherwise.
    #[derive(Deserialize)]
    struct Stored {
        cred: Flags,
    }
    #[derive(Deserialize)]
    struct Flags {
        backup_state: bool,
    }
    let bytes = stored(passkey)?;
    let flags: Stored = read(&bytes)?;
    let hash = Sha256::digest(passkey.cred_id()).into();
    Ok(Credential { hash, bytes, synced: flags.cred.backup_state })
}

fn written(value: &impl serde::Serialize) -> Result<Value, PasskeyError> {
    serde_json::to_value(value).map_err(|_| PasskeyError::Unreadable)
}

fn stored(value: &impl serde::Serialize) -> Result<Zeroizing<Vec<u8>>, PasskeyError> {
    serde_json::to_vec(value).map(Zeroizing::new).map_err(|_| PasskeyError::Unreadable)
}

fn read<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> Result<T, PasskeyError> {
    serde_json::from_slice(bytes).map_err(|_| PasskeyError::Unreadable)
}

/// The reason in words of our own: the library's may repeat what the browser sent.
fn refusal(error: &WebauthnError) -> PasskeyError {
    PasskeyError::Refused(match error {
        WebauthnError::CredentialPossibleCompromise => return PasskeyError::Copied,
        WebauthnError::MismatchedChallenge => "another challenge",
        WebauthnError::InvalidRPOrigin => "another origin",
        WebauthnError::InvalidRPIDHash => "another host",
        WebauthnError::InvalidClientDataType => "another kind of ceremony",
        WebauthnError::CredentialCrossOrigin => "embedded in another site",
        WebauthnError::UserNotPresent => "user not present",
        WebauthnError::UserNotVerified => "user not verified",
        WebauthnError::AuthenticationFailure => "wrong signature",
        WebauthnError::CredentialBackupEligibilityInconsistent
        | WebauthnError::CredentialMayNotBeHardwareBound => "backup flags contradict each other",
        _ => "does not follow WebAuthn",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origins(public: &str, more: &[&str]) -> Vec<String> {
        let more: Vec<String> = more.iter().map(|origin| (*origin).to_owned()).collect();
        let party = RelyingParty::new(&public.parse().unwrap(), &more, "Portal").unwrap();
        party.webauthn.get_allowed_origins().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn passkeys_are_used_on_the_portals_host_and_below_it() {
        let more = [
            "https://shop.portal.example.com",
            "https://example.com",
            "https://evilportal.example.com",
            "https://portal.example.com:8443",
        ];
        assert_eq!(
            origins("https://portal.example.com", &more),
            [
                "https://portal.example.com/",
                "https://shop.portal.example.com/",
                "https://portal.example.com:8443/"
            ]
        );
        assert_eq!(origins("http://localhost:4000", &[]), ["http://localhost:4000/"]);
        let bare = RelyingParty::new(&"https://192.0.2.7".parse().unwrap(), &[], "Portal");
        assert_eq!(bare.err(), Some(PasskeyError::Host));
    }

    #[test]
    fn the_options_ask_for_keys_that_sign_in_alone() {
        let party = RelyingParty::new(&"http://localhost:4000".parse().unwrap(), &[], "Portal").unwrap();
        let id = UserId::from_uuid(uuid::Uuid::from_u128(7));
        let holder = Holder { id, name: "ada@example.com", display_name: "Ada Lovelace" };
        let begun = party.begin_registration(&holder, &[]).unwrap();
        let options: Value = serde_json::from_str(&begun.options).unwrap();
        let selection = &options["authenticatorSelection"];
        assert_eq!(selection["residentKey"], "required");
        assert_eq!(selection["requireResidentKey"], true);
        assert_eq!(selection["userVerification"], "required");
        assert_eq!(options["attestation"], "none");
        assert_eq!(options["user"]["id"], URL_SAFE_NO_PAD.encode(id.as_uuid()));
        assert_eq!(options["timeout"], 300_000);

        let options: Value = serde_json::from_str(&party.begin_proof(&[]).unwrap().options).unwrap();
        assert_eq!(options["userVerification"], "required");
        assert_eq!(options["rpId"], "localhost");
        assert_eq!(options["allowCredentials"], json!([]));
    }
}
