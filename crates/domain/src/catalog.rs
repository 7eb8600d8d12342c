//! A catalog release: roles, departments, purposes, matters, procedures and calendars, read from files and checked together. Its id is the digest of
//! its files, so a case can pin what it was received under.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use crate::case::RESERVED;
use crate::department::Department;
use crate::matter::Matter;
use crate::procedure::{self, ParseError, Procedure};
use crate::purpose::{self, Purpose, Purposes};
use crate::retention::{self, Retention};
use crate::role::{Role, Roles};
use crate::search::folded;
use crate::text::Text;

/// The files of a release: path below `catalog/` and content.
pub type Files = BTreeMap<String, String>;

/// A checked release.
#[derive(Debug, Default)]
pub struct Catalog {
    id: String,
    roles: Roles,
    departments: BTreeMap<String, Department>,
    purposes: Purposes,
    retention: Retention,
    matters: BTreeMap<String, Matter>,
    procedures: BTreeMap<String, Procedure>,
    keys: BTreeMap<String, (String, String)>,
}

/// The content address of a set of files: SHA-256 over each path and content, length-prefixed, in the order of the paths; first 16 bytes in hex.
pub fn release_id(files: &Files) -> String {
    let mut hash = Sha256::new();
    for part in files.iter().flat_map(|(path, text)| [path, text]) {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hex::encode(&hash.finalize()[..16])
}

/// Files that releases have from some day on. One that was kept before stays readable without them.
const LATER: [&str; 2] = [PURPOSES, RETENTION];
const PURPOSES: &str = "purposes.yaml";
const RETENTION: &str = "retention.yaml";

fn form_faults(procedure: &Procedure) -> Vec<ParseError> {
    let file = format!("procedures/{}.yaml", procedure.code);
    let flaws = procedure::form_flaws(procedure).into_iter();
    flaws.map(|message| ParseError { file: file.clone(), line: 1, message }).collect()
}

impl Catalog {
    /// Reads and checks a release that is to be put to use: nothing is missing.
    ///
    /// # Errors
    /// All faults, each with file and line.
    pub fn load_new(files: &Files) -> Result<Self, Vec<ParseError>> {
        let missing = LATER.iter().filter(|file| !files.contains_key(**file));
        let mut faults: Vec<ParseError> = missing.map(|file| file_missing(file)).collect();
        match Self::load(files) {
            Ok(catalog) => {
                faults.extend(catalog.procedures().flat_map(form_faults));
                faults.extend(catalog.reserved_fields());
                if faults.is_empty() {
                    return Ok(catalog);
                }
            }
            Err(found) => faults.extend(found),
        }
        Err(faults)
    }

    /// Fields of forms whose names the platform keeps for itself.
    fn reserved_fields(&self) -> Vec<ParseError> {
        let mut faults = Vec::new();
        for procedure in self.procedures.values() {
            for action in &procedure.actions {
                let fields = action.form.as_ref().and_then(|form| form.schema.get("properties"));
                for name in RESERVED.iter().filter(|name| fields.is_some_and(|fields| fields.get(**name).is_some())) {
                    let message = format!(
                        "the form of `{}` has a field `{name}`, which the platform fills in itself",
                        action.code
                    );
                    faults.push(ParseError { file: format!("procedures/{}.yaml", procedure.code), line: 0, message });
                }
            }
        }
        faults
    }

    /// Reads and checks a release, also one kept from earlier times.
    ///
    /// # Errors
    /// All faults, each with file and line.
    pub fn load(files: &Files) -> Result<Self, Vec<ParseError>> {
        let mut faults = Vec::new();
        let roles: Vec<Role> = read(files, "roles.yaml", &mut faults).unwrap_or_default();
        let departments: Vec<Department> = read(files, "departments.yaml", &mut faults).unwrap_or_default();
        let mut catalog = Self {
            id: release_id(files),
            roles: Roles::new(roles),
            departments: departments.into_iter().map(|d| (d.code.clone(), d)).collect(),
            ..Self::default()
        };
        if let Some(text) = files.get(PURPOSES) {
            match purpose::parse(PURPOSES, text, &catalog.roles) {
                Ok(purposes) => catalog.purposes = purposes,
                Err(found) => faults.extend(found),
            }
        }
        if let Some(text) = files.get(RETENTION) {
            match retention::parse(RETENTION, text) {
                Ok(retention) => catalog.retention = retention,
                Err(found) => faults.push(found),
            }
        }
        for (file, text) in under(files, "procedures/").filter(|(file, _)| !file.ends_with(".scenarios.yaml")) {
            match procedure::parse(file, text, &catalog.roles) {
                Ok(procedure) => {
                    catalog.procedures.insert(procedure.code.clone(), procedure);
                }
                Err(found) => faults.extend(found),
            }
        }
        for (file, _) in under(files, "matters/") {
            if let Some(matter) = read::<Matter>(files, file, &mut faults) {
                faults.extend(catalog.matter_faults(file, &matter));
                catalog.keys.insert(matter.code.clone(), pinyin_keys(&matter.name.zh));
                catalog.matters.insert(matter.code.clone(), matter);
            }
        }
        if faults.is_empty() { Ok(catalog) } else { Err(faults) }
    }

    fn matter_faults(&self, file: &str, matter: &Matter) -> Vec<ParseError> {
        let mut faults = Vec::new();
        let mut say = |message: String| faults.push(ParseError { file: file.to_owned(), line: 1, message });
        if self.matters.contains_key(&matter.code) {
            say(format!("matter “{}” is defined twice", matter.code));
        }
        if !self.departments.contains_key(&matter.department) {
            say(format!("no department “{}” in departments.yaml", matter.department));
        }
        if !self.procedures.is_empty() && !self.procedures.contains_key(&matter.procedure) {
            say(format!("no procedure “{}”", matter.procedure));
        }
        if matter.conditions.is_empty() {
            say("no conditions: without one there is no limit for handling".to_owned());
        }
        for (i, condition) in matter.conditions.iter().enumerate() {
            if matter.conditions[..i].iter().any(|c| c.id == condition.id) {
                say(format!("condition “{}” is defined twice", condition.id));
            }
            if condition.limit.value == 0 {
                say(format!("condition “{}”: a limit of 0 cannot be met", condition.id));
            }
        }
        if let Some(default) = matter.default_condition.as_ref().filter(|id| matter.condition(id).is_none()) {
            say(format!("default_condition “{default}” is not among the conditions"));
        }
        faults
    }

    pub fn id(&self) -> &str {
        &self.id
    }

    pub fn roles(&self) -> &Roles {
        &self.roles
    }

    pub fn role_name(&self, code: &str) -> Text {
        match self.roles.get(code) {
            Some(role) => role.name.clone(),
            None if code == "system" => Text::new("系统", "System"),
            None => Text::new(code, code),
        }
    }

    pub fn departments(&self) -> impl Iterator<Item = &Department> {
        self.departments.values()
    }

    pub fn department(&self, code: &str) -> Option<&Department> {
        self.departments.get(code)
    }

    pub fn department_name(&self, code: &str) -> Text {
        self.department(code).map_or_else(|| Text::new(code, code), |d| d.name.clone())
    }

    pub fn purposes(&self) -> impl Iterator<Item = &Purpose> {
        self.purposes.values()
    }

    pub fn purpose(&self, code: &str) -> Option<&Purpose> {
        self.purposes.get(code)
    }

    pub fn retention(&self) -> &Retention {
        &self.retention
    }

    pub fn matters(&self) -> impl Iterator<Item = &Matter> {
        self.matters.values()
    }

    pub fn matter(&self, code: &str) -> Option<&Matter> {
        self.matters.get(code)
    }

    pub fn procedure(&self, code: &str) -> Option<&Procedure> {
        self.procedures.get(code)
    }

    pub fn procedures(&self) -> impl Iterator<Item = &Procedure> {
        self.procedures.values()
    }

    /// Matters that a query names by code, name in either language, pinyin or initials. `None` matches all; the query is folded, as
    /// [`crate::search::name_query`] gives it, and an empty one matches none.
    pub fn search_matters(&self, query: Option<String>) -> impl Iterator<Item = &Matter> {
        let all = query.is_none();
        let query = query.unwrap_or_default();
        let digits: String = query.chars().filter(char::is_ascii_digit).collect();
        self.matters.values().filter(move |m| {
            let (pinyin, initials) = self.keys.get(&m.code).map_or(("", ""), |(p, i)| (p, i));
            if query.is_empty() {
                return all;
            }
            folded(&m.code).contains(&query)
                || (digits.len() == query.len() && m.code.ends_with(&digits))
                || folded(&m.name.zh).contains(&query)
                || folded(&m.name.en).contains(&query)
                || pinyin.contains(&query)
                || initials.contains(&query)
                || m.conditions.iter().any(|c| folded(&c.name.zh).contains(&query))
        })
    }
}

fn under<'a>(files: &'a Files, prefix: &'a str) -> impl Iterator<Item = (&'a String, &'a String)> {
    files.iter().filter(move |(file, _)| file.starts_with(prefix) && file.ends_with(".yaml"))
}

fn read<T: serde::de::DeserializeOwned>(files: &Files, file: &str, faults: &mut Vec<ParseError>) -> Option<T> {
    let fault = |line: u64, message: String| ParseError { file: file.to_owned(), line, message };
    let Some(text) = files.get(file) else {
        faults.push(file_missing(file));
        return None;
    };
    serde_saphyr::from_str(text)
        .map_err(|e| faults.push(fault(e.location().map_or(0, |l| l.line()), e.to_string())))
        .ok()
}

fn file_missing(file: &str) -> ParseError {
    ParseError { file: file.to_owned(), line: 0, message: "the file is missing".to_owned() }
}

fn pinyin_keys(name: &str) -> (String, String) {
    (crate::codes::pinyin_full(name), crate::codes::pinyin_initials(name))
}
