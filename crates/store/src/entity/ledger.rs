//! The table `ledger`, of one row.

#![expect(unreachable_pub, reason = "the entity macros want pub")]

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "ledger")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i16,
    pub size: i64,
    pub root: Option<Vec<u8>>,
    pub untagged: i64,
    pub holder: Option<String>,
    pub held_until: Option<i64>,
    pub untagged_tag: Option<Vec<u8>>,
    pub fault: Option<String>,
    pub fault_at: Option<i64>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
