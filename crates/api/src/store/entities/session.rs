//! Table `sessions`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sessions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub token_hash: Vec<u8>,
    pub user_id: Uuid,
    pub level: String,
    pub auth_time: DateTimeUtc,
    pub last_seen: DateTimeUtc,
    pub idle_expires_at: DateTimeUtc,
    pub absolute_expires_at: DateTimeUtc,
    pub epoch: i64,
    pub device_label: Option<String>,
    pub coarse_ip: Option<String>,
    pub created_at: DateTimeUtc,
    pub revoked_at: Option<DateTimeUtc>,
    pub active_client_id: Option<i64>,
    pub factors: String,
    pub device_id: Option<Uuid>,
}

impl ActiveModelBehavior for ActiveModel {}
