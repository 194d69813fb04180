//! The portal's own database: SQLite for one machine, Postgres for production, one interface over both.
//!
//! Work happens inside a transaction that says whose it is: [`Db::as_user`] for a signed-in person,
//! [`Db::as_system`] for everything that runs before or without one. On Postgres the transaction takes on a role
//! under row-level security; on SQLite the repositories' own `user_id` conditions are the only guard, so every
//! query of a user's repository carries one. Personal data is sealed here on the way in and opened on the way out.
//!
//! No transaction may be open while WHMCS, Salesforce or a mail server is called, and nothing outside of this
//! module sees `sea_orm`.

mod account_links;
mod audit;
mod challenges;
mod connection;
mod db;
mod devices;
mod email_address;
mod entities;
mod error;
mod factors;
mod generations;
mod idempotency;
mod jobs;
mod link_flows;
mod mappings;
mod own_data;
mod passkey_ceremonies;
mod passkeys;
mod profile_changes;
mod rate_limits;
mod recovery_codes;
mod refresh_tokens;
mod retention;
mod sealing;
mod sessions;
mod settings;
mod sign_in_tries;
mod totp;
mod transaction;
mod users;

pub use account_links::{AccountLink, AccountLinks, NewAccountLink};
pub use audit::{AuditEvent, AuditLog, AuditRecord};
pub use challenges::{ChallengeAttempt, ChallengeKind, Challenges, NewChallenge, OpenChallenge};
pub use db::{Db, Privileges};
pub use devices::Devices;
pub use email_address::{EmailAddress, InvalidEmailAddress};
pub use error::{Fault, StoreError, Unavailable, UniqueViolation};
pub use factors::UserFactors;
pub use generations::{Generation, GenerationScope, Generations, UserGenerations};
pub use idempotency::{Claim, ClaimRequest, ClaimTicket, IdempotencyKeys, IdempotencyScope, StoredResponse};
pub use jobs::{ClaimedJob, Enqueued, JobCounts, JobQueue, Jobs, NewJob};
pub use link_flows::{LinkFlow, LinkFlows, NewLinkFlow};
pub use mappings::{BillingIds, CrmIds, Mapping, Mappings, ProvisionState};
pub use own_data::{ExportedAccount, ExportedDevice, ExportedPasskey, OwnData};
pub use passkey_ceremonies::{CeremonyKind, CeremonyParty, NewCeremony, PasskeyCeremonies};
pub use passkeys::{NewPasskey, PasskeySummary, Passkeys, StoredPasskey, UserPasskeys};
pub use profile_changes::{ProfileChange, ProfileChanges};
pub use rate_limits::{Quota, RateDecision, RateLimits};
pub use recovery_codes::UserRecoveryCodes;
pub use refresh_tokens::{RefreshTokens, Rotation};
pub use retention::{Expired, Retention};
pub use sessions::{
    LiveSession, NewSession, SessionLevel, SessionSummary, Sessions, TokenHash, UserSessions,
};
pub use settings::{DatabaseSettings, SettingsError};
pub use sign_in_tries::{SignInTries, TryDecision, TryPolicy};
pub use totp::{TotpRecord, UserTotp};
pub use transaction::{SystemTx, UserTx};
pub use users::{Account, Credentials, NewUser, Profile, UserStatus, Users};
