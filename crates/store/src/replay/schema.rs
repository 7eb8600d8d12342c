//! The database's own definitions, against those that the migrations make: a view in the place of a table, a trigger, a rule or row security answers and
//! writes otherwise than the rows say, and a column that no longer follows from another hides it.
//!
//! Whatever else somebody has in the database is let be: nothing here reads it.

use std::collections::BTreeMap;

use rusqlite::Connection;

use crate::{Backend, Error, schema};

use super::stand::placed_columns;

/// Kind and name of what is defined, and how.
pub(super) type Definitions = BTreeMap<(String, String), String>;

/// Everything that is defined on SQLite.
pub(super) const OF_SQLITE: &str = "SELECT type, CASE type WHEN 'trigger' THEN name || ' on ' || tbl_name ELSE name END, coalesce(sql, '') FROM sqlite_schema";

/// On PostgreSQL: relations found by the names that statements use, and whatever else acts on tables in their schemas.
pub(super) const OF_POSTGRES: &str = "\
WITH ours AS (SELECT c.oid, c.relname, c.relkind, c.relrowsecurity FROM pg_class c \
  WHERE pg_table_is_visible(c.oid) AND c.relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)) \
SELECT CASE WHEN relkind IN ('r', 'p') THEN 'table' WHEN relkind = 'v' THEN 'view' ELSE 'other' END, relname::text, \
  CASE WHEN relrowsecurity THEN 'with row security' ELSE '' END FROM ours WHERE relkind IN ('r', 'p', 'v', 'm', 'f') \
UNION ALL SELECT 'trigger', t.tgname || ' on ' || o.relname, '' FROM pg_trigger t JOIN ours o ON o.oid = t.tgrelid WHERE NOT t.tgisinternal \
UNION ALL SELECT 'rule', r.rulename || ' on ' || o.relname, '' FROM pg_rewrite r JOIN ours o ON o.oid = r.ev_class WHERE o.relkind = 'r' \
UNION ALL SELECT 'policy', p.polname || ' on ' || o.relname, '' FROM pg_policy p JOIN ours o ON o.oid = p.polrelid \
UNION ALL SELECT 'generated column', o.relname || '.' || a.attname, '' FROM pg_attribute a JOIN ours o ON o.oid = a.attrelid WHERE a.attgenerated <> ''";

/// What acts by itself on a table, and is not made by any migration; named `… on` its table.
const ACTS: [&str; 3] = ["trigger", "rule", "policy"];

/// Names of what is not as the migrations make it.
///
/// # Errors
/// When the migrations cannot be run in memory.
pub(super) fn differing(found: &Definitions, backend: Backend) -> Result<Vec<String>, Error> {
    let made = made(backend)?;
    let named = |(kind, name): &(String, String)| format!("{kind} {name}");
    let is_ours = |name: &str| made.contains_key(&("table".to_owned(), name.to_owned()));
    let changed = made.iter().filter(|(key, how)| found.get(*key) != Some(how)).map(|(key, _)| named(key));
    let acts = |(kind, name): &&(String, String)| {
        ACTS.contains(&kind.as_str()) && name.rsplit_once(" on ").is_some_and(|(_, table)| is_ours(table))
    };
    let added = found.keys().filter(|key| !made.contains_key(*key)).filter(acts).map(named);
    Ok(changed.chain(added).collect())
}

/// Blanks are one blank each, and names stand without the quotes that renaming a table and naming it back leaves.
pub(super) fn definition(kind: String, name: String, how: &str) -> ((String, String), String) {
    ((kind, name), how.replace('"', "").split_whitespace().collect::<Vec<_>>().join(" "))
}

/// What the migrations make. PostgreSQL is known by its tables and by the columns that follow from others; the names are the same in both.
fn made(backend: Backend) -> Result<Definitions, Error> {
    let connection = Connection::open_in_memory()?;
    for (_, statements) in schema::pending(0, Backend::Sqlite) {
        for statement in statements {
            connection.execute_batch(&statement)?;
        }
    }
    let mut read = connection.prepare(OF_SQLITE)?;
    let rows = read.query_map([], |r| {
        let how: String = r.get(2)?;
        Ok(definition(r.get(0)?, r.get(1)?, &how))
    })?;
    let sqlite: Definitions = rows.collect::<Result<_, _>>()?;
    if backend == Backend::Sqlite {
        return Ok(sqlite);
    }
    let is_own = |name: &str| name.starts_with("case_search") || name.starts_with("sqlite_");
    let tables = sqlite.into_keys().filter(|(kind, name)| kind == "table" && !is_own(name));
    let search = [("table".to_owned(), "case_search".to_owned())];
    let levels = placed_columns().map(|level| ("generated column".to_owned(), format!("cases.{level}")));
    Ok(tables.chain(search).chain(levels).map(|key| (key, String::new())).collect())
}
