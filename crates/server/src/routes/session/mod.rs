//! Signing in and out, and the post one acts in.

pub(crate) mod activation;
pub(crate) mod demo;
mod enter;
pub(crate) mod link;
pub(crate) mod post;
pub(crate) mod sign_in;
pub(crate) mod sign_out;
pub(crate) mod view;

pub(crate) use enter::first_post;
