//! What is said to people, in both languages, apart from the report of a receipt that holds.

use std::path::PathBuf;

use yizhi_ledger::receipt::{KeyFileError, PolicyError, ReceiptError, VerifyError};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lang {
    Zh,
    En,
}

impl Lang {
    pub(crate) fn named(name: &str) -> Option<Self> {
        match name {
            "zh" => Some(Self::Zh),
            "en" => Some(Self::En),
            _ => None,
        }
    }

    /// The language of the terminal; Chinese where it names none.
    pub(crate) fn of_environment(variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().filter_map(variable).find(|value| !value.is_empty());
        match set.as_deref() {
            None | Some("C" | "C.UTF-8" | "POSIX") => Self::Zh,
            Some(value) if value.starts_with("zh") => Self::Zh,
            Some(_) => Self::En,
        }
    }

    pub(crate) fn pick<'a>(self, zh: &'a str, en: &'a str) -> &'a str {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }
}

/// Why a receipt is not confirmed.
#[derive(Debug)]
pub(crate) enum Refusal {
    NoKeys,
    Unreadable(PathBuf),
    Keys(PathBuf, KeyFileError),
    Form(ReceiptError),
    Proof(VerifyError),
}

pub(crate) fn usage(lang: Lang) -> &'static str {
    lang.pick(
        "用法：yizhi-verify 回执文件 [--keys 公钥文件] [--lang zh|en]\n\n\
         离线核对一份存证回执。公钥文件每行一个公钥：第一行是账本的，其余是见证方的，最后一行 quorum 加数字，\n\
         表示至少要有几家见证方签字。不写 --keys 时读取 ~/.config/yizhi/ledger.keys。\n\n\
         全部核对无误才返回 0；不可信或无法核对返回 1；命令写错返回 2。\n",
        "Usage: yizhi-verify RECEIPT [--keys KEYFILE] [--lang zh|en]\n\n\
         Checks a receipt offline. The key file has one public key a line: the log's first, then the witnesses',\n\
         then `quorum` and a number, how many witnesses must have signed. Without --keys, ~/.config/yizhi/ledger.keys is read.\n\n\
         Ends with 0 only if everything holds, with 1 if the receipt is refused or cannot be checked, with 2 if the command is wrong.\n",
    )
}

/// The whole answer to a receipt that is not confirmed.
pub(crate) fn refused(refusal: &Refusal, lang: Lang) -> String {
    let (verdict, why) = match refusal {
        Refusal::NoKeys | Refusal::Unreadable(_) | Refusal::Keys(..) => {
            (lang.pick("无法核对", "Not checked"), unchecked(refusal, lang))
        }
        Refusal::Form(error) => (lang.pick("回执不可信", "Do not rely on this receipt"), form(error, lang)),
        Refusal::Proof(error) => (lang.pick("回执不可信", "Do not rely on this receipt"), proof(error, lang)),
    };
    format!("✗ {verdict}\n\n{why}\n")
}

fn unchecked(refusal: &Refusal, lang: Lang) -> String {
    match (refusal, lang) {
        (Refusal::Unreadable(path), Lang::Zh) => format!("读不出文件 {}。", path.display()),
        (Refusal::Unreadable(path), Lang::En) => format!("The file {} cannot be read.", path.display()),
        (Refusal::Keys(path, error), Lang::Zh) => {
            format!("公钥文件 {} 有误，请重新向公布公钥的单位索取。（{error}）", path.display())
        }
        (Refusal::Keys(path, error), Lang::En) => {
            format!("The key file {} is wrong; ask those who published it for another copy. ({error})", path.display())
        }
        (_, Lang::Zh) => "没有公钥文件。请用 --keys 指明，或存为 ~/.config/yizhi/ledger.keys。".into(),
        (_, Lang::En) => {
            "There is no key file. Name one with --keys, or keep it as ~/.config/yizhi/ledger.keys.".into()
        }
    }
}

fn form(error: &ReceiptError, lang: Lang) -> String {
    match lang {
        Lang::Zh => {
            let why = match error {
                ReceiptError::NoFields => "它只证明账本里有一个条目，没有说明是什么记录。",
                ReceiptError::Fields => "出示的内容不是回执应有的写法，可能被改动过。",
                ReceiptError::File(_) => "它不是回执，或者不完整、被改动过。",
            };
            format!("{why}（{error}）")
        }
        Lang::En => format!("The file is no receipt, is incomplete or was changed: {error}."),
    }
}

fn proof(error: &VerifyError, lang: Lang) -> String {
    match (error, lang) {
        (VerifyError::Inclusion(_), Lang::Zh) => "出示的内容与账本中的条目不符：内容、位置或证明被改动过。".into(),
        (VerifyError::Inclusion(_), Lang::En) => {
            "What is shown is not what the log holds at this place: the fields, the place or the proof were changed."
                .into()
        }
        (VerifyError::Policy(error), _) => policy(error, lang),
    }
}

fn policy(error: &PolicyError, lang: Lang) -> String {
    match (error, lang) {
        (PolicyError::Origin { found, pinned }, Lang::Zh) => {
            format!("回执来自账本“{}”，您的公钥文件是“{pinned}”的。", plain(found))
        }
        (PolicyError::Origin { found, pinned }, Lang::En) => {
            format!("The receipt is of the log “{}”, your key file is of “{pinned}”.", plain(found))
        }
        (PolicyError::Signature(bad), Lang::Zh) => format!("“{}”的签名是错的：回执被改动或伪造。", bad.name),
        (PolicyError::Signature(bad), Lang::En) => {
            format!("The signature of “{}” is wrong: the receipt was changed or forged.", bad.name)
        }
        (PolicyError::Unsigned, Lang::Zh) => "没有账本的签名，或者账本换了公钥。".into(),
        (PolicyError::Unsigned, Lang::En) => {
            "The log's signature is missing, or the log has another key by now.".into()
        }
        (PolicyError::Quorum { found, needed }, Lang::Zh) => {
            format!("只有 {found} 家见证方签字，您的公钥文件要求至少 {needed} 家。")
        }
        (PolicyError::Quorum { found, needed }, Lang::En) => {
            format!("Only {found} of your witnesses signed; your key file asks for {needed}.")
        }
    }
}

/// Text of others as it may be shown in a terminal: what would steer the terminal or turn the direction of writing is spelt out.
pub(crate) fn plain(text: &str) -> String {
    let steers = |character: char| {
        character.is_control()
            || matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{61c}')
    };
    let shown = text.chars().map(|character| match character {
        character if steers(character) => character.escape_unicode().to_string(),
        character => character.to_string(),
    });
    shown.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_that_of_the_terminal() {
        let lang = |all: &str, lang: &str| {
            let value = |name: &str| Some(if name == "LC_ALL" { all } else { lang }.to_owned());
            Lang::of_environment(value)
        };
        assert_eq!(lang("", "zh_CN.UTF-8"), Lang::Zh);
        assert_eq!(lang("", "en_GB.UTF-8"), Lang::En);
        assert_eq!(lang("zh_CN", "en_GB"), Lang::Zh);
        assert_eq!(lang("", "C.UTF-8"), Lang::Zh);
        assert_eq!(Lang::of_environment(|_| None), Lang::Zh);
    }

    #[test]
    fn a_terminal_is_not_steered() {
        assert_eq!(plain("后\u{9b}2J\u{202e}门\u{1b}"), "后\\u{9b}2J\\u{202e}门\\u{1b}");
    }
}
