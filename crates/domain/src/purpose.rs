//! Purposes (目的) as data (`catalog/purposes.yaml`): what restricted data may be looked at for, by which law, and which roles may claim it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_saphyr::Spanned;

use crate::procedure::ParseError;
use crate::role::{Permission, Roles};
use crate::text::Text;

/// What a purpose may be claimed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PurposeKind {
    Unmask,
    Export,
    Read,
}

/// The law a purpose rests on.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Basis {
    /// Law and article.
    pub law: Text,
    /// In force from.
    pub from: NaiveDate,
    /// What the article says, in a few words.
    pub source: String,
    /// Whether somebody has read the article's text for this.
    pub verified: bool,
}

impl Basis {
    /// Law and article as shown.
    pub fn shown(&self) -> Text {
        if self.verified {
            return self.law.clone();
        }
        Text::new(format!("{}（待核实）", self.law.zh), format!("{} (not verified)", self.law.en))
    }
}

/// One purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Purpose {
    pub code: String,
    pub name: Text,
    pub kinds: BTreeSet<PurposeKind>,
    /// Roles that may claim it.
    pub roles: BTreeSet<String>,
    pub basis: Basis,
}

impl Purpose {
    pub fn may_be_claimed(&self, role: &str, kind: PurposeKind) -> bool {
        self.kinds.contains(&kind) && self.roles.contains(role)
    }
}

/// The purposes of a release by code.
pub type Purposes = BTreeMap<String, Purpose>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPurpose {
    code: Spanned<String>,
    name: Text,
    kinds: Vec<Spanned<PurposeKind>>,
    roles: Vec<Spanned<String>>,
    basis: Basis,
}

/// Reads a file of purposes.
///
/// # Errors
/// All faults, each with its line: kinds and roles that there are none of, roles that see no cases, purposes that nobody could claim.
pub fn parse(file: &str, text: &str, roles: &Roles) -> Result<Purposes, Vec<ParseError>> {
    let fault = |line: u64, message: String| ParseError { file: file.to_owned(), line, message };
    let raw: Vec<RawPurpose> =
        serde_saphyr::from_str(text).map_err(|e| vec![fault(e.location().map_or(0, |l| l.line()), e.to_string())])?;
    let (mut purposes, mut faults) = (Purposes::new(), Vec::new());
    for raw in raw {
        faults.extend(flaws(&raw, roles).into_iter().map(|(line, message)| fault(line, message)));
        let (code, line) = (raw.code.value.clone(), raw.code.referenced.line());
        let purpose = Purpose {
            code: code.clone(),
            name: raw.name,
            kinds: raw.kinds.into_iter().map(|kind| kind.value).collect(),
            roles: raw.roles.into_iter().map(|role| role.value).collect(),
            basis: raw.basis,
        };
        if purposes.insert(code.clone(), purpose).is_some() {
            faults.push(fault(line, format!("purpose “{code}” is defined twice")));
        }
    }
    if faults.is_empty() { Ok(purposes) } else { Err(faults) }
}

fn flaws(raw: &RawPurpose, roles: &Roles) -> Vec<(u64, String)> {
    let (code, line) = (&raw.code.value, raw.code.referenced.line());
    let mut flaws = Vec::new();
    for role in &raw.roles {
        let flaw = match roles.get(&role.value) {
            None => format!("no role “{}” in roles.yaml", role.value),
            Some(known) if !known.permissions.contains(&Permission::ReadCases) => {
                format!("role “{}” reads no cases and can claim no purpose", role.value)
            }
            Some(_) => continue,
        };
        flaws.push((role.referenced.line(), flaw));
    }
    if raw.roles.is_empty() || raw.kinds.is_empty() {
        flaws.push((line, format!("nobody can claim “{code}”: name kinds and roles")));
    }
    let basis = &raw.basis;
    if [&basis.law.zh, &basis.law.en, &basis.source].iter().any(|text| text.trim().is_empty()) {
        flaws.push((line, format!("“{code}” rests on no law: name the article and what it says")));
    }
    flaws
}
