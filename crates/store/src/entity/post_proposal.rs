//! The table `post_proposal`.

#![expect(unreachable_pub, reason = "the entity macros want pub")]

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "post_proposal")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub kind: String,
    pub person: Uuid,
    pub role: Option<String>,
    pub path: String,
    pub department: Option<String>,
    pub from_at: Option<i64>,
    pub until_at: Option<i64>,
    pub reason: Option<String>,
    pub state: String,
    pub proposed_by: Option<Uuid>,
    pub proposed_family: Option<String>,
    pub proposed_at: i64,
    pub decided_by: Option<Uuid>,
    pub decided_at: Option<i64>,
    pub note: Option<String>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
