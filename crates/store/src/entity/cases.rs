//! The table `cases`.

#![expect(unreachable_pub, reason = "the entity macros want pub")]

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "cases")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub number: String,
    pub matter: String,
    pub family: String,
    pub procedure: String,
    pub release: String,
    pub state: String,
    pub version: i32,
    pub path: String,
    pub grid: Option<String>,
    pub lon: Option<f64>,
    pub lat: Option<f64>,
    pub cell: Option<i64>,
    pub department: Option<String>,
    pub confidential: bool,
    pub demo: bool,
    pub reporter: Option<Uuid>,
    pub occurred_at: i64,
    pub recorded_at: i64,
    pub closed_at: Option<i64>,
    pub due_at: Option<i64>,
    pub overall_due_at: Option<i64>,
    pub next_alert_at: Option<i64>,
    pub alert: i16,
    pub paused: bool,
    pub provisional: bool,
    pub duplicate_of: Option<Uuid>,
    pub contact: Option<Vec<u8>>,
    pub body: String,
    pub asked: Option<Vec<u8>>,
    pub leaves: Option<Vec<u8>>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
