//! One-time codes by which people set a password of their own: nobody else ever chooses or learns it. A code in two halves is told by two people, so
//! that neither of them can use it alone.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::json;
use uuid::Uuid;
use yizhi_domain::ids::PersonId;
use yizhi_domain::slice::Principal;

use super::people::person_change;
use super::two::{TwoPeople, machine_note};
use super::{entry, recorded, tokens};
use crate::case_row::{micros, moment};
use crate::entity::{activation, case_access, person, post, post_proposal, session};
use crate::hot::random10;
use crate::{Db, Error, Recorded, Tx};

/// Wrong second halves after which a code is spent. Only who has the first half can try.
const MOST_FAILURES: i32 = 10;

/// A code as it is made: its digest, and until when it is good.
#[derive(Clone, Debug)]
pub struct NewCode {
    pub digest: Vec<u8>,
    pub expires_at: DateTime<Utc>,
}

/// What a code opens.
#[derive(Clone, Debug)]
pub struct Activation {
    pub id: Uuid,
    pub person: PersonId,
    pub account: String,
    pub name: String,
    /// Whether a second code belongs to it.
    pub in_halves: bool,
    /// Whether the second code was made already.
    pub is_confirmed: bool,
    pub expires_at: DateTime<Utc>,
}

/// What using a code came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activated {
    Done(PersonId),
    /// The second half is wrong; it was counted.
    WrongSecond,
    /// It is used, over, or not confirmed yet.
    Gone,
}

/// A new activation that one person, or the operator of the machine, starts alone.
#[derive(Clone, Debug)]
pub struct ResetAlone {
    pub person: PersonId,
    /// `None`: the operator of the machine.
    pub by: Option<PersonId>,
    pub reason: Option<String>,
    /// Roles that one administrator may give alone: who ever held another one needs two people.
    pub given_alone: Vec<String>,
    pub code: NewCode,
}

impl Db {
    /// What the code of a digest opens, if it is still good.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn activation(&self, first: &[u8], now: DateTime<Utc>) -> Result<Option<Activation>, Error> {
        let find = activation::Entity::find().filter(activation::Column::First.eq(first.to_vec()));
        let Some(row) = find.filter(open(micros(now))).one(self.read()).await? else {
            return Ok(None);
        };
        let holder = person::Entity::find_by_id(row.person).one(self.read()).await?;
        let expires_at = moment(row.expires_at)?;
        Ok(holder.filter(|p| p.disabled_at.is_none()).map(|p| Activation {
            id: row.id,
            person: PersonId(row.person),
            account: p.account,
            name: p.name,
            in_halves: row.halves == 2,
            is_confirmed: row.second.is_some(),
            expires_at,
        }))
    }

    /// Sets a person's password by a code, once.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn activation_use(
        &self,
        id: Uuid,
        second: Option<Vec<u8>>,
        phc: String,
        now: DateTime<Utc>,
    ) -> Result<Activated, Error> {
        let used = self.write(now, |tx| Box::pin(activation_use(tx, id, second.clone(), phc.clone()))).await;
        match used {
            Err(Error::Missing("activation")) => Ok(Activated::Gone),
            other => other,
        }
    }

    /// Takes a person's password, second factor, sessions and tokens, and gives a new code for an account that one person may answer for.
    ///
    /// # Errors
    /// `TwoPeople` where it takes two, `Missing` when there is no such person.
    pub async fn reset_alone(&self, reset: ResetAlone, now: DateTime<Utc>) -> Result<(), Error> {
        self.write(now, |tx| Box::pin(reset_alone(tx, reset.clone()))).await
    }

    /// Whether a new activation of this person takes two people.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn reset_takes_two(&self, id: PersonId, given_alone: &[String]) -> Result<bool, Error> {
        let row = person::Entity::find_by_id(id.0).one(self.read()).await?.ok_or(Error::Missing("person"))?;
        takes_two(self.read(), &row, given_alone).await
    }
}

/// Usable at a moment.
fn open(now: i64) -> sea_orm::Condition {
    sea_orm::Condition::all()
        .add(activation::Column::EndedAt.is_null())
        .add(activation::Column::ExpiresAt.gt(now))
        .add(activation::Column::Failures.lt(MOST_FAILURES))
}

/// Two people stand for an account that may see people's data, now, once, or soon; for one that has a second factor; and for a resident's who has
/// told of something, which whoever gets in would read.
async fn takes_two(
    connection: &impl sea_orm::ConnectionTrait,
    row: &person::Model,
    given_alone: &[String],
) -> Result<bool, Error> {
    if row.vouched_at.is_some() || row.totp.is_some() {
        return Ok(true);
    }
    let held = post::Entity::find().filter(post::Column::Person.eq(row.id)).all(connection).await?;
    if held.iter().any(|p| !given_alone.contains(&p.role)) {
        return Ok(true);
    }
    let own = Principal::Person(PersonId(row.id)).to_string();
    let part = case_access::Entity::find().filter(case_access::Column::Principal.eq(own));
    if part.limit(1).one(connection).await?.is_some() {
        return Ok(true);
    }
    let pending = post_proposal::Entity::find()
        .filter(post_proposal::Column::Person.eq(row.id))
        .filter(post_proposal::Column::State.eq("proposed"));
    Ok(pending.one(connection).await?.is_some())
}

/// A person's row, locked: what concerns one person is decided one after the other.
pub(super) async fn person_lock(tx: &Tx, id: PersonId) -> Result<person::Model, Error> {
    let found = person::Entity::find_by_id(id.0).lock_exclusive().one(tx.connection()).await?;
    found.ok_or(Error::Missing("person"))
}

/// A new row for a code.
pub(super) struct Made {
    pub(super) person: PersonId,
    pub(super) halves: i32,
    pub(super) proposal: Option<Uuid>,
    pub(super) by: Option<PersonId>,
}

pub(super) async fn activation_add(tx: &Tx, made: Made, code: NewCode) -> Result<(), Error> {
    let model = activation::ActiveModel {
        id: Set(PersonId::at(tx.now(), random10()).0),
        person: Set(made.person.0),
        first: Set(code.digest),
        second: Set(None),
        halves: Set(made.halves),
        proposal: Set(made.proposal),
        made_by: Set(made.by.map(|p| p.0)),
        confirmed_by: Set(None),
        failures: Set(0),
        created_at: Set(tx.now_micros()),
        expires_at: Set(micros(code.expires_at)),
        ended_at: Set(None),
    };
    activation::Entity::insert(model).exec_without_returning(tx.connection()).await?;
    Ok(())
}

/// What is left when everything by which somebody signs in is taken.
#[derive(Clone, Copy, Debug)]
pub(super) enum Left {
    Nothing,
    /// One activation.
    Code(Uuid),
    /// Codes in halves: what they open, another person is yet to confirm.
    Halves,
}

/// Takes away everything by which somebody signs in as this person.
pub(super) async fn credentials_clear(tx: &Tx, id: PersonId, left: Left) -> Result<(), Error> {
    let change = person::ActiveModel {
        password: Set(None),
        totp: Set(None),
        totp_step: Set(None),
        vouched_at: Set(None),
        failures: Set(0),
        locked_until: Set(None),
        ..Default::default()
    };
    person_change(tx, id, change).await?;
    session::Entity::delete_many().filter(session::Column::Person.eq(id.0)).exec(tx.connection()).await?;
    tokens::revoke_all(tx, id).await?;
    let mut others = activation::Entity::update_many()
        .col_expr(activation::Column::EndedAt, Expr::value(tx.now_micros()))
        .filter(activation::Column::Person.eq(id.0))
        .filter(activation::Column::EndedAt.is_null());
    match left {
        Left::Nothing => {}
        Left::Code(code) => others = others.filter(activation::Column::Id.ne(code)),
        Left::Halves => others = others.filter(activation::Column::Halves.eq(1)),
    }
    others.exec(tx.connection()).await?;
    Ok(())
}

/// Adds the second half to a code in halves that waits for it, made by somebody else than who confirms. `None`: there is none.
pub(super) async fn activation_confirm(
    tx: &Tx,
    person: PersonId,
    proposal: Uuid,
    by: PersonId,
    second: &NewCode,
) -> Result<Option<Uuid>, Error> {
    let waiting = activation::Entity::find()
        .filter(activation::Column::Person.eq(person.0))
        .filter(activation::Column::Halves.eq(2))
        .filter(activation::Column::Second.is_null())
        .filter(activation::Column::MadeBy.ne(by.0))
        .filter(open(tx.now_micros()))
        .order_by_desc(activation::Column::CreatedAt)
        .all(tx.connection())
        .await?;
    let own = waiting.iter().find(|a| a.proposal == Some(proposal)).or(waiting.first());
    let Some(own) = own else { return Ok(None) };
    let change = activation::ActiveModel {
        id: Set(own.id),
        second: Set(Some(second.digest.clone())),
        confirmed_by: Set(Some(by.0)),
        expires_at: Set(micros(second.expires_at)),
        ..Default::default()
    };
    sea_orm::ActiveModelTrait::update(change, tx.connection()).await?;
    Ok(Some(own.id))
}

/// Whether a code in halves is complete and waits to be used.
pub(super) async fn is_confirmed(tx: &Tx, person: PersonId) -> Result<bool, Error> {
    let ready = activation::Entity::find()
        .filter(activation::Column::Person.eq(person.0))
        .filter(activation::Column::Second.is_not_null())
        .filter(open(tx.now_micros()));
    Ok(ready.one(tx.connection()).await?.is_some())
}

async fn activation_use(tx: &Tx, id: Uuid, second: Option<Vec<u8>>, phc: String) -> Result<Recorded<Activated>, Error> {
    let find = activation::Entity::find_by_id(id).filter(open(tx.now_micros())).lock_exclusive();
    let row = find.one(tx.connection()).await?.ok_or(Error::Missing("activation"))?;
    let person = PersonId(row.person);
    if row.halves == 2 && row.second.is_none() {
        return Err(Error::Missing("activation"));
    }
    if row.halves == 2 && row.second != second {
        activation::Entity::update_many()
            .col_expr(activation::Column::Failures, Expr::col(activation::Column::Failures).add(1))
            .filter(activation::Column::Id.eq(id))
            .exec(tx.connection())
            .await?;
        let record = entry("activation.failed", person, json!({ "activation": id }));
        return recorded(tx, record, Activated::WrongSecond).await;
    }
    person_lock(tx, person).await?;
    let vouched = row.made_by.is_none() || row.confirmed_by.is_some();
    // Used by its owner meanwhile, a code of one person's does not end one that waits for a second person.
    let left = if row.halves == 1 { Left::Halves } else { Left::Nothing };
    credentials_clear(tx, person, left).await?;
    let change = person::ActiveModel {
        password: Set(Some(phc)),
        password_at: Set(Some(tx.now_micros())),
        vouched_at: Set(vouched.then(|| tx.now_micros())),
        ..Default::default()
    };
    person_change(tx, person, change).await?;
    let fields = json!({
        "activation": id, "madeBy": row.made_by, "confirmedBy": row.confirmed_by, "atMachine": row.made_by.is_none(),
    });
    recorded(tx, entry("person.activate", person, fields), Activated::Done(person)).await
}

async fn reset_alone(tx: &Tx, reset: ResetAlone) -> Result<Recorded<()>, Error> {
    let row = person_lock(tx, reset.person).await?;
    if reset.by.is_some() && takes_two(tx.connection(), &row, &reset.given_alone).await? {
        return Err(Error::TwoPeople(TwoPeople::TakesTwo));
    }
    credentials_clear(tx, reset.person, Left::Nothing).await?;
    activation_add(tx, Made { person: reset.person, halves: 1, proposal: None, by: reset.by }, reset.code).await?;
    if reset.by.is_none() {
        machine_note(tx, reset.person, None, "", reset.reason.as_deref()).await?;
    }
    let fields = json!({ "by": reset.by, "atMachine": reset.by.is_none(), "reason": reset.reason });
    recorded(tx, entry("person.reset", reset.person, fields), ()).await
}
