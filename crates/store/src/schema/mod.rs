//! The schema, one text for both databases, and its migrations. Migrations only add; a database newer than the binary is refused.

use crate::Backend;

struct Migration {
    version: i64,
    /// For both, after what is the database's own.
    common: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
}

const MIGRATIONS: &[Migration] = &[
    Migration {
        version: 1,
        common: include_str!("0001_foundation.sql"),
        sqlite: include_str!("0001_search_sqlite.sql"),
        postgres: include_str!("0001_search_postgres.sql"),
    },
    Migration {
        version: 2,
        common: include_str!("0002_lists.sql"),
        sqlite: include_str!("0002_lists_sqlite.sql"),
        postgres: include_str!("0002_lists_postgres.sql"),
    },
    Migration { version: 3, common: include_str!("0003_ledger.sql"), sqlite: "", postgres: "" },
    Migration { version: 4, common: include_str!("0004_looks.sql"), sqlite: "", postgres: "" },
    Migration { version: 5, common: include_str!("0005_erasure.sql"), sqlite: "", postgres: "" },
    Migration { version: 7, common: include_str!("0007_asked.sql"), sqlite: "", postgres: "" },
    Migration { version: 8, common: include_str!("0008_occurred.sql"), sqlite: "", postgres: "" },
    Migration { version: 9, common: include_str!("0009_uploads.sql"), sqlite: "", postgres: "" },
    Migration { version: 10, common: include_str!("0010_identity.sql"), sqlite: "", postgres: "" },
    Migration { version: 11, common: include_str!("0011_keys_and_jobs.sql"), sqlite: "", postgres: "" },
    Migration { version: 12, common: include_str!("0012_proofs.sql"), sqlite: "", postgres: "" },
    Migration { version: 13, common: include_str!("0013_work.sql"), sqlite: "", postgres: "" },
    Migration { version: 14, common: include_str!("0014_outlines.sql"), sqlite: "", postgres: "" },
];

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
        (m.version, statements(own).chain(statements(&dialect(m.common, backend))).collect())
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

/// The statements of a text. A semicolon at the end of a line ends one.
fn statements(text: &str) -> impl Iterator<Item = String> {
    let code: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("--")).collect();
    let code = code.join("\n") + "\n";
    let parts: Vec<String> = code.split(";\n").map(|s| s.trim().to_owned()).filter(|s| !s.is_empty()).collect();
    parts.into_iter()
}
