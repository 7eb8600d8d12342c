//! The table `attachment`.

#![expect(unreachable_pub, reason = "the entity macros want pub")]

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "attachment")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub case_id: Option<Uuid>,
    pub uploader: Uuid,
    pub name: String,
    pub media_type: String,
    pub bytes: i64,
    pub width: Option<i32>,
    pub height: Option<i32>,
    pub lon: Option<f64>,
    pub lat: Option<f64>,
    pub taken_at: Option<i64>,
    pub thumbnail: bool,
    pub created_at: i64,
    pub erased_at: Option<i64>,
    pub digest: Option<Vec<u8>>,
    pub thumbnail_digest: Option<Vec<u8>>,
    pub file: Option<Uuid>,
    pub sent: Option<Vec<u8>>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
