//! The table `job`.

#![expect(unreachable_pub, reason = "the entity macros want pub")]

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "job")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub kind: String,
    pub payload: String,
    pub state: String,
    pub run_at: i64,
    pub attempts: i32,
    pub locked_until: Option<i64>,
    pub done: i64,
    pub total: i64,
    pub error: Option<String>,
    pub owner: Option<Uuid>,
    pub created_at: i64,
    pub name: Option<String>,
    pub holder: Option<Uuid>,
    pub error_zh: Option<String>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
