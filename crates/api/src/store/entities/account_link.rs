//! Table `account_links`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "account_links")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub whmcs_client_id: i64,
    pub is_owner: i32,
    pub permissions: String,
    pub name_sealed: Vec<u8>,
    pub sf_account_id: Option<String>,
    pub sf_contact_id: Option<String>,
    pub refreshed_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
