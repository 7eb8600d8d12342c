//! Sessions in memory, so that a request need not ask the database who is asking. An entry is believed for half a minute at most: another server may
//! have ended the session.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use chrono::{DateTime, TimeDelta, Utc};
use yizhi_domain::ids::{PersonId, PostId};

use super::rate::Bucket;

const BELIEVED: TimeDelta = TimeDelta::seconds(30);
const MOST: usize = 50_000;

/// What is known of a session or token.
#[derive(Clone, Debug)]
pub struct Cached {
    pub person: PersonId,
    pub post: PostId,
    /// `None` for programs' tokens.
    pub csrf: Option<String>,
    pub expires_at: Option<DateTime<Utc>>,
    pub seen_at: DateTime<Utc>,
    pub read_at: DateTime<Utc>,
}

struct Entry {
    cached: Cached,
    bucket: Bucket,
}

/// Sessions by the digest of their token.
#[derive(Default)]
pub struct SessionCache(RwLock<HashMap<Vec<u8>, Entry>>);

impl SessionCache {
    /// The entry, if it may still be believed.
    pub fn get(&self, digest: &[u8], now: DateTime<Utc>) -> Option<Cached> {
        let held = self.0.read().unwrap_or_else(PoisonError::into_inner);
        held.get(digest).filter(|e| now - e.cached.read_at < BELIEVED).map(|e| e.cached.clone())
    }

    pub fn put(&self, digest: Vec<u8>, cached: Cached) {
        let mut held = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if held.len() >= MOST {
            held.clear();
        }
        match held.get_mut(&digest) {
            Some(entry) => entry.cached = cached,
            None => {
                let bucket = Bucket::full(cached.read_at);
                held.insert(digest, Entry { cached, bucket });
            }
        }
    }

    /// Takes one request from the session's allowance: `Err` says how many seconds to wait.
    pub fn take(&self, digest: &[u8], rate: u32, now: DateTime<Utc>) -> Result<(), u32> {
        let held = self.0.read().unwrap_or_else(PoisonError::into_inner);
        held.get(digest).map_or(Ok(()), |e| e.bucket.take(rate, now))
    }

    pub fn remove(&self, digest: &[u8]) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).remove(digest);
    }

    pub fn clear(&self) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).clear();
    }
}
