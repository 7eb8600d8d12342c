//! The table `timer_refusal`.

#![expect(unreachable_pub, reason = "the entity macros want pub")]

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "timer_refusal")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub case_id: Uuid,
    pub since: i64,
    pub tries: i32,
    pub tried_at: i64,
    pub retry_at: i64,
    pub code: String,
    pub zh: String,
    pub en: String,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
