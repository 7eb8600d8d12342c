//! `yizhi witness`: the key, and what it refuses.

use crate::log::TestLog;
use crate::place::Place;
use crate::process::{Process, refusal, run};

#[test]
fn the_key_is_made_once() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("witness");
    let shown = data.to_str().unwrap();
    for name in ["", "two words", "a+b"] {
        assert!(refusal(&["key", "--data", shown, "--name", name]).contains("名称"));
    }
    let made = run(&["key", "--data", shown, "--name", "school.example/witness"]);
    let key = String::from_utf8(made.stdout).unwrap();
    assert!(made.status.success() && key.starts_with("school.example/witness+") && key.lines().count() == 1, "{key}");
    for again in [vec!["key", "--data", shown], vec!["key", "--data", shown, "--name", "school.example/witness"]] {
        assert_eq!(String::from_utf8(run(&again).stdout).unwrap(), key);
    }
    assert!(refusal(&["key", "--data", shown, "--name", "other"]).contains("school.example/witness"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &str| std::fs::metadata(data.join(path)).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode("witness.key"), mode("")), (0o600, 0o700));
    }
}

#[test]
fn a_key_without_a_name_gets_one() {
    let [first, second] = [(), ()].map(|()| {
        let folder = tempfile::tempdir().unwrap();
        String::from_utf8(run(&["key", "--data", folder.path().to_str().unwrap()]).stdout).unwrap()
    });
    let name = |key: &str| key.split('+').next().unwrap().to_owned();
    assert!(name(&first).starts_with("witness-") && name(&first) != name(&second), "{first} {second}");
}

#[test]
fn without_key_or_log_it_does_not_start_and_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("witness");
    let serve = ["serve", "--data", data.to_str().unwrap(), "--listen", "127.0.0.1:0"];
    let said = refusal(&serve);
    assert!(said.contains("见证密钥") && said.contains("run yizhi witness key first"), "{said}");
    assert!(!data.exists(), "nothing is made for a mistyped folder");
    assert!(run(&["key", "--data", data.to_str().unwrap()]).status.success());
    assert!(refusal(&serve).contains("--log"));
}

#[tokio::test]
async fn a_second_process_is_refused_and_the_key_is_shown_meanwhile() {
    let (place, log) = (Place::new(), TestLog::new(9));
    let data = place.path().to_str().unwrap();
    let witness = Process::start(place.path(), &log).await;
    let said = refusal(&["serve", "--data", data, "--listen", "127.0.0.1:0", "--log", &log.vkey()]);
    assert!(said.contains("另一个进程") && said.contains("Another process"), "{said}");
    assert_eq!(String::from_utf8(run(&["key", "--data", data]).stdout).unwrap(), format!("{}\n", place.key));
    assert_eq!(witness.post(&log.request(0, 9).to_string()).await.unwrap().0, 200, "the first works on");
    drop(witness);
    Process::start(place.path(), &log).await;
}

#[tokio::test]
async fn a_damaged_state_is_named_and_nothing_is_served() {
    let (place, log) = (Place::new(), TestLog::new(9));
    let witness = Process::start(place.path(), &log).await;
    witness.post(&log.request(0, 9).to_string()).await.unwrap();
    drop(witness);
    let state = place.state();
    std::fs::write(&state, "").unwrap();
    let data = place.path().to_str().unwrap();
    let said = refusal(&["serve", "--data", data, "--listen", "127.0.0.1:0", "--log", &log.vkey()]);
    assert!(said.contains("已损坏") && said.contains("is damaged") && said.contains(state.to_str().unwrap()), "{said}");
}

#[tokio::test]
async fn it_stops_when_told_and_its_log_says_what_a_rewrite_means() {
    let (place, log) = (Place::new(), TestLog::new(20));
    let mut witness = Process::start(place.path(), &log).await;
    witness.post(&log.request(0, 9).to_string()).await.unwrap();
    witness.post(&log.rewritten(3).request(9, 9).to_string()).await.unwrap();
    witness.post(&log.rewritten(3).request(9, 12).to_string()).await.unwrap();
    assert_eq!(witness.get("/vkey").await.unwrap(), format!("200 text/plain; charset=utf-8 {}\n", place.key));
    assert!(witness.stop().await.success());

    let said = witness.said();
    let lines: Vec<serde_json::Value> =
        said.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {said}"))).collect();
    let of_level = |level: &str| lines.iter().find(|line| line["level"] == level).unwrap_or_else(|| panic!("{said}"));
    for (level, zh, en) in
        [("ERROR", "两个不同的根", "two different trees"), ("WARN", "可能是改写", "perhaps a rewrite")]
    {
        let (line, message) = (of_level(level), of_level(level)["message"].as_str().unwrap());
        assert!(message.contains(zh) && message.contains(en), "{message}");
        assert_eq!(line["known_size"], 9);
        assert!(std::path::Path::new(line["evidence"].as_str().unwrap()).is_file(), "{line}");
    }
}

#[test]
fn attached_it_ends_when_the_program_that_started_it_is_gone() {
    let (place, log) = (Place::new(), TestLog::new(0));
    let mut witness = std::process::Command::new(env!("CARGO_BIN_EXE_yizhi"))
        .args(["witness", "serve", "--attached", "--listen", "127.0.0.1:0", "--log", &log.vkey()])
        .arg("--data")
        .arg(place.path())
        .stdin(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    drop(witness.stdin.take());
    assert!(witness.wait().unwrap().success());
}
