//! Every table is proven, or has a reason why not; every column of a proven table is compared, or has one.

use std::collections::BTreeSet;

use sqlx::{AssertSqlSafe, Row as _};
use yizhi_store::{OTHERWISE, proven_columns, proven_tables};

use crate::common::{Ground, on_both};

async fn asked(ground: &Ground, sql: String) -> Vec<String> {
    let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(&ground.plain).await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

async fn tables(ground: &Ground) -> Vec<String> {
    let sql = if ground.postgres {
        "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'"
    } else {
        // The search index keeps itself in tables of its own.
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'case_search_%' AND name NOT LIKE 'sqlite_%'"
    };
    asked(ground, sql.to_owned()).await
}

async fn columns(ground: &Ground, table: &str) -> Vec<String> {
    let sql = if ground.postgres {
        format!("SELECT column_name::text FROM information_schema.columns WHERE table_name = '{table}'")
    } else {
        format!("SELECT name FROM pragma_table_info('{table}')")
    };
    asked(ground, sql).await
}

#[test]
fn every_table_and_column_is_proven_or_has_a_reason() {
    on_both(|ground| async move {
        let mut known: BTreeSet<&str> = OTHERWISE.iter().map(|(table, _)| *table).collect();
        for (table, _) in proven_tables() {
            assert!(known.insert(table), "{table} is listed twice");
            let (compared, left_out) = proven_columns(table).unwrap();
            let listed: BTreeSet<&str> = compared.into_iter().chain(left_out.iter().map(|(name, _)| *name)).collect();
            let columns = columns(&ground, table).await;
            let columns: BTreeSet<&str> = columns.iter().map(String::as_str).collect();
            assert_eq!(listed, columns, "columns of {table}: list them in proven/list.rs");
        }
        for table in tables(&ground).await {
            assert!(known.contains(table.as_str()), "{table}: list it in proven/list.rs as proven, or with a reason");
        }
        for (table, reason) in OTHERWISE {
            assert!(!reason.is_empty() && !columns(&ground, table).await.is_empty(), "{table} is there, with a reason");
        }
    });
}
