//! Counters of the overview, against the cases that they count.

use std::collections::BTreeMap;

use yizhi_store::CountedAs;

use super::finding::{Finding, Findings, RowFault};

/// How many cases there are of each kind that has a counter.
#[derive(Debug, Default)]
pub(super) struct Counters(BTreeMap<CountedAs, i64>);

impl Counters {
    pub(super) fn count(&mut self, case: CountedAs) {
        *self.0.entry(case).or_default() += 1;
    }

    /// Takes what a counter says. One at zero may stay when its last case has moved on.
    pub(super) fn compare(&mut self, of: CountedAs, said: i64, findings: &mut Findings) {
        let found = self.0.remove(&of).unwrap_or_default();
        if said != found {
            findings.add(Finding::Row(RowFault::Counter { of, said, found }));
        }
    }

    /// Cases that no counter counts.
    pub(super) fn end(self, findings: &mut Findings) {
        for (of, found) in self.0 {
            findings.add(Finding::Row(RowFault::Counter { of, said: 0, found }));
        }
    }
}
