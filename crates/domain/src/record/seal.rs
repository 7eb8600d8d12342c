//! Sealing a record, checking it, erasing a field of it.

use serde_json::{Map, Value};
use uuid::Uuid;

use super::disclosure::Disclosure;
use super::jcs::{UnsafeInteger, in_order, write_string, write_value};
use super::layout::{Field, Layout};
use super::merkle::{Hash, leaf, path, root};

pub(super) const SALT: usize = 32;
/// Leaves before those of the fields: kind and subject.
const HEAD: usize = 2;

/// What happened: a kind such as `case.step`, whom it is about, and its fields.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    pub kind: String,
    pub subject: Uuid,
    pub fields: Map<String, Value>,
}

/// Why a record could not be sealed, checked or changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    #[error("field `{field}`: {number}")]
    UnsafeInteger { field: String, number: UnsafeInteger },
    #[error("these bytes are not the text of a record")]
    Malformed,
    #[error("the record has {leaves} leaves but {salts} bytes of salts; each leaf has 32")]
    Salts { leaves: usize, salts: usize },
    #[error("the record does not match its commitment: text or salts were changed")]
    Mismatch,
    #[error("the record has no field `{0}`, or it is erased")]
    NoField(String),
}

/// A record as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// The canonical text.
    pub canonical: Vec<u8>,
    /// 32 bytes for each leaf: kind, subject, fields in order.
    pub salts: Vec<u8>,
    pub commitment: [u8; 32],
}

impl Record {
    pub fn new(kind: impl Into<String>, subject: Uuid, fields: Map<String, Value>) -> Self {
        Self { kind: kind.into(), subject, fields }
    }

    /// Fixes the record's bytes and commits to them. `salt` gives fresh random bytes at each call; they must be unpredictable, for they hide
    /// the values behind the commitment.
    ///
    /// # Errors
    /// [`RecordError::UnsafeInteger`] only.
    pub fn seal(self, salt: &mut dyn FnMut() -> [u8; SALT]) -> Result<Sealed, RecordError> {
        let count = self.fields.len() + HEAD;
        let mut salts = Vec::with_capacity(count * SALT);
        for _ in 0..count {
            salts.extend_from_slice(&salt());
        }
        let mut leaves: Vec<Hash> = Vec::with_capacity(count);
        leaves.resize(HEAD, [0; 32]);
        let mut text = String::with_capacity(64 * count);
        text.push_str("{\"fields\":{");
        in_order(&self.fields, |name, value| {
            if leaves.len() > HEAD {
                text.push(',');
            }
            write_string(&mut text, name);
            text.push(':');
            let start = text.len();
            write_value(&mut text, value)
                .map_err(|number| RecordError::UnsafeInteger { field: name.to_owned(), number })?;
            leaves.push(leaf(nth(&salts, leaves.len()), ["fields/", name], &text[start..]));
            Ok(())
        })?;
        text.push_str("},\"kind\":");
        let start = text.len();
        write_string(&mut text, &self.kind);
        leaves[0] = leaf(nth(&salts, 0), ["kind", ""], &text[start..]);
        text.push_str(",\"subject\":");
        let start = text.len();
        write_string(&mut text, self.subject.hyphenated().encode_lower(&mut Uuid::encode_buffer()));
        leaves[1] = leaf(nth(&salts, 1), ["subject", ""], &text[start..]);
        text.push('}');
        Ok(Sealed { canonical: text.into_bytes(), salts, commitment: root(&leaves) })
    }
}

fn nth(salts: &[u8], index: usize) -> &[u8] {
    &salts[index * SALT..(index + 1) * SALT]
}

/// Checks stored bytes against a commitment.
///
/// # Errors
/// Says whether the bytes are no record, the salts do not fit, or either was changed.
pub fn verify(canonical: &[u8], salts: &[u8], commitment: &[u8; 32]) -> Result<(), RecordError> {
    let layout = Layout::read(canonical).ok_or(RecordError::Malformed)?;
    if root(&leaves_of(&layout, salts)?) == *commitment { Ok(()) } else { Err(RecordError::Mismatch) }
}

fn leaves_of(layout: &Layout<'_>, salts: &[u8]) -> Result<Vec<Hash>, RecordError> {
    let count = layout.fields.len() + HEAD;
    if salts.len() != count * SALT {
        return Err(RecordError::Salts { leaves: count, salts: salts.len() });
    }
    let head = [leaf(nth(salts, 0), ["kind", ""], layout.kind), leaf(nth(salts, 1), ["subject", ""], layout.subject)];
    let fields =
        layout.fields.iter().zip(salts[HEAD * SALT..].chunks_exact(SALT)).map(|(field, salt)| match field.value {
            Some(value) => leaf(salt, ["fields/", &field.name], value),
            None => salt.try_into().unwrap_or_default(),
        });
    Ok(head.into_iter().chain(fields).collect())
}

impl Sealed {
    /// Checks the record against its own commitment; see [`verify`].
    pub fn verify(&self) -> Result<(), RecordError> {
        verify(&self.canonical, &self.salts, &self.commitment)
    }

    /// A proof that one field has its value, which shows nothing of the others.
    ///
    /// # Errors
    /// [`RecordError::NoField`] when there is nothing to show, or why the record itself cannot be read.
    pub fn disclose(&self, name: &str) -> Result<Disclosure, RecordError> {
        let layout = Layout::read(&self.canonical).ok_or(RecordError::Malformed)?;
        let leaves = leaves_of(&layout, &self.salts)?;
        let (index, field) = find(&layout, name)?;
        Ok(Disclosure {
            name: name.to_owned(),
            value: field.value.unwrap_or_default().to_owned(),
            salt: nth(&self.salts, index).try_into().unwrap_or_default(),
            index,
            count: leaves.len(),
            path: path(&leaves, index),
        })
    }

    /// The same record without one value. The commitment stays, and so do the proofs of the other fields.
    ///
    /// # Errors
    /// As [`Self::disclose`].
    pub fn erase(&self, name: &str) -> Result<Self, RecordError> {
        let mut layout = Layout::read(&self.canonical).ok_or(RecordError::Malformed)?;
        let leaves = leaves_of(&layout, &self.salts)?;
        let (index, _) = find(&layout, name)?;
        let mut salts = self.salts.clone();
        salts[index * SALT..(index + 1) * SALT].copy_from_slice(&leaves[index]);
        layout.fields[index - HEAD].value = None;
        Ok(Self { canonical: text_of(&layout).into_bytes(), salts, commitment: self.commitment })
    }
}

/// The index of a field's leaf, and the field, unless it is erased.
fn find<'l, 'a>(layout: &'l Layout<'a>, name: &str) -> Result<(usize, &'l Field<'a>), RecordError> {
    let found = layout.fields.iter().enumerate().find(|(_, field)| field.name == name && field.value.is_some());
    found.map(|(index, field)| (index + HEAD, field)).ok_or_else(|| RecordError::NoField(name.to_owned()))
}

/// The canonical text of a record some of whose fields are erased.
fn text_of(layout: &Layout<'_>) -> String {
    let mut text = String::from("{\"erased\":[");
    for (index, field) in layout.fields.iter().filter(|field| field.value.is_none()).enumerate() {
        text.push_str(if index > 0 { "," } else { "" });
        write_string(&mut text, &field.name);
    }
    text.push_str("],\"fields\":{");
    let kept = layout.fields.iter().filter_map(|field| Some((&field.name, field.value?)));
    for (index, (name, value)) in kept.enumerate() {
        text.push_str(if index > 0 { "," } else { "" });
        write_string(&mut text, name);
        text.push(':');
        text.push_str(value);
    }
    text.push_str("},\"kind\":");
    text.push_str(layout.kind);
    text.push_str(",\"subject\":");
    text.push_str(layout.subject);
    text.push('}');
    text
}
