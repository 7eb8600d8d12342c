//! Timers that the procedures refuse: which, for those who see the cases; why and how many, for those who look after the platform.

pub(crate) mod counted;
pub(crate) mod list;
