//! Rows that are only what records say, against those records. Rows are read first; then the last record of each says what it must be.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sha2::{Digest, Sha256};
use yizhi_store::{By, TableRow, proven_tables};

use super::facts::digest;
use super::finding::{Finding, Findings, RowFault};
use super::said::{Proof, ProofRow};

/// Table, by its place in [`proven_tables`], and key.
type Key = (usize, Box<str>);

/// All rows of proven tables, and what records said last of them.
#[derive(Debug)]
pub(super) struct Tables {
    names: Vec<(&'static str, By)>,
    rows: HashMap<Key, Row>,
    /// Rows that a record says are there and that are not.
    missing: HashMap<Key, ()>,
    /// Sums of counties as rows are read, and what was said of them last.
    sums: BTreeMap<(usize, String), Sha256>,
    counties: BTreeMap<(usize, String), Option<[u8; 32]>>,
    /// Tables whose every row some record must have made.
    begun: BTreeSet<usize>,
}

#[derive(Debug)]
struct Row {
    digest: [u8; 32],
    checks: Vec<(&'static str, u32)>,
    said: Said,
}

/// What the last record says of a row.
#[derive(Debug)]
enum Said {
    Nothing,
    Fits,
    /// Names the columns where the record does.
    Differs(Vec<String>),
}

impl Tables {
    pub(super) fn new() -> Self {
        Self {
            names: proven_tables().collect(),
            rows: HashMap::new(),
            missing: HashMap::new(),
            sums: BTreeMap::new(),
            counties: BTreeMap::new(),
            begun: BTreeSet::new(),
        }
    }

    pub(super) fn add(&mut self, row: TableRow) {
        let Some(table) = self.place(row.table) else { return };
        if let Some(county) = row.county {
            self.sums.entry((table, county)).or_default().update(row.digest);
            return;
        }
        let checks = row.checks.iter().map(|(name, check)| (*name, number(check))).collect();
        let kept = Row { digest: row.digest, checks, said: Said::Nothing };
        self.rows.insert((table, row.key.into()), kept);
    }

    fn place(&self, table: &str) -> Option<usize> {
        self.names.iter().position(|(name, _)| *name == table)
    }

    /// Takes what a record proves.
    pub(super) fn take(&mut self, proof: &Proof) {
        for table in &proof.begins {
            self.begun.extend(self.place(table));
        }
        for row in &proof.proves {
            let none = BTreeMap::new();
            let (table, key, said, checks) = match row {
                ProofRow::Detailed(table, key, said, checks) => (table, key, said, checks),
                ProofRow::Whole(table, key, said) => (table, key, said, &none),
            };
            if let Some(table) = self.place(table) {
                self.said((table, key.as_str().into()), said.as_deref(), checks);
            }
        }
        if let Some(counties) = &proof.counties
            && let Some(table) = self.place(&counties.table)
        {
            let said = counties.digests.iter().map(|(path, hex)| ((table, path.clone()), digest(hex)));
            self.counties.extend(said);
        }
    }

    fn said(&mut self, key: Key, said: Option<&str>, checks: &BTreeMap<String, String>) {
        match (self.rows.get_mut(&key), said) {
            (Some(row), Some(said)) => {
                let fits = digest(said) == Some(row.digest);
                row.said = if fits { Said::Fits } else { Said::Differs(differing(&row.checks, checks)) };
            }
            (Some(row), None) => row.said = Said::Nothing,
            (None, Some(_)) if self.names.get(key.0).is_some_and(|(_, by)| *by == By::Row) => {
                self.missing.insert(key, ());
            }
            (None, _) => {
                self.missing.remove(&key);
            }
        }
    }

    /// What does not fit, when all records were seen.
    pub(super) fn settle(self, findings: &mut Findings) {
        let name = |table: usize| self.names.get(table).map(|(name, _)| (*name).to_owned()).unwrap_or_default();
        let mut faults = Vec::new();
        for ((table, key), row) in self.rows {
            match row.said {
                Said::Fits => {}
                Said::Nothing if !self.begun.contains(&table) => {}
                Said::Nothing => faults.push(RowFault::Unrecorded { table: name(table), key: key.into() }),
                Said::Differs(columns) => {
                    faults.push(RowFault::Changed { table: name(table), key: key.into(), columns });
                }
            }
        }
        let gone = self.missing.into_keys();
        faults.extend(gone.map(|(table, key)| RowFault::Missing { table: name(table), key: key.into() }));
        let mut sums: BTreeMap<(usize, String), [u8; 32]> =
            self.sums.into_iter().map(|(county, sum)| (county, sum.finalize().into())).collect();
        for (county, said) in self.counties {
            let sum = sums.remove(&county).unwrap_or_else(|| Sha256::digest([]).into());
            if said != Some(sum) {
                faults.push(RowFault::County { table: name(county.0), path: county.1 });
            }
        }
        let unsaid = sums.into_keys().filter(|(table, _)| self.begun.contains(table));
        faults.extend(unsaid.map(|(table, path)| RowFault::County { table: name(table), path }));
        faults.into_iter().for_each(|fault| findings.add(Finding::Row(fault)));
    }
}

fn number(check: &str) -> u32 {
    u32::from_str_radix(check, 16).unwrap_or_default()
}

/// Columns of a row that are not as a record says.
fn differing(row: &[(&'static str, u32)], said: &BTreeMap<String, String>) -> Vec<String> {
    if said.is_empty() {
        return Vec::new();
    }
    let changed = said.iter().filter(|(name, check)| !row.iter().any(|(n, c)| n == name && *c == number(check)));
    let added = row.iter().filter(|(name, _)| !said.contains_key(*name)).map(|(name, _)| (*name).to_owned());
    changed.map(|(name, _)| name.clone()).chain(added).collect()
}
