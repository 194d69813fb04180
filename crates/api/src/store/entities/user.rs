//! Table `users`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "users")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub email_sealed: Vec<u8>,
    pub email_bidx: Vec<u8>,
    pub first_name_sealed: Vec<u8>,
    pub last_name_sealed: Vec<u8>,
    pub company_name_sealed: Vec<u8>,
    pub password_hash: String,
    pub status: String,
    pub session_epoch: i64,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
