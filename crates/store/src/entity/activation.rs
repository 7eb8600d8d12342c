//! The table `activation`.

#![expect(unreachable_pub, reason = "the entity macros want pub")]

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "activation")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub person: Uuid,
    pub first: Vec<u8>,
    pub second: Option<Vec<u8>>,
    pub halves: i32,
    pub proposal: Option<Uuid>,
    pub made_by: Option<Uuid>,
    pub confirmed_by: Option<Uuid>,
    pub failures: i32,
    pub created_at: i64,
    pub expires_at: i64,
    pub ended_at: Option<i64>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
