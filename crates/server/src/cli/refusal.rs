//! What is wrong with the words of a command, in Chinese before clap's own English: which argument, and what it takes.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, Command, CommandFactory as _};

use super::Cli;

/// The line that goes first; `None` where nothing is wrong, as when help was asked for.
pub(super) fn chinese(error: &clap::Error, words: &[OsString]) -> Option<String> {
    let said = Said { error, command: command_of(words) };
    let first = match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => return None,
        ErrorKind::ValueValidation | ErrorKind::InvalidValue => said.value(),
        ErrorKind::UnknownArgument => said.unknown(),
        ErrorKind::InvalidSubcommand => said.subcommand(),
        ErrorKind::MissingRequiredArgument => said.missing(),
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            format!("命令没有写完，后面还要写一个子命令：{}。", said.subcommands())
        }
        ErrorKind::ArgumentConflict => {
            format!(
                "参数 {} 和 {} 不能同时用，请去掉一个。",
                said.named(),
                said.texts(ContextKind::PriorArg).join("、")
            )
        }
        ErrorKind::TooManyValues | ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
            format!("参数 {} 后面值的个数不对。{}", said.named(), said.takes())
        }
        ErrorKind::InvalidUtf8 => "参数里有不是 UTF-8 的字符，请重新输入。".to_owned(),
        _ => "命令写得不对。请按下面的用法改正，或加 --help 查看说明。".to_owned(),
    };
    Some(first)
}

struct Said<'a> {
    error: &'a clap::Error,
    /// The subcommand that the words have come to.
    command: Command,
}

impl Said<'_> {
    fn texts(&self, kind: ContextKind) -> Vec<String> {
        match self.error.get(kind) {
            Some(ContextValue::String(text)) => vec![text.clone()],
            Some(ContextValue::Strings(texts)) => texts.clone(),
            _ => Vec::new(),
        }
    }

    fn text(&self, kind: ContextKind) -> String {
        self.texts(kind).into_iter().next().unwrap_or_default()
    }

    /// The argument it is about.
    fn named(&self) -> String {
        self.text(ContextKind::InvalidArg)
    }

    /// What that argument takes.
    fn takes(&self) -> String {
        let choices = self.texts(ContextKind::ValidValue);
        if !choices.is_empty() {
            return format!("可选：{}。", choices.join("、"));
        }
        self.help(&self.named()).map_or_else(String::new, |help| format!("这里写：{help}。"))
    }

    /// What an argument is, in Chinese, as its help has it.
    fn help(&self, named: &str) -> Option<String> {
        let arg = self.command.get_arguments().find(|arg| arg.to_string() == named)?;
        chinese_help(arg)
    }

    fn value(&self) -> String {
        let (named, value) = (self.named(), self.text(ContextKind::InvalidValue));
        if value.is_empty() {
            return format!("参数 {named} 后面要写值。{}", self.takes());
        }
        format!("参数 {named} 的值“{value}”不对。{}", self.takes())
    }

    fn unknown(&self) -> String {
        let named = self.named();
        match self.text(ContextKind::SuggestedArg) {
            meant if !meant.is_empty() => format!("没有参数“{named}”，是不是 {meant}？"),
            _ => format!("没有参数“{named}”，或多写了。可用的有：{}；加 --help 看说明。", self.options()),
        }
    }

    fn options(&self) -> String {
        let shown = self.command.get_arguments().filter(|arg| !arg.is_hide_set() && arg.get_long() != Some("help"));
        shown.map(ToString::to_string).collect::<Vec<_>>().join("、")
    }

    fn subcommand(&self) -> String {
        let named = self.text(ContextKind::InvalidSubcommand);
        let meant = self.texts(ContextKind::SuggestedSubcommand).join("、");
        let meant = if meant.is_empty() { String::new() } else { format!("，是不是 {meant}？") };
        format!("没有子命令“{named}”{meant}{}可选：{}。", if meant.is_empty() { "。" } else { "" }, self.subcommands())
    }

    fn subcommands(&self) -> String {
        let names = self.command.get_subcommands().map(Command::get_name).filter(|name| *name != "help");
        names.collect::<Vec<_>>().join("、")
    }

    fn missing(&self) -> String {
        let each = self.texts(ContextKind::InvalidArg).into_iter().map(|named| match self.help(&named) {
            Some(help) => format!("{named}（{help}）"),
            None => named,
        });
        format!("还缺参数：{}。", each.collect::<Vec<_>>().join("、"))
    }
}

/// Help is written in Chinese, a stroke, and English.
fn chinese_help(arg: &Arg) -> Option<String> {
    let help = arg.get_help()?.to_string();
    Some(help.split(" | ").next()?.trim().to_owned())
}

fn command_of(words: &[OsString]) -> Command {
    let mut command = Cli::command();
    command.build();
    for word in words.iter().skip(1) {
        if let Some(below) = command.find_subcommand(word) {
            command = below.clone();
        }
    }
    command
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    #[test]
    fn what_is_wrong_with_a_command_is_said_in_chinese_with_what_it_takes() {
        for (line, parts) in [
            ("grid import a.geojson --from 2026/1/5", &["--from <DATE>", "“2026/1/5”不对", "2026-01-05"][..]),
            ("grid import a.geojson --crs 火星", &["--crs <CRS>", "“火星”不对", "WGS84、CGCS2000、GCJ02、BD09"]),
            ("grid import a.geojson --tolerance -1", &["--tolerance <M2>", "“-1”不对", "0 到 1000000"]),
            ("grid import a.geojson --tolerance", &["--tolerance <M2>", "要写值"]),
            ("grid import", &["还缺参数", "<FILE>", "GeoJSON 文件"]),
            ("grid import a --retire-occupied", &["还缺参数", "--retire-missing"]),
            ("person create --account a", &["还缺参数", "--name <NAME>（姓名）", "--region <REGION>"]),
            ("grid improt a", &["没有子命令“improt”，是不是 import？"]),
            ("gird", &["没有子命令“gird”", "grid", "serve、demo"]),
            ("grid", &["没有写完", "import"]),
            ("", &["没有写完", "serve、demo"]),
            ("region import a --csr GCJ02", &["没有参数“--csr”", "--crs"]),
            ("region import a b", &["没有参数“b”"]),
            ("serve --log-format xml", &["“xml”不对", "可选：json、text"]),
            ("calendar due --from 2026-1-5 --limit x", &["--from <FROM>", "如 2026-09-30T17:00:00+08:00"]),
            ("token create --account a --days 366", &["--days <DAYS>", "最多 365"]),
            ("demo --play rewrite --load-only", &["不能同时用", "--play"]),
        ] {
            let words: Vec<OsString> =
                std::iter::once("yizhi").chain(line.split_whitespace()).map(Into::into).collect();
            let error = Cli::try_parse_from(&words).unwrap_err();
            let said = chinese(&error, &words).unwrap();
            for part in parts {
                assert!(said.contains(part), "{line}: {part}: {said}");
            }
            assert!(!said.contains('\n'), "{said}");
        }
        for line in ["--help", "--version", "grid --help"] {
            let words: Vec<OsString> =
                std::iter::once("yizhi").chain(line.split_whitespace()).map(Into::into).collect();
            assert_eq!(chinese(&Cli::try_parse_from(&words).unwrap_err(), &words), None, "{line}");
        }
    }
}
