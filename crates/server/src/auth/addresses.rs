//! How often an address may fail to sign in. An account's own lock stops who guesses one account's password; this stops who tries one password on
//! many accounts.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};

use super::rate::Bucket;

/// Failures an address may have at once; one more comes back each second. An office behind one address has many people.
const FAILURES: f64 = 60.0;
const COST: f64 = 1.0;
const MOST: usize = 50_000;

/// Allowances by address.
#[derive(Debug, Default)]
pub(super) struct Addresses(Mutex<HashMap<IpAddr, Bucket>>);

impl Addresses {
    /// Whether an address may try.
    ///
    /// # Errors
    /// How many seconds to wait.
    pub(super) fn admit(&self, address: IpAddr, now: DateTime<Utc>) -> Result<(), u32> {
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.get(&network(address)).map_or(Ok(()), |bucket| bucket.has(COST, now))
    }

    /// Counts a failure.
    pub(super) fn failed(&self, address: IpAddr, now: DateTime<Utc>) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if held.len() >= MOST {
            held.retain(|_, bucket| !bucket.is_full(now));
        }
        if held.len() >= MOST {
            held.retain(|_, bucket| bucket.has(FAILURES / 2.0, now).is_err());
        }
        if held.len() >= MOST {
            held.clear();
        }
        let bucket = held.entry(network(address)).or_insert_with(|| Bucket::full(FAILURES, now));
        let _ = bucket.take(COST, now);
    }
}

/// What one subscriber holds: an IPv4 address, or 64 bits of IPv6.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            std::net::Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn failures_run_out_for_a_network_and_come_back() {
        let now = DateTime::UNIX_EPOCH;
        let addresses = Addresses::default();
        let here: IpAddr = "2001:db8:1:2::3".parse().unwrap();
        let neighbour: IpAddr = "2001:db8:1:2:ffff::1".parse().unwrap();
        let elsewhere: IpAddr = "2001:db8:1:3::3".parse().unwrap();
        for _ in 0..60 {
            assert_eq!(addresses.admit(here, now), Ok(()));
            addresses.failed(here, now);
        }
        assert_eq!(addresses.admit(here, now), Err(1));
        assert_eq!(addresses.admit(neighbour, now), Err(1));
        assert_eq!(addresses.admit(elsewhere, now), Ok(()));
        assert_eq!(addresses.admit(here, now + TimeDelta::seconds(1)), Ok(()));
    }

    #[test]
    fn they_are_never_more_than_the_bound() {
        let now = DateTime::UNIX_EPOCH;
        let addresses = Addresses::default();
        for n in 0..u32::try_from(MOST + 10).unwrap() {
            addresses.failed(IpAddr::from(std::net::Ipv4Addr::from(n)), now);
        }
        assert!(addresses.0.lock().unwrap().len() <= MOST);
    }

    #[test]
    fn an_ipv4_address_is_the_same_in_both_writings() {
        let mapped: IpAddr = "::ffff:192.0.2.7".parse().unwrap();
        let plain: IpAddr = "192.0.2.7".parse().unwrap();
        assert_eq!(network(mapped), network(plain));
    }
}
