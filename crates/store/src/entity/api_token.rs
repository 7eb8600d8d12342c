//! The table `api_token`.

#![expect(unreachable_pub, reason = "the entity macros want pub")]

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "api_token")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub token: Vec<u8>,
    pub person: Uuid,
    pub post: Uuid,
    pub created_at: i64,
    pub revoked_at: Option<i64>,
    pub name: Option<String>,
    pub scope: Option<String>,
    pub expires_at: Option<i64>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
