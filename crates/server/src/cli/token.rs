//! `yizhi token`: programs sign in with a token instead of a password.

use clap::Subcommand;
use yizhi_store::ApiToken;

use crate::keys::new_token;

use super::home::Home;
use super::{CliError, out};

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
    },
}

pub(super) async fn run(command: Command) -> Result<(), CliError> {
    let Command::Create { home, account, role } = command;
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
    let (token, digest) = new_token();
    db.api_token_add(ApiToken { token: digest, person: person.id, post: post.id }, now).await?;
    db.close().await?;
    out::line(token);
    Ok(())
}
