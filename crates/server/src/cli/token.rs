//! `yizhi token`: programs sign in with a token instead of a password.

use chrono::TimeDelta;
use clap::Subcommand;
use yizhi_domain::written;
use yizhi_store::{ApiToken, TokenTerms};

use crate::auth::Scope;
use crate::keys::new_token;
use crate::loading;

use super::home::Home;
use super::{CliError, out};

const NAME_MAX: usize = 60;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// 为账号新建令牌，只显示这一次 | Make a token for an account; it is shown this once
    Create {
        #[command(flatten)]
        home: Home,
        /// 账号 | Account
        #[arg(long)]
        account: String,
        /// 以哪个岗位办事，账号有多个岗位时必填 | Role to act in, where the account holds several posts
        #[arg(long)]
        role: Option<String>,
        /// 用途 | What it is for
        #[arg(long, default_value = "命令行创建 made at the command line")]
        name: String,
        /// 有效天数，最多 365 | Days until it ends, 365 at most
        #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(u16).range(1..=365))]
        days: u16,
        /// 只读 | Only reading
        #[arg(long)]
        read_only: bool,
    },
}

pub(super) async fn run(command: Command) -> Result<(), CliError> {
    let Command::Create { home, account, role, name, days, read_only } = command;
    let db = home.db().await?;
    let people = db.people().await?;
    let Some(person) = people.iter().find(|p| p.account == account && p.disabled_at.is_none()) else {
        return Err(CliError::Said(format!(
            "没有账号“{account}”，或已停用。 There is no account “{account}”, or it is disabled."
        )));
    };
    let now = super::home::now(&db).await?;
    let held: Vec<_> = db.posts(now).await?.into_iter().filter(|p| p.person == person.id && p.from <= now).collect();
    let mut fitting = held.iter().filter(|p| role.as_ref().is_none_or(|r| p.role == *r));
    let (Some(post), None) = (fitting.next(), fitting.next()) else {
        let roles: Vec<&str> = held.iter().map(|p| p.role.as_str()).collect();
        let roles = roles.join(", ");
        return Err(CliError::Said(format!(
            "请用 --role 指明一个岗位，“{account}”有：{roles}。 Name one post with --role; “{account}” holds: {roles}."
        )));
    };
    let (catalog, _) = loading::shipped_catalog()?;
    let Some(held_role) = catalog.roles().get(&post.role).filter(|r| !r.family.is_administrative()) else {
        return Err(CliError::Said(
            "管理员岗位不能用程序令牌。 Administrators' posts have no tokens for programs.".to_owned(),
        ));
    };
    let name = written::line(&name, NAME_MAX).map_err(|fault| {
        let hint = fault.hint();
        CliError::Said(format!("{} {}", hint.zh, hint.en))
    })?;
    let scope = Scope { read_only, permissions: held_role.permissions.iter().copied().collect() };
    let terms = TokenTerms { name, scope: scope.text(), expires_at: now + TimeDelta::days(days.into()) };
    let (token, digest) = new_token();
    db.api_token_grant(ApiToken { token: digest, person: person.id, post: post.id }, terms, None, now).await?;
    db.close().await?;
    out::line(token);
    Ok(())
}
