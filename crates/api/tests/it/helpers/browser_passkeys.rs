//! What a browser of the tests does with passkeys.

use serde_json::{Value, json};

use super::{Answer, Browser, SecurityKey, new_key};

pub const LOGIN: &str = "/api/auth/login/passkey";
pub const STEP_UP: &str = "/api/auth/step-up/passkey";
pub const PASSKEYS: &str = "/api/me/mfa/passkeys";

impl Browser<'_> {
    /// Begins a ceremony; what goes to the authenticator.
    pub async fn begin(&self, path: &str) -> Value {
        let path = format!("{path}/options");
        let answer = self.post_with_key(&path, &new_key(), &json!({})).await;
        answer.expect(200).json()["data"].clone()
    }

    /// Ends a proof with an answer.
    pub async fn answer_ceremony(&self, path: &str, ceremony: &Value, credential: &Value) -> Answer {
        self.post(path, &proof(ceremony, credential)).await
    }

    /// A whole proof.
    pub async fn use_passkey(&self, path: &str, authenticator: &mut SecurityKey) -> Answer {
        let ceremony = self.begin(path).await;
        let credential = authenticator.get(&ceremony);
        self.answer_ceremony(path, &ceremony, &credential).await
    }

    /// Makes a passkey and adds it.
    pub async fn add_passkey(&self, name: &str, authenticator: &mut SecurityKey) -> Answer {
        let ceremony = self.begin(PASSKEYS).await;
        let credential = authenticator.create(&ceremony);
        self.post_with_key(PASSKEYS, &new_key(), &addition(&ceremony, &credential, name)).await
    }

    pub async fn remove_passkey(&self, id: &Value) -> Answer {
        self.delete_with_key(&format!("{PASSKEYS}/{}", id.as_str().unwrap()), &new_key()).await
    }
}

fn proof(ceremony: &Value, credential: &Value) -> Value {
    json!({ "ceremony_id": ceremony["ceremony_id"], "credential": credential.to_string() })
}

pub fn addition(ceremony: &Value, credential: &Value, name: &str) -> Value {
    let mut body = proof(ceremony, credential);
    body["name"] = json!(name);
    body
}
