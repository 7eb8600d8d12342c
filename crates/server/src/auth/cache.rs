//! Sessions in memory, so that a request need not ask the database who is asking. An entry is believed for half a minute at most: another server may
//! have ended the session.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use chrono::{DateTime, TimeDelta, Utc};
use yizhi_domain::ids::{PersonId, PostId};

use super::door::Door;
use super::extract::Via;
use super::rate::Bucket;
use super::reading::Reading;
use super::scope::Scope;
use super::strangers::Strangers;

const BELIEVED: TimeDelta = TimeDelta::seconds(30);
const MOST: usize = 50_000;
/// Seconds of a session's allowance that may be saved up.
const BURST: f64 = 4.0;

/// What is known of a session or token.
#[derive(Clone, Debug)]
pub struct Cached {
    pub person: PersonId,
    pub post: PostId,
    pub via: Via,
    /// `None` for programs' tokens.
    pub csrf: Option<String>,
    pub expires_at: Option<DateTime<Utc>>,
    pub seen_at: DateTime<Utc>,
    pub read_at: DateTime<Utc>,
    /// Whether this use was noted in the database when the entry was read.
    pub noted: bool,
    /// Whether the person has a second factor in force.
    pub second_factor: bool,
    /// How far a program's token goes; `None`: as far as the post.
    pub scope: Option<Scope>,
    /// The phone of the person's account, sealed.
    pub phone: Option<Arc<[u8]>>,
}

struct Entry {
    cached: Cached,
    bucket: Bucket,
}

/// Sessions by the digest of their token, the door they come in by, and their turns.
#[derive(Default)]
pub struct SessionCache {
    held: RwLock<HashMap<Vec<u8>, Entry>>,
    door: Door,
    reading: Reading,
    strangers: Strangers,
}

impl SessionCache {
    pub fn door(&self) -> &Door {
        &self.door
    }

    pub(super) fn strangers(&self) -> &Strangers {
        &self.strangers
    }

    /// Whether a session or token was seen here, whether or not it still holds.
    pub(super) fn holds(&self, digest: &[u8]) -> bool {
        self.held.read().unwrap_or_else(PoisonError::into_inner).contains_key(digest)
    }

    pub(crate) fn reading(&self) -> &Reading {
        &self.reading
    }

    /// The entry, if it may still be believed.
    pub fn get(&self, digest: &[u8], now: DateTime<Utc>) -> Option<Cached> {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        held.get(digest).filter(|e| now - e.cached.read_at < BELIEVED).map(|e| e.cached.clone())
    }

    pub fn put(&self, digest: Vec<u8>, cached: Cached) {
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        if held.len() >= MOST {
            held.clear();
        }
        match held.get_mut(&digest) {
            Some(entry) => entry.cached = cached,
            None => {
                let bucket = Bucket::full(BURST, cached.read_at);
                held.insert(digest, Entry { cached, bucket });
            }
        }
    }

    /// Takes one request from the session's allowance of `rate` a second: `Err` says how many seconds to wait.
    pub fn take(&self, digest: &[u8], rate: u32, now: DateTime<Utc>) -> Result<(), u32> {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        held.get(digest).map_or(Ok(()), |e| e.bucket.take(1.0 / f64::from(rate.max(1)), now))
    }

    pub fn remove(&self, digest: &[u8]) {
        self.held.write().unwrap_or_else(PoisonError::into_inner).remove(digest);
    }

    /// Forgets all sessions and tokens of a person: the next request reads what they are now.
    pub fn remove_person(&self, person: PersonId) {
        self.held.write().unwrap_or_else(PoisonError::into_inner).retain(|_, e| e.cached.person != person);
    }

    pub fn clear(&self) {
        self.held.write().unwrap_or_else(PoisonError::into_inner).clear();
    }
}
