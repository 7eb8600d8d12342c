//! `yizhi calendar`: deadlines by the working calendar, for checking a rule by hand.

use chrono::{DateTime, FixedOffset, SecondsFormat};
use clap::{Subcommand, ValueEnum};
use yizhi_domain::calendar::{Counting, Limit};
use yizhi_domain::clock::{china, is_plausible};

use super::{CliError, out};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// 计算截止时间 | Compute a deadline
    Due {
        /// 起算时间，如 2026-09-30T17:00:00+08:00 | When it starts, RFC 3339
        #[arg(long)]
        from: DateTime<FixedOffset>,
        /// 时限，如“3 工作日” | The limit, such as "3 工作日" or "4 working hours"
        #[arg(long)]
        limit: String,
        /// 到期日怎么算 | Where in the last day it ends
        #[arg(long, value_enum, default_value = "same_time")]
        counting: CountingArg,
        /// 地区代码，缺省用全国日历 | Code of a region; the national calendar by default
        #[arg(long, default_value = "")]
        region: String,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(super) enum CountingArg {
    SameTime,
    EndOfDay,
}

pub(super) fn run(command: &Command) -> Result<(), CliError> {
    let Command::Due { from, limit, counting, region } = command;
    let counting = match counting {
        CountingArg::SameTime => Counting::SameTime,
        CountingArg::EndOfDay => Counting::EndOfDay,
    };
    let limit = Limit::parse(limit, counting)?;
    let from = from.to_utc();
    if !is_plausible(from) {
        return Err(CliError::Said(
            "起算时间要在1900年到2199年之间。 The start lies in the years 1900 to 2199.".to_owned(),
        ));
    }
    let calendars = crate::loading::calendars(&crate::assets::catalog_files())?;
    let due = calendars.of_region(region).due(from, &limit);
    out::line(due.at.with_timezone(&china()).to_rfc3339_opts(SecondsFormat::AutoSi, false));
    if due.provisional {
        out::note(
            "暂定：所跨年份的放假安排尚未公布。 Provisional: a year it reaches into has no published days off yet.",
        );
    }
    Ok(())
}
