//! `yizhi person`: the first administrators of an installation; they open all other accounts in the web interface.

use clap::Subcommand;
use yizhi_domain::ids::{PersonId, PostId};
use yizhi_domain::role::Family;
use yizhi_store::{PersonRow, PostRow};

use crate::auth::password;
use crate::keys::random10;
use crate::loading;

use super::home::Home;
use super::{CliError, out};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// 开设管理员账号，初始口令只显示这一次 | Open an administrator's account; the first password is shown this once
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
    },
}

pub(super) async fn run(command: Command) -> Result<(), CliError> {
    let Command::Create { home, account, name, role, region } = command;
    let db = home.db().await?;
    let now = super::home::now(&db).await?;
    let (world, _) = loading::load(&db, now).await?;
    let said = |zh: String, en: String| CliError::Said(format!("{zh} {en}"));
    let known = world.catalog.roles().get(&role);
    let known = known.filter(|r| matches!(r.family, Family::System | Family::Security | Family::Audit));
    let Some(known) = known else {
        return Err(said(
            format!(
                "“{role}”不是管理员岗位：administrator、security_officer、auditor。其他账号由系统管理员在网页上开设。"
            ),
            "The role is administrator, security_officer or auditor; the administrator opens other accounts."
                .to_owned(),
        ));
    };
    let found = world.regions.by_code(&region).filter(|r| known.levels.contains(&r.level));
    let Some(found) = found else {
        return Err(said(
            format!("没有编码为{region}的地区，或这一级不设这个岗位。先用 yizhi region import 导入区划。"),
            format!("There is no region {region}, or no such post at its level. Import regions first."),
        ));
    };
    let first = password::initial(&account);
    let phc = password::hash(&first);
    let id = PersonId::at(now, random10());
    let person = PersonRow {
        id,
        account: account.clone(),
        name,
        phone: None,
        password: phc,
        created_at: now,
        disabled_at: None,
        demo: false,
    };
    let post = PostRow {
        id: PostId::at(now, random10()),
        person: id,
        role: known.code.clone(),
        path: found.path.as_str().to_owned(),
        department: None,
        from: now,
        until: None,
    };
    db.people_add(vec![person], vec![post], None, now).await?;
    db.close().await?;
    out::line(first);
    Ok(())
}
