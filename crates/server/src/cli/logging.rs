//! Logs: JSON lines for machines, text for people at a terminal. They go to standard error.

use std::io::IsTerminal as _;

use clap::ValueEnum;
use tracing_subscriber::EnvFilter;

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum LogFormat {
    Json,
    Text,
}

/// Starts logging; `quiet` shows only what went wrong unless `YIZHI_LOG` says otherwise.
pub(super) fn start(format: Option<LogFormat>, quiet: bool) {
    // What a statement took is for those who run a server, not for a command's terminal.
    let standard = if quiet { "warn,sqlx=error,sea_orm=error" } else { "info,sqlx=warn,sea_orm=warn" };
    let filter = EnvFilter::try_from_env("YIZHI_LOG").unwrap_or_else(|_| EnvFilter::new(standard));
    let terminal = std::io::stderr().is_terminal();
    let format = format.unwrap_or(if terminal { LogFormat::Text } else { LogFormat::Json });
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // Fails only where a log was started before, as tests do.
    let _ = match format {
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
        LogFormat::Text => builder.with_ansi(terminal).try_init(),
    };
}
