//! Table `audit_log`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_log")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub at: DateTimeUtc,
    pub user_id: Option<Uuid>,
    pub event: String,
    pub outcome: String,
    pub request_id: Option<String>,
    pub detail: String,
}

impl ActiveModelBehavior for ActiveModel {}
