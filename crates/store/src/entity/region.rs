//! The table `region`.

#![expect(unreachable_pub, reason = "the entity macros want pub")]

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "region")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub path: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub version: i32,
    pub level: String,
    pub code: String,
    pub name: String,
    pub pinyin: String,
    pub initials: String,
    pub lon: Option<f64>,
    pub lat: Option<f64>,
    pub outline: Option<String>,
    pub from_at: i64,
    pub until_at: Option<i64>,
    pub outline_source: Option<String>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
