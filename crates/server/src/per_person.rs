//! So many things of one kind at once for each person, in all their sessions together; the next ones wait. Nobody stops the others by asking for much.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use yizhi_domain::ids::PersonId;

/// People beyond which those who ask for nothing any more are forgotten.
const PEOPLE: usize = 256;

/// What each person may have at once.
#[derive(Debug)]
pub(crate) struct PerPerson {
    at_once: usize,
    waiting: usize,
    people: Mutex<HashMap<PersonId, Weak<Person>>>,
}

#[derive(Debug)]
struct Person {
    slots: Arc<Semaphore>,
    waiting: AtomicUsize,
}

/// One of a person's places, until it is dropped.
#[derive(Debug)]
pub(crate) struct Slot {
    person: Arc<Person>,
    _permit: OwnedSemaphorePermit,
}

impl Slot {
    /// How many more of the same person wait for one.
    pub(crate) fn waiting(&self) -> usize {
        self.person.waiting.load(Ordering::SeqCst)
    }
}

/// One who waits.
struct Waiting<'a>(&'a AtomicUsize);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl PerPerson {
    /// `at_once` for each, while `waiting` more of the same person may wait.
    pub(crate) fn new(at_once: usize, waiting: usize) -> Self {
        Self { at_once, waiting, people: Mutex::default() }
    }

    /// Waits until a person has a place; `None` when too many of theirs wait already.
    pub(crate) async fn take(&self, id: PersonId) -> Option<Slot> {
        let person = self.person(id);
        let before = person.waiting.fetch_add(1, Ordering::SeqCst);
        let _waits = Waiting(&person.waiting);
        if before >= self.waiting {
            return None;
        }
        let permit = person.slots.clone().acquire_owned().await.ok()?;
        Some(Slot { person: person.clone(), _permit: permit })
    }

    fn person(&self, id: PersonId) -> Arc<Person> {
        let mut people = self.people.lock().unwrap_or_else(PoisonError::into_inner);
        if people.len() >= PEOPLE {
            people.retain(|_, person| person.strong_count() > 0);
        }
        if let Some(person) = people.get(&id).and_then(Weak::upgrade) {
            return person;
        }
        let person =
            Arc::new(Person { slots: Arc::new(Semaphore::new(self.at_once)), waiting: AtomicUsize::default() });
        people.insert(id, Arc::downgrade(&person));
        person
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(n: u8) -> PersonId {
        PersonId(uuid::Uuid::from_bytes([n; 16]))
    }

    /// A place that is had without waiting.
    async fn at_once(places: &PerPerson, n: u8) -> Option<Slot> {
        tokio::select! {
            biased;
            slot = places.take(person(n)) => slot,
            () = tokio::task::yield_now() => None,
        }
    }

    #[tokio::test]
    async fn each_has_so_many_and_others_theirs() {
        let places = PerPerson::new(2, 10);
        let (first, _second) = (at_once(&places, 1).await.unwrap(), at_once(&places, 1).await.unwrap());
        assert!(at_once(&places, 1).await.is_none());
        assert!(at_once(&places, 2).await.is_some());
        drop(first);
        assert!(at_once(&places, 1).await.is_some());
    }

    #[tokio::test]
    async fn who_would_wait_behind_too_many_is_told() {
        let places = Arc::new(PerPerson::new(1, 2));
        let held = at_once(&places, 1).await.unwrap();
        let wait = || {
            let places = places.clone();
            tokio::spawn(async move { places.take(person(1)).await.is_some() })
        };
        let waiting = [wait(), wait()];
        while places.person(person(1)).waiting.load(Ordering::SeqCst) < 2 {
            tokio::task::yield_now().await;
        }
        assert!(places.take(person(1)).await.is_none());
        drop(held);
        for one in waiting {
            assert!(one.await.unwrap());
        }
    }

    #[tokio::test]
    async fn people_who_are_done_are_forgotten() {
        let places = PerPerson::new(1, 1);
        for n in 0..=u8::MAX {
            drop(at_once(&places, n).await.unwrap());
        }
        let _last = places.take(PersonId(uuid::Uuid::nil())).await.unwrap();
        assert!(places.people.lock().unwrap().len() <= PEOPLE);
    }
}
