//! The program itself: what its commands print, refuse and leave behind.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};
use yizhi_domain::region::RegionPath;
use yizhi_domain::slice::Slice;
use yizhi_store::{CaseFilter, Db};

fn yizhi(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_yizhi")).args(args).env_remove("YIZHI_DATABASE_URL").output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn deadlines_are_printed_alone() {
    for (from, limit, counting, due) in [
        // The National Day holidays of 2026 lie between.
        ("2026-09-30T17:00:00+08:00", "3 工作日", "same_time", "2026-10-10T17:00:00+08:00\n"),
        ("2026-09-30T17:00:00+08:00", "4 小时", "same_time", "2026-09-30T21:00:00+08:00\n"),
        ("2026-11-20T09:00:00Z", "1 天", "end_of_day", "2026-11-23T23:59:59.999999+08:00\n"),
    ] {
        let done = yizhi(&["calendar", "due", "--from", from, "--limit", limit, "--counting", counting]);
        assert_eq!((done.status.success(), String::from_utf8(done.stdout).unwrap().as_str()), (true, due), "{limit}");
    }
    let odd = yizhi(&["calendar", "due", "--from", "2026-09-30T17:00:00+08:00", "--limit", "3 moons"]);
    assert!(!odd.status.success() && odd.stdout.is_empty() && said(&odd).contains("moons"));
}

#[test]
fn moments_of_no_sane_year_are_refused() {
    for from in ["+262142-12-31T23:59:59Z", "-262143-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z"] {
        for limit in ["3 工作日", "100000 days", "1000000000 工作日"] {
            let from = format!("--from={from}");
            let refused = yizhi(&["calendar", "due", &from, "--limit", limit]);
            assert!(!refused.status.success() && refused.stdout.is_empty(), "{from} {limit}");
            assert!(!said(&refused).contains("panicked"), "{from} {limit}: {}", said(&refused));
        }
    }
    for option in
        ["--tolerance=NaN", "--tolerance=inf", "--tolerance=-1", "--from=262142-12-31", "--from=-262143-01-01"]
    {
        let refused = yizhi(&["grid", "import", "no-such-file.geojson", option]);
        assert!(!refused.status.success() && !said(&refused).contains("panicked"), "{option}: {}", said(&refused));
    }
}

/// What is wrong with a command is said in Chinese first, then by clap; help is only help.
#[test]
fn a_command_that_is_none_is_told_in_chinese_first() {
    for (args, first) in [
        (&["grid", "improt", "a"][..], "没有子命令“improt”，是不是 import？"),
        (&["grid", "import", "a", "--crs", "火星"], "参数 --crs <CRS> 的值“火星”不对。"),
        (&["grid", "import"], "还缺参数："),
    ] {
        let refused = yizhi(args);
        let told = said(&refused);
        assert_eq!((refused.status.code(), refused.stdout.is_empty()), (Some(2), true), "{told}");
        assert!(told.starts_with(first) && told.contains("error: "), "{told}");
    }
    let help = yizhi(&["grid", "import", "--help"]);
    assert!(help.status.success() && help.stderr.is_empty() && !help.stdout.is_empty());
}

/// A witness at an address where nobody answers.
const WITNESS: &str = "witness-f23c30cc+d41933a1+BBjE/a8sqY4z05nGe5uMX8KolArMW8sHn5CWMZ/ORWIn https://127.0.0.1:9";

/// A call for something that is not there has an exit code of its own: the code 1 of `ledger verify` tells of a broken record.
#[test]
fn what_a_command_names_must_be_there() {
    let folder = tempfile::tempdir().unwrap();
    let (data, none) = (folder.path().join("data"), folder.path().join("none.csv"));
    let (data, none) = (data.to_str().unwrap(), none.to_str().unwrap());
    for args in [
        &["catalog", "check", none][..],
        &["region", "import", none, "--data", data],
        &["grid", "import", none, "--data", data],
        &["ledger", "verify", "--keys", none, "--data", data],
        &["ledger", "verify", "--log", none, "--data", data],
        &["serve", "--witness", WITNESS, "--witness-ca", none, "--data", data],
    ] {
        let refused = yizhi(args);
        let told = said(&refused);
        assert_eq!((refused.status.code(), refused.stdout.is_empty()), (Some(2), true), "{args:?}: {told}");
        assert!(told.contains("none.csv") && told.contains("请检查路径"), "{args:?}: {told}");
    }
    assert!(!Path::new(data).exists(), "nothing is made");
}

/// What a server is told that cannot be is told before there is an installation.
#[test]
fn witnesses_that_cannot_vouch_make_no_installation() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    for (args, said_of) in [
        (&["--witness", WITNESS, "--witness-quorum", "2"][..], "1 到 1"),
        (&["--witness", WITNESS, "--witness-quorum", "0"], "1 到 1"),
        (&["--witness", WITNESS, "--witness", WITNESS], "两次"),
    ] {
        let args = [&["serve", "--data", data.to_str().unwrap()], args].concat();
        let refused = yizhi(&args);
        let told = said(&refused);
        assert_eq!(
            (refused.status.code(), told.contains(said_of), data.exists()),
            (Some(2), true, false),
            "{args:?}: {told}"
        );
    }
}

/// A database that is none, and commands that meet it.
#[test]
fn a_damaged_database_is_to_be_restored() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("yizhi.db"), "no database at all ".repeat(1_000)).unwrap();
    let refused = yizhi(&["ledger", "verify", "--data", folder.path().to_str().unwrap()]);
    let told = said(&refused);
    assert!(
        !refused.status.success() && told.contains("备份恢复") && told.contains("restore the last backup"),
        "{told}"
    );
}

/// A package of divisions: one county of two townships, and a city without counties.
fn package(folder: &Path, streets: &str, villages: &str) -> String {
    let package = folder.join("package");
    std::fs::create_dir_all(&package).unwrap();
    for (file, text) in [
        ("provinces.csv", "code,name\n35,福建省\n44,广东省\n"),
        ("cities.csv", "code,name\n3503,莆田市\n4419,东莞市\n"),
        ("areas.csv", "code,name\n350302,城厢区\n441900,东莞市\n"),
        ("streets.csv", streets),
        ("villages.csv", villages),
    ] {
        std::fs::write(package.join(file), text).unwrap();
    }
    package.to_str().unwrap().to_owned()
}

async fn regions(data: &str) -> Vec<(String, String)> {
    let db = Db::open_sqlite(&Path::new(data).join("yizhi.db")).await.unwrap();
    let mut regions: Vec<_> = db.regions().await.unwrap().into_iter().map(|r| (r.code, r.path)).collect();
    db.close().await.unwrap();
    regions.sort();
    regions
}

const STREETS: &str = "code,name\n350302001,龙桥街道\n350302003,霞林街道\n441900003,东城街道\n";
const VILLAGES: &str = "code,name\n350302001001,兴安社区\n350302003001,沟头社区\n441900003001,岗贝社区\n";

/// A list is imported whole or not at all; what the next list lacks is closed, or kept and told.
#[tokio::test(flavor = "multi_thread")]
async fn divisions_are_imported_and_those_that_are_gone_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let data = data.to_str().unwrap();
    let import = |streets: &str, villages: &str| {
        let package = package(folder.path(), streets, villages);
        yizhi(&["region", "import", &package, "--data", data])
    };
    let refused = import(&format!("{STREETS}350399001,某镇\n350302005,\"无名\n"), VILLAGES);
    let told = said(&refused);
    assert!(!refused.status.success(), "{told}");
    for fault in ["streets.csv:5: ", "streets.csv:6: ", "2 处问题", "2 problems"] {
        assert!(told.contains(fault), "{fault}: {told}");
    }
    assert!(!Path::new(data).join("yizhi.db").exists(), "nothing was made");

    let done = import(STREETS, VILLAGES);
    assert!(done.status.success(), "{}", said(&done));
    let whole = regions(data).await;
    assert_eq!(whole.len(), 12, "{whole:?}");
    for (code, path) in [("441900000000", "44.19."), ("441901000000", "44.19.00."), ("441900003000", "44.19.00.003.")] {
        assert!(whole.contains(&(code.to_owned(), path.to_owned())), "{code}: {whole:?}");
    }
    let codes: std::collections::BTreeSet<_> = whole.iter().map(|(code, _)| code).collect();
    assert_eq!(codes.len(), whole.len(), "codes are unique: {whole:?}");

    let cut = import(STREETS, "code,name\n441900003001,岗贝社区\n");
    let told = said(&cut);
    assert!(
        !cut.status.success() && told.contains("龙桥街道（350302001000）") && told.contains("nothing was changed"),
        "{told}"
    );
    assert_eq!(regions(data).await, whole, "a list that was cut off closes nothing");

    // Somebody has a post in the one township; nothing is open in the other.
    let file = rusqlite::Connection::open(Path::new(data).join("yizhi.db")).unwrap();
    let post =
        "INSERT INTO post (id, person, role, path, from_at) VALUES (x'01', x'02', 'verifier', '35.03.02.003.', 0)";
    file.execute_batch(post).unwrap();
    drop(file);
    let fewer = import("code,name\n441900003,东城街道\n", "code,name\n441900003001,岗贝社区\n");
    let told = said(&fewer);
    assert!(fewer.status.success() && told.contains("- 龙桥街道（350302001000）新名单里没有，已关闭"), "{told}");
    assert!(told.contains("- 兴安社区") && told.contains("- 沟头社区"), "{told}");
    let left = regions(data).await;
    assert!(left.iter().any(|(code, _)| code == "350302003000"), "{left:?}");
    assert!(told.contains("! 霞林街道（350302003000）新名单里没有，但还有") && told.contains("岗位1个"), "{told}");
    assert!(!left.iter().any(|(code, _)| code == "350302001000"), "{left:?}");

    let again = import(STREETS, VILLAGES);
    assert!(again.status.success(), "{}", said(&again));
    assert_eq!(regions(data).await, whole, "what comes back is open again");
}

#[test]
fn the_shipped_catalog_is_sound() {
    let done = yizhi(&["catalog", "check"]);
    assert!(done.status.success(), "{}", said(&done));
}

#[test]
fn a_demo_is_for_this_machine_only() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    for command in ["demo", "demo --load-only"] {
        let mut args: Vec<&str> = command.split(' ').collect();
        args.extend(["--data", data.to_str().unwrap(), "--listen", "0.0.0.0:0"]);
        let refused = yizhi(&args);
        assert!(!refused.status.success() && said(&refused).contains("127.0.0.1"), "{}", said(&refused));
    }
    assert!(!data.exists());
}

/// One folder through the life of a demo: loaded, loaded again, used by the tools.
#[tokio::test(flavor = "multi_thread")]
async fn a_demo_is_loaded_once_and_used_by_the_tools() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let data = data.to_str().unwrap();
    let load = || yizhi(&["demo", "--data", data, "--place", "350302", "--cases", "150", "--load-only"]);
    let first = load();
    assert!(first.status.success(), "{}", said(&first));
    let accounts = accounts(Path::new(data));
    let told = cases(data).await;
    assert!((145..=150).contains(&told), "{told} cases, a few of them confidential");

    let second = load();
    assert!(second.status.success(), "{}", said(&second));
    assert_eq!(accounts, self::accounts(Path::new(data)), "the same people");
    assert_eq!(cases(data).await, told);

    let unknown = yizhi(&["demo", "--data", data, "--place", "999999", "--load-only"]);
    assert!(!unknown.status.success() && said(&unknown).contains("440604"));

    tokens(data);
    person_commands(data).await;
    grids(data, folder.path()).await;
}

/// The play of the rewritten history, on a copy of a demo and on a demo of its own. Both leave nothing behind.
#[test]
fn a_rewrite_of_history_is_refused_by_everybody() {
    let folder = tempfile::tempdir().unwrap();
    let (data, temporary) = (folder.path().join("data"), folder.path().join("tmp"));
    std::fs::create_dir(&temporary).unwrap();
    let play = |data: &Path| {
        let mut play = Command::new(env!("CARGO_BIN_EXE_yizhi"));
        play.args(["demo", "--play", "rewrite", "--data"]).arg(data).env_remove("YIZHI_DATABASE_URL");
        play.env("TMPDIR", &temporary).output().unwrap()
    };
    let of_its_own = play(&data);
    assert!(of_its_own.status.success(), "{}", said(&of_its_own));
    assert!(!data.exists(), "it makes no demo where none is");

    let loaded = yizhi(&["demo", "--data", data.to_str().unwrap(), "--cases", "60", "--load-only"]);
    assert!(loaded.status.success(), "{}", said(&loaded));
    let before = std::fs::read(data.join("yizhi.db")).unwrap();
    let played = play(&data);
    let told = said(&played);
    assert!(played.status.success(), "{told}");
    for part in ["demo/witness-a：409", "demo/witness-b：409", "demo/witness-a：422", "demo/witness-b：422"] {
        assert!(told.contains(part), "{part}: {told}");
    }
    assert!(told.contains("[record.unlogged]") && told.contains("The rewrite failed"), "{told}");
    assert_eq!(std::fs::read(data.join("yizhi.db")).unwrap(), before, "the demo itself is as it was");
    assert_eq!(std::fs::read_dir(&temporary).unwrap().count(), 0, "the copies are gone");
}

#[tokio::test]
async fn a_real_installation_is_no_stage() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    Db::open_sqlite(&folder.path().join("yizhi.db")).await.unwrap().close().await.unwrap();
    let refused = yizhi(&["demo", "--play", "rewrite", "--data", data]);
    assert!(!refused.status.success() && said(&refused).contains("real installation"), "{}", said(&refused));
}

/// Cases that a leader of the county sees.
async fn cases(data: &str) -> u64 {
    let db = Db::open_sqlite(&Path::new(data).join("yizhi.db")).await.unwrap();
    let now = "2099-01-01T00:00:00Z".parse().unwrap();
    let (world, _) = yizhi_server::loading::load(&db, now).await.unwrap();
    let leader = world.directory.by_account("350302-leader").unwrap().id;
    let post = world.directory.posts_of(leader, now).next().unwrap();
    let slice = Slice::of_post(world.catalog.roles().get("leader").unwrap(), post, now);
    let count = db.case_count(&slice, &CaseFilter::default()).await.unwrap();
    db.close().await.unwrap();
    count
}

fn accounts(data: &Path) -> Vec<Value> {
    let path = data.join("demo-accounts.json");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let accounts: Vec<Value> = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let held = |role: &str| accounts.iter().any(|a| a["posts"][0]["role"] == role);
    for role in ["administrator", "security_officer", "auditor", "operator", "dispatcher", "verifier", "grid_leader"] {
        assert!(held(role), "nobody is {role}");
    }
    for role in ["grid_worker", "grid_supervisor", "department_handler", "window_clerk", "leader", "citizen"] {
        assert!(held(role), "nobody is {role}");
    }
    assert!(accounts.iter().all(|a| a["posts"][0]["region"].as_str().is_some_and(|r| r.len() == 12)));
    accounts
}

fn tokens(data: &str) {
    let made = yizhi(&["token", "create", "--account", "350302-operator", "--data", data]);
    let token = String::from_utf8(made.stdout).unwrap();
    assert_eq!(token.trim_end().len(), 64, "the token alone");
    assert_eq!(token.lines().count(), 1);
    let nobody = yizhi(&["token", "create", "--account", "nobody", "--data", data]);
    assert!(!nobody.status.success() && nobody.stdout.is_empty());
}

/// All three administrators are there, so that the machine's operator must say why, and everybody sees it.
async fn person_commands(data: &str) {
    let create = |more: &[&str]| {
        let args =
            ["person", "create", "--account", "by-hand", "--name", "林安", "--region", "350302000000", "--data", data];
        yizhi(&[&args, more].concat())
    };
    let unexplained = create(&[]);
    assert!(!unexplained.status.success() && unexplained.stdout.is_empty() && said(&unexplained).contains("--reason"));
    let business = create(&["--role", "operator", "--reason", "x"]);
    assert!(!business.status.success() && said(&business).contains("administrator"), "{}", said(&business));
    let made = create(&["--role", "auditor", "--reason", "两位管理员都离职了"]);
    let code = String::from_utf8(made.stdout.clone()).unwrap();
    assert!(made.status.success() && code.trim_end().len() == 19 && code.lines().count() == 1, "{}", said(&made));
    let silent = yizhi(&["person", "reset", "--account", "350302-auditor", "--data", data]);
    assert!(!silent.status.success(), "a reason is needed");
    let reset = yizhi(&["person", "reset", "--account", "350302-auditor", "--reason", "手机丢了", "--data", data]);
    assert!(reset.status.success() && reset.stdout.len() == 20, "{}", said(&reset));
    let token = yizhi(&["token", "create", "--account", "350302-administrator", "--data", data]);
    assert!(!token.status.success() && token.stdout.is_empty(), "an administrator's post has no token");
    let long = yizhi(&["token", "create", "--account", "350302-operator", "--days", "366", "--data", data]);
    assert!(!long.status.success());

    let db = Db::open_sqlite(&Path::new(data).join("yizhi.db")).await.unwrap();
    let now = "2099-01-01T00:00:00Z".parse().unwrap();
    let noted = db.proposals(false, 10, now).await.unwrap();
    let by_machine: Vec<_> = noted.iter().filter(|p| p.proposed_by.is_none() && p.decided_by.is_none()).collect();
    assert_eq!(by_machine.len(), 2);
    assert!(by_machine.iter().any(|p| p.reason.as_deref() == Some("两位管理员都离职了") && p.post.is_some()));
    assert!(by_machine.iter().any(|p| p.reason.as_deref() == Some("手机丢了") && p.post.is_none()));
    let auditor = db.credentials("350302-auditor").await.unwrap().unwrap();
    assert!(auditor.password.is_none() && auditor.totp.is_none());
    db.close().await.unwrap();
}

async fn grids(data: &str, folder: &Path) {
    let village = RegionPath::parse("35.03.02.001.201.").unwrap();
    let before = current(data, &village).await;
    let feature = |code: &str, geometry: &str| {
        let geometry: Value = serde_json::from_str(geometry).unwrap();
        json!({ "type": "Feature", "properties": { "code": code, "name": "网格" }, "geometry": geometry })
    };
    let file = folder.join("grids.geojson");
    let write = |features: Vec<Value>| {
        let collection = json!({ "type": "FeatureCollection", "features": features });
        std::fs::write(&file, collection.to_string()).unwrap();
    };
    let import = || yizhi(&["grid", "import", file.to_str().unwrap(), "--data", data]);

    let twice = before.iter().map(|(_, _, geometry)| feature("350302001201001", geometry));
    write(twice.collect());
    let refused = import();
    assert!(!refused.status.success() && said(&refused).contains("nothing was changed"), "{}", said(&refused));
    assert_eq!(current(data, &village).await, before, "a bad file changes nothing");

    write(before.iter().map(|(code, _, geometry)| feature(code, geometry)).collect());
    let done = import();
    assert!(done.status.success(), "{}", said(&done));
    let after = current(data, &village).await;
    assert_eq!(after.len(), before.len());
    assert!(after.iter().all(|(_, version, _)| *version == 2));
}

/// Code, version and geometry of the grids in force.
async fn current(data: &str, below: &RegionPath) -> Vec<(String, i32, String)> {
    let db = Db::open_sqlite(&Path::new(data).join("yizhi.db")).await.unwrap();
    let grids = db.grids(below).await.unwrap();
    grids.into_iter().map(|g| (g.code, g.version, g.geometry)).collect()
}
