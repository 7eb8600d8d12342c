//! The state of a case as it stands, committed to by leaves that are kept with the case, so that each step's record can name the whole of it in one digest.
//!
//! What may have to be erased has a leaf of its own, with a salt that lasts as long as the value: the digest of a phone number can be neither computed again
//! nor guessed once the salt is gone, and erasing leaves the leaf's hash in place of the salt, so that the digest stays. All other facts have leaves under
//! one salt that every step replaces. Leaves and nodes are hashed as those of records; the format is in `docs/ledger-format.md`.

use std::borrow::Cow;

use super::merkle::{Hash, leaf, root};
use super::seal::SALT;

/// Leaves that may be erased, in their order.
pub const ERASABLE: [&str; 5] = ["title", "description", "location", "contact", "reporter"];
/// Leaves of everything else, behind them.
pub const OTHERS: [&str; 4] = ["case", "body", "assignments", "access"];

/// The form of the stored bytes.
const VERSION: u8 = 1;

/// The values of a case's leaves, each as a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateValues<'a> {
    /// In the order of [`ERASABLE`]; `None` where the case has none.
    pub erasable: [Option<Cow<'a, str>>; ERASABLE.len()],
    /// In the order of [`OTHERS`].
    pub others: [Cow<'a, str>; OTHERS.len()],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Leaf {
    /// The case has no such value.
    Absent,
    Salted {
        salt: Hash,
        hash: Hash,
    },
    /// The value was erased.
    Erased {
        hash: Hash,
    },
}

/// What becomes of a leaf whose value is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gone {
    /// The case has none any more.
    Dropped,
    /// It was erased: the leaf's hash stays.
    Erased,
}

/// The leaves of a case, as they are kept with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateLeaves {
    erasable: [Leaf; ERASABLE.len()],
    salt: Hash,
    others: [Hash; OTHERS.len()],
}

impl StateLeaves {
    /// The leaves of values that have none yet. `salt` gives fresh random bytes at each call.
    pub fn new(values: &StateValues<'_>, salt: &mut dyn FnMut() -> [u8; SALT]) -> Self {
        let mut made =
            Self { erasable: [Leaf::Absent; ERASABLE.len()], salt: [0; SALT], others: [[0; 32]; OTHERS.len()] };
        for ((slot, name), value) in made.erasable.iter_mut().zip(ERASABLE).zip(&values.erasable) {
            *slot = salted(name, value.as_deref(), salt);
        }
        made.other(values, salt);
        made
    }

    /// The leaves after a change: those of values that are as they were stay, also where the row no longer has what its leaf says.
    #[must_use]
    pub fn next(
        &self,
        before: &StateValues<'_>,
        after: &StateValues<'_>,
        gone: Gone,
        salt: &mut dyn FnMut() -> [u8; SALT],
    ) -> Self {
        let mut next = self.clone();
        for (index, name) in ERASABLE.into_iter().enumerate() {
            let (was, is) = (before.erasable[index].as_deref(), after.erasable[index].as_deref());
            if was == is {
                continue;
            }
            next.erasable[index] = match (self.erasable[index], is, gone) {
                (Leaf::Salted { hash, .. }, None, Gone::Erased) => Leaf::Erased { hash },
                _ => salted(name, is, salt),
            };
        }
        next.other(after, salt);
        next
    }

    fn other(&mut self, values: &StateValues<'_>, salt: &mut dyn FnMut() -> [u8; SALT]) {
        self.salt = salt();
        for ((slot, name), value) in self.others.iter_mut().zip(OTHERS).zip(&values.others) {
            *slot = leaf(&self.salt, ["state/", name], value);
        }
    }

    /// What a record names: the root over all leaves.
    pub fn digest(&self) -> [u8; 32] {
        let erasable = self.erasable.iter().zip(ERASABLE).map(|(slot, name)| match slot {
            Leaf::Absent => leaf(&[], ["state/", name], "null"),
            Leaf::Salted { hash, .. } | Leaf::Erased { hash } => *hash,
        });
        let leaves: Vec<Hash> = erasable.chain(self.others).collect();
        root(&leaves)
    }

    /// Names of the leaves that are not those of these values.
    pub fn differing(&self, values: &StateValues<'_>) -> Vec<&'static str> {
        let erasable = self.erasable.iter().zip(ERASABLE).zip(&values.erasable).filter(|((slot, name), value)| {
            let value = value.as_deref();
            match slot {
                Leaf::Absent | Leaf::Erased { .. } => value.is_some(),
                Leaf::Salted { salt, hash } => value.is_none_or(|value| leaf(salt, ["state/", name], value) != *hash),
            }
        });
        erasable.map(|((_, name), _)| name).chain(self.differing_others(values)).collect()
    }

    /// The same of the facts that every step hashes anew.
    pub fn differing_others(&self, values: &StateValues<'_>) -> impl Iterator<Item = &'static str> {
        let others = self.others.iter().zip(OTHERS).zip(&values.others);
        others
            .filter(|((hash, name), value)| leaf(&self.salt, ["state/", name], value) != **hash)
            .map(|((_, name), _)| name)
    }

    /// The digest of what stands where it differs from what was committed to: leaves of values that were erased or are as committed stay.
    pub fn standing(&self, values: &StateValues<'_>) -> [u8; 32] {
        let mut stands = self.clone();
        for ((hash, name), value) in stands.others.iter_mut().zip(OTHERS).zip(&values.others) {
            *hash = leaf(&self.salt, ["state/", name], value);
        }
        stands.digest()
    }

    /// As kept: the form, a byte for each erasable leaf (0 absent, 1 salted, 2 erased), salts and hashes of those, then the salt and hashes of the others.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(512);
        bytes.push(VERSION);
        bytes.extend(self.erasable.iter().map(|slot| match slot {
            Leaf::Absent => 0,
            Leaf::Salted { .. } => 1,
            Leaf::Erased { .. } => 2,
        }));
        for slot in &self.erasable {
            match slot {
                Leaf::Absent => {}
                Leaf::Salted { salt, hash } => {
                    bytes.extend_from_slice(salt);
                    bytes.extend_from_slice(hash);
                }
                Leaf::Erased { hash } => bytes.extend_from_slice(hash),
            }
        }
        bytes.extend_from_slice(&self.salt);
        self.others.iter().for_each(|hash| bytes.extend_from_slice(hash));
        bytes
    }

    /// Reads what [`Self::to_bytes`] wrote, and gives what follows it; `None` for anything else.
    pub fn read(bytes: &[u8]) -> Option<(Self, &[u8])> {
        let (head, mut rest) = bytes.split_at_checked(1 + ERASABLE.len())?;
        let (version, kinds) = head.split_first()?;
        if *version != VERSION {
            return None;
        }
        let mut hash = || {
            let (taken, left) = rest.split_first_chunk::<32>()?;
            rest = left;
            Some(*taken)
        };
        let mut erasable = [Leaf::Absent; ERASABLE.len()];
        for (slot, kind) in erasable.iter_mut().zip(kinds) {
            *slot = match kind {
                0 => Leaf::Absent,
                1 => Leaf::Salted { salt: hash()?, hash: hash()? },
                2 => Leaf::Erased { hash: hash()? },
                _ => return None,
            };
        }
        let salt = hash()?;
        let mut others = [[0; 32]; OTHERS.len()];
        for slot in &mut others {
            *slot = hash()?;
        }
        Some((Self { erasable, salt, others }, rest))
    }
}

fn salted(name: &str, value: Option<&str>, salt: &mut dyn FnMut() -> [u8; SALT]) -> Leaf {
    value.map_or(Leaf::Absent, |value| {
        let salt = salt();
        Leaf::Salted { salt, hash: leaf(&salt, ["state/", name], value) }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(told: [Option<&'static str>; 5], others: [&'static str; 4]) -> StateValues<'static> {
        StateValues { erasable: told.map(|v| v.map(Cow::Borrowed)), others: others.map(Cow::Borrowed) }
    }

    fn salts() -> impl FnMut() -> [u8; SALT] {
        let mut n = 0;
        move || {
            n += 1;
            [n; SALT]
        }
    }

    const TOLD: [Option<&str>; 5] = [Some("\"油烟\""), None, Some("[119.0,25.4]"), Some("\"ab\""), None];

    #[test]
    fn leaves_are_read_as_they_are_kept() {
        let leaves = StateLeaves::new(&values(TOLD, ["{}", "{}", "[]", "[]"]), &mut salts());
        let mut bytes = leaves.to_bytes();
        bytes.extend_from_slice(b"tail");
        assert_eq!(StateLeaves::read(&bytes), Some((leaves, &b"tail"[..])));
        for cut in 0..bytes.len() - 4 {
            assert_eq!(StateLeaves::read(&bytes[..cut]), None, "{cut}");
        }
    }

    #[test]
    fn each_changed_value_is_named() {
        let stands = values(TOLD, ["{}", "{}", "[]", "[]"]);
        let leaves = StateLeaves::new(&stands, &mut salts());
        assert!(leaves.differing(&stands).is_empty());
        for (index, name) in ERASABLE.into_iter().enumerate() {
            for changed in [Some("\"x\""), None] {
                let mut other = stands.clone();
                if other.erasable[index].as_deref() != changed {
                    other.erasable[index] = changed.map(Cow::Borrowed);
                    assert_eq!(leaves.differing(&other), [name]);
                }
            }
        }
        for (index, name) in OTHERS.into_iter().enumerate() {
            let mut other = stands.clone();
            other.others[index] = Cow::Borrowed("[1]");
            assert_eq!(leaves.differing(&other), [name]);
            assert_ne!(leaves.standing(&other), leaves.digest());
        }
        assert_eq!(leaves.standing(&stands), leaves.digest());
    }

    #[test]
    fn erasing_keeps_the_leaf_and_forgets_its_salt() {
        let before = values(TOLD, ["{}", "{}", "[]", "[]"]);
        let leaves = StateLeaves::new(&before, &mut salts());
        let mut told = TOLD;
        told[3] = None;
        let after = values(told, ["{}", "{}", "[]", "[]"]);
        let mut n = 100;
        let mut fresh = || {
            n += 1;
            [n; SALT]
        };
        let erased = leaves.next(&before, &after, Gone::Erased, &mut fresh);
        assert!(erased.differing(&after).is_empty());
        assert_eq!(erased.differing(&before), ["contact"]);
        let (Leaf::Salted { salt, hash }, Leaf::Erased { hash: kept }) = (leaves.erasable[3], erased.erasable[3])
        else {
            unreachable!("it was salted and is erased")
        };
        assert_eq!(hash, kept);
        assert!(!erased.to_bytes().windows(32).any(|window| window == salt));
        assert_eq!(erased.next(&after, &after, Gone::Dropped, &mut fresh).erasable[3], erased.erasable[3]);
    }

    /// A value changed behind the server's back is not committed to by the next step.
    #[test]
    fn what_a_step_did_not_change_keeps_its_leaf() {
        let told = values(TOLD, ["{}", "{}", "[]", "[]"]);
        let leaves = StateLeaves::new(&told, &mut salts());
        let mut forged = told.clone();
        forged.erasable[0] = Some(Cow::Borrowed("\"别的\""));
        let stepped = leaves.next(&forged, &forged, Gone::Dropped, &mut salts());
        assert_eq!(stepped.differing(&forged), ["title"]);
    }
}
