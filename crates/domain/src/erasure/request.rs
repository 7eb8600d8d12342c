//! An erasure from its proposal to the decision, and the record of each.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value, json};
use unicode_normalization::UnicodeNormalization as _;

use super::{Field, Refusal};
use crate::case::{Actor, Case};
use crate::ids::{AttachmentId, CaseId, ErasureId, PersonId};
use crate::procedure::Tone;
use crate::record::Record;
use crate::search::folded;
use crate::written::is_unseen;

/// How far an erasure is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Proposed,
    Done,
    Refused,
}

impl State {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Done => "done",
            Self::Refused => "refused",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Proposed, Self::Done, Self::Refused].into_iter().find(|state| state.as_str() == text)
    }
}

/// What somebody proposes to erase, and what came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Erasure {
    pub id: ErasureId,
    pub case: CaseId,
    pub number: String,
    pub fields: Vec<Field>,
    /// The case in which the request was decided: id and number.
    pub authority: (CaseId, String),
    pub reason: String,
    pub proposed_by: PersonId,
    pub proposed_at: DateTime<Utc>,
    pub state: State,
    pub decision: Option<Decision>,
}

/// Who decided, and what was said with a refusal.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    pub by: PersonId,
    pub at: DateTime<Utc>,
    pub note: String,
}

/// Where values were taken out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Taken {
    /// Parts of the case's row.
    pub row: Vec<&'static str>,
    /// Places in the ledger, with the names of fields.
    pub records: Vec<(i64, Vec<&'static str>)>,
    pub files: Vec<AttachmentId>,
}

/// Longest reason or note, in characters.
pub const TEXT_MAX: usize = 500;
/// Texts that are shorter stand in many sentences by chance.
const TELLING: usize = 2;
const FIELDS_MAX: usize = 50;
/// Digits of a mobile number.
const PHONE: usize = 11;
/// Digits of a landline's number with its area code: 0 and nine to eleven more.
const LANDLINE: std::ops::RangeInclusive<usize> = 10..=12;

/// Whether a text has a number as long as a phone's, in whatever script its digits are written: unbroken, or a mobile's or landline's in groups. A case's
/// number, a date and an article of law are none.
fn tells_a_number(text: &str) -> bool {
    // Digits one after the other, with what is usual between groups of them.
    let mut groups: Vec<String> = vec![String::new()];
    let mut numbers: Vec<Vec<String>> = Vec::new();
    for c in text.nfkc() {
        match digit(c) {
            Some(digit) => groups.last_mut().into_iter().for_each(|group| group.push(digit)),
            None if is_unseen(c) || "-‐‑‒–—―−_.·/\\()+*,，、:".contains(c) => {
                groups.push(String::new())
            }
            None => numbers.push(std::mem::replace(&mut groups, vec![String::new()])),
        }
    }
    numbers.push(groups);
    numbers.iter().any(|groups| groups.iter().any(|group| group.len() >= PHONE) || is_phone(&groups.concat()))
}

fn is_phone(digits: &str) -> bool {
    let own = digits.strip_prefix("0086").or_else(|| digits.strip_prefix("86").filter(|own| own.len() >= PHONE));
    let own = own.unwrap_or(digits);
    let mobile = own.len() == PHONE && own.starts_with('1') && !own.starts_with("10") && !own.starts_with("11");
    mobile || (own.starts_with('0') && LANDLINE.contains(&own.len()))
}

/// A decimal digit of whatever script, as an ASCII one.
fn digit(c: char) -> Option<char> {
    const CHINESE: [&str; 10] = ["〇零", "一壹幺", "二贰两", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖"];
    // Digits of other scripts stand in tens, in their order.
    const ZEROS: [u32; 12] = [0x30, 0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xe50, 0xed0, 0xf20, 0x1810];
    let of_ten = |value: u32| char::from_digit(value, 10);
    let scripts = ZEROS.iter().find_map(|zero| u32::from(c).checked_sub(*zero).filter(|value| *value < 10));
    scripts.and_then(of_ten).or_else(|| {
        let value = CHINESE.iter().position(|written| written.contains(c))?;
        of_ten(u32::try_from(value).ok()?)
    })
}

/// Whether a case authorises erasures in another: it is closed, in favour of what was asked, and was not merged into a third.
///
/// # Errors
/// [`Refusal::SameCase`] or [`Refusal::Undecided`].
pub fn authorises(authority: &Case, tone: Option<Tone>, case: CaseId) -> Result<(), Refusal> {
    if authority.id == case {
        return Err(Refusal::SameCase);
    }
    let decided = authority.closed_at.is_some() && authority.duplicate_of.is_none() && tone == Some(Tone::Done);
    if decided { Ok(()) } else { Err(Refusal::Undecided) }
}

/// Whether a reason is given and does not tell what is to be forgotten: neither a value that its writer sees, nor a number as long as a phone's. Name and
/// phone themselves are not compared, for the answer would tell them to who guesses.
///
/// # Errors
/// Says what is wrong with it.
pub fn check_reason<'v>(reason: &str, values: impl IntoIterator<Item = &'v str>) -> Result<(), Refusal> {
    match reason.chars().count() {
        0 => return Err(Refusal::ReasonMissing),
        length if length > TEXT_MAX => return Err(Refusal::TooLong("reason")),
        _ => {}
    }
    let whole = folded(reason);
    let telling = values.into_iter().map(folded).filter(|value| value.chars().count() >= TELLING);
    if tells_a_number(reason) || telling.into_iter().any(|value| whole.contains(&*value)) {
        Err(Refusal::ReasonTells)
    } else {
        Ok(())
    }
}

/// Whether a refusal says why.
///
/// # Errors
/// Says what is wrong with the note.
pub fn check_note(note: &str) -> Result<(), Refusal> {
    match note.chars().count() {
        0 => Err(Refusal::NoteMissing),
        length if length > TEXT_MAX => Err(Refusal::TooLong("note")),
        _ if tells_a_number(note) => Err(Refusal::NoteTells),
        _ => Ok(()),
    }
}

impl Erasure {
    /// Each field once, in order.
    ///
    /// # Errors
    /// [`Refusal::Number`] for none or too many.
    pub fn fields(mut named: Vec<Field>) -> Result<Vec<Field>, Refusal> {
        named.sort_unstable();
        named.dedup();
        if (1..=FIELDS_MAX).contains(&named.len()) { Ok(named) } else { Err(Refusal::Number) }
    }

    /// Whether somebody may decide it now.
    ///
    /// # Errors
    /// [`Refusal::Decided`] or [`Refusal::SamePerson`].
    pub fn decidable_by(&self, person: PersonId) -> Result<(), Refusal> {
        if self.state != State::Proposed {
            return Err(Refusal::Decided);
        }
        if self.proposed_by == person { Err(Refusal::SamePerson) } else { Ok(()) }
    }

    /// The record of the proposal.
    pub fn proposed(&self, actor: &Actor) -> Record {
        self.record("erasure.propose", self.proposed_at, actor, json!({ "proposedBy": self.proposed_by }))
    }

    /// The record of the erasure itself. It names places and fields; the values are nowhere any more.
    pub fn done(&self, actor: &Actor, taken: &Taken, at: DateTime<Utc>) -> Record {
        let records: Vec<Value> =
            taken.records.iter().map(|(seq, fields)| json!({ "seq": seq, "fields": fields })).collect();
        let more = json!({
            "proposedBy": self.proposed_by,
            "confirmedBy": actor.person,
            "row": taken.row,
            "records": records,
            "attachments": taken.files,
        });
        self.record("erasure.done", at, actor, more)
    }

    /// The record that it was refused.
    pub fn refused(&self, actor: &Actor, note: &str, at: DateTime<Utc>) -> Record {
        let more = json!({ "proposedBy": self.proposed_by, "refusedBy": actor.person, "note": note });
        self.record("erasure.refuse", at, actor, more)
    }

    fn record(&self, kind: &str, at: DateTime<Utc>, actor: &Actor, more: Value) -> Record {
        let (authority, number) = &self.authority;
        let common = json!({
            "erasure": self.id,
            "number": self.number,
            "fields": self.fields,
            "authorisedBy": { "id": authority, "number": number },
            "reason": self.reason,
            "role": actor.role,
            "region": actor.path.as_str(),
            "at": at.to_rfc3339_opts(SecondsFormat::Micros, true),
        });
        let fields: Map<String, Value> =
            [common, more].into_iter().filter_map(|part| part.as_object().cloned()).flatten().collect();
        Record::new(kind, self.case.0, fields)
    }
}
