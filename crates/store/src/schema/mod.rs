//! The schema, one text for both databases, and its migrations. Migrations only add; a database newer than the binary is refused.

use crate::Backend;

struct Migration {
    version: i64,
    common: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
}

const MIGRATIONS: &[Migration] = &[Migration {
    version: 1,
    common: include_str!("0001_foundation.sql"),
    sqlite: include_str!("0001_search_sqlite.sql"),
    postgres: include_str!("0001_search_postgres.sql"),
}];

/// The newest schema version this binary knows.
pub(crate) fn newest() -> i64 {
    MIGRATIONS.last().map_or(0, |m| m.version)
}

/// Versions above `current` with their statements, oldest first.
pub(crate) fn pending(current: i64, backend: Backend) -> impl Iterator<Item = (i64, Vec<String>)> {
    MIGRATIONS.iter().filter(move |m| m.version > current).map(move |m| {
        let own = match backend {
            Backend::Sqlite => m.sqlite,
            Backend::Postgres => m.postgres,
        };
        let mut statements = statements(&dialect(m.common, backend));
        statements.extend(self::statements(own));
        (m.version, statements)
    })
}

fn dialect(text: &str, backend: Backend) -> String {
    let types: &[(&str, &str)] = match backend {
        Backend::Sqlite => &[
            ("{uuid}", "BLOB"),
            ("{blob}", "BLOB"),
            ("{real}", "REAL"),
            ("{key}", "TEXT"),
            ("{clustered}", "WITHOUT ROWID"),
        ],
        Backend::Postgres => &[
            ("{uuid}", "uuid"),
            ("{blob}", "bytea"),
            ("{real}", "double precision"),
            ("{key}", "text COLLATE \"C\""),
            ("{clustered}", ""),
        ],
    };
    types.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

fn statements(text: &str) -> Vec<String> {
    let code: String = text.lines().filter(|line| !line.trim_start().starts_with("--")).collect::<Vec<_>>().join("\n");
    code.split(';').map(str::trim).filter(|s| !s.is_empty()).map(str::to_owned).collect()
}
