//! The rows by which looks are found, against the records of those looks. Rows are read first, then every record takes its own away.

use std::collections::HashMap;

use yizhi_domain::look::Look;
use yizhi_domain::region::Level;
use yizhi_store::LookStand;

use super::finding::{Finding, Findings, Place};

/// Rows whose records have not come by yet, by number.
#[derive(Debug, Default)]
pub(super) struct Looks(HashMap<i64, LookStand>);

impl Looks {
    pub(super) fn add(&mut self, row: LookStand) {
        self.0.insert(row.seq, row);
    }

    /// Compares the row of a look with its record.
    pub(super) fn look(&mut self, at: &Place, look: &Look, findings: &mut Findings) {
        let Some(row) = at.seq.and_then(|seq| self.0.remove(&seq)) else {
            findings.add(Finding::LookUnlisted { at: at.clone() });
            return;
        };
        let told = stand(row.seq, look);
        let [stored, told] = [&row, &told].map(columns);
        for ((column, stored), (_, told)) in stored.into_iter().zip(told) {
            if stored != told {
                findings.add(Finding::Look { at: at.clone(), column, stored, told });
            }
        }
    }

    /// A look whose fields cannot be read any more: what its row says cannot be compared.
    pub(super) fn unreadable(&mut self, seq: i64) {
        self.0.remove(&seq);
    }

    /// Names the rows that no record took away.
    pub(super) fn settle(self, findings: &mut Findings) {
        let mut left: Vec<i64> = self.0.into_keys().collect();
        left.sort_unstable();
        left.into_iter().for_each(|seq| findings.add(Finding::LookAlone { seq }));
    }
}

/// The row that a look should have.
fn stand(seq: i64, look: &Look) -> LookStand {
    LookStand {
        seq,
        at: look.at.timestamp_micros(),
        kind: look.kind.as_str().to_owned(),
        person: look.person.0,
        case: look.case.as_ref().map(|(case, _)| case.0),
        region: [Level::Province, Level::City, Level::County].map(|level| look.region().at(level).as_str().to_owned()),
    }
}

fn columns(row: &LookStand) -> [(&'static str, String); 7] {
    let [province, city, county] = row.region.clone();
    [
        ("at", row.at.to_string()),
        ("kind", row.kind.clone()),
        ("person", row.person.to_string()),
        ("case_id", row.case.map(|case| case.to_string()).unwrap_or_default()),
        ("province", province),
        ("city", city),
        ("county", county),
    ]
}
