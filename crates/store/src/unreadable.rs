//! Rows that a server works without because they cannot be read: each is logged once it is met, and told to whoever asks whether the server is well.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::sync::{Arc, Mutex, PoisonError};

use crate::{Db, Error};

/// By table, the keys of its rows that could not be read when it was last read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Unreadable(Arc<Mutex<BTreeMap<&'static str, Vec<String>>>>);

impl Db {
    /// Reads rows of a table that is kept in memory. What cannot be read is left out and noted.
    pub fn readable<R, T>(
        &self,
        table: &'static str,
        rows: Vec<R>,
        key: impl Fn(&R) -> String,
        read: impl Fn(R) -> Result<T, Error>,
    ) -> Vec<T> {
        let mut out = Vec::with_capacity(rows.len());
        let mut damaged = Damaged::new(table);
        for row in rows {
            let name = key(&row);
            match read(row) {
                Ok(read) => out.push(read),
                Err(error) => damaged.add(name, &error),
            }
        }
        self.note_damaged(damaged);
        out
    }

    /// Notes what could not be read of a table when all of it was read, in place of what was noted before.
    pub(crate) fn note_damaged(&self, damaged: Damaged) {
        damaged.end();
        let mut noted = self.noted().0.lock().unwrap_or_else(PoisonError::into_inner);
        noted.insert(damaged.table, damaged.keys);
    }

    /// Rows that were left out because they cannot be read, each as table and key.
    pub fn unreadable(&self) -> Vec<String> {
        let noted = self.noted().0.lock().unwrap_or_else(PoisonError::into_inner);
        noted.iter().flat_map(|(table, keys)| keys.iter().map(move |key| format!("{table} {key}"))).collect()
    }
}

/// Rows of a table that cannot be read, as they are met.
#[derive(Debug)]
pub(crate) struct Damaged {
    table: &'static str,
    keys: Vec<String>,
}

/// Rows of a table that are logged one by one.
const LOGGED: usize = 100;

impl Damaged {
    pub(crate) fn new(table: &'static str) -> Self {
        Self { table, keys: Vec::new() }
    }

    pub(crate) fn add(&mut self, key: String, error: &dyn Display) {
        if self.keys.len() < LOGGED {
            let table = self.table;
            tracing::error!(table, key, %error, "a row cannot be read and is left out; yizhi ledger verify says what else was changed");
        }
        self.keys.push(key);
    }

    fn end(&self) {
        if let Some(more) = self.keys.len().checked_sub(LOGGED).filter(|more| *more > 0) {
            tracing::error!(table = self.table, more, "more rows cannot be read and are left out");
        }
    }
}
