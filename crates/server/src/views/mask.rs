//! Personal data as shown to those who need not know it.

pub(crate) use yizhi_domain::codes::mask::name;

/// 138****1234; anything shorter, such as a landline, is hidden whole.
pub(crate) fn phone(phone: &str) -> String {
    if phone.chars().count() < 11 { "****".to_owned() } else { yizhi_domain::codes::mask::mobile(phone) }
}
