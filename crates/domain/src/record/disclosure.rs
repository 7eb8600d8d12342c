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
    #[serde(with = "one_hash")]
    pub salt: [u8; 32],
    /// Which leaf it is, and of how many.
    pub index: usize,
    pub count: usize,
    /// The siblings on the way to the root, nearest first.
    #[serde(with = "hashes")]
    pub path: Vec<Hash>,
}

impl Disclosure {
    /// Whether the field belongs to the record behind a commitment.
    pub fn check(&self, commitment: &[u8; 32]) -> bool {
        let leaf = leaf(&self.salt, ["fields/", &self.name], &self.value);
        self.index < self.count && root_from(leaf, self.index, self.count, &self.path) == Some(*commitment)
    }
}

fn from_hex(text: &str) -> Option<Hash> {
    let mut hash = Hash::default();
    hex::decode_to_slice(text, &mut hash).ok()?;
    (!text.bytes().any(|b| b.is_ascii_uppercase())).then_some(hash)
}

mod one_hash {
    use super::{Hash, from_hex};
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(bytes: &Hash, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Hash, D::Error> {
        from_hex(&String::deserialize(deserializer)?)
            .ok_or_else(|| D::Error::custom("expected 64 lowercase hexadecimal digits"))
    }
}

mod hashes {
    use super::{Hash, from_hex};
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(list: &[Hash], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(list.iter().map(hex::encode))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Hash>, D::Error> {
        let texts = Vec::<String>::deserialize(deserializer)?;
        let hashes = texts.iter().map(|text| from_hex(text)).collect::<Option<Vec<Hash>>>();
        hashes.ok_or_else(|| D::Error::custom("expected lists of 64 lowercase hexadecimal digits"))
    }
}
