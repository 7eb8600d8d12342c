//! Ids that clients make, so that a request can be repeated.

use uuid::Uuid;

use crate::error::Problem;

/// The id, if it is a UUID of version 7 (RFC 9562): rows lie in the order in which they came.
///
/// # Errors
/// 422.
pub(crate) fn made_by_client(id: Uuid) -> Result<Uuid, Problem> {
    if id.get_version_num() == 7 && id.get_variant() == uuid::Variant::RFC4122 {
        return Ok(id);
    }
    Err(Problem::invalid(
        "id",
        "编号要用第7版 UUID（UUIDv7），请重新生成，或去掉。",
        "The id is a UUID of version 7: make another, or leave it out.",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_versions_are_refused() {
        let takes = |text: &str| made_by_client(text.parse().unwrap()).is_ok();
        assert!(takes("01980000-0000-7000-8000-00000000aaaa"));
        for other in [
            "00000000-0000-0000-0000-000000000000",
            "ffffffff-ffff-ffff-ffff-ffffffffffff",
            "01980000-0000-4000-8000-00000000aaaa",
            "01980000-0000-7000-c000-00000000aaaa",
        ] {
            assert!(!takes(other), "{other}");
        }
    }
}
