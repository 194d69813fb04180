//! What a request for a mailed code leaves behind for the job that makes and mails the code.

use serde::{Deserialize, Serialize};

/// Where a request came from, as the audit log and mails name it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asker {
    /// The id of the request.
    pub request_id: String,
    /// Browser and system in a few words.
    pub device: Option<String>,
    /// The network.
    pub network: String,
}

/// A request for a code. Sealed at rest.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeRequest {
    /// Normalised address to mail to; empty where it is the user's own.
    pub email: String,
    /// Who asked.
    pub asker: Asker,
}

impl CodeRequest {
    /// The bytes to seal.
    pub fn to_bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(self)
    }

    /// Reads the bytes back.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(bytes)
    }
}
