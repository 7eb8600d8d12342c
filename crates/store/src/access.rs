//! Principals as stored in `case_access`.

use chrono::{DateTime, Utc};
use yizhi_domain::region::RegionPath;
use yizhi_domain::slice::{Access, Principal};

use crate::Error;
use crate::case_row::{maybe_moment, moment};
use crate::cells::Reader;
use crate::rows::{self, Cell};

/// From cells in the order of [`rows::ACCESS`].
pub(crate) fn access_of(cells: &[Cell]) -> Result<Access, Error> {
    let mut read = Reader::new(&rows::ACCESS, cells);
    let principal = read.text()?;
    read.skip(CASE);
    parse_principal(&principal, moment(read.int()?)?, maybe_moment(read.maybe_int()?)?)
}

/// The column of the case.
const CASE: usize = 1;

/// Reads a stored principal: the inverse of its `Display`.
pub(crate) fn parse_principal(text: &str, since: DateTime<Utc>, until: Option<DateTime<Utc>>) -> Result<Access, Error> {
    let principal = principal_of(text).ok_or_else(|| Error::Corrupt(format!("principal {text}")))?;
    Ok(Access { principal, since, until })
}

fn principal_of(text: &str) -> Option<Principal> {
    let (kind, rest) = text.split_once(':')?;
    if kind == "p" {
        return rest.parse().ok().map(Principal::Person);
    }
    let (name, path) = rest.split_once('@')?;
    let path = RegionPath::parse(path)?;
    match kind {
        "d" => Some(Principal::Department { code: name.to_owned(), path }),
        "r" => Some(Principal::Role { role: name.to_owned(), path }),
        _ => None,
    }
}
