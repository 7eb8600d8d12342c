//! People with an account.

use chrono::{DateTime, Utc};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::json;
use uuid::Uuid;
use yizhi_domain::directory::PersonBrief;
use yizhi_domain::ids::PersonId;

use super::activations::{Made, NewCode, activation_add};
use super::posts::{PostRow, id_unproposed, post_insert, post_model, post_record};
use super::two::{NewProposal, machine_note, proposal_add};
use super::{CHUNK, entry, recorded, taken};
use crate::case_row::{maybe_moment, micros, moment};
use crate::entity::{person, post};
use crate::rows::Cell;
use crate::{Db, Error, Recorded, Tx};

/// A person as kept.
#[derive(Clone, Debug)]
pub struct PersonRow {
    pub id: PersonId,
    pub account: String,
    pub name: String,
    /// Sealed.
    pub phone: Option<Vec<u8>>,
    /// PHC string of argon2id; `None`: cannot sign in with a password.
    pub password: Option<String>,
    pub created_at: DateTime<Utc>,
    pub disabled_at: Option<DateTime<Utc>>,
    pub demo: bool,
}

/// What an administrator sees of an account beside its name.
#[derive(Clone, Debug)]
pub struct PersonStanding {
    pub id: PersonId,
    /// Sealed.
    pub phone: Option<Vec<u8>>,
    /// Sealed.
    pub totp: Option<Vec<u8>>,
    /// Whether the person has set a password.
    pub is_active: bool,
}

/// An account for somebody new, who will set their own password by the code.
#[derive(Clone, Debug)]
pub struct Opening {
    pub person: PersonRow,
    /// A first post that one person may give alone, or that the operator of the machine gives.
    pub post: Option<PostRow>,
    /// A first post that takes two people, with the roles to be kept apart from it. The code is the first half then.
    pub proposal: Option<(NewProposal, Vec<String>)>,
    pub code: NewCode,
    /// `None`: the operator of the machine.
    pub by: Option<PersonId>,
    /// Why, where the operator of the machine says.
    pub reason: Option<String>,
}

impl Db {
    /// Opens an account.
    ///
    /// # Errors
    /// `Taken` when the account is there already.
    pub async fn person_open(&self, opening: Opening, now: DateTime<Utc>) -> Result<(), Error> {
        let done = self.write(now, |tx| Box::pin(person_open(tx, opening.clone()))).await;
        done.map_err(taken("account"))
    }

    /// Everybody, with accounts in order.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn people(&self) -> Result<Vec<PersonRow>, Error> {
        let rows = person::Entity::find().order_by_asc(person::Column::Account).all(self.read()).await?;
        Ok(self.readable("person", rows, |p| p.id.to_string(), person_row))
    }

    /// Account and name of some people, also of those who are gone.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn people_named(&self, ids: &[PersonId]) -> Result<Vec<PersonBrief>, Error> {
        let find = person::Entity::find().filter(person::Column::Id.is_in(ids.iter().map(|id| id.0)));
        let rows = find.all(self.read()).await?;
        Ok(rows.into_iter().map(|p| PersonBrief { id: PersonId(p.id), account: p.account, name: p.name }).collect())
    }

    /// The person of an account, also one who is gone.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn person_of_account(&self, account: &str) -> Result<Option<PersonId>, Error> {
        let find = person::Entity::find().filter(person::Column::Account.eq(account));
        Ok(find.one(self.read()).await?.map(|p| PersonId(p.id)))
    }

    /// The standing of these people, in no order.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn standings(&self, ids: &[PersonId]) -> Result<Vec<PersonStanding>, Error> {
        let ids = ids.iter().map(|id| id.0);
        let rows = person::Entity::find().filter(person::Column::Id.is_in(ids)).all(self.read()).await?;
        let standing = |p: person::Model| PersonStanding {
            id: PersonId(p.id),
            phone: p.phone,
            totp: p.totp,
            is_active: p.password.is_some(),
        };
        Ok(rows.into_iter().map(standing).collect())
    }

    /// Everybody made for demonstration.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn demo_people(&self) -> Result<Vec<PersonId>, Error> {
        let demo = person::Entity::find().filter(person::Column::Demo.eq(true));
        let ids: Vec<Uuid> = demo.select_only().column(person::Column::Id).into_tuple().all(self.read()).await?;
        Ok(ids.into_iter().map(PersonId).collect())
    }

    /// Adds people with their posts.
    ///
    /// # Errors
    /// `Taken` when an account is there already.
    pub async fn people_add(
        &self,
        people: Vec<PersonRow>,
        posts: Vec<PostRow>,
        by: Option<PersonId>,
        now: DateTime<Utc>,
    ) -> Result<usize, Error> {
        let done = self.write(now, |tx| Box::pin(people_add(tx, people.clone(), posts.clone(), by))).await;
        done.map_err(taken("account"))
    }

    /// The sealed phone of a person.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn sealed_phone(&self, id: PersonId) -> Result<Option<Vec<u8>>, Error> {
        Ok(person::Entity::find_by_id(id.0).one(self.read()).await?.and_then(|p| p.phone))
    }
}

/// Changes columns of a person.
pub(super) async fn person_change(tx: &Tx, id: PersonId, mut change: person::ActiveModel) -> Result<(), Error> {
    change.id = Set(id.0);
    change.update(tx.connection()).await?;
    Ok(())
}

async fn person_open(tx: &Tx, opening: Opening) -> Result<Recorded<()>, Error> {
    let Opening { person: row, post, proposal, code, by, reason } = opening;
    let person = row.id;
    let mut fields = json!({
        "by": by, "atMachine": by.is_none(), "reason": reason, "accounts": [row.account], "people": [row.id],
        "posts": post.iter().map(post_record).collect::<Vec<_>>(),
    });
    let model = person_model(PersonRow { password: None, ..row }, by.is_none());
    person::Entity::insert(model).exec_without_returning(tx.connection()).await?;
    if let Some(post) = &post {
        id_unproposed(tx, post.id.0).await?;
    }
    if by.is_none() {
        let path = post.as_ref().map(|p| p.path.clone()).unwrap_or_default();
        machine_note(tx, person, post.as_ref(), &path, reason.as_deref()).await?;
    }
    if let Some(post) = post {
        post_insert(tx, post).await?;
    }
    match proposal {
        Some((new, apart)) => {
            fields["proposal"] = json!(new.id);
            let _ = proposal_add(tx, new, apart).await?;
        }
        None => activation_add(tx, Made { person, halves: 1, proposal: None, by }, code).await?,
    }
    recorded(tx, entry("people.add", person, fields), ()).await
}

async fn people_add(
    tx: &Tx,
    people: Vec<PersonRow>,
    posts: Vec<PostRow>,
    by: Option<PersonId>,
) -> Result<Recorded<usize>, Error> {
    let subject = people.first().map(|p| p.id).or(posts.first().map(|p| p.person)).unwrap_or(PersonId(Uuid::nil()));
    let fields = json!({
        "by": by,
        "atMachine": by.is_none(),
        "accounts": people.iter().map(|p| &p.account).collect::<Vec<_>>(),
        "people": people.iter().map(|p| p.id).collect::<Vec<_>>(),
        "posts": posts.iter().map(post_record).collect::<Vec<_>>(),
    });
    let count = people.len();
    let keys: [Vec<Vec<Cell>>; 2] =
        [people.iter().map(|p| vec![p.id.0.into()]).collect(), posts.iter().map(|p| vec![p.id.0.into()]).collect()];
    let rows: Vec<person::ActiveModel> = people.into_iter().map(|p| person_model(p, by.is_none())).collect();
    for chunk in rows.chunks(CHUNK) {
        person::Entity::insert_many(chunk.to_vec()).exec_without_returning(tx.connection()).await?;
    }
    let rows: Vec<post::ActiveModel> = posts.into_iter().map(post_model).collect();
    for chunk in rows.chunks(CHUNK) {
        post::Entity::insert_many(chunk.to_vec()).exec_without_returning(tx.connection()).await?;
    }
    let mut record = entry("people.add", subject, fields);
    for (table, keys) in ["person", "post"].into_iter().zip(keys) {
        tx.prove(&mut record, table, &keys).await?;
    }
    tx.record(record, count).await
}

fn person_model(p: PersonRow, at_machine: bool) -> person::ActiveModel {
    let created = micros(p.created_at);
    person::ActiveModel {
        id: Set(p.id.0),
        account: Set(p.account),
        name: Set(p.name),
        phone: Set(p.phone),
        password_at: Set(p.password.as_ref().map(|_| created)),
        password: Set(p.password),
        totp: Set(None),
        failures: Set(0),
        locked_until: Set(None),
        created_at: Set(created),
        disabled_at: Set(p.disabled_at.map(micros)),
        demo: Set(p.demo),
        vouched_at: Set(at_machine.then_some(created)),
        totp_step: Set(None),
        notices_read_at: Set(None),
    }
}

fn person_row(p: person::Model) -> Result<PersonRow, Error> {
    Ok(PersonRow {
        id: PersonId(p.id),
        account: p.account,
        name: p.name,
        phone: p.phone,
        password: p.password,
        created_at: moment(p.created_at)?,
        disabled_at: maybe_moment(p.disabled_at)?,
        demo: p.demo,
    })
}
