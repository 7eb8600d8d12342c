//! Replays the fuzzing seeds through the same checks: seeds named `accept-…` are accepted, others refused, none makes a parser panic. Each
//! seed also goes through cut off at every place, and with each byte changed.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::path::{Path, PathBuf};

#[path = "../fuzz/checks.rs"]
mod checks;

fn seeds(target: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let mut seeds: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    seeds.sort();
    seeds
}

#[test]
fn every_seed_is_read_as_its_name_says() {
    for (target, _) in checks::TARGETS {
        let seeds = seeds(target);
        assert!(seeds.len() >= 2, "{target}");
        for seed in seeds {
            let expected = seed.file_name().unwrap().to_str().unwrap().starts_with("accept-");
            assert_eq!(checks::run(target, &fs::read(&seed).unwrap()), expected, "{}", seed.display());
        }
    }
}

#[test]
fn every_seed_cut_off_or_changed_harms_no_parser() {
    for (target, _) in checks::TARGETS {
        for seed in seeds(target) {
            let bytes = fs::read(&seed).unwrap();
            for place in 0..bytes.len() {
                checks::run(target, &bytes[..place]);
                for mask in [0x01, 0x20, 0x80] {
                    let mut changed = bytes.clone();
                    changed[place] ^= mask;
                    checks::run(target, &changed);
                }
            }
        }
    }
}

#[test]
fn every_target_is_a_fuzz_target() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
    let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap();
    for (target, _) in checks::TARGETS {
        assert!(manifest.contains(&format!("\"fuzz_targets/{target}.rs\"")), "{target}");
        let source = fs::read_to_string(folder.join(format!("fuzz_targets/{target}.rs"))).unwrap();
        assert!(source.contains(&format!("run(\"{target}\", bytes)")), "{target}");
    }
}
