//! Kinds of department. A department is a kind at a region: the county's city-management bureau is `city_management` at that county.

use serde::{Deserialize, Serialize};

use crate::text::Text;

/// One kind of department of the catalog.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Department {
    pub code: String,
    pub name: Text,
    /// The level at which the department usually sits.
    pub level: crate::region::Level,
}
