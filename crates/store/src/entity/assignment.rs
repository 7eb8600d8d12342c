//! The table `assignment`.

#![expect(unreachable_pub, reason = "the entity macros want pub")]

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "assignment")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub case_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub n: i32,
    pub stage: String,
    pub kind: String,
    pub role: String,
    pub path: String,
    pub department: Option<String>,
    pub person: Option<Uuid>,
    pub village: String,
    pub opened_at: i64,
    pub due_at: Option<i64>,
    pub left_at: Option<i64>,
    pub outcome: Option<String>,
    pub version: i32,
    pub left_by: Option<Uuid>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
