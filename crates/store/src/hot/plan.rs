//! From commands and what was loaded for them to a batch and the answers. Pure but for ids and salts, and the same for both databases.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::Datelike;
use uuid::Uuid;
use yizhi_domain::case::{self, Action, Case, Draft, MergeTarget, Refusal};
use yizhi_domain::clock::china;
use yizhi_domain::ids::CaseId;
use yizhi_domain::region::Level;
use yizhi_domain::slice::{Access, Slice};

use crate::Error;
use crate::tags::Tags;

use super::{Applied, ApplyError, Batch, Command, Envelope, Intent, Reply};

/// What a group needs from the database.
#[derive(Debug, Default)]
pub(crate) struct Wanted {
    pub(crate) cases: BTreeSet<Uuid>,
    /// Cases named by number, for merges.
    pub(crate) numbers: BTreeSet<String>,
    /// Principal and key.
    pub(crate) keys: BTreeSet<(String, String)>,
    /// How many numbers for each county and day.
    pub(crate) serials: BTreeMap<String, i64>,
}

/// What the database had.
#[derive(Debug, Default)]
pub(crate) struct Loaded {
    pub(crate) cases: HashMap<Uuid, Case>,
    pub(crate) access: HashMap<Uuid, Vec<Access>>,
    pub(crate) keys: HashMap<(String, String), (Vec<u8>, Uuid)>,
    /// The last serial of the range allotted to this group.
    pub(crate) serials: BTreeMap<String, i64>,
}

/// What the group needs.
pub(crate) fn wanted(envelopes: &[Envelope]) -> Wanted {
    let mut out = Wanted::default();
    for Envelope { command, .. } in envelopes {
        if let Some(key) = &command.idempotency {
            out.keys.insert((key.principal.clone(), key.key.clone()));
        }
        match &command.intent {
            Intent::Report { draft, .. } => {
                out.cases.insert(draft.id.0);
                *out.serials.entry(serial_day(command, draft)).or_default() += 1;
            }
            Intent::Act { case, action, .. } => {
                out.cases.insert(case.0);
                match merge_name(action) {
                    Some(Ok(id)) => {
                        out.cases.insert(id.0);
                    }
                    Some(Err(number)) => {
                        out.numbers.insert(number.to_owned());
                    }
                    None => {}
                }
            }
            Intent::Alert { case } => {
                out.cases.insert(case.0);
            }
        }
    }
    out
}

/// County code and date of a case number: serials are counted for each.
fn serial_day(command: &Command, draft: &Draft) -> String {
    let county = command.world.regions.by_path(&draft.path.at(Level::County));
    let code = county.map_or("000000", |r| r.code.get(..6).unwrap_or("000000"));
    let day = command.now.with_timezone(&china());
    format!("{code}-{:04}{:02}{:02}", day.year(), day.month(), day.day())
}

/// The case that a merge names, by id or number.
fn merge_name(action: &Action) -> Option<Result<CaseId, &str>> {
    let into = action.data.get("into").filter(|_| action.code == "merge")?.as_str()?;
    Some(into.parse::<CaseId>().map_err(|_| into))
}

/// Decides every command in order; later ones see what earlier ones did.
pub(crate) fn plan(envelopes: &[Envelope], mut loaded: Loaded, tags: &Tags) -> Result<(Batch, Vec<Reply>), Error> {
    let mut batch = Batch { tags: tags.clone(), ..Batch::default() };
    let mut replies = Vec::with_capacity(envelopes.len());
    for Envelope { command, .. } in envelopes {
        let reply = match decide(command, &mut loaded, &mut batch) {
            Ok(applied) => Ok(applied),
            Err(Stop::Reply(error)) => Err(error),
            Err(Stop::Fault(error)) => return Err(error),
        };
        replies.push(reply);
    }
    batch.settle(&loaded.cases)?;
    Ok((batch, replies))
}

enum Stop {
    Reply(ApplyError),
    Fault(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Fault(error)
    }
}

fn decide(command: &Command, loaded: &mut Loaded, batch: &mut Batch) -> Result<Applied, Stop> {
    if let Some(again) = answered_before(command, loaded)? {
        return Ok(again);
    }
    let applied = match &command.intent {
        Intent::Report { matter, draft, contact } => receive(command, matter, draft, contact.as_ref(), loaded, batch)?,
        Intent::Act { case, action, slice } => act(command, *case, action, slice.as_ref(), loaded, batch)?,
        Intent::Alert { case } => raise(command, *case, loaded, batch)?,
    };
    if let Some(key) = command.idempotency.as_ref().filter(|_| applied.fresh) {
        let id = applied.case.id.0;
        batch.add_key(key, id, command.now);
        loaded.keys.insert((key.principal.clone(), key.key.clone()), (key.digest.clone(), id));
    }
    Ok(applied)
}

fn answered_before(command: &Command, loaded: &Loaded) -> Result<Option<Applied>, Stop> {
    let Some(key) = &command.idempotency else {
        return Ok(None);
    };
    let Some((digest, case)) = loaded.keys.get(&(key.principal.clone(), key.key.clone())) else {
        return Ok(None);
    };
    if *digest != key.digest {
        return Err(Stop::Reply(ApplyError::KeyReused));
    }
    let case = loaded.cases.get(case).filter(|c| shown_again(command, c, loaded));
    let case = case.ok_or(Stop::Reply(ApplyError::NotFound))?;
    Ok(Some(Applied { case: case.clone(), fresh: false }))
}

/// A repeat gets the first answer while the case is still as it was then; what came later is for those who see the case.
fn shown_again(command: &Command, case: &Case, loaded: &Loaded) -> bool {
    match &command.intent {
        Intent::Report { .. } | Intent::Alert { .. } => true,
        Intent::Act { action, slice, .. } => {
            action.version.is_some_and(|seen| case.version == seen + 1) || admitted(slice.as_ref(), case, loaded)
        }
    }
}

fn refused(refusal: Refusal, current: Option<&Case>) -> Stop {
    Stop::Reply(ApplyError::Refused { refusal, current: current.map(|c| Box::new(c.clone())) })
}

fn receive(
    command: &Command,
    matter: &str,
    draft: &Draft,
    contact: Option<&Vec<u8>>,
    loaded: &mut Loaded,
    batch: &mut Batch,
) -> Result<Applied, Stop> {
    if let Some(there) = loaded.cases.get(&draft.id.0) {
        let same = there.reporter == draft.reporter && there.matter == matter;
        return if same {
            Ok(Applied { case: there.clone(), fresh: false })
        } else {
            Err(Stop::Reply(ApplyError::KeyReused))
        };
    }
    let world = &command.world;
    let cx =
        world.context_of(world.catalog.id(), matter, &draft.path, None, command.now).map_err(|r| refused(r, None))?;
    let mut draft = draft.clone();
    world.catalog.id().clone_into(&mut draft.release);
    let day = serial_day(command, &draft);
    let serial = loaded.serials.get_mut(&day).ok_or_else(|| Error::Corrupt("no serial".to_owned()))?;
    draft.number = format!("{day}-{:05}", *serial);
    let outcome = case::report(&cx, draft, &command.actor).map_err(|r| refused(r, None))?;
    *serial -= 1;
    let case = batch.add(outcome, None, cx.matter, contact.cloned(), command.now)?;
    if let Some(person) = command.actor.person {
        batch.add_attachments(case.id.0, &case.body.attachments, person.0);
    }
    loaded.cases.insert(case.id.0, case.clone());
    Ok(Applied { case, fresh: true })
}

fn act(
    command: &Command,
    id: CaseId,
    action: &Action,
    slice: Option<&Slice>,
    loaded: &mut Loaded,
    batch: &mut Batch,
) -> Result<Applied, Stop> {
    let case =
        loaded.cases.get(&id.0).filter(|c| admitted(slice, c, loaded)).ok_or(Stop::Reply(ApplyError::NotFound))?;
    let target = merge_target(action, slice, loaded);
    let outcome = command
        .world
        .context(case, target, command.now)
        .and_then(|cx| case::step(&cx, case, action, &command.actor).map(|outcome| (outcome, cx.matter)));
    let (outcome, matter) = outcome.map_err(|r| refused(r, Some(case)))?;
    let case = batch.add(outcome, Some(case), matter, None, command.now)?;
    if let Some(person) = command.actor.person {
        batch.add_attachments(id.0, &action.attachments, person.0);
    }
    loaded.cases.insert(id.0, case.clone());
    Ok(Applied { case, fresh: true })
}

/// The step of a timer, decided from the case as this transaction has it.
fn raise(command: &Command, id: CaseId, loaded: &mut Loaded, batch: &mut Batch) -> Result<Applied, Stop> {
    let case = loaded.cases.get(&id.0).ok_or(Stop::Reply(ApplyError::NotFound))?;
    match case.timer_due(command.now) {
        Some(action) => act(command, id, &Action::new(action), None, loaded, batch),
        None => Ok(Applied { case: case.clone(), fresh: false }),
    }
}

fn admitted(slice: Option<&Slice>, case: &Case, loaded: &Loaded) -> bool {
    slice.is_none_or(|s| s.admits(case.subject(), loaded.access.get(&case.id.0).into_iter().flatten()))
}

/// The case that another is merged into: one that the actor sees, and not a confidential one, for the merged one's reporter will see it too.
fn merge_target(action: &Action, slice: Option<&Slice>, loaded: &Loaded) -> Option<MergeTarget> {
    let case = match merge_name(action)? {
        Ok(id) => loaded.cases.get(&id.0)?,
        Err(number) => loaded.cases.values().find(|c| c.number == number)?,
    };
    (admitted(slice, case, loaded) && !case.confidential).then(|| MergeTarget {
        id: case.id,
        number: case.number.clone(),
        open: case.closed_at.is_none(),
    })
}
