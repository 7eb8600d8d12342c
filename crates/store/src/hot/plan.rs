//! From commands and what was loaded for them to a batch and the answers. Pure but for ids and salts, and the same for both databases.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use chrono::Datelike;
use uuid::Uuid;
use yizhi_domain::case::{self, Action, Case, Draft, MergeTarget, Refusal};
use yizhi_domain::clock::china;
use yizhi_domain::ids::{AttachmentId, CaseId, PersonId};
use yizhi_domain::region::Level;
use yizhi_domain::slice::{Access, Slice};
use yizhi_domain::text::Text;

use crate::Error;
use crate::state::CaseRows;
use crate::tags::Tags;

use super::batch::Intake;
use super::{Applied, ApplyError, Batch, Command, Envelope, Idempotency, Intent, Reply};

/// What a group needs from the database.
#[derive(Debug, Default)]
pub(crate) struct Wanted {
    pub(crate) cases: BTreeSet<Uuid>,
    /// Cases named by number, for merges.
    pub(crate) numbers: BTreeSet<String>,
    /// Cases that a report may have made before.
    pub(crate) reports: BTreeSet<Uuid>,
    /// Photos and clips that are shown.
    pub(crate) uploads: BTreeSet<Uuid>,
    /// Principal and key.
    pub(crate) keys: BTreeSet<(String, String)>,
    /// Reports that take a number if they are new.
    pub(crate) numbered: Vec<Numbered>,
}

/// A report, as far as its number goes.
#[derive(Debug)]
pub(crate) struct Numbered {
    case: Uuid,
    /// Principal and key.
    key: Option<(String, String)>,
    /// County and day.
    day: String,
}

/// What the database had.
#[derive(Debug, Default)]
pub(crate) struct Loaded {
    pub(crate) cases: HashMap<Uuid, Arc<Case>>,
    /// The rows that the cases were read from, with those of assignments and participation.
    pub(crate) rows: HashMap<Uuid, CaseRows>,
    pub(crate) access: HashMap<Uuid, Vec<Access>>,
    /// What was asked by the reports that made the cases, where that is known.
    pub(crate) asked: HashMap<Uuid, Vec<u8>>,
    pub(crate) uploads: HashMap<Uuid, Upload>,
    pub(crate) keys: HashMap<(String, String), (Vec<u8>, Uuid)>,
    /// The last serial of the range allotted to this group.
    pub(crate) serials: BTreeMap<String, i64>,
}

/// What is known of a photo or clip.
#[derive(Clone, Debug)]
pub(crate) struct Upload {
    pub(crate) uploader: Uuid,
    pub(crate) case: Option<Uuid>,
    pub(crate) erased: bool,
}

impl Loaded {
    /// How many numbers each county and day needs: one for each case that is not there yet, none for what is asked again.
    pub(crate) fn lacking(&self, wanted: &Wanted) -> BTreeMap<String, i64> {
        let (mut cases, mut keys, mut serials) = (BTreeSet::new(), BTreeSet::new(), BTreeMap::new());
        for Numbered { case, key, day } in &wanted.numbered {
            let known = self.cases.contains_key(case) || key.as_ref().is_some_and(|key| self.keys.contains_key(key));
            let first = cases.insert(case) & key.as_ref().is_none_or(|key| keys.insert(key));
            if !known && first {
                *serials.entry(day.clone()).or_default() += 1;
            }
        }
        serials
    }

    /// Cases into which others of these were merged, and that are not among them: a merge that is undone changes both.
    pub(crate) fn joined(&self) -> Vec<Uuid> {
        let into = self.cases.values().filter_map(|case| Some(case.body.merged.as_ref()?.into.0));
        into.filter(|id| !self.cases.contains_key(id)).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Those of the reports wanted whose cases are there.
    pub(crate) fn reported(&self, wanted: &Wanted) -> Vec<Uuid> {
        wanted.reports.iter().filter(|id| self.cases.contains_key(id)).copied().collect()
    }
}

/// What the group needs.
pub(crate) fn wanted(envelopes: &[Envelope]) -> Wanted {
    let mut out = Wanted::default();
    for Envelope { command, .. } in envelopes {
        if let Some(Idempotency { principal, key: Some(key), .. }) = &command.idempotency {
            out.keys.insert((principal.clone(), key.clone()));
        }
        match &command.intent {
            Intent::Report { draft, .. } => {
                out.cases.insert(draft.id.0);
                out.reports.insert(draft.id.0);
                out.uploads.extend(draft.attachments.iter().map(|a| a.0));
                let key = command.idempotency.as_ref().and_then(|i| Some((i.principal.clone(), i.key.clone()?)));
                out.numbered.push(Numbered { case: draft.id.0, key, day: serial_day(command, draft) });
            }
            Intent::Act { case, action, .. } => {
                out.cases.insert(case.0);
                out.uploads.extend(action.attachments.iter().map(|a| a.0));
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

/// What a group comes to.
pub(crate) struct Planned {
    pub(crate) batch: Batch,
    pub(crate) replies: Vec<Reply>,
    /// How its cases stand, once the batch is written.
    pub(crate) loaded: Loaded,
}

/// Decides every command in order; later ones see what earlier ones did.
pub(crate) fn plan(envelopes: &[Envelope], mut loaded: Loaded, tags: &Tags) -> Result<Planned, Error> {
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
    Ok(Planned { batch, replies, loaded })
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
    if let Some(Idempotency { principal, key: Some(key), digest }) =
        command.idempotency.as_ref().filter(|_| applied.fresh)
    {
        let id = applied.case.id.0;
        batch.add_key(principal, key, digest, id, command.now);
        loaded.keys.insert((principal.clone(), key.clone()), (digest.clone(), id));
    }
    Ok(applied)
}

fn answered_before(command: &Command, loaded: &Loaded) -> Result<Option<Applied>, Stop> {
    let Some(Idempotency { principal, key: Some(key), digest: asked }) = &command.idempotency else {
        return Ok(None);
    };
    let Some((digest, case)) = loaded.keys.get(&(principal.clone(), key.clone())) else {
        return Ok(None);
    };
    if digest != asked {
        return Err(Stop::Reply(ApplyError::KeyReused));
    }
    let case = loaded.cases.get(case).filter(|c| shown_again(command, c, loaded));
    let case = case.ok_or(Stop::Reply(ApplyError::NotFound))?;
    Ok(Some(Applied { case: case.clone(), fresh: false }))
}

/// A repeat gets the first answer while the case is still as it was then; what came later is for those who see the case. Of a step that needs no certain
/// version nobody can tell by the version when it was taken.
fn shown_again(command: &Command, case: &Case, loaded: &Loaded) -> bool {
    match &command.intent {
        Intent::Report { .. } | Intent::Alert { .. } => true,
        Intent::Act { action, slice, .. } => {
            let stands = || action.version.is_some_and(|seen| seen.checked_add(1) == Some(case.version));
            let quiet = || {
                let procedure = command.world.context(case, None, command.now).map(|cx| cx.procedure);
                procedure.map_or(true, |procedure| procedure.action(&action.code).is_none_or(|rule| rule.quiet))
            };
            admitted(slice.as_ref(), case, loaded) || (stands() && !quiet())
        }
    }
}

fn refused(refusal: Refusal, current: Option<&Arc<Case>>) -> Stop {
    Stop::Reply(ApplyError::Refused { refusal, current: current.cloned() })
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
        return if asked_again(command, draft, matter, there, loaded) {
            Ok(Applied { case: there.clone(), fresh: false })
        } else {
            Err(Stop::Reply(ApplyError::KeyReused))
        };
    }
    let world = &command.world;
    let cx =
        world.context_of(world.catalog.id(), matter, &draft.path, None, command.now).map_err(|r| refused(r, None))?;
    let mut draft = draft.clone();
    each_once(&mut draft.attachments);
    usable(&draft.attachments, command.actor.person, draft.id, loaded).map_err(|r| refused(r, None))?;
    world.catalog.id().clone_into(&mut draft.release);
    let day = serial_day(command, &draft);
    let serial = loaded.serials.get_mut(&day).ok_or_else(|| Error::Corrupt("no serial".to_owned()))?;
    draft.number = format!("{day}-{:05}", *serial);
    let outcome = case::report(&cx, draft, &command.actor).map_err(|r| refused(r, None))?;
    *serial -= 1;
    let asked = command.idempotency.as_ref().map(|asked| asked.digest.clone());
    let intake = Intake { contact: contact.cloned(), asked: asked.as_deref() };
    let case = Arc::new(batch.add(outcome, None, cx.matter, intake, command.now, &mut loaded.rows)?);
    if let Some(asked) = asked {
        loaded.asked.insert(case.id.0, asked);
    }
    bind(&case.body.attachments, command.actor.person, case.id, loaded, batch);
    loaded.cases.insert(case.id.0, case.clone());
    Ok(Applied { case, fresh: true })
}

/// Whether a report is the one that made its case. A client's report is, if all that was asked is the same; of cases whose request is not known (older
/// ones, or those where something was erased) nobody can say. The platform's own are known by who reported and what.
fn asked_again(command: &Command, draft: &Draft, matter: &str, there: &Case, loaded: &Loaded) -> bool {
    let own = there.reporter == draft.reporter && there.matter == matter;
    match &command.idempotency {
        None => own,
        Some(now) => own && loaded.asked.get(&draft.id.0) == Some(&now.digest),
    }
}

fn each_once(attachments: &mut Vec<AttachmentId>) {
    let mut seen = BTreeSet::new();
    attachments.retain(|id| seen.insert(id.0));
}

/// Everything named must be there, one's own, and not in another case: a photo that silently went missing would be found out too late.
fn usable(named: &[AttachmentId], by: Option<PersonId>, case: CaseId, loaded: &Loaded) -> Result<(), Refusal> {
    let fits = |id: &AttachmentId| {
        let upload = loaded.uploads.get(&id.0).filter(|upload| !upload.erased);
        upload.is_some_and(|u| Some(PersonId(u.uploader)) == by && u.case.is_none_or(|other| other == case.0))
    };
    if named.iter().all(fits) {
        return Ok(());
    }
    Err(Refusal::Invalid {
        field: "attachments".to_owned(),
        hint: Text::new(
            "有照片或视频不能用：没有上传成功，或已用在别的案件里。请重新上传。",
            "A photo or clip cannot be used: its upload did not finish, or another case has it. Upload it again.",
        ),
    })
}

fn bind(named: &[AttachmentId], by: Option<PersonId>, case: CaseId, loaded: &mut Loaded, batch: &mut Batch) {
    let Some(person) = by else { return };
    batch.add_attachments(case.0, named, person.0);
    for id in named {
        if let Some(upload) = loaded.uploads.get_mut(&id.0) {
            upload.case = Some(case.0);
        }
    }
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
    usable(&action.attachments, command.actor.person, id, loaded).map_err(|r| refused(r, Some(case)))?;
    let case = Arc::new(batch.add(outcome, Some(case), matter, Intake::default(), command.now, &mut loaded.rows)?);
    bind(&action.attachments, command.actor.person, id, loaded, batch);
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
        reporter: case.reporter,
    })
}
