//! How far a long work is: a bar where somebody watches, a line where the output goes to a file.

use std::borrow::Cow;
use std::io::IsTerminal as _;

use indicatif::{ProgressBar, ProgressStyle};

use crate::cli::out;

const BAR: &str = "{msg:34} {wide_bar:.cyan/dim} {pos}/{len} {elapsed:>4}";

/// The progress of one work.
pub(crate) struct Progress {
    bar: Option<ProgressBar>,
    what: Cow<'static, str>,
}

impl Progress {
    /// Starts with how many steps there are.
    pub(crate) fn start(what: impl Into<Cow<'static, str>>, steps: u64) -> Self {
        let what = what.into();
        let watched = std::io::stderr().is_terminal();
        let bar = watched.then(|| {
            let style = ProgressStyle::with_template(BAR).unwrap_or_else(|_| ProgressStyle::default_bar());
            ProgressBar::new(steps).with_style(style).with_message(what.clone())
        });
        if bar.is_none() {
            out::note(format_args!("{what} …"));
        }
        Self { bar, what }
    }

    pub(crate) fn step(&self) {
        self.steps(1);
    }

    pub(crate) fn steps(&self, n: u64) {
        if let Some(bar) = &self.bar {
            bar.inc(n);
        }
    }

    /// Ends with a line that stays.
    pub(crate) fn done(self, result: &str) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        out::note(format_args!("✓ {}：{result}", self.what));
    }
}
