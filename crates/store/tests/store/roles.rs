//! The shipped roles, and slices of posts held in them.

use chrono::{DateTime, Utc};
use uuid::Uuid;
use yizhi_domain::directory::Post;
use yizhi_domain::ids::{PersonId, PostId};
use yizhi_domain::region::RegionPath;
use yizhi_domain::role::Role;
use yizhi_domain::slice::Slice;

pub(crate) fn all() -> Vec<Role> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../catalog/roles.yaml");
    serde_saphyr::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
}

pub(crate) fn slice(role: &str, region: &str, department: Option<&str>, person: PersonId, at: DateTime<Utc>) -> Slice {
    let post = Post {
        id: PostId(Uuid::nil()),
        person,
        role: role.to_owned(),
        path: RegionPath::parse(region).unwrap(),
        department: department.map(str::to_owned),
        from: DateTime::UNIX_EPOCH,
        until: None,
    };
    Slice::of_post(all().iter().find(|r| r.code == role).unwrap(), &post, at)
}
