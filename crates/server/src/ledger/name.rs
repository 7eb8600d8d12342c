//! The name of a log: its origin in every checkpoint and the name of its key (C2SP tlog-checkpoint, signed-note). It is chosen once, at the first start.

use std::fmt;
use std::str::FromStr;

/// Longest name, in bytes.
const LONGEST: usize = 100;

/// A name that a log may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogName(String);

/// A text that is no name of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LogNameError {
    #[error("账本名称不能为空，最多100个字符 a log's name is not empty and has at most 100 characters")]
    Length,
    #[error("账本名称像网址但不写 https:// a log's name looks like an address, without https://")]
    Scheme,
    #[error(
        "账本名称只用字母、数字和 . - _ / : ~，开头和结尾是字母或数字，如 example.gov.cn/yizhi a log's name has letters, digits and . - _ / : ~ only, begins and ends with a \
         letter or a digit, such as example.gov.cn/yizhi"
    )]
    Characters,
}

impl LogName {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for LogName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for LogName {
    type Err = LogNameError;

    /// Names are kept as they are written. Letters and digits are ASCII's: the name stands in files that programs of others read.
    fn from_str(text: &str) -> Result<Self, LogNameError> {
        if text.is_empty() || text.len() > LONGEST {
            return Err(LogNameError::Length);
        }
        if text.contains("://") {
            return Err(LogNameError::Scheme);
        }
        let ends = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric());
        let within = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_/:~".contains(&byte));
        let sound = within && ends(text.bytes().next()) && ends(text.bytes().last());
        if sound { Ok(Self(text.to_owned())) } else { Err(LogNameError::Characters) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_addresses_without_a_scheme() {
        for name in ["example.gov.cn/yizhi", "county.example", "localhost:8080/log", "a", "yizhi.local/3f2a9c01"] {
            assert_eq!(name.parse::<LogName>().unwrap().as_str(), name);
        }
        for name in [
            "",
            " ",
            "example.gov.cn yizhi",
            "example+log",
            "https://example.gov.cn/yizhi",
            "城厢区/账本",
            "a\u{200b}b",
            "a\nb",
            "a\0",
            "/yizhi",
            "yizhi/",
            "-a",
            &"a".repeat(101),
        ] {
            assert!(name.parse::<LogName>().is_err(), "{name:?}");
        }
    }
}
