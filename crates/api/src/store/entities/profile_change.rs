//! Table `profile_changes`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "profile_changes")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub user_id: Uuid,
    pub whmcs_client_id: i64,
    pub whmcs_user_id: i64,
    pub wish_sealed: Vec<u8>,
    pub revision: i64,
    pub fence: i64,
    pub lease_until: Option<DateTimeUtc>,
    pub unsettled_until: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
