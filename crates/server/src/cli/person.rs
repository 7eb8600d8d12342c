//! `yizhi person`: the first three administrators of an installation, and help where its administrators have locked themselves out. Nobody at the
//! machine chooses or learns a password either: a one-time code is printed, and the person sets their own.

use chrono::{DateTime, Utc};
use clap::Subcommand;
use yizhi_domain::ids::{PersonId, PostId};
use yizhi_domain::role::Family;
use yizhi_domain::world::World;
use yizhi_domain::written;
use yizhi_store::{Db, Opening, PersonRow, PostRow, ResetAlone};

use crate::auth::once::new_code;
use crate::keys::random10;
use crate::loading;
use crate::routes::people::create::is_account;

use super::home::Home;
use super::{CliError, out};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// 开设管理员账号，打印一次性激活码 | Open an administrator's account; prints a one-time activation code
    Create {
        #[command(flatten)]
        home: Home,
        /// 账号 | Account
        #[arg(long)]
        account: String,
        /// 姓名 | Name
        #[arg(long)]
        name: String,
        /// administrator、security_officer 或 auditor | One of the three administrators
        #[arg(long, default_value = "administrator")]
        role: String,
        /// 管理的地区，12 位代码 | Region, 12 digits
        #[arg(long)]
        region: String,
        /// 为什么不由两位管理员在网页上办；三员齐备后必填，会记录并公示 | Why two administrators do not do it in the web interface; needed once all three are there, recorded and shown
        #[arg(long)]
        reason: Option<String>,
    },
    /// 重发激活码：密码、动态验证码、登录和令牌全部作废 | A new activation code: password, second factor, sessions and tokens end
    Reset {
        #[command(flatten)]
        home: Home,
        /// 账号 | Account
        #[arg(long)]
        account: String,
        /// 为什么，会记录并公示 | Why; recorded and shown
        #[arg(long)]
        reason: String,
    },
}

const TEXT_MAX: usize = 200;
const NAME_MAX: usize = 50;

pub(super) async fn run(command: Command) -> Result<(), CliError> {
    match command {
        Command::Create { home, account, name, role, region, reason } => {
            create(&home, &New { account, name, role, region, reason }).await
        }
        Command::Reset { home, account, reason } => reset(&home, &account, &reason).await,
    }
}

fn said(zh: &str, en: &str) -> CliError {
    CliError::Said(format!("{zh} {en}"))
}

/// An administrator to be.
struct New {
    account: String,
    name: String,
    role: String,
    region: String,
    reason: Option<String>,
}

async fn create(home: &Home, new: &New) -> Result<(), CliError> {
    let db = home.db().await?;
    let now = super::home::now(&db).await?;
    let (world, _) = loading::load(&db, now).await?;
    let known = world.catalog.roles().get(&new.role).filter(|r| r.family.is_administrative());
    let Some(known) = known else {
        return Err(said(
            &format!(
                "“{}”不是管理员岗位：administrator、security_officer、auditor。其他账号由系统管理员在网页上开设。",
                new.role
            ),
            "The role is administrator, security_officer or auditor; the administrator opens other accounts.",
        ));
    };
    let found = world.regions.by_code(&new.region).filter(|r| known.levels.contains(&r.level));
    let Some(found) = found else {
        return Err(said(
            &format!("没有编码为{}的地区，或这一级不设这个岗位。先用 yizhi region import 导入区划。", new.region),
            &format!("There is no region {}, or no such post at its level. Import regions first.", new.region),
        ));
    };
    if !is_account(&new.account) {
        return Err(said(
            "账号由3到32个小写字母、数字、点、下划线、短横线组成，以字母或数字开头。",
            "An account has 3 to 32 small letters, digits, dots, underscores or hyphens, and begins with a letter or digit.",
        ));
    }
    let name = line(&new.name, NAME_MAX)?;
    let reason = match &new.reason {
        Some(text) => Some(line(text, TEXT_MAX)?),
        None if is_set_up(&db, &world, now).await? => {
            return Err(said(
                "三员已经齐备：新的管理员由一位管理员提出、另一类管理员在网页上确认。确需在服务器上办理，请用 --reason 写明原因，会记录并向所有管理员公示。",
                "All three administrators are there: one proposes a new one, one of another family confirms, in the web interface. To do it at the machine all the \
                 same, say why with --reason; it is recorded and shown to all administrators.",
            ));
        }
        None => None,
    };
    let id = PersonId::at(now, random10());
    let person = PersonRow {
        id,
        account: new.account.clone(),
        name,
        phone: None,
        password: None,
        created_at: now,
        disabled_at: None,
        demo: false,
    };
    let post = PostRow {
        id: PostId::at(now, random10()),
        person: id,
        role: known.code.clone(),
        path: found.key.to_owned(),
        department: None,
        from: now,
        until: None,
    };
    let (code, kept) = new_code(now);
    let opening = Opening { person, post: Some(post), proposal: None, code: kept, by: None, reason };
    db.person_open(opening, now).await.map_err(|error| match error {
        yizhi_store::Error::Taken("account") => said(
            &format!("账号“{0}”已有人使用，请另取一个；忘了口令请用 yizhi person reset --account {0}。", new.account),
            &format!(
                "The account “{0}” is taken; choose another. For a lost password use yizhi person reset --account {0}.",
                new.account
            ),
        ),
        other => other.into(),
    })?;
    db.close().await?;
    tell(&code);
    Ok(())
}

async fn reset(home: &Home, account: &str, reason: &str) -> Result<(), CliError> {
    let db = home.db().await?;
    let now = super::home::now(&db).await?;
    let reason = line(reason, TEXT_MAX)?;
    let Some(person) = db.person_of_account(account).await? else {
        return Err(said(&format!("没有账号“{account}”。"), &format!("There is no account “{account}”.")));
    };
    let (code, kept) = new_code(now);
    let reset = ResetAlone { person, by: None, reason: Some(reason), given_alone: Vec::new(), code: kept };
    db.reset_alone(reset, now).await?;
    db.close().await?;
    tell(&code);
    Ok(())
}

fn line(text: &str, most: usize) -> Result<String, CliError> {
    written::line(text, most).map_err(|fault| {
        let hint = fault.hint();
        said(&hint.zh, &hint.en)
    })
}

/// The code on standard output, what to do with it beside it.
fn tell(code: &str) {
    out::line(code);
    out::note(
        "激活码只显示这一次，七天内有效。请交给本人，在登录页点“激活账号”，自己设置密码。运行中的服务请重启，或发送 SIGHUP。\n\
         The code is shown this once and is good for seven days. Give it to the person: on the sign-in page, under “Activate an account”, they set their own \
         password. Restart a running server, or send it SIGHUP.",
    );
}

/// Whether each of the three families has somebody who has set a password: then two people do what one did at the machine.
async fn is_set_up(db: &Db, world: &World, now: DateTime<Utc>) -> Result<bool, CliError> {
    let roles = world.catalog.roles();
    let administrators: Vec<(PersonId, Family)> = world
        .directory
        .posts()
        .filter(|p| p.in_force(now))
        .filter_map(|p| Some((p.person, roles.get(&p.role)?.family)))
        .filter(|(_, family)| family.is_administrative())
        .collect();
    let ids: Vec<PersonId> = administrators.iter().map(|(id, _)| *id).collect();
    let active: Vec<PersonId> = db.standings(&ids).await?.into_iter().filter(|s| s.is_active).map(|s| s.id).collect();
    let staffed = |family: Family| administrators.iter().any(|(id, held)| *held == family && active.contains(id));
    Ok([Family::System, Family::Security, Family::Audit].into_iter().all(staffed))
}
