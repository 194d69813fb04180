//! Table `id_mappings`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "id_mappings")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: Uuid,
    pub whmcs_user_id: Option<i64>,
    pub whmcs_client_id: Option<i64>,
    pub sf_account_id: Option<String>,
    pub sf_contact_id: Option<String>,
    pub provision_state: String,
    pub marker: String,
    pub attempt: i32,
    pub sent_at: Option<DateTimeUtc>,
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
