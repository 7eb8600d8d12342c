//! What takes two people: posts that see people's data or decide about others, and new activations of those who hold them. One administrator proposes,
//! another one of another family confirms. Every rule is asked again in the transaction of the confirmation.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use serde_json::json;
use uuid::Uuid;
use yizhi_domain::ids::{PersonId, PostId};
use yizhi_domain::role::Family;

use super::activations::{
    Left, Made, NewCode, activation_add, activation_confirm, credentials_clear, is_confirmed, person_lock,
};
use super::posts::{PostRow, id_unproposed, post_insert, post_record, post_refused};
use super::{entry, recorded, taken};
use crate::case_row::{maybe_moment, micros, moment};
use crate::entity::{activation, person, post_proposal};
use crate::{Db, Error, Recorded, Tx};

/// A proposal that nobody decides lapses.
pub const LAPSES_AFTER: TimeDelta = TimeDelta::days(14);

/// Why two people are not two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TwoPeople {
    /// One person alone may not do it.
    TakesTwo,
    /// Who proposed does not confirm.
    OwnProposal,
    /// Nobody confirms what concerns themselves.
    Oneself,
    /// Both are administrators of one family.
    SameFamily,
    /// The confirming account was opened or reset by one person alone.
    NotVouched,
    /// It was decided already, or has lapsed.
    Decided,
    /// The same waits already.
    Waiting,
}

/// What is proposed.
#[derive(Clone, Debug)]
pub enum Proposed {
    /// A post; its id is the proposal's.
    Post(PostRow),
    /// A new activation.
    Reset(PersonId),
}

/// A new proposal.
#[derive(Clone, Debug)]
pub struct NewProposal {
    pub id: Uuid,
    pub what: Proposed,
    /// Where: the post's region, or that of who proposes.
    pub path: String,
    pub reason: Option<String>,
    pub by: PersonId,
    pub family: Family,
    /// The first half of a code, kept where the account is not vouched for by two.
    pub code: NewCode,
}

/// A proposal as kept.
#[derive(Clone, Debug)]
pub struct ProposalRow {
    pub id: Uuid,
    pub person: PersonId,
    /// `None`: a new activation.
    pub post: Option<PostRow>,
    pub path: String,
    pub reason: Option<String>,
    /// `proposed`, `done`, `refused`.
    pub state: String,
    /// `None`: the operator of the machine.
    pub proposed_by: Option<PersonId>,
    pub proposed_at: DateTime<Utc>,
    pub decided_by: Option<PersonId>,
    pub decided_at: Option<DateTime<Utc>>,
    pub note: Option<String>,
}

/// Who decides, and with which second half.
#[derive(Clone, Debug)]
pub struct Decision {
    pub id: Uuid,
    pub by: PersonId,
    pub family: Family,
    /// Roles that may not stand beside the one proposed.
    pub apart: Vec<String>,
    pub code: NewCode,
}

impl Db {
    /// Proposals, the newest first; only those that wait if `waiting`.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn proposals(&self, waiting: bool, most: u64, now: DateTime<Utc>) -> Result<Vec<ProposalRow>, Error> {
        let mut find = post_proposal::Entity::find()
            .order_by_desc(post_proposal::Column::ProposedAt)
            .order_by_desc(post_proposal::Column::Id)
            .limit(most);
        if waiting {
            find = find.filter(post_proposal::Column::State.eq("proposed"));
            find = find.filter(post_proposal::Column::ProposedAt.gt(micros(now - LAPSES_AFTER)));
        }
        find.all(self.read()).await?.into_iter().map(proposal_row).collect()
    }

    /// One proposal.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn proposal(&self, id: Uuid) -> Result<Option<ProposalRow>, Error> {
        post_proposal::Entity::find_by_id(id).one(self.read()).await?.map(proposal_row).transpose()
    }

    /// Keeps a proposal; says whether the first half of its code is in use.
    ///
    /// # Errors
    /// `TwoPeople`, `Taken`, `Missing`.
    pub async fn proposal_add(&self, new: NewProposal, apart: Vec<String>, now: DateTime<Utc>) -> Result<bool, Error> {
        self.write(now, |tx| Box::pin(proposal_add(tx, new.clone(), apart.clone()))).await
    }

    /// Confirms a proposal: the post is given, or the account waits for its new activation. Says whether the second half of a code is in use.
    ///
    /// # Errors
    /// `TwoPeople`, `Taken`, `Missing`.
    pub async fn proposal_confirm(&self, decision: Decision, now: DateTime<Utc>) -> Result<bool, Error> {
        self.write(now, |tx| Box::pin(proposal_confirm(tx, decision.clone()))).await
    }

    /// Refuses a proposal; who made it may take it back so.
    ///
    /// # Errors
    /// `TwoPeople` when it is decided, `Missing`.
    pub async fn proposal_refuse(
        &self,
        id: Uuid,
        by: PersonId,
        note: Option<String>,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        self.write(now, |tx| Box::pin(proposal_refuse(tx, id, by, note.clone()))).await
    }

    /// Whether two people, or the operator of the machine, stand for an account.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn is_vouched(&self, id: PersonId) -> Result<bool, Error> {
        let row = person::Entity::find_by_id(id.0).one(self.read()).await?;
        Ok(row.is_some_and(|p| p.vouched_at.is_some()))
    }
}

pub(super) async fn proposal_add(tx: &Tx, new: NewProposal, apart: Vec<String>) -> Result<Recorded<bool>, Error> {
    let person = match &new.what {
        Proposed::Post(post) => post.person,
        Proposed::Reset(person) => *person,
    };
    let holder = person_lock(tx, person).await?;
    if person == new.by {
        return Err(Error::TwoPeople(TwoPeople::Oneself));
    }
    let waiting = post_proposal::Entity::find()
        .filter(post_proposal::Column::Person.eq(person.0))
        .filter(waits(tx.now_micros()))
        .all(tx.connection())
        .await?;
    id_unproposed(tx, new.id).await?;
    let post = match &new.what {
        Proposed::Post(post) => {
            post_refused(tx, post, &apart).await?;
            let same = |w: &post_proposal::Model| {
                w.role.as_deref() == Some(&post.role) && w.path == post.path && w.department == post.department
            };
            if waiting.iter().any(same) {
                return Err(Error::TwoPeople(TwoPeople::Waiting));
            }
            Some(post)
        }
        Proposed::Reset(_) if waiting.iter().any(|w| w.kind == "reset") => {
            return Err(Error::TwoPeople(TwoPeople::Waiting));
        }
        Proposed::Reset(_) => None,
    };
    let model = post_proposal::ActiveModel {
        id: Set(new.id),
        kind: Set(if post.is_some() { "post" } else { "reset" }.to_owned()),
        person: Set(person.0),
        role: Set(post.map(|p| p.role.clone())),
        path: Set(new.path.clone()),
        department: Set(post.and_then(|p| p.department.clone())),
        from_at: Set(post.map(|p| micros(p.from))),
        until_at: Set(post.and_then(|p| p.until.map(micros))),
        reason: Set(new.reason.clone()),
        state: Set("proposed".to_owned()),
        proposed_by: Set(Some(new.by.0)),
        proposed_family: Set(Some(new.family.as_str().to_owned())),
        proposed_at: Set(tx.now_micros()),
        decided_by: Set(None),
        decided_at: Set(None),
        note: Set(None),
    };
    let inserted = post_proposal::Entity::insert(model).exec_without_returning(tx.connection()).await;
    inserted.map_err(Error::from).map_err(taken("id"))?;
    let coded = post.is_none() || holder.vouched_at.is_none();
    if coded {
        let made = Made { person, halves: 2, proposal: Some(new.id), by: Some(new.by) };
        activation_add(tx, made, new.code).await?;
    }
    let fields = json!({
        "proposal": new.id, "by": new.by, "family": new.family.as_str(), "reason": new.reason,
        "post": post.map(post_record),
    });
    let kind = if post.is_some() { "post.propose" } else { "person.reset_propose" };
    recorded(tx, entry(kind, person, fields), coded).await
}

fn waits(now: i64) -> Condition {
    Condition::all()
        .add(post_proposal::Column::State.eq("proposed"))
        .add(post_proposal::Column::ProposedAt.gt(now - LAPSES_AFTER.num_microseconds().unwrap_or(i64::MAX)))
}

async fn waiting(tx: &Tx, id: Uuid) -> Result<post_proposal::Model, Error> {
    let find = post_proposal::Entity::find_by_id(id).lock_exclusive();
    let row = find.one(tx.connection()).await?.ok_or(Error::Missing("proposal"))?;
    let lapsed = row.proposed_at <= tx.now_micros() - LAPSES_AFTER.num_microseconds().unwrap_or(0);
    if row.state != "proposed" || lapsed { Err(Error::TwoPeople(TwoPeople::Decided)) } else { Ok(row) }
}

async fn proposal_confirm(tx: &Tx, decision: Decision) -> Result<Recorded<bool>, Error> {
    let refuse = |why| Err(Error::TwoPeople(why));
    let row = waiting(tx, decision.id).await?;
    let person = PersonId(row.person);
    if row.proposed_by.is_none_or(|by| by == decision.by.0) {
        return refuse(TwoPeople::OwnProposal);
    }
    if person == decision.by {
        return refuse(TwoPeople::Oneself);
    }
    if row.proposed_family.as_deref() == Some(decision.family.as_str()) {
        return refuse(TwoPeople::SameFamily);
    }
    let confirming = person::Entity::find_by_id(decision.by.0).one(tx.connection()).await?;
    if confirming.is_none_or(|p| p.vouched_at.is_none() || p.disabled_at.is_some()) {
        return refuse(TwoPeople::NotVouched);
    }
    let holder = person_lock(tx, person).await?;
    decide(tx, &row, "done", decision.by, None).await?;
    let mut row = proposal_row(row)?;
    if let Some(post) = &mut row.post {
        post.from = post.from.max(tx.now());
        if post.until.is_some_and(|until| until <= post.from) {
            return refuse(TwoPeople::Decided);
        }
        post_refused(tx, post, &decision.apart).await?;
        post_insert(tx, post.clone()).await?;
    }
    let coded = vouch(tx, &holder, &row, &decision).await?;
    let fields = json!({
        "proposal": row.id, "by": row.proposed_by, "confirmedBy": decision.by, "confirmedFamily": decision.family.as_str(),
    });
    let record = match &row.post {
        Some(post) => {
            let mut all = post_record(post);
            for (name, value) in fields.as_object().into_iter().flatten() {
                all[name] = value.clone();
            }
            entry("post.add", person, all)
        }
        None => entry("person.reset", person, fields),
    };
    recorded(tx, record, coded).await
}

/// Sees to it that two people stand for the account: what one person alone gave is taken, and the second half of a code takes its place. Says whether
/// the second half given is in use.
async fn vouch(tx: &Tx, holder: &person::Model, row: &ProposalRow, decision: &Decision) -> Result<bool, Error> {
    let person = PersonId(holder.id);
    let is_reset = row.post.is_none();
    if !is_reset && (holder.vouched_at.is_some() || is_confirmed(tx, person).await?) {
        return Ok(false);
    }
    let half = activation_confirm(tx, person, row.id, decision.by, &decision.code).await?;
    credentials_clear(tx, person, half.map_or(Left::Nothing, Left::Code)).await?;
    Ok(half.is_some())
}

async fn decide(
    tx: &Tx,
    row: &post_proposal::Model,
    state: &str,
    by: PersonId,
    note: Option<String>,
) -> Result<(), Error> {
    let change = post_proposal::ActiveModel {
        id: Set(row.id),
        state: Set(state.to_owned()),
        decided_by: Set(Some(by.0)),
        decided_at: Set(Some(tx.now_micros())),
        note: Set(note),
        ..Default::default()
    };
    change.update(tx.connection()).await?;
    Ok(())
}

async fn proposal_refuse(tx: &Tx, id: Uuid, by: PersonId, note: Option<String>) -> Result<Recorded<()>, Error> {
    let row = waiting(tx, id).await?;
    decide(tx, &row, "refused", by, note.clone()).await?;
    activation::Entity::update_many()
        .col_expr(activation::Column::EndedAt, sea_orm::sea_query::Expr::value(tx.now_micros()))
        .filter(activation::Column::Proposal.eq(id))
        .filter(activation::Column::EndedAt.is_null())
        .exec(tx.connection())
        .await?;
    let kind = if row.kind == "post" { "post.refuse" } else { "person.reset_refuse" };
    recorded(tx, entry(kind, PersonId(row.person), json!({ "proposal": id, "by": by, "note": note })), ()).await
}

/// Keeps what the operator of the machine did as a decided proposal, so that everybody who manages people sees it.
pub(super) async fn machine_note(
    tx: &Tx,
    person: PersonId,
    post: Option<&PostRow>,
    path: &str,
    reason: Option<&str>,
) -> Result<(), Error> {
    let id = post.map_or_else(|| PersonId::at(tx.now(), crate::hot::random10()).0, |p| p.id.0);
    let model = post_proposal::ActiveModel {
        id: Set(id),
        kind: Set(if post.is_some() { "post" } else { "reset" }.to_owned()),
        person: Set(person.0),
        role: Set(post.map(|p| p.role.clone())),
        path: Set(path.to_owned()),
        department: Set(post.and_then(|p| p.department.clone())),
        from_at: Set(post.map(|p| micros(p.from))),
        until_at: Set(post.and_then(|p| p.until.map(micros))),
        reason: Set(reason.map(str::to_owned)),
        state: Set("done".to_owned()),
        proposed_by: Set(None),
        proposed_family: Set(None),
        proposed_at: Set(tx.now_micros()),
        decided_by: Set(None),
        decided_at: Set(Some(tx.now_micros())),
        note: Set(None),
    };
    let inserted = post_proposal::Entity::insert(model).exec_without_returning(tx.connection()).await;
    inserted.map_err(Error::from).map_err(taken("id"))?;
    Ok(())
}

fn proposal_row(p: post_proposal::Model) -> Result<ProposalRow, Error> {
    let (from, until) = (moment(p.from_at.unwrap_or(p.proposed_at))?, maybe_moment(p.until_at)?);
    let post = p.role.filter(|_| p.kind == "post").map(|role| PostRow {
        id: PostId(p.id),
        person: PersonId(p.person),
        role,
        path: p.path.clone(),
        department: p.department,
        from,
        until,
    });
    Ok(ProposalRow {
        id: p.id,
        person: PersonId(p.person),
        post,
        path: p.path,
        reason: p.reason,
        state: p.state,
        proposed_by: p.proposed_by.map(PersonId),
        proposed_at: moment(p.proposed_at)?,
        decided_by: p.decided_by.map(PersonId),
        decided_at: maybe_moment(p.decided_at)?,
        note: p.note,
    })
}
