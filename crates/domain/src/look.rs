//! Looks: what somebody was shown that is not for everybody. Each is a record of its own, made before anything is shown, which says who looked at
//! what, for which purpose, in which post. It holds names of fields, never their values.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::case::Actor;
use crate::ids::{CaseId, PersonId};
use crate::record::Record;
use crate::region::RegionPath;

/// What kind of look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LookKind {
    /// A masked field of a case.
    Unmask,
    /// A list of cases as a file.
    Export,
    /// A confidential case, by somebody who takes no part in it.
    Read,
    /// The looks of others.
    Looks,
}

impl LookKind {
    pub const ALL: [Self; 4] = [Self::Unmask, Self::Export, Self::Read, Self::Looks];

    pub fn as_str(self) -> &'static str {
        ["unmask", "export", "read", "looks"][self as usize]
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// The kind of its record.
    pub fn record(self) -> &'static str {
        ["look.unmask", "look.export", "look.read", "look.list"][self as usize]
    }

    /// The kind of look that a kind of record is of.
    pub fn of_record(kind: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|look| look.record() == kind)
    }
}

/// One look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    pub kind: LookKind,
    pub at: DateTime<Utc>,
    pub person: PersonId,
    /// The post somebody looked in.
    pub post: LookPost,
    /// Code of the purpose claimed.
    pub purpose: Option<String>,
    /// The case and where it is, for a look at one.
    pub case: Option<(CaseId, RegionPath)>,
    /// Names of what was shown.
    pub fields: Vec<String>,
    /// How many rows a list had.
    pub rows: Option<u64>,
    /// What a list was narrowed by.
    pub filter: Option<String>,
}

/// The post of a look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LookPost {
    pub role: String,
    pub path: RegionPath,
    pub department: Option<String>,
}

impl From<Actor> for LookPost {
    fn from(actor: Actor) -> Self {
        Self { role: actor.role, path: actor.path, department: actor.department }
    }
}

impl Look {
    /// The region whose auditor answers for this look: the case's, or that of the post where no single case was looked at.
    pub fn region(&self) -> &RegionPath {
        self.case.as_ref().map_or(&self.post.path, |(_, path)| path)
    }

    /// As a record: about the case, or about who looked.
    pub fn record(&self) -> Record {
        let subject = self.case.as_ref().map_or(self.person.0, |(case, _)| case.0);
        let fields = json!({
            "at": self.at.to_rfc3339_opts(SecondsFormat::Micros, true),
            "actor": self.person,
            "role": self.post.role,
            "region": self.post.path,
            "department": self.post.department,
            "purpose": self.purpose,
            "place": self.case.as_ref().map(|(_, path)| path),
            "fields": self.fields,
            "rows": self.rows,
            "filter": self.filter,
        });
        let Value::Object(fields) = fields else { unreachable!("a literal object") };
        Record::new(self.kind.record(), subject, fields)
    }

    /// Reads what [`Self::record`] wrote; `None` for any other record.
    pub fn read(kind: &str, subject: Uuid, fields: &Map<String, Value>) -> Option<Self> {
        #[derive(Deserialize)]
        struct Fields {
            at: DateTime<Utc>,
            actor: PersonId,
            role: String,
            region: RegionPath,
            department: Option<String>,
            purpose: Option<String>,
            place: Option<RegionPath>,
            fields: Vec<String>,
            rows: Option<u64>,
            filter: Option<String>,
        }
        let kind = LookKind::of_record(kind)?;
        let said: Fields = serde_json::from_value(Value::Object(fields.clone())).ok()?;
        Some(Self {
            kind,
            at: said.at,
            person: said.actor,
            post: LookPost { role: said.role, path: said.region, department: said.department },
            purpose: said.purpose,
            case: said.place.map(|path| (CaseId(subject), path)),
            fields: said.fields,
            rows: said.rows,
            filter: said.filter,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(case: Option<&str>) -> Look {
        let path = |text| RegionPath::parse(text).unwrap();
        Look {
            kind: if case.is_some() { LookKind::Unmask } else { LookKind::Export },
            at: "2026-11-20T02:00:00.000001Z".parse().unwrap(),
            person: PersonId(Uuid::from_u128(7)),
            post: LookPost { role: "leader".to_owned(), path: path("35.03."), department: None },
            purpose: Some("statistics".to_owned()),
            case: case.map(|place| (CaseId(Uuid::from_u128(9)), path(place))),
            fields: vec!["reporter.name".to_owned()],
            rows: Some(12),
            filter: None,
        }
    }

    #[test]
    fn a_look_is_read_as_it_was_recorded() {
        for look in [look(None), look(Some("35.03.02.001."))] {
            let record = look.record();
            assert_eq!(Look::read(&record.kind, record.subject, &record.fields), Some(look.clone()));
            assert_eq!(Look::read("case.step", record.subject, &record.fields), None);
        }
    }

    #[test]
    fn the_auditor_where_the_case_is_answers_for_it() {
        assert_eq!(look(Some("35.03.02.001.")).region().as_str(), "35.03.02.001.");
        assert_eq!(look(None).region().as_str(), "35.03.");
    }

    #[test]
    fn kinds_have_one_name_each() {
        for kind in LookKind::ALL {
            assert_eq!((LookKind::parse(kind.as_str()), LookKind::of_record(kind.record())), (Some(kind), Some(kind)));
        }
    }
}
