//! One's own account: who one is, password, second factor, what one was told.

pub(crate) mod demo_accounts;
pub(crate) mod fetch;
pub(crate) mod notices;
pub(crate) mod password;
pub(crate) mod totp_confirm;
pub(crate) mod totp_remove;
pub(crate) mod totp_start;
