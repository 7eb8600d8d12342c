//! Cases as their rows stand, against what their steps say. Rows are read first, then every step moves its case on.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher as _, RandomState};

use serde_json::{Value, json};
use uuid::Uuid;
use yizhi_domain::catalog::Catalog;
use yizhi_domain::record::canonical_json;
use yizhi_store::{CaseFacts, CaseStand, CaseTold};

use super::facts;
use super::finding::{Fact, Finding, Findings, Place, RowFault};
use super::said::{Stated, Step};

/// Index of a name that many cases share.
type Name = u16;

/// Cases and where their traces have got to.
#[derive(Debug, Default)]
pub(super) struct Cases {
    stands: HashMap<Uuid, Stand>,
    /// Cases that have steps but no row.
    gone: HashMap<Uuid, Gone>,
    names: Vec<Box<str>>,
    /// Actions that leave the version as it is, by release and procedure.
    quiet: HashMap<(String, String), usize>,
    quiet_lists: Vec<Vec<String>>,
    /// Releases that are kept, whatever their content, and those found missing.
    releases: HashSet<String>,
    /// Marks values: texts as long as they like in 8 bytes, which nobody can foresee.
    marks: RandomState,
}

#[derive(Debug)]
struct Stand {
    number: Box<str>,
    state: Name,
    version: i64,
    entries: Option<u32>,
    /// Which list of quiet actions; `None` when the release is not kept.
    quiet: Option<u16>,
    told: Told,
    /// Fields that the row says were erased, until an erasure accounts for them.
    erased: Vec<String>,
    facts: CaseFacts,
    /// Whether matter, procedure, release and path are those of the steps, as marks.
    head: [u64; 2],
    trace: Trace,
}

/// Marks of what the row has of what the reporter told; 0 where it has nothing.
#[derive(Clone, Copy, Debug)]
struct Told {
    title: u64,
    description: u64,
    location: u64,
    contact: u64,
    reporter: bool,
}

/// What the steps of a case say so far.
#[derive(Clone, Copy, Debug, Default)]
struct Trace {
    steps: u32,
    loud: u32,
    /// The state that the last step led to.
    state: Option<Name>,
    /// When it was recorded, in microseconds.
    at: i64,
    /// A step does not say which action it was, so that versions cannot be counted.
    silent: bool,
    /// The digest of the state that the last record commits to.
    state_digest: Option<[u8; 32]>,
    /// Leaves of which something was said already, a bit each.
    named: u16,
}

/// A step as its record has it.
pub(super) struct Taken<'a> {
    pub(super) case: Uuid,
    /// When it was recorded, in microseconds.
    pub(super) at: i64,
    /// Older than the ledger: it was numbered by its time, which several steps may share.
    pub(super) unordered: bool,
    pub(super) place: &'a dyn Fn() -> Place,
    /// Fields that were erased.
    pub(super) erased: &'a [String],
}

#[derive(Debug, Default)]
struct Gone {
    number: Option<String>,
    steps: u32,
}

impl Cases {
    /// Takes note of a release that is kept.
    pub(super) fn kept(&mut self, release: &str) {
        self.releases.insert(release.to_owned());
    }

    /// Takes note of a release's procedures.
    pub(super) fn know(&mut self, catalog: &Catalog) {
        for procedure in catalog.procedures() {
            let quiet = procedure.actions.iter().filter(|action| action.quiet).map(|action| action.code.clone());
            self.quiet.insert((catalog.id().to_owned(), procedure.code.clone()), self.quiet_lists.len());
            self.quiet_lists.push(quiet.collect());
        }
    }

    pub(super) fn add(&mut self, row: CaseStand, findings: &mut Findings) {
        if !self.releases.contains(&row.release) {
            self.releases.insert(row.release.clone());
            findings.add(Finding::ReleaseGone { id: row.release.clone() });
        }
        let head = [&row.procedure, &row.release].map(|text| self.mark(&Value::from(text.as_str())));
        let list = self.quiet.get(&(row.release, row.procedure)).copied();
        let stand = Stand {
            state: self.name(&row.state),
            number: row.number.into(),
            version: row.version,
            entries: row.entries,
            quiet: list.and_then(|list| u16::try_from(list).ok()),
            told: self.told(&row.told),
            erased: row.told.erased,
            facts: row.facts,
            head,
            trace: Trace::default(),
        };
        self.stands.insert(row.id, stand);
    }

    fn told(&self, row: &CaseTold) -> Told {
        let text = |value: &str| if value.is_empty() { 0 } else { self.mark(&Value::from(value)) };
        Told {
            title: text(&row.title),
            description: text(&row.description),
            location: row.location.map_or(0, |(lon, lat)| self.mark(&json!([lon, lat]))),
            contact: row.contact.as_deref().map_or(0, text),
            reporter: row.reporter,
        }
    }

    fn mark(&self, value: &Value) -> u64 {
        canonical_json(value).map_or(0, |text| self.mark_text(&text))
    }

    fn mark_text(&self, canonical: &str) -> u64 {
        self.marks.hash_one(canonical) | 1
    }

    /// An erasure accounts for fields of a case.
    pub(super) fn account(&mut self, id: &Uuid, fields: &[String]) {
        if let Some(stand) = self.stands.get_mut(id) {
            stand.erased.retain(|field| !fields.contains(field));
        }
    }

    /// Whether the row of a case has something in a part that erasures name.
    pub(super) fn has(&self, id: &Uuid, part: &str) -> bool {
        self.stands.get(id).is_some_and(|Stand { told, .. }| match part {
            "title" => told.title != 0,
            "description" => told.description != 0,
            "location" => told.location != 0,
            "contact" => told.contact != 0,
            "reporter" => told.reporter,
            _ => false,
        })
    }

    /// Compares what the report says with what the row has. What is erased in the report is for erasures to account for; reports of earlier
    /// versions have a title only, among their details.
    fn compare(&mut self, id: &Uuid, step: &Step<'_>, erased: &[String], findings: &mut Findings) {
        let Some(Stand { number, told, .. }) = self.stands.get(id) else { return };
        let mut named = 0;
        let is_erased = |name: &str| erased.iter().any(|erased| erased == name);
        let own = step.title.is_some() || is_erased("title");
        let facts = [
            ("title", Fact::Title, if own { step.title } else { step.title_in_details() }, told.title),
            ("description", Fact::Description, step.description, told.description),
            ("location", Fact::Location, step.location, told.location),
            ("contact", Fact::Contact, step.contact, told.contact),
        ];
        let known = if own { facts.len() } else { usize::from(step.title_in_details().is_some()) };
        for (name, fact, said, stored) in facts.into_iter().take(known) {
            let said = said.map_or(0, |said| self.mark_text(said.0));
            if !is_erased(name) && said != stored {
                findings.add(Finding::Told { number: number.to_string(), fact });
                named |= facts::bit(name);
            }
        }
        if let Some(stand) = self.stands.get_mut(id) {
            stand.trace.named |= named;
        }
    }

    /// A record commits to the state of a case.
    pub(super) fn stated(&mut self, id: &Uuid, stated: &Stated<'_>, at: impl Fn() -> Place, findings: &mut Findings) {
        let Some(stand) = self.stands.get_mut(id) else { return };
        let known = stand.trace.state_digest;
        if !facts::follows(known.as_ref(), stated) {
            findings.add(Finding::Row(RowFault::Before { at: at() }));
        }
        stand.trace.state_digest = facts::digest(stated.state);
    }

    /// Something was said already of a part of a case's row.
    pub(super) fn name_part(&mut self, id: &Uuid, part: &str) {
        if let Some(stand) = self.stands.get_mut(id) {
            stand.trace.named |= facts::bit(part) | facts::bit("body");
        }
    }

    pub(super) fn len(&self) -> usize {
        self.stands.len()
    }

    /// The number of a case, if it is one.
    pub(super) fn number(&self, id: &Uuid) -> Option<&str> {
        self.stands.get(id).map(|stand| &*stand.number)
    }

    /// Moves a case on by one step.
    pub(super) fn step(&mut self, step: &Step<'_>, taken: &Taken<'_>, findings: &mut Findings) {
        let to = step.to.map(|state| self.name(state));
        let head = [step.procedure, step.release].map(|text| text.map(|text| self.mark(&Value::from(text))));
        let Taken { case: id, at, unordered, place, erased } = *taken;
        if step.seq == Some(1) {
            self.compare(&id, step, erased, findings);
        }
        let Some(stand) = self.stands.get_mut(&id) else {
            let gone = self.gone.entry(id).or_default();
            gone.steps += 1;
            gone.number = gone.number.take().or_else(|| step.number.map(str::to_owned));
            return;
        };
        let trace = &mut stand.trace;
        trace.steps += 1;
        let known = trace.state.and_then(|state| self.names.get(usize::from(state)));
        if !unordered {
            if let Some(seq) = step.seq.filter(|seq| *seq != trace.steps) {
                let expected = trace.steps.to_string();
                findings.add(Finding::Step { at: place(), expected, told: seq.to_string() });
            } else if let (Some(from), Some(known)) = (step.from, known)
                && from != &**known
            {
                findings.add(Finding::Step { at: place(), expected: known.to_string(), told: from.to_owned() });
            }
        }
        if let Some(told) = step.number.filter(|told| trace.steps == 1 && **told != *stand.number) {
            let number = stand.number.to_string();
            trace.named |= facts::bit("case");
            findings.add(Finding::Case { stored: number.clone(), number, fact: Fact::Number, told: told.to_owned() });
        }
        let quiet = stand.quiet.and_then(|list| self.quiet_lists.get(usize::from(list)));
        match step.action.zip(quiet) {
            Some((action, quiet)) => trace.loud += u32::from(!quiet.iter().any(|code| code == action)),
            None => trace.silent = true,
        }
        for ((told, stored), fact) in head.into_iter().zip(stand.head).zip([Fact::Procedure, Fact::Release]) {
            if told.is_some_and(|told| told != stored) && trace.named & facts::bit("case") == 0 {
                trace.named |= facts::bit("case");
                findings.add(Finding::Told { number: stand.number.to_string(), fact });
            }
        }
        trace.state = to.or(trace.state);
        trace.at = at;
    }

    /// When the last step of a case was recorded, in microseconds.
    pub(super) fn last_at(&self, id: &Uuid) -> Option<i64> {
        self.stands.get(id).filter(|stand| stand.trace.steps > 0).map(|stand| stand.trace.at)
    }

    /// Compares every row with its trace, when all steps were taken.
    pub(super) fn settle(self, findings: &mut Findings) {
        let name = |name: Name| self.names.get(usize::from(name)).map(|name| &**name).unwrap_or_default();
        for (case, gone) in self.gone {
            findings.add(Finding::Gone { case, number: gone.number, steps: gone.steps });
        }
        for stand in self.stands.values() {
            let mut named = stand.trace.named;
            for field in &stand.erased {
                named |= facts::bit("body");
                findings.add(Finding::Hidden { number: stand.number.to_string(), field: field.clone() });
            }
            let Trace { steps, loud, state, silent, .. } = stand.trace;
            if steps == 0 {
                findings.add(Finding::Untraced { number: stand.number.to_string() });
                continue;
            }
            let mut differs = |fact, stored: String, told: String| {
                if stored != told {
                    named |= facts::bit(if fact == Fact::Entries { "body" } else { "case" });
                    findings.add(Finding::Case { number: stand.number.to_string(), fact, stored, told });
                }
            };
            if let Some(state) = state {
                differs(Fact::State, name(stand.state).to_owned(), name(state).to_owned());
            }
            if !silent {
                differs(Fact::Version, stand.version.to_string(), loud.to_string());
            }
            let entries = stand.entries.map_or_else(|| "?".to_owned(), |entries| entries.to_string());
            differs(Fact::Entries, entries, steps.to_string());
            facts::settle(&stand.number, &stand.facts, stand.trace.state_digest, named, findings);
        }
    }

    /// There are about as many states as fingers, so looking through them is quick.
    fn name(&mut self, name: &str) -> Name {
        let known = self.names.iter().position(|known| **known == *name);
        let index = known.unwrap_or_else(|| {
            self.names.push(name.into());
            self.names.len() - 1
        });
        Name::try_from(index).unwrap_or(Name::MAX)
    }
}
