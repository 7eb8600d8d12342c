//! Every crate linked and every npm package shipped is under a licence that `deny.toml` allows.
//! cargo-deny reads the same list; this keeps the rule where cargo-deny is not installed, and for the web's packages, which it does not know.

use serde_json::Value;

use crate::expect_none;
use crate::metadata::GRAPH;
use crate::sources::read;
use crate::spdx::allowed;

#[test]
fn crates_are_under_allowed_licences() {
    let allow = allow_list(&read("deny.toml"));
    let licences = GRAPH.values().map(|package| {
        let name = format!("{} {}", package.name, package.version);
        (name, package.licence.clone())
    });
    expect_none(&refused(licences, &allow));
}

#[test]
fn shipped_npm_packages_are_under_allowed_licences() {
    let allow = allow_list(&read("deny.toml"));
    let lock: Value = serde_json::from_str(&read("web/package-lock.json")).expect("a lock file in JSON");
    let shipped = shipped_packages(&lock);
    assert!(!shipped.is_empty(), "the lock file names no shipped package");
    expect_none(&refused(shipped.into_iter(), &allow));
}

/// The quoted names in the array `allow` of `[licenses]`.
fn allow_list(deny: &str) -> Vec<String> {
    let section = deny.split("[licenses]").nth(1).expect("deny.toml has [licenses]");
    let array = section.split("allow = [").nth(1).and_then(|rest| rest.split(']').next()).expect("an array `allow`");
    array.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

/// Names and licences of what goes to the browser: the lock file without tools for building and testing and their native parts.
fn shipped_packages(lock: &Value) -> Vec<(String, Option<String>)> {
    let packages = lock["packages"].as_object().expect("a lock file of version 2 or later");
    let for_building =
        |package: &Value| ["dev", "devOptional", "optional", "peer"].iter().any(|mark| package[*mark] == true);
    let shipped = packages.iter().filter(|(path, package)| !path.is_empty() && !for_building(package));
    shipped.map(|(path, package)| (path.clone(), package["license"].as_str().map(str::to_owned))).collect()
}

fn refused(packages: impl Iterator<Item = (String, Option<String>)>, allow: &[String]) -> Vec<String> {
    packages
        .filter_map(|(name, licence)| match licence {
            Some(licence) if allowed(&licence, allow) => None,
            Some(licence) => Some(format!("{name}: {licence} is not allowed by deny.toml")),
            None => Some(format!("{name}: names no licence")),
        })
        .collect()
}

#[cfg(test)]
mod when_broken {
    use super::*;

    #[test]
    fn a_licence_outside_the_list_and_a_missing_one_are_named() {
        let allow = allow_list("[licenses]\nallow = [\n  \"MIT\",\n]\n[bans]\n");
        let packages = [("a", Some("MIT")), ("b", Some("GPL-3.0")), ("c", None)];
        let packages = packages.map(|(name, licence)| (name.to_owned(), licence.map(str::to_owned)));
        let complaints = refused(packages.into_iter(), &allow);
        assert_eq!(complaints, ["b: GPL-3.0 is not allowed by deny.toml", "c: names no licence"]);
    }

    #[test]
    fn packages_for_building_are_not_shipped() {
        let lock = serde_json::json!({"packages": {"": {}, "node_modules/vite": {"dev": true}, "node_modules/vue": {"license": "MIT"}}});
        assert_eq!(shipped_packages(&lock), [("node_modules/vue".to_owned(), Some("MIT".to_owned()))]);
    }
}
