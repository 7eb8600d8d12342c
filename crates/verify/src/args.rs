//! The command line.

use std::path::PathBuf;

use crate::words::Lang;

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Command {
    Check(Options),
    Help(Lang),
    Version,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Options {
    pub(crate) file: PathBuf,
    pub(crate) keys: Option<PathBuf>,
    pub(crate) lang: Lang,
}

/// Reads the arguments after the program's name; what cannot be understood gives the language to say so in.
pub(crate) fn read(args: impl IntoIterator<Item = String>, lang: Lang) -> Result<Command, Lang> {
    let mut args = args.into_iter();
    let (mut file, mut keys, mut lang) = (None, None, lang);
    let mut asked = None;
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--help" | "-h" => asked = Some(Command::Help(lang)),
            "--version" | "-V" => asked = Some(Command::Version),
            "--lang" => lang = args.next().as_deref().and_then(Lang::named).ok_or(lang)?,
            "--keys" if keys.is_none() => keys = Some(PathBuf::from(args.next().ok_or(lang)?)),
            other if other.starts_with('-') || file.is_some() => return Err(lang),
            other => file = Some(PathBuf::from(other)),
        }
    }
    match (asked, file) {
        (Some(Command::Help(_)), _) => Ok(Command::Help(lang)),
        (Some(asked), _) => Ok(asked),
        (None, Some(file)) => Ok(Command::Check(Options { file, keys, lang })),
        (None, None) => Err(lang),
    }
}

/// Where a person keeps the keys when they do not say: `yizhi/ledger.keys` in the folder for settings.
pub(crate) fn usual_keys() -> Option<PathBuf> {
    let folder = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let settings = folder("XDG_CONFIG_HOME").or_else(|| folder("HOME").map(|home| home.join(".config")))?;
    Some(settings.join("yizhi/ledger.keys")).filter(|path| path.exists())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(line: &str) -> Result<Command, Lang> {
        read(line.split_whitespace().map(str::to_owned), Lang::Zh)
    }

    #[test]
    fn options_may_stand_anywhere() {
        let expected = || Options { file: "a".into(), keys: Some("k".into()), lang: Lang::En };
        for line in ["a --keys k --lang en", "--lang en --keys k a", "--keys k a --lang en"] {
            assert_eq!(reading(line), Ok(Command::Check(expected())), "{line}");
        }
        assert_eq!(reading("--help --lang en"), Ok(Command::Help(Lang::En)));
        assert_eq!(reading("-V"), Ok(Command::Version));
    }

    #[test]
    fn what_is_not_understood_is_not_guessed() {
        for line in ["", "a b", "a --keys", "a --keys k --keys k", "a --lang fr", "--key k a", "--keys k"] {
            assert_eq!(reading(line), Err(Lang::Zh), "{line:?}");
        }
    }
}
