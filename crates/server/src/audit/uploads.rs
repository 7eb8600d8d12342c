//! Attachments as their rows stand, against the records of their uploads and the steps that show them.

use std::collections::{HashMap, HashSet};

use uuid::Uuid;
use yizhi_store::FileStand;

use super::finding::{Finding, Findings, RowFault};
use super::said::Upload;

/// Attachments by id.
#[derive(Debug, Default)]
pub(super) struct Uploads {
    files: HashMap<Uuid, File>,
    /// Uploads whose row is gone: one that no case shows may be swept.
    gone: HashSet<Uuid>,
    missing: HashSet<Uuid>,
    /// Cases of whose steps it is not known any more what they showed.
    blind: HashSet<Uuid>,
}

#[derive(Debug)]
struct File {
    stand: FileStand,
    recorded: bool,
    /// Cases whose steps show it.
    shown: Vec<Uuid>,
}

impl Uploads {
    pub(super) fn add(&mut self, stand: FileStand) {
        self.files.insert(stand.id, File { stand, recorded: false, shown: Vec::new() });
    }

    /// Those that are marked as erased.
    pub(super) fn erased(&self) -> impl Iterator<Item = Uuid> {
        self.files.values().filter(|file| file.stand.erased).map(|file| file.stand.id)
    }

    /// The record of an upload.
    pub(super) fn uploaded(&mut self, id: Uuid, at: i64, upload: &Upload, erased: &[String], findings: &mut Findings) {
        let Some(file) = self.files.get_mut(&id) else {
            self.gone.insert(id);
            return;
        };
        file.recorded = true;
        let stand = &file.stand;
        let mut differs = |column: &str| {
            findings.add(Finding::Row(RowFault::Upload { id, column: column.to_owned() }));
        };
        let uploader = stand.uploader.filter(|id| !id.is_nil());
        if uploader != upload.uploader {
            differs("uploader");
        }
        if stand.created_at != Some(at) {
            differs("created_at");
        }
        for (name, stored) in &stand.fields {
            let empty = stored == "null" || stored == "\"\"";
            let fits = match upload.fields.get(*name) {
                Some(said) => said == stored || stand.erased && *name != "mediaType",
                None if erased.iter().any(|field| field == name) => empty,
                // Older records say less.
                None => true,
            };
            if !fits {
                differs(name);
            }
        }
        let hashed = upload.fields.contains_key("digest") && !stand.erased;
        if hashed && stand.thumbnail != stand.thumbnail_digest.is_some() {
            differs("thumbnail");
        }
    }

    /// A step of a case shows attachments.
    pub(super) fn shown(&mut self, case: Uuid, actor: Option<Uuid>, attachments: &[Uuid]) {
        for id in attachments {
            if self.gone.contains(id) {
                self.missing.insert(*id);
            }
            if let Some(file) = self.files.get_mut(id) {
                let uploader = file.stand.uploader.filter(|id| !id.is_nil());
                let own = actor.is_none() || uploader.is_none() || uploader == actor;
                if own && file.shown.last() != Some(&case) {
                    file.shown.push(case);
                }
            }
        }
    }

    /// What a step of a case showed was erased with all its details.
    pub(super) fn blind(&mut self, case: Uuid) {
        self.blind.insert(case);
    }

    /// What does not fit, when all records were seen.
    pub(super) fn settle(self, findings: &mut Findings) {
        let table = || "attachment".to_owned();
        for id in self.missing {
            findings.add(Finding::Row(RowFault::Missing { table: table(), key: id.to_string() }));
        }
        for (id, file) in self.files {
            if !file.recorded {
                findings.add(Finding::Row(RowFault::Unrecorded { table: table(), key: id.to_string() }));
            }
            let fits = match file.stand.case {
                Some(case) => file.shown.contains(&case) || self.blind.contains(&case),
                None => file.shown.is_empty(),
            };
            if !fits {
                findings.add(Finding::Row(RowFault::Shown { id, case: file.stand.case }));
            }
        }
    }
}
