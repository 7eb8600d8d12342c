//! Crews: the people of one village who carry a case through its life, each with a token of their own, taken from the demo's accounts.

use std::io::{Error, Result};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::http::{Ask, Client};

/// What they work on.
pub(crate) const MATTER: &str = "event-0110";

/// An installation made by `yizhi demo --load-only`.
#[derive(Clone, Debug)]
pub(crate) struct Installation {
    /// The program.
    pub(crate) program: PathBuf,
    pub(crate) data: PathBuf,
    /// PostgreSQL; the embedded database when absent.
    pub(crate) database: Option<String>,
}

impl Installation {
    /// A command of the program on this installation.
    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.args(words).arg("--data").arg(&self.data).env_remove("YIZHI_DATABASE_URL");
        if let Some(url) = &self.database {
            command.arg("--database-url").arg(url);
        }
        command
    }

    fn token(&self, account: &str) -> Result<String> {
        let output = self.command(&["token", "create", "--account", account]).output()?;
        if !output.status.success() {
            return Err(Error::other(format!("{account}: {}", String::from_utf8_lossy(&output.stderr))));
        }
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }
}

/// Tokens by role, for one village.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Crew {
    /// 12 digits.
    pub(crate) village: String,
    pub(crate) department: String,
    pub(crate) citizen: String,
    pub(crate) worker: String,
    pub(crate) operator: String,
    pub(crate) dispatcher: String,
    pub(crate) handler: String,
    pub(crate) verifier: String,
}

#[derive(Deserialize)]
struct Account {
    account: String,
    posts: Vec<Post>,
}

#[derive(Deserialize)]
struct Post {
    role: String,
    region: String,
    department: Option<String>,
}

/// The accounts of a demo.
pub(crate) struct Accounts(Vec<Account>);

impl Accounts {
    pub(crate) fn read(data: &Path) -> Result<Self> {
        let text = std::fs::read(data.join("demo-accounts.json"))?;
        serde_json::from_slice(&text).map(Self).map_err(Error::other)
    }

    /// The accounts with a post of a role at a region, or of a department there.
    fn holding<'a>(
        &'a self,
        role: &'a str,
        region: &'a str,
        department: Option<&'a str>,
    ) -> impl Iterator<Item = &'a str> {
        let fits = move |p: &Post| p.role == role && p.region == region && p.department.as_deref() == department;
        self.0.iter().filter(move |a| a.posts.iter().any(fits)).map(|a| a.account.as_str())
    }

    /// A token for whoever holds a post; `turn` chooses among several.
    pub(crate) fn token(
        &self,
        of: &Installation,
        role: &str,
        region: &str,
        department: Option<&str>,
        turn: usize,
    ) -> Result<String> {
        let held: Vec<&str> = self.holding(role, region, department).collect();
        let account = held.get(turn % held.len().max(1));
        of.token(account.ok_or_else(|| Error::other(format!("nobody is {role} at {region}")))?)
    }

    fn villages(&self) -> Vec<&str> {
        let posts = self.0.iter().flat_map(|a| &a.posts);
        let mut villages: Vec<&str> = posts.filter(|p| p.role == "grid_worker").map(|p| p.region.as_str()).collect();
        villages.sort_unstable();
        villages.dedup();
        villages
    }
}

/// Crews for `n` villages. Each has tokens of its own, also where people of a township or the county serve several.
pub(crate) fn crews(of: &Installation, n: usize) -> Result<Vec<Crew>> {
    let accounts = Accounts::read(&of.data)?;
    let department = department_of(MATTER)?;
    let villages = accounts.villages();
    let crew = |turn: usize| -> Result<Crew> {
        let village = villages.get(turn).ok_or_else(|| Error::other(format!("only {} villages", villages.len())))?;
        let township = format!("{}000", &village[..9]);
        let county = format!("{}000000", &village[..6]);
        let token = |role: &str, region: &str| accounts.token(of, role, region, None, turn);
        Ok(Crew {
            village: (*village).to_owned(),
            citizen: token("citizen", &county)?,
            worker: token("grid_worker", village)?,
            operator: token("operator", &township)?,
            dispatcher: token("dispatcher", &township)?,
            handler: accounts.token(of, "department_handler", &county, Some(&department), turn)?,
            verifier: token("verifier", &township)?,
            department: department.clone(),
        })
    };
    (0..n).map(crew).collect()
}

fn department_of(matter: &str) -> Result<String> {
    let (catalog, _) = yizhi_server::loading::shipped_catalog().map_err(Error::other)?;
    let found = catalog.matter(matter).map(|m| m.department.clone());
    found.ok_or_else(|| Error::other(format!("the catalog has no {matter}")))
}

/// A point of the crew's village, longitude and latitude.
///
/// # Errors
/// When the server does not know the village.
pub(crate) async fn point_of(client: &mut Client, crew: &Crew) -> Result<(f64, f64)> {
    let path = format!("/api/v1/regions/{}", crew.village);
    let answer = client.ask(Ask::get(&path, &crew.operator)).await?;
    let region: Value = serde_json::from_slice(answer.body).unwrap_or_default();
    let center = |name: &str| region["center"][name].as_f64();
    center("lon").zip(center("lat")).ok_or_else(|| Error::other(format!("{path}: {}", answer.text())))
}
