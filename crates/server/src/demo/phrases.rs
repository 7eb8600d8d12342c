//! The words of the simulated history: templates of titles, descriptions and notes, filled with the names of the place.

use std::collections::BTreeMap;

use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use serde::Deserialize;
use yizhi_domain::catalog::Catalog;

use super::error::DemoError;

const TEXT: &str = include_str!("phrases.yaml");

/// All templates.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Phrases {
    spots: Spots,
    shops: Vec<String>,
    matters: Vec<MatterPhrases>,
    notes: Notes,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Spots {
    urban: Vec<String>,
    rural: Vec<String>,
    roads: Roads,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Roads {
    urban: Vec<String>,
    rural: Vec<String>,
}

/// What people say about one matter.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MatterPhrases {
    pub(super) code: String,
    /// How often it is reported, relative to the others.
    weight: u32,
    /// The condition it is registered under; the matter's default when absent.
    #[serde(default)]
    pub(super) condition: Option<String>,
    titles: Vec<String>,
    details: Vec<String>,
    /// What the department says when it has finished.
    done: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Notes {
    reject_repeat: String,
    #[serde(flatten)]
    by_action: BTreeMap<String, Vec<String>>,
}

/// Where something is, in words.
pub(super) struct Spot<'a> {
    pub(super) village: &'a str,
    /// Whether the village belongs to a street (街道) and not to a town or township.
    pub(super) urban: bool,
}

impl Phrases {
    /// The shipped templates, without matters that the catalog does not have.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(super) fn load(catalog: &Catalog) -> Result<Self, DemoError> {
        let mut phrases: Self =
            serde_saphyr::from_str(TEXT).map_err(|e| DemoError::Damaged(format!("phrases.yaml: {e}")))?;
        phrases.matters.retain(|m| catalog.matter(&m.code).is_some());
        if phrases.matters.is_empty() {
            return Err(DemoError::Damaged("phrases.yaml: no matter of the catalog".to_owned()));
        }
        Ok(phrases)
    }

    /// A matter, the frequent ones more often.
    pub(super) fn matter(&self, rng: &mut StdRng) -> &MatterPhrases {
        self.matters.choose_weighted(rng, |m| m.weight).unwrap_or(&self.matters[0])
    }

    pub(super) fn by_code(&self, code: &str) -> Option<&MatterPhrases> {
        self.matters.iter().find(|m| m.code == code)
    }

    /// Title and description of a report.
    pub(super) fn report(&self, matter: &MatterPhrases, at: &Spot<'_>, rng: &mut StdRng) -> (String, String) {
        let (spots, roads) = if at.urban {
            (&self.spots.urban, &self.spots.roads.urban)
        } else {
            (&self.spots.rural, &self.spots.roads.rural)
        };
        let words = [
            ("{village}", at.village),
            ("{spot}", pick(spots, rng)),
            ("{road}", pick(roads, rng)),
            ("{shop}", pick(&self.shops, rng)),
        ];
        let fill = |template: &str| words.iter().fold(template.to_owned(), |text, (key, word)| text.replace(key, word));
        (fill(pick(&matter.titles, rng)), fill(pick(&matter.details, rng)))
    }

    /// The note of an action, or nothing where people leave none.
    pub(super) fn note(&self, action: &str, matter: &str, rng: &mut StdRng) -> String {
        if action == "finish"
            && let Some(matter) = self.by_code(matter)
        {
            return pick(&matter.done, rng).to_owned();
        }
        self.notes.by_action.get(action).map(|notes| pick(notes, rng).to_owned()).unwrap_or_default()
    }

    /// The note when a report repeats a case that is closed already.
    pub(super) fn repeat_note(&self) -> &str {
        &self.notes.reject_repeat
    }
}

fn pick<'a>(from: &'a [String], rng: &mut StdRng) -> &'a str {
    let n = rng.random_range(0..from.len().max(1));
    from.get(n).map_or("", String::as_str)
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    #[test]
    fn every_template_is_of_the_catalog_and_fills() {
        let (catalog, _) = crate::loading::shipped_catalog().unwrap();
        let all: Phrases = serde_saphyr::from_str(TEXT).unwrap();
        for phrases in &all.matters {
            let matter = catalog.matter(&phrases.code).unwrap_or_else(|| panic!("no matter {}", phrases.code));
            if let Some(id) = &phrases.condition {
                assert!(matter.condition(id).is_some(), "{} has no condition {id}", phrases.code);
            }
        }
        let mut rng = StdRng::seed_from_u64(1);
        for urban in [true, false] {
            for matter in &all.matters {
                let (title, details) = all.report(matter, &Spot { village: "泗华村", urban }, &mut rng);
                assert!(!title.contains('{') && !details.contains('{'), "{title} {details}");
                assert!(!all.note("finish", &matter.code, &mut rng).is_empty());
            }
        }
    }
}
