//! A proof that one field of a committed record has a value.

use serde::{Deserialize, Serialize};

use super::merkle::{Hash, leaf, root_from};

/// One field with what is needed to lead it back to the commitment. Bytes are lowercase hexadecimal in JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Disclosure {
    pub name: String,
    /// The canonical text of the value.
    pub value: String,
    #[serde(with = "hex")]
    pub salt: [u8; 32],
    /// Which leaf it is, and of how many.
    pub index: usize,
    pub count: usize,
    /// The siblings on the way to the root, nearest first.
    #[serde(with = "hex_list")]
    pub path: Vec<Hash>,
}

impl Disclosure {
    /// Whether the field belongs to the record behind a commitment.
    pub fn check(&self, commitment: &[u8; 32]) -> bool {
        let leaf = leaf(&self.salt, ["fields/", &self.name], &self.value);
        self.index < self.count && root_from(leaf, self.index, self.count, &self.path) == Some(*commitment)
    }
}

fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn from_hex(text: &str) -> Option<Hash> {
    let mut hash = [0; 32];
    if text.len() != 64 || !text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
        return None;
    }
    for (index, byte) in hash.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * index..2 * index + 2)?, 16).ok()?;
    }
    Some(hash)
}

mod hex {
    use super::{Hash, from_hex, to_hex};
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(bytes: &Hash, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&to_hex(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Hash, D::Error> {
        from_hex(&String::deserialize(deserializer)?)
            .ok_or_else(|| D::Error::custom("expected 64 lowercase hexadecimal digits"))
    }
}

mod hex_list {
    use super::{Hash, from_hex, to_hex};
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(list: &[Hash], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(list.iter().map(|bytes| to_hex(bytes)))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Hash>, D::Error> {
        let texts = Vec::<String>::deserialize(deserializer)?;
        let hashes = texts.iter().map(|text| from_hex(text)).collect::<Option<Vec<Hash>>>();
        hashes.ok_or_else(|| D::Error::custom("expected lists of 64 lowercase hexadecimal digits"))
    }
}
