//! Which column is sealed how: the one place that binds personal data to its table, column and row.

use uuid::Uuid;
use zeroize::Zeroizing;

use super::email_address::EmailAddress;
use super::error::StoreError;
use crate::clock::Clock;
use crate::crypto::{Aad, KeyRing, Purpose, Random, Sealer};

/// Version of the sealed values' own format; raised when what is inside changes its meaning.
const SCHEMA: u16 = 1;

/// A sealed column.
#[derive(Clone, Copy)]
pub(super) enum Column {
    UserEmail,
    UserFirstName,
    UserLastName,
    UserCompanyName,
    ChallengePayload,
    TotpSeed,
    LinkFlowPayload,
    AccountLinkName,
    PasskeyCredential,
    PasskeyName,
    CeremonyState,
    ProfileWish,
    IdempotentResponse,
}

impl Column {
    const fn place(self, row: Uuid) -> Aad<'static> {
        let (table, column) = match self {
            Self::UserEmail => ("users", "email_sealed"),
            Self::UserFirstName => ("users", "first_name_sealed"),
            Self::UserLastName => ("users", "last_name_sealed"),
            Self::UserCompanyName => ("users", "company_name_sealed"),
            Self::ChallengePayload => ("challenges", "payload_sealed"),
            Self::TotpSeed => ("mfa_totp", "seed_sealed"),
            Self::LinkFlowPayload => ("link_flows", "payload_sealed"),
            Self::AccountLinkName => ("account_links", "name_sealed"),
            Self::PasskeyCredential => ("passkeys", "credential_sealed"),
            Self::PasskeyName => ("passkeys", "name_sealed"),
            Self::CeremonyState => ("passkey_ceremonies", "state_sealed"),
            Self::ProfileWish => ("profile_changes", "wish_sealed"),
            Self::IdempotentResponse => ("idempotency_keys", "response_sealed"),
        };
        Aad::Column { table, column, row, schema: SCHEMA }
    }
}

/// What every repository needs beside its transaction.
#[derive(Debug)]
pub(super) struct Context {
    pub(super) clock: Clock,
    pub(super) random: Random,
    keys: KeyRing,
    pii: Sealer,
    totp: Sealer,
    responses: Sealer,
}

impl Context {
    pub(super) fn new(keys: KeyRing, clock: Clock, random: Random) -> Self {
        let sealer = |purpose| Sealer::new(keys.clone(), random.clone(), purpose);
        let (pii, totp, responses) =
            (sealer(Purpose::Pii), sealer(Purpose::Totp), sealer(Purpose::IdempotentResponse));
        Self { clock, random, keys, pii, totp, responses }
    }

    pub(super) fn seal(&self, column: Column, row: Uuid, plaintext: &[u8]) -> Result<Vec<u8>, StoreError> {
        Ok(self.sealer(column).seal(&column.place(row), plaintext)?)
    }

    pub(super) fn open(
        &self,
        column: Column,
        row: Uuid,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        Ok(self.sealer(column).open(&column.place(row), sealed)?)
    }

    pub(super) fn open_text(&self, column: Column, row: Uuid, sealed: &[u8]) -> Result<String, StoreError> {
        let bytes = self.open(column, row, sealed)?;
        std::str::from_utf8(&bytes).map(str::to_owned).map_err(|_| StoreError::corrupt("sealed text"))
    }

    /// Blind index of an address as it is written.
    pub(super) fn email_index(&self, email: &EmailAddress) -> Vec<u8> {
        self.keys.keyed_hash(Purpose::EmailIndex, email.as_str().as_bytes()).to_vec()
    }

    /// Blind indexes under which an address may lie while keys are being rotated, the current one first.
    pub(super) fn email_indexes(&self, email: &EmailAddress) -> Vec<Vec<u8>> {
        let all = self.keys.keyed_hashes(Purpose::EmailIndex, email.as_str().as_bytes());
        all.into_iter().map(|(_, hash)| hash.to_vec()).collect()
    }

    fn sealer(&self, column: Column) -> &Sealer {
        match column {
            Column::TotpSeed => &self.totp,
            Column::IdempotentResponse => &self.responses,
            _ => &self.pii,
        }
    }
}
