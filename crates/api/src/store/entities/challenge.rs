//! Table `challenges`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "challenges")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub kind: String,
    pub email_bidx: Vec<u8>,
    pub code_hash: Option<String>,
    pub payload_sealed: Option<Vec<u8>>,
    pub attempts_left: i32,
    pub expires_at: DateTimeUtc,
    pub used_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub user_id: Option<Uuid>,
}

impl ActiveModelBehavior for ActiveModel {}
