//! Linkings in progress. The store sees the SHA-256 of the cookie that holds the steps together, never the cookie. Counting
//! a try, going a step further and ending are single conditional statements, so that of many parallel requests one succeeds.

use std::fmt;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{EntityTrait as _, QueryFilter as _, Set};
use secrecy::{ExposeSecret as _, SecretString};
use zeroize::Zeroizing;

use super::entities::link_flow::{ActiveModel, COLUMN, Column, Entity, Model};
use super::error::StoreError;
use super::sealing;
use super::transaction::Tx;
use crate::clock::later;
use crate::domain::link::{ATTEMPTS, FlowStage, LIFETIME, LinkFlowId};

/// A flow to be added.
pub struct NewLinkFlow<'a> {
    /// Made by the caller.
    pub id: LinkFlowId,
    /// SHA-256 of the cookie.
    pub token_hash: [u8; 32],
    /// SHA-256 of the cookie that the browser had before: that flow is over.
    pub former: Option<[u8; 32]>,
    /// Which step is due.
    pub stage: FlowStage,
    /// What is known so far; sealed at rest.
    pub payload: &'a [u8],
}

/// A flow that goes on.
pub struct LinkFlow {
    /// Which.
    pub id: LinkFlowId,
    /// Which step is due.
    pub stage: FlowStage,
    /// What is known so far.
    pub payload: Zeroizing<Vec<u8>>,
    /// PHC string of the mailed code, once it was mailed.
    pub code_hash: Option<SecretString>,
    /// End of the flow.
    pub expires_at: DateTime<Utc>,
}

/// All flows.
pub struct LinkFlows<'t> {
    tx: &'t Tx,
}

impl<'t> LinkFlows<'t> {
    pub(super) const fn new(tx: &'t Tx) -> Self {
        Self { tx }
    }

    /// Adds a flow, ends the one that the browser had before, and says when it ends.
    pub async fn insert(&self, flow: &NewLinkFlow<'_>) -> Result<DateTime<Utc>, StoreError> {
        let hashes: Vec<Vec<u8>> =
            flow.former.iter().chain([&flow.token_hash]).map(|hash| hash.to_vec()).collect();
        // A cookie given out twice is one flow: the newer one stands.
        Entity::delete_many()
            .filter(Expr::col(Column::TokenHash).is_in(hashes))
            .exec(self.tx.connection())
            .await?;
        let id = flow.id.0;
        let now = self.tx.now();
        let expires_at = later(now, LIFETIME);
        let row = ActiveModel {
            id: Set(id),
            token_hash: Set(flow.token_hash.to_vec()),
            stage: Set(flow.stage.as_str().to_owned()),
            payload_sealed: Set(self.tx.context().seal(
                sealing::Column::LinkFlowPayload,
                id,
                flow.payload,
            )?),
            code_hash: Set(None),
            attempts_left: Set(ATTEMPTS),
            expires_at: Set(expires_at),
            used_at: Set(None),
            created_at: Set(now),
        };
        Entity::insert(row).exec_without_returning(self.tx.connection()).await?;
        Ok(expires_at)
    }

    /// The flow of a cookie, if it goes on.
    pub async fn by_token_hash(&self, token_hash: &[u8; 32]) -> Result<Option<LinkFlow>, StoreError> {
        self.one(Entity::find().filter(COLUMN.token_hash.eq(token_hash.to_vec()))).await
    }

    /// A flow by its id, if it goes on: for the job that mails the code.
    pub async fn get(&self, id: LinkFlowId) -> Result<Option<LinkFlow>, StoreError> {
        self.one(Entity::find_by_id(id.0)).await
    }

    /// Sets the code that is about to be mailed; an earlier one no longer works. `false` if the step is over.
    pub async fn set_code(&self, id: LinkFlowId, code_hash: &SecretString) -> Result<bool, StoreError> {
        let result = self
            .open(FlowStage::ConfirmEmail)
            .col_expr(Column::CodeHash, Expr::value(code_hash.expose_secret()))
            .filter(COLUMN.id.eq(id.0))
            .exec(self.tx.connection())
            .await?;
        Ok(result.rows_affected == 1)
    }

    /// Counts a try of the mailed code and returns the flow; `None` if no code is due in it or no try is left. Commit before the
    /// code is checked, or a failed check would take the count back.
    pub async fn take_attempt(&self, token_hash: &[u8; 32]) -> Result<Option<LinkFlow>, StoreError> {
        let rows = self
            .open(FlowStage::ConfirmEmail)
            .col_expr(Column::AttemptsLeft, Expr::col(Column::AttemptsLeft).sub(1))
            .filter(COLUMN.token_hash.eq(token_hash.to_vec()))
            .filter(COLUMN.attempts_left.gt(0))
            .exec_with_returning(self.tx.connection())
            .await?;
        rows.into_iter().next().map(|row| self.opened(row)).transpose()
    }

    /// The code was right: the password is due now. `false` if the step is over.
    pub async fn confirm(&self, id: LinkFlowId) -> Result<bool, StoreError> {
        let result = self
            .open(FlowStage::ConfirmEmail)
            .col_expr(Column::Stage, Expr::value(FlowStage::SetPassword.as_str()))
            .col_expr(Column::CodeHash, Expr::value(Option::<String>::None))
            .filter(COLUMN.id.eq(id.0))
            .exec(self.tx.connection())
            .await?;
        Ok(result.rows_affected == 1)
    }

    /// Ends the flow at this step, in the transaction of what it allows. Of many parallel calls one gets `true`. What the flow
    /// carried is wiped.
    pub async fn consume(&self, id: LinkFlowId, stage: FlowStage) -> Result<bool, StoreError> {
        let result = self
            .open(stage)
            .col_expr(Column::UsedAt, Expr::value(self.tx.now()))
            .col_expr(Column::PayloadSealed, Expr::value(Vec::<u8>::new()))
            .col_expr(Column::CodeHash, Expr::value(Option::<String>::None))
            .filter(COLUMN.id.eq(id.0))
            .exec(self.tx.connection())
            .await?;
        Ok(result.rows_affected == 1)
    }

    fn open(&self, stage: FlowStage) -> sea_orm::UpdateMany<Entity> {
        Entity::update_many()
            .filter(COLUMN.stage.eq(stage.as_str()))
            .filter(COLUMN.used_at.is_null())
            .filter(COLUMN.expires_at.gt(self.tx.now()))
    }

    async fn one(&self, query: sea_orm::Select<Entity>) -> Result<Option<LinkFlow>, StoreError> {
        let query = query.filter(COLUMN.used_at.is_null()).filter(COLUMN.expires_at.gt(self.tx.now()));
        query.one(self.tx.connection()).await?.map(|row| self.opened(row)).transpose()
    }

    fn opened(&self, row: Model) -> Result<LinkFlow, StoreError> {
        let stage = FlowStage::parse(&row.stage).ok_or_else(|| StoreError::corrupt("link_flows.stage"))?;
        let payload =
            self.tx.context().open(sealing::Column::LinkFlowPayload, row.id, &row.payload_sealed)?;
        Ok(LinkFlow {
            id: LinkFlowId(row.id),
            stage,
            payload,
            code_hash: row.code_hash.map(SecretString::from),
            expires_at: row.expires_at,
        })
    }
}

impl fmt::Debug for NewLinkFlow<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewLinkFlow")
            .field("id", &self.id)
            .field("stage", &self.stage)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for LinkFlow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LinkFlow").field("id", &self.id).field("stage", &self.stage).finish_non_exhaustive()
    }
}
