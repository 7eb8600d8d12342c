//! The table `person`.

#![expect(unreachable_pub, reason = "the entity macros want pub")]

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "person")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub account: String,
    pub name: String,
    pub phone: Option<Vec<u8>>,
    pub password: Option<String>,
    pub totp: Option<Vec<u8>>,
    pub failures: i32,
    pub locked_until: Option<i64>,
    pub password_at: Option<i64>,
    pub created_at: i64,
    pub disabled_at: Option<i64>,
    pub demo: bool,
    pub vouched_at: Option<i64>,
    pub totp_step: Option<i64>,
    pub notices_read_at: Option<i64>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
