//! Personal data as shown to those who need not know it.

pub(crate) use yizhi_domain::codes::mask::{name, phone};
