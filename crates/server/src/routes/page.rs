//! Lists in pages: `{items, next}` with an opaque cursor.

use std::fmt::Display;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::Problem;

/// Items of a page unless asked otherwise, and at most.
const DEFAULT: u64 = 50;
const MOST: u64 = 200;

/// A page of a list.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    /// Pass it back as `cursor` for the next page; absent on the last.
    pub(crate) next: Option<String>,
    /// Only when asked for with `total=true`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) total: Option<u64>,
}

impl<T> Page<T> {
    pub(crate) fn whole(items: Vec<T>) -> Self {
        Self { items, next: None, total: None }
    }
}

/// What every list takes.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct PageQuery {
    pub(crate) cursor: Option<String>,
    pub(crate) limit: Option<u64>,
}

impl PageQuery {
    pub(crate) fn limit(&self) -> Result<u64, Problem> {
        match self.limit {
            None => Ok(DEFAULT),
            Some(n) if (1..=MOST).contains(&n) => Ok(n),
            Some(_) => Err(Problem::invalid(
                "limit",
                format!("每页条数是1到{MOST}。"),
                format!("limit is between 1 and {MOST}."),
            )),
        }
    }

    /// The position to go on from: a sort key, and what tells equal ones apart.
    pub(crate) fn after<K: FromStr>(&self) -> Result<Option<(i64, K)>, Problem> {
        self.cursor.as_deref().map(|c| parse(c).ok_or_else(bad_cursor)).transpose()
    }
}

fn bad_cursor() -> Problem {
    Problem::invalid(
        "cursor",
        "翻页标记无效，请从第一页重新查。",
        "The cursor is not valid; start again from the first page.",
    )
}

fn parse<K: FromStr>(cursor: &str) -> Option<(i64, K)> {
    let (key, id) = cursor.split_once('.')?;
    Some((key.parse().ok()?, id.parse().ok()?))
}

/// The cursor of a keyset position.
pub(crate) fn cursor<K: Display>((key, id): (i64, K)) -> String {
    format!("{key}.{id}")
}
