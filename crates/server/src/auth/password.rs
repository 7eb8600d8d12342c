//! Passwords: argon2id (RFC 9106), and rules for new ones (GB/T 22239-2019 8.1.4.1 asks for complexity and a periodic change).

use argon2::Argon2;
use argon2::password_hash::rand_core::OsRng;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use yizhi_domain::text::Text;

/// Shortest allowed password, in characters.
const SHORTEST: usize = 10;
/// Longest, in bytes: more would only burn our time.
const LONGEST: usize = 128;

/// The PHC string of a password, with argon2id and the library's parameters (19 MiB, two passes), those of OWASP's minimum.
pub fn hash(password: &str) -> Option<String> {
    let salt = SaltString::generate(&mut OsRng);
    Argon2::default().hash_password(password.as_bytes(), &salt).ok().map(|h| h.to_string())
}

/// Whether a password fits its PHC string. One that is longer than any may be is checked in part, so that it takes as long, and never fits.
pub fn verify(password: &str, phc: &str) -> bool {
    let bytes = password.as_bytes();
    let checked = bytes.get(..LONGEST).unwrap_or(bytes);
    let fits = PasswordHash::new(phc).is_ok_and(|h| Argon2::default().verify_password(checked, &h).is_ok());
    fits && bytes.len() <= LONGEST
}

/// The hash of no password, with the parameters of [`hash`]: what is checked when an account does not exist, so that it takes the same time.
pub const NOBODYS: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// [`verify`] on a thread where it holds nobody up.
pub async fn verify_in_background(password: String, phc: String) -> bool {
    tokio::task::spawn_blocking(move || verify(&password, &phc)).await.unwrap_or(false)
}

/// [`hash`] on a thread where it holds nobody up.
pub async fn hash_in_background(password: String) -> Option<String> {
    tokio::task::spawn_blocking(move || hash(&password)).await.ok().flatten()
}

/// Words that make a password common when its letters are nothing else.
const COMMON: &[&str] = &[
    "password",
    "passwd",
    "passw",
    "pass",
    "admin",
    "administrator",
    "root",
    "qwerty",
    "qwertyuiop",
    "asdfgh",
    "abc",
    "abcd",
    "test",
    "welcome",
    "woaini",
    "mima",
    "yizhi",
    "wangge",
];

/// What is wrong with a new password, or nothing.
pub fn flaw(password: &str, account: &str) -> Option<Text> {
    let kinds = [
        password.chars().any(|c| c.is_ascii_lowercase()),
        password.chars().any(|c| c.is_ascii_uppercase()),
        password.chars().any(|c| c.is_ascii_digit()),
        password.chars().any(|c| !c.is_ascii_alphanumeric()),
    ];
    if password.chars().count() < SHORTEST || password.len() > LONGEST {
        return Some(Text::new(
            format!("密码要有{SHORTEST}个以上字符，最长{LONGEST}个字母或数字（一个汉字算三个）。"),
            format!("A password has at least {SHORTEST} characters and at most {LONGEST} bytes."),
        ));
    }
    if kinds.iter().filter(|k| **k).count() < 3 {
        return Some(Text::new(
            "密码要包含大写字母、小写字母、数字、符号中的三种。",
            "A password has three of: capital letters, small letters, digits, signs.",
        ));
    }
    let letters: String = password.chars().filter(char::is_ascii_alphabetic).collect::<String>().to_lowercase();
    if COMMON.contains(&letters.as_str()) && password.is_ascii() {
        return Some(Text::new(
            "这个密码太常见，容易被猜中，请换一个。",
            "This password is common and easily guessed; choose another.",
        ));
    }
    if !account.is_empty() && password.to_lowercase().contains(&account.to_lowercase()) {
        return Some(Text::new("密码不能包含账号名。", "A password may not contain the account's name."));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules() {
        for (password, account, sound) in [
            ("Abc12345xy", "li", true),
            ("短Ab1", "li", false),
            ("abcdefghijk", "li", false),
            ("Lihua-2026-ok", "lihua", false),
            ("纪念碑下Ab12345678", "li", true),
            ("Password@2026", "li", false),
            ("Admin-123456", "li", false),
        ] {
            assert_eq!(flaw(password, account).is_none(), sound, "{password}");
        }
    }

    #[test]
    fn nobodys_password_costs_what_others_cost() {
        let real = hash("x").unwrap();
        let cost = |phc: &str| phc.split('$').take(4).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(cost(NOBODYS), cost(&real));
        assert!(PasswordHash::new(NOBODYS).unwrap().hash.is_some());
        assert!(!verify("", NOBODYS));
    }

    #[test]
    fn only_the_password_opens() {
        let phc = hash("Abc12345xy").unwrap();
        assert!(phc.starts_with("$argon2id$"));
        assert!(verify("Abc12345xy", &phc));
        assert!(!verify("Abc12345xz", &phc));
        assert!(!verify("Abc12345xy", "nonsense"));
        let longest = "Aa1-".repeat(LONGEST / 4);
        let phc = hash(&longest).unwrap();
        assert!(verify(&longest, &phc));
        assert!(!verify(&format!("{longest}x"), &phc), "what is cut off counts");
    }
}
