//! The people of a demo: every role in every county, each with a password of their own.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::{DateTime, Utc};
use rand::seq::IndexedRandom;
use serde::{Deserialize, Serialize};
use yizhi_domain::catalog::Catalog;
use yizhi_domain::ids::{PersonId, PostId};
use yizhi_domain::region::{Level, RegionPath};
use yizhi_store::{Db, DutyRow, GridRow, PersonRow, PostRow};

use crate::auth::password;
use crate::divisions::path_of;
use crate::keys::{Keys, write_private};

use super::error::DemoError;
use super::names::{self, Names};
use super::place::Place;
use super::progress::Progress;

/// Where the accounts and passwords of the demo are written, below the data folder.
pub(super) const ACCOUNTS: &str = "demo-accounts.json";
/// Grids that one worker looks after at most.
const GRIDS_EACH: usize = 4;
const CITIZENS: usize = 3;

/// An account as the file of accounts holds it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Account {
    pub(super) account: String,
    pub(super) name: String,
    pub(super) password: String,
    pub(super) posts: Vec<AccountPost>,
}

/// A post of an account; the region by its 12-digit code.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct AccountPost {
    pub(super) role: String,
    pub(super) region: String,
    pub(super) department: Option<String>,
}

/// A post to be filled.
struct Seat {
    account: String,
    role: &'static str,
    region: String,
    path: RegionPath,
    department: Option<String>,
}

/// Everybody of a county, ready to be kept.
struct Staff {
    people: Vec<PersonRow>,
    posts: Vec<PostRow>,
    accounts: Vec<Account>,
}

/// What posts are filled from.
pub(super) struct Staffing<'a> {
    pub(super) db: &'a Db,
    pub(super) keys: &'a Keys,
    pub(super) data: &'a Path,
    pub(super) place: &'a Place,
    pub(super) catalog: &'a Catalog,
    pub(super) grids: &'a [GridRow],
    /// When posts and duties begin.
    pub(super) since: DateTime<Utc>,
}

/// Fills every post of a county unless they are filled already, and puts people on duty in its grids.
///
/// # Errors
/// When people cannot be kept, or the passwords of those who are there are lost.
pub(super) async fn settle(to: &Staffing<'_>) -> Result<(), DemoError> {
    let county = &to.place.county;
    let operator = format!("{county}-operator");
    if to.db.people().await?.iter().any(|p| p.account == operator) {
        accounts_of(to.data, county)?;
    } else {
        let seats = seats(to.place, to.catalog, to.grids);
        let progress = Progress::start(format!("{} 账号与岗位 Accounts and posts", to.place.name), seats.len() as u64);
        let staff = tokio::task::block_in_place(|| staff(&seats, to, &progress));
        accounts_write(to.data, county, staff.accounts)?;
        to.db.people_add(staff.people, staff.posts, None, to.since).await?;
        progress.done(&format!("{} 个账号，口令在 {ACCOUNTS}", seats.len()));
    }
    duties(to.db, to.place, to.grids, to.since).await
}

/// The accounts of one county.
///
/// # Errors
/// When the file is not there or lacks them.
pub(super) fn accounts_of(data: &Path, county: &str) -> Result<Vec<Account>, DemoError> {
    let held = accounts_read(data)?;
    let own: Vec<Account> = held.into_iter().filter(|a| a.posts.iter().any(|p| p.region.starts_with(county))).collect();
    if own.is_empty() {
        let path = data.join(ACCOUNTS).display().to_string();
        return Err(DemoError::AccountsLost { path, county: county.to_owned() });
    }
    Ok(own)
}

fn accounts_read(data: &Path) -> Result<Vec<Account>, DemoError> {
    let path = data.join(ACCOUNTS);
    if !path.exists() {
        return Ok(Vec::new());
    }
    let shown = path.display().to_string();
    let text = std::fs::read(&path).map_err(|source| DemoError::File { path: shown.clone(), source })?;
    serde_json::from_slice(&text).map_err(|e| DemoError::Damaged(format!("{shown}: {e}")))
}

fn accounts_write(data: &Path, county: &str, accounts: Vec<Account>) -> Result<(), DemoError> {
    let mut all = accounts_read(data)?;
    all.retain(|a| !a.posts.iter().any(|p| p.region.starts_with(county)));
    all.extend(accounts);
    let path = data.join(ACCOUNTS);
    let text = serde_json::to_vec_pretty(&all).map_err(|e| DemoError::Damaged(e.to_string()))?;
    write_private(&path, &text).map_err(|source| DemoError::File { path: path.display().to_string(), source })
}

fn seats(place: &Place, catalog: &Catalog, grids: &[GridRow]) -> Vec<Seat> {
    let mut seats = county_seats(place, catalog);
    let county = [
        ("operator", "operator"),
        ("dispatcher", "dispatcher"),
        ("verifier", "verifier"),
        ("leader", "leader"),
        ("window-clerk", "window_clerk"),
    ];
    let township = [county.as_slice(), &[("grid-supervisor", "grid_supervisor")]].concat();
    let add = |seats: &mut Vec<Seat>, code: &str, level: Level, name: &str, role: &'static str| {
        if let Some(path) = path_of(code, level) {
            let account = format!("{}-{name}", prefix(code, level));
            seats.push(Seat { account, role, region: code.to_owned(), path, department: None });
        }
    };
    for (division, _) in place.at(Level::County) {
        county.iter().for_each(|(name, role)| add(&mut seats, &division.code, division.level, name, role));
    }
    for (division, _) in place.at(Level::Township) {
        township.iter().for_each(|(name, role)| add(&mut seats, &division.code, division.level, name, role));
    }
    let counts = grids_by_village(grids);
    for (division, _) in place.at(Level::Village) {
        add(&mut seats, &division.code, Level::Village, "grid-leader", "grid_leader");
        let workers = counts.get(division.code.as_str()).map_or(1, |grids| grids.len().div_ceil(GRIDS_EACH));
        for n in 1..=workers {
            add(&mut seats, &division.code, Level::Village, &format!("worker{n}"), "grid_worker");
        }
    }
    seats
}

fn county_seats(place: &Place, catalog: &Catalog) -> Vec<Seat> {
    let region = format!("{}000000", place.county);
    let seat = |name: String, role: &'static str, department: Option<String>| Seat {
        account: format!("{}-{name}", place.county),
        role,
        region: region.clone(),
        path: place.path.clone(),
        department,
    };
    let administrators =
        [("administrator", "administrator"), ("security-officer", "security_officer"), ("auditor", "auditor")];
    let mut seats: Vec<Seat> =
        administrators.into_iter().map(|(name, role)| seat(name.to_owned(), role, None)).collect();
    seats.extend((1..=CITIZENS).map(|n| seat(format!("citizen{n}"), "citizen", None)));
    let handler = |d: &yizhi_domain::department::Department| {
        seat(d.code.replace('_', "-"), "department_handler", Some(d.code.clone()))
    };
    seats.extend(catalog.departments().map(handler));
    seats
}

fn prefix(code: &str, level: Level) -> &str {
    let end = match level {
        Level::Township => 9,
        Level::Village => 12,
        _ => 6,
    };
    code.get(..end).unwrap_or(code)
}

fn grids_by_village(grids: &[GridRow]) -> BTreeMap<&str, Vec<&GridRow>> {
    let mut out: BTreeMap<&str, Vec<&GridRow>> = BTreeMap::new();
    for grid in grids {
        out.entry(grid.code.get(..12).unwrap_or_default()).or_default().push(grid);
    }
    out
}

/// Gives every seat a person. Passwords are hashed on all cores: it is meant to be slow.
fn staff(seats: &[Seat], to: &Staffing<'_>, progress: &Progress) -> Staff {
    let since = to.since;
    let mut names = Names::new(to.place.county.parse().unwrap_or(0));
    let passwords: Vec<String> = seats.iter().map(|_| new_password()).collect();
    let hashes = hash_all(&passwords, progress);
    let mut staff = Staff { people: Vec::new(), posts: Vec::new(), accounts: Vec::new() };
    for (n, ((seat, password), hash)) in seats.iter().zip(passwords).zip(hashes).enumerate() {
        let (id, name) = (PersonId::at(since, rand::random()), names.next());
        staff.people.push(PersonRow {
            id,
            account: seat.account.clone(),
            name: name.clone(),
            phone: to.keys.seal(&names::phone(u32::try_from(n).unwrap_or(0))),
            password: hash,
            created_at: since,
            disabled_at: None,
            demo: true,
        });
        staff.posts.push(PostRow {
            id: PostId::at(since, rand::random()),
            person: id,
            role: seat.role.to_owned(),
            path: seat.path.as_str().to_owned(),
            department: seat.department.clone(),
            from: since,
            until: None,
        });
        let post = AccountPost {
            role: seat.role.to_owned(),
            region: seat.region.clone(),
            department: seat.department.clone(),
        };
        staff.accounts.push(Account { account: seat.account.clone(), name, password, posts: vec![post] });
    }
    staff
}

fn hash_all(passwords: &[String], progress: &Progress) -> Vec<Option<String>> {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let share = passwords.len().div_ceil(cores).max(1);
    let hash = |text: &String| {
        let hash = password::hash(text);
        progress.step();
        hash
    };
    std::thread::scope(|scope| {
        let work: Vec<_> = passwords
            .chunks(share)
            .map(|chunk| (chunk.len(), scope.spawn(move || chunk.iter().map(hash).collect::<Vec<_>>())))
            .collect();
        work.into_iter().flat_map(|(n, thread)| thread.join().unwrap_or_else(|_| vec![None; n])).collect()
    })
}

/// Sixty random bits in signs that cannot be mistaken for each other when read aloud.
fn new_password() -> String {
    const SIGNS: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";
    let mut rng = rand::rng();
    let mut group = || -> String { (0..4).filter_map(|_| SIGNS.choose(&mut rng)).map(|b| char::from(*b)).collect() };
    format!("Yz-{}-{}-{}", group(), group(), group())
}

async fn duties(db: &Db, place: &Place, grids: &[GridRow], since: DateTime<Utc>) -> Result<(), DemoError> {
    if db.duties(since).await?.iter().any(|d| d.path.starts_with(place.path.as_str())) {
        return Ok(());
    }
    let by_account: BTreeMap<String, PersonId> = db.people().await?.into_iter().map(|p| (p.account, p.id)).collect();
    let mut rows = Vec::new();
    for (village, grids) in grids_by_village(grids) {
        for (n, grid) in grids.iter().enumerate() {
            let on_duty = [
                ("grid_leader", format!("{village}-grid-leader")),
                ("grid_worker", format!("{village}-worker{}", n / GRIDS_EACH + 1)),
                ("grid_supervisor", format!("{}-grid-supervisor", prefix(village, Level::Township))),
            ];
            rows.extend(on_duty.into_iter().filter_map(|(role, account)| {
                let person = *by_account.get(&account)?;
                Some(DutyRow { path: grid.path.clone(), role: role.to_owned(), person, from: since, until: None })
            }));
        }
    }
    db.duties_add(rows, None, since).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_is_held_at_its_level() {
        let (catalog, _) = crate::loading::shipped_catalog().unwrap();
        let place = Place::load("350302").unwrap();
        let seats = seats(&place, &catalog, &[]);
        for role in catalog.roles().iter() {
            assert!(seats.iter().any(|s| s.role == role.code), "nobody is {}", role.code);
        }
        for seat in &seats {
            let role = catalog.roles().get(seat.role).unwrap();
            assert!(role.levels.contains(&seat.path.level().unwrap()), "{} as {}", seat.account, seat.role);
            assert_eq!(role.department, seat.department.is_some(), "{}", seat.account);
        }
        let mut accounts: Vec<&str> = seats.iter().map(|s| s.account.as_str()).collect();
        accounts.sort_unstable();
        accounts.dedup();
        assert_eq!(accounts.len(), seats.len());
        for name in ["350302-operator", "350302001-verifier", "350302001201-worker1", "350302-city-management"] {
            assert!(accounts.contains(&name), "{name}");
        }
    }

    #[test]
    fn passwords_meet_the_rules() {
        let password = new_password();
        assert!(password::flaw(&password, "350302-operator").is_none(), "{password}");
        assert_ne!(password, new_password());
    }
}
