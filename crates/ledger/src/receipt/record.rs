//! Records as the ledger sees them: leaves, and the commitment over them. Written from the description of the format alone, so that a
//! verifier does not share a mistake with the program that seals records.
//!
//! With SHA-256 as `H`, a record's leaves are its kind, its subject and its fields in the UTF-16 order of their names:
//!
//! ```text
//! leaf       = H(0x00 || salt || length || name || value)
//! node       = H(0x01 || left || right)
//! name       = "kind" | "subject" | "fields/" followed by the field's name
//! length     = the length of name in bytes, 4 bytes, big-endian
//! value      = the canonical text (RFC 8785) of the value
//! commitment = the root of the RFC 6962 §2.1 tree of the leaves
//! ```

use std::fmt;

use serde::Deserialize;
use serde::de::{MapAccess, Visitor};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use crate::Hash;
use crate::merkle::root;

const FIELD: &str = "fields/";

/// One leaf of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// `name` is `kind`, `subject` or `fields/…`; `value` the exact text that was hashed.
    Shown { name: String, value: String, salt: [u8; 32] },
    /// The leaf's hash, from which nothing can be guessed.
    Withheld { digest: Hash },
}

/// Stored bytes that are no record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    #[error("these bytes are not the canonical text of a record")]
    Text,
    #[error("the record has {leaves} leaves but {salts} bytes of salts; each leaf has 32")]
    Salts { leaves: usize, salts: usize },
}

impl Part {
    /// The leaf's hash.
    pub fn digest(&self) -> Hash {
        match self {
            Self::Withheld { digest } => *digest,
            Self::Shown { name, value, salt } => {
                let length = u32::try_from(name.len()).unwrap_or(u32::MAX).to_be_bytes();
                let hasher = Sha256::new().chain_update([0]).chain_update(salt).chain_update(length);
                Hash(hasher.chain_update(name).chain_update(value).finalize().into())
            }
        }
    }
}

/// The commitment over the leaves of one record, which is what the log has as its entry.
pub fn commitment(parts: &[Part]) -> Hash {
    root(&parts.iter().map(Part::digest).collect::<Vec<_>>())
}

/// The leaves of a stored record, of which those are shown whose name (`kind`, `subject`, `fields/…`) `show` says yes to. Erased fields are
/// always withheld.
///
/// # Errors
/// When the bytes are not exactly the text of a record, or the salts not as many as it has leaves. Whether they belong to a commitment is
/// for the caller to compare with [`commitment`].
pub fn parts(canonical: &[u8], salts: &[u8], show: impl Fn(&str) -> bool) -> Result<Vec<Part>, RecordError> {
    let leaves = leaves(canonical).ok_or(RecordError::Text)?;
    let (salts, rest) = salts.as_chunks::<32>();
    if salts.len() != leaves.len() || !rest.is_empty() {
        return Err(RecordError::Salts { leaves: leaves.len(), salts: salts.len() * 32 + rest.len() });
    }
    let parts = leaves.into_iter().zip(salts).map(|((name, value), salt)| {
        let Some(value) = value else { return Part::Withheld { digest: Hash(*salt) } };
        let shown = show(&name);
        let part = Part::Shown { name, value, salt: *salt };
        if shown { part } else { Part::Withheld { digest: part.digest() } }
    });
    Ok(parts.collect())
}

/// Whether names could be those of one record: kind, subject, then fields in order, each once. `None` stands for a withheld leaf.
pub(super) fn in_order<'a>(names: impl Iterator<Item = Option<&'a str>>) -> bool {
    let mut last = None;
    for (place, name) in names.enumerate() {
        let fits = match (place, name) {
            (_, None) => true,
            (0, Some(name)) => name == "kind",
            (1, Some(name)) => name == "subject",
            (_, Some(name)) => {
                name.starts_with(FIELD) && last.replace(name).is_none_or(|last| utf16(last).lt(utf16(name)))
            }
        };
        if !fits {
            return false;
        }
    }
    true
}

fn utf16(text: &str) -> impl Iterator<Item = u16> {
    text.encode_utf16()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Text<'a> {
    erased: Option<Vec<String>>,
    #[serde(borrow)]
    fields: Members<'a>,
    #[serde(borrow)]
    kind: &'a RawValue,
    #[serde(borrow)]
    subject: &'a RawValue,
}

/// Members of an object in their order, values as they are written.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Members<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Reader)
    }
}

/// Names and values of the leaves, `None` for an erased value.
fn leaves(canonical: &[u8]) -> Option<Vec<(String, Option<String>)>> {
    let text: Text<'_> = serde_json::from_slice(canonical).ok()?;
    if written(&text)?.as_bytes() != canonical {
        return None;
    }
    let erased = text.erased.into_iter().flatten().map(|name| (FIELD.to_owned() + &name, None));
    let kept = text.fields.0.into_iter().map(|(name, value)| (FIELD.to_owned() + &name, Some(value.get().to_owned())));
    let mut fields: Vec<_> = kept.chain(erased).collect();
    fields.sort_by(|(a, _), (b, _)| utf16(a).cmp(utf16(b)));
    let head = [("kind", text.kind), ("subject", text.subject)];
    let head = head.map(|(name, value)| (name.to_owned(), Some(value.get().to_owned())));
    let leaves: Vec<_> = head.into_iter().chain(fields).collect();
    in_order(leaves.iter().map(|(name, _)| Some(name.as_str()))).then_some(leaves)
}

/// The text these members have when nothing stands between them.
fn written(text: &Text<'_>) -> Option<String> {
    let quoted = |name: &String| serde_json::to_string(name).ok();
    let erased = match &text.erased {
        None => String::new(),
        Some(names) => format!("\"erased\":[{}],", names.iter().map(quoted).collect::<Option<Vec<_>>>()?.join(",")),
    };
    let members = text.fields.0.iter().map(|(name, value)| Some(format!("{}:{}", quoted(name)?, value.get())));
    let fields = members.collect::<Option<Vec<_>>>()?.join(",");
    Some(format!("{{{erased}\"fields\":{{{fields}}},\"kind\":{},\"subject\":{}}}", text.kind.get(), text.subject.get()))
}
