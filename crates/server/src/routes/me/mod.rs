//! One's own account: who one is, password, second factor, tokens of one's programs, what one was told.

pub(crate) mod demo_accounts;
pub(crate) mod fetch;
pub(crate) mod notices;
pub(crate) mod password;
pub(crate) mod tokens;
pub(crate) mod totp_confirm;
pub(crate) mod totp_remove;
pub(crate) mod totp_start;
