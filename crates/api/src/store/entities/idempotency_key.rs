//! Table `idempotency_keys`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "idempotency_keys")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub scope: String,
    pub route: String,
    pub key_hash: Vec<u8>,
    pub fingerprint: Vec<u8>,
    pub state: String,
    pub recovery_point: Option<String>,
    pub lease_until: DateTimeUtc,
    pub lease_owner: String,
    pub attempt: i64,
    pub response_status: Option<i32>,
    pub response_sealed: Option<Vec<u8>>,
    pub saga_id: Option<Uuid>,
    pub created_at: DateTimeUtc,
    pub finished_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
