//! After a phone number was erased, nothing that is kept lets anybody who tries all numbers find out which it was, not even who knows all the text around it.

use std::collections::HashSet;

use axum::http::StatusCode;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::common::database::Row;
use crate::scene::{PHONE, Scene, on_scene};
use crate::tampering::is_whole;

/// Numbers that somebody tries; the right one is among them.
fn candidates() -> Vec<String> {
    (13_900_112_100_u64..13_900_112_300).map(|n| n.to_string()).collect()
}

fn text(number: &str) -> String {
    format!("请打电话 {number} 找我")
}

/// Every run of 32 bytes, and every hexadecimal text of 64 digits, in rows of the case.
fn kept(scene: &Scene) -> HashSet<[u8; 32]> {
    let of_case = |row: &Row| row.text.contains(&scene.case.0) || row.text.contains(&scene.case.1);
    let mut out = HashSet::new();
    for row in scene.h.dump().into_iter().filter(of_case) {
        let runs = row.text.as_bytes().split(|byte| !byte.is_ascii_hexdigit());
        for run in runs.filter(|run| run.len() >= 64) {
            let digit = |byte: u8| (byte as char).to_digit(16).unwrap();
            let bytes: Vec<u8> =
                run.chunks_exact(2).map(|pair| u8::try_from(16 * digit(pair[0]) + digit(pair[1])).unwrap()).collect();
            out.extend(bytes.windows(32).map(|window| <[u8; 32]>::try_from(window).unwrap()));
        }
    }
    out
}

/// Numbers that fit something that is kept, by any way in which we make digests.
fn found(scene: &Scene) -> HashSet<String> {
    let kept = kept(scene);
    assert!(kept.len() > 500, "the search sees the digests that are kept");
    let mut out = HashSet::new();
    for number in candidates() {
        for value in [number.clone(), text(&number)] {
            let canonical = json!(value).to_string();
            let plain = [&value, &canonical].map(|text| <[u8; 32]>::from(Sha256::digest(text)));
            let names = ["state/description", "state/contact", "fields/description", "fields/contact"];
            let salted = kept.iter().flat_map(|salt| names.map(|name| leaf(salt, name, &canonical)));
            if plain.into_iter().chain(salted).any(|digest| kept.contains(&digest)) {
                out.insert(number.clone());
            }
        }
    }
    out
}

/// A leaf as the format says.
fn leaf(salt: &[u8; 32], name: &str, value: &str) -> [u8; 32] {
    let length = u32::try_from(name.len()).unwrap().to_be_bytes();
    let sum = Sha256::new().chain_update([0]).chain_update(salt).chain_update(length);
    sum.chain_update(name).chain_update(value).finalize().into()
}

#[tokio::test]
async fn no_possible_number_matches_anything_that_is_kept() {
    on_scene(async |mut scene| {
        let body = json!({
            "matter": "event-0194", "title": "找我", "description": text(PHONE),
            "location": { "grid": "350302001001001" }, "reporter": { "name": "王先生", "phone": PHONE },
        });
        let (status, case) = scene.h.as_account("citizen").await.post("/api/v1/cases", body).await;
        assert_eq!(status, StatusCode::CREATED, "{case}");
        scene.case = (case["id"].as_str().unwrap().to_owned(), case["number"].as_str().unwrap().to_owned());
        scene.turn().await;
        assert_eq!(found(&scene), HashSet::from([PHONE.to_owned()]), "while it is kept, it can be proven");
        scene.erase(&["description", "reporter"]).await;
        scene.act("operator", &scene.case.0.clone(), "comment", r#"{"note": "已删除"}"#).await;
        scene.turn().await;
        assert_eq!(found(&scene), HashSet::new());
        assert!(!scene.h.dump().iter().any(|row| row.text.contains(PHONE)), "nor is it kept in clear");
        is_whole(&scene, "after the erasure").await;
    })
    .await;
}
