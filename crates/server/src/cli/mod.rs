//! The command line: the server, the demo, and the tools of an installation.

mod accept;
mod calendar;
mod catalog;
mod error;
mod geojson;
mod given;
mod grid;
pub mod home;
mod ledger;
mod logging;
pub(crate) mod out;
mod person;
mod refusal;
mod region;
pub mod serve;
mod token;
mod witness;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub use error::CliError;

use crate::demo;
use home::Home;
use logging::LogFormat;
use serve::Serving;

#[derive(Debug, Parser)]
#[command(name = "yizhi", version, about = "易治：一个程序办好基层治理 | Grassroots governance in one program")]
struct Cli {
    /// 日志格式，缺省在终端上用 text | Log format; text on a terminal by default
    #[arg(long, value_enum, global = true)]
    log_format: Option<LogFormat>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// 启动服务 | Run the server
    Serve {
        #[command(flatten)]
        home: Home,
        #[command(flatten)]
        serving: Serving,
    },
    /// 演示：真实地名、虚构人员、九十天模拟案件 | Demo: a true place, invented people, ninety days of cases
    Demo(DemoArgs),
    /// 首批管理员 | The first administrators
    Person {
        #[command(subcommand)]
        command: person::Command,
    },
    /// 程序访问令牌 | Tokens for programs
    Token {
        #[command(subcommand)]
        command: token::Command,
    },
    /// 行政区划 | Administrative divisions
    Region {
        #[command(subcommand)]
        command: region::Command,
    },
    /// 网格 | Grids
    Grid {
        #[command(subcommand)]
        command: grid::Command,
    },
    /// 事项与流程目录 | Catalog of matters and procedures
    Catalog {
        #[command(subcommand)]
        command: catalog::Command,
    },
    /// 工作日历 | Working calendar
    Calendar {
        #[command(subcommand)]
        command: calendar::Command,
    },
    /// 见证：为别人的账本作证它只增不改 | A witness: vouches that the ledger of others only grows
    Witness {
        #[command(subcommand)]
        command: witness::Command,
    },
    /// 账本 | The ledger
    Ledger {
        #[command(subcommand)]
        command: ledger::Command,
    },
    /// 输出接口说明（OpenAPI） | Print the API's description (OpenAPI)
    Openapi,
}

#[derive(Args, Debug)]
struct DemoArgs {
    #[command(flatten)]
    home: Home,
    #[command(flatten)]
    serving: Serving,
    /// 县级代码，六位，逗号分隔 | Codes of counties, six digits, separated by commas
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    place: Vec<String>,
    /// 模拟案件总数 | Simulated cases in all
    #[arg(long, value_name = "N", default_value_t = demo::CASES)]
    cases: usize,
    /// 只准备数据 | Prepare the data and end
    #[arg(long)]
    load_only: bool,
    /// 在演示数据的副本上演一出戏，然后结束 | Stage a play on a copy of the demo, and end
    #[arg(long, value_enum, conflicts_with = "load_only")]
    play: Option<Play>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Play {
    /// 掌握一切权限的人改写历史，见证方拒签 | Somebody with every access rewrites history; the witnesses refuse
    Rewrite,
}

/// Turns of tasks after which a thread looks at its connections again. The runtime's own 61 let a few long turns hide everybody else.
const EVENT_INTERVAL: u32 = 16;

/// Threads for what blocks, such as writing files: each keeps some memory for the next time, and a disk has no use for more at once.
const BLOCKING_MOST: usize = 64;

/// Runs the command of this process.
pub fn run() -> ExitCode {
    let words: Vec<_> = std::env::args_os().collect();
    let cli = match Cli::try_parse_from(&words) {
        Ok(cli) => cli,
        Err(error) => return misread(&error, &words),
    };
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    runtime.event_interval(EVENT_INTERVAL).max_blocking_threads(BLOCKING_MOST).enable_all();
    let runtime = match runtime.build() {
        Ok(runtime) => runtime,
        Err(error) => {
            out::note(error);
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(execute(cli)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(CliError::Findings) => ExitCode::FAILURE,
        Err(error) => {
            out::note(&error);
            if let Some(hint) = error.hint() {
                out::note(hint);
            }
            ExitCode::from(error.code())
        }
    }
}

/// The words make no command, or ask for help.
fn misread(error: &clap::Error, words: &[OsString]) -> ExitCode {
    if let Some(chinese) = refusal::chinese(error, words) {
        out::note(chinese);
    }
    // A reader that went away is no fault.
    let _ = error.print();
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}

async fn execute(cli: Cli) -> Result<(), CliError> {
    logging::start(cli.log_format, !serves(&cli.command));
    match cli.command {
        Command::Serve { home, serving } => serve::serve(&home, &serving).await,
        Command::Demo(args) => match args.play {
            None => demo::run(request(args)?).await,
            Some(Play::Rewrite) => demo::rewrite::run(request(args)?).await,
        },
        Command::Person { command } => person::run(command).await,
        Command::Token { command } => token::run(command).await,
        Command::Region { command } => region::run(command).await,
        Command::Grid { command } => grid::run(command).await,
        Command::Catalog { command } => catalog::run(&command),
        Command::Calendar { command } => calendar::run(&command),
        Command::Witness { command } => witness::run(command).await,
        Command::Ledger { command } => ledger::run(command).await,
        Command::Openapi => openapi(),
    }
}

/// Whether the command runs until it is told to stop, and so logs what it does.
fn serves(command: &Command) -> bool {
    match command {
        Command::Serve { .. } => true,
        Command::Witness { command } => command.serves(),
        _ => false,
    }
}

fn request(args: DemoArgs) -> Result<demo::Request, CliError> {
    let DemoArgs { home, serving, place, cases, load_only, play: _ } = args;
    let config = serving.config(&home)?;
    let Serving { listen, log_name, .. } = serving;
    Ok(demo::Request { config, listen, log_name, home, places: place, cases, load_only })
}

fn openapi() -> Result<(), CliError> {
    let text = crate::router::api().1.to_pretty_json().map_err(|e| CliError::Said(e.to_string()))?;
    out::line(text);
    Ok(())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn restricted_reads_wait_for_evidence_as_told() {
        let config = |more: &[&str]| {
            let args = ["yizhi", "serve", "--data", "d"].iter().chain(more);
            let Command::Serve { home, serving } = Cli::try_parse_from(args).unwrap().command else {
                panic!("not a server")
            };
            serving.config(&home).unwrap()
        };
        let usual = config(&[]);
        assert_eq!((usual.evidence_overdue.num_minutes(), usual.gates()), (15, true));
        let told = config(&["--evidence-overdue", "60", "--gate-restricted-reads", "false"]);
        assert_eq!((told.evidence_overdue.num_seconds(), told.gates()), (60, false));
        assert!(config(&["--gate-restricted-reads"]).gates());
        assert!(Cli::try_parse_from(["yizhi", "serve", "--data", "d", "--evidence-overdue", "0"]).is_err());
    }

    #[test]
    fn places_are_separated_by_commas() {
        let cli =
            Cli::try_parse_from(["yizhi", "demo", "--data", "d", "--place", "350302,440604", "--load-only"]).unwrap();
        let Command::Demo(args) = cli.command else { panic!("not a demo") };
        assert_eq!(args.place, ["350302", "440604"]);
        assert!(args.load_only);
    }
}
