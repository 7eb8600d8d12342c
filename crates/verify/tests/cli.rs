//! The program as people run it, on the receipt and the keys that the ledger's fuzzing starts from.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn seed(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../ledger/fuzz/corpus").join(path)
}

fn folder(test: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn run(args: &[&str], home: &Path) -> (i32, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_yizhi-verify"));
    command.args(args).env_clear().env("HOME", home).env("LANG", "zh_CN.UTF-8");
    let Output { status, stdout, .. } = command.output().unwrap();
    (status.code().unwrap(), String::from_utf8(stdout).unwrap())
}

fn receipt() -> String {
    seed("receipt/accept-five-leaves").to_str().unwrap().to_owned()
}

fn keys() -> String {
    seed("key_file/accept-three-keys").to_str().unwrap().to_owned()
}

#[test]
fn a_good_receipt_is_explained_in_both_languages() {
    let home = folder("good");
    let (code, text) = run(&[&receipt(), "--keys", &keys()], &home);
    assert_eq!(code, 0, "{text}");
    for words in [
        "回执可信",
        "“county.example/ledger”的第 258 条（共 300 条）",
        "种类 = \"case.step\"",
        "字段 result = {\"zh\":\"已清理\\n“后门”\"}",
        "最迟在 2026-11-18 19:07:40（北京时间）",
        "2026-11-18 19:06:40  court.example/witness",
        "没有出示的部分是什么、有多少",
    ] {
        assert!(text.contains(words), "{words} in {text}");
    }
    let (code, text) = run(&["--lang", "en", &receipt(), "--keys", &keys()], &home);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("The receipt holds") && text.contains("by 2026-11-18 19:07:40 (Beijing time)"), "{text}");
}

#[test]
fn keys_are_found_where_people_keep_them() {
    let home = folder("home");
    assert_eq!(run(&[&receipt()], &folder("nobody")).0, 1);
    fs::create_dir_all(home.join(".config/yizhi")).unwrap();
    fs::copy(keys(), home.join(".config/yizhi/ledger.keys")).unwrap();
    let (code, text) = run(&[&receipt()], &home);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("ledger.keys"), "{text}");
}

#[test]
fn without_witnesses_no_time_is_claimed() {
    let home = folder("alone");
    let log_only = home.join("log.keys");
    fs::write(&log_only, fs::read_to_string(keys()).unwrap().lines().next().unwrap()).unwrap();
    let (code, text) = run(&[&receipt(), "--keys", log_only.to_str().unwrap()], &home);
    assert_eq!(code, 0, "{text}");
    assert!(!text.contains("最迟") && text.contains("没有见证方"), "{text}");
}

#[test]
fn what_does_not_hold_is_refused_with_its_reason() {
    let home = folder("refused");
    let good = fs::read_to_string(receipt()).unwrap();
    let unsigned = good.lines().filter(|line| !line.contains("school")).map(|line| format!("{line}\n")).collect();
    let cases: [(&str, String, &str); 5] = [
        ("moved", good.replace("index 257", "index 256"), "与账本中的条目不符"),
        ("quorum", unsigned, "只有 1 家见证方签字"),
        ("origin", good.replace("\ncounty.example", "\ntown.example"), "town.example"),
        ("signature", good.replacen("— county.example/ledger ", "— county.example/ledger A", 1), "不完整"),
        ("cut", good[..good.len() / 2].to_owned(), "不完整"),
    ];
    for (name, text, why) in cases {
        let path = home.join(name);
        fs::write(&path, text).unwrap();
        let (code, text) = run(&[path.to_str().unwrap(), "--keys", &keys()], &home);
        assert_eq!(code, 1, "{name}: {text}");
        assert!(text.starts_with('✗') && text.contains(why), "{name}: {text}");
    }
    let bare = seed("proof_file/accept-bare");
    assert!(run(&[bare.to_str().unwrap(), "--keys", &keys()], &home).1.contains("没有说明是什么记录"));
    assert_eq!(run(&[&receipt(), "--keys", &receipt()], &home).0, 1);
    assert_eq!(run(&["nothing", "--keys", &keys()], &home).0, 1);
    assert_eq!(run(&[], &home).0, 2);
    assert_eq!(run(&["--help"], &home).0, 0);
}
