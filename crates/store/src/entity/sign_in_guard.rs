//! The table `sign_in_guard`.

#![expect(unreachable_pub, reason = "the entity macros want pub")]

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "sign_in_guard")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: Vec<u8>,
    pub account: Vec<u8>,
    pub failures: i32,
    pub at: i64,
    pub until_at: Option<i64>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
