//! The shipped catalog: it loads, and its procedures tell the stories beside them.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use yizhi_domain::calendar;
use yizhi_domain::catalog::{Catalog, Files};
use yizhi_domain::procedure::{self, scenario};
use yizhi_domain::search::name_query;

fn files() -> Files {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalog");
    let mut files = BTreeMap::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.ends_with("places") {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "yaml") {
                let name = path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
                files.insert(name, std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    files
}

fn catalog(files: &Files) -> Catalog {
    Catalog::load_new(files).unwrap_or_else(|faults| {
        let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
        panic!("{}", told.join("\n"))
    })
}

#[test]
fn the_shipped_catalog_loads() {
    let catalog = catalog(&files());
    assert_eq!(catalog.roles().iter().count(), 13);
    assert!(catalog.matters().count() >= 190);
    for (query, code) in
        [("0194", "event-0194"), ("油烟", "event-0194"), ("blsh", "event-0110"), ("baolushenghuo", "event-0110")]
    {
        assert!(catalog.search_matters(name_query(query).unwrap()).any(|m| m.code == code), "{query}");
    }
}

#[test]
fn forms_ask_in_words_and_answer_nothing_beforehand_but_what_cases_are_pinned_to_is_read() {
    let shipped = files();
    let broken = [
        (
            "x-title: {zh: 情况是否属实, en: Is it as reported}",
            "default: true\n          x-title: {zh: 情况是否属实, en: Is it as reported}",
            "takes no default",
        ),
        ("          x-title: {zh: 情况是否属实, en: Is it as reported}\n", "", "no x-title"),
    ];
    for (from, to, expected) in broken {
        let mut files = shipped.clone();
        let text = files.get_mut("procedures/incident.yaml").unwrap();
        assert!(text.contains(from), "{from}");
        *text = text.replacen(from, to, 1);
        let told = Catalog::load_new(&files).expect_err(expected);
        assert!(
            told.iter().any(|fault| fault.message.contains("“found”") && fault.message.contains(expected)),
            "{told:?}"
        );
        assert!(Catalog::load(&files).is_ok(), "a release of earlier times");
    }
}

#[test]
fn procedures_tell_their_scenarios() {
    let files = files();
    let catalog = Arc::new(catalog(&files));
    let named: Vec<(&str, &str)> =
        files.iter().filter(|(p, _)| p.starts_with("calendars/")).map(|(p, t)| (p.as_str(), t.as_str())).collect();
    let calendars = Arc::new(calendar::parse(&named).unwrap());
    let mut played = 0;
    for (file, text) in files.iter().filter(|(p, _)| p.ends_with(".scenarios.yaml")) {
        played += scenario::play(file, text, catalog.clone(), calendars.clone()).unwrap_or_else(|faults| {
            let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
            panic!("{}", told.join("\n"))
        });
    }
    assert!(played >= 8, "{played}");
}

/// Each way to break the procedure is refused, and the message names the line.
#[test]
fn broken_procedures_are_refused_with_their_line() {
    let files = files();
    let sound = &files["procedures/incident.yaml"];
    let catalog = catalog(&files);
    let cases: &[(&str, &str, &str)] = &[
        ("start: reported", "start: nowhere", "no state “nowhere”"),
        ("to: pending_register", "to: pending_registre", "no state “pending_registre”"),
        ("roles: [grid_worker, verifier, operator]", "roles: [grid_walker]", "no role “grid_walker”"),
        ("    limit_of: condition\n", "", "has no limit"),
        ("clock: verify", "clock: verifi", "no clock “verifi”"),
        ("!(actor.person in case.handlers)", "actor.person + 1", "guard"),
        ("!has(case.data.score)", "case.handler == 'x'", "guard"),
        ("tone: waiting", "tone: wating", "wating"),
        ("    to: closed\n", "    to: pending_close\n", "dead end"),
    ];
    for (from, to, expected) in cases {
        assert!(sound.contains(from), "{from}");
        let broken = sound.replacen(from, to, 1);
        let faults = procedure::parse("incident.yaml", &broken, catalog.roles()).expect_err(from);
        let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
        assert!(told.iter().any(|f| f.contains(expected)), "{from} → {to}: {told:?}");
        assert!(faults.iter().all(|f| f.line > 0), "{told:?}");
    }
}

/// Each way to break the files of purposes and terms is refused, and the message names the line.
#[test]
fn broken_purposes_and_terms_are_refused_with_their_line() {
    let files = files();
    let cases: &[(&str, &str, &str, &str)] = &[
        ("purposes.yaml", "roles: [operator, window_clerk]", "roles: [operator, clerk]", "no role “clerk”"),
        ("purposes.yaml", "roles: [operator, window_clerk]", "roles: [auditor]", "reads no cases"),
        ("purposes.yaml", "roles: [operator, window_clerk]", "roles: []", "nobody can claim “answer_data_subject”"),
        ("purposes.yaml", "kinds: [export]", "kinds: []", "nobody can claim “statistics”"),
        ("purposes.yaml", "kinds: [export]", "kinds: [delete]", "delete"),
        ("purposes.yaml", "code: emergency", "code: contact_reporter", "defined twice"),
        ("purposes.yaml", "zh: 《个人信息保护法》第四十五条", "zh: ''", "rests on no law"),
        ("purposes.yaml", "from: 2021-09-01", "from: someday", "someday"),
        ("purposes.yaml", "verified: true", "checked: true", "checked"),
        ("retention.yaml", "  months: 6", "  months: 5", "art. 23(3) asks for 6"),
        ("retention.yaml", "  months: 6", "  months: long", "long"),
    ];
    for (file, from, to, expected) in cases {
        let mut broken = files.clone();
        let text = broken.get_mut(*file).unwrap();
        assert!(text.contains(from), "{from}");
        *text = text.replacen(from, to, 1);
        let faults = Catalog::load_new(&broken).expect_err(from);
        let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
        assert!(told.iter().any(|f| f.contains(expected) && f.starts_with(file)), "{from} → {to}: {told:?}");
        assert!(faults.iter().all(|f| f.line > 0), "{told:?}");
    }
}

#[test]
fn a_release_in_use_has_purposes_and_terms_and_an_old_one_is_read_without() {
    let mut files = files();
    let shipped = catalog(&files);
    assert!(shipped.purposes().count() >= 6 && shipped.retention().looks.as_ref().unwrap().months >= 6);
    for file in ["purposes.yaml", "retention.yaml"] {
        files.remove(file);
        let told = Catalog::load_new(&files).expect_err(file);
        assert!(told.iter().any(|fault| fault.file == *file), "{told:?}");
    }
    let old = Catalog::load(&files).unwrap();
    assert_eq!((old.purposes().count(), &old.retention().looks), (0, &None));
}

#[test]
fn a_basis_that_nobody_has_read_says_so() {
    let mut files = files();
    let text = files.get_mut("purposes.yaml").unwrap();
    *text = text.replacen("verified: true", "verified: false", 1);
    let catalog = catalog(&files);
    let basis = &catalog.purpose("contact_reporter").unwrap().basis;
    assert_eq!(basis.shown().zh, "《个人信息保护法》第三十四条（待核实）");
}

#[test]
fn the_state_diagram_in_the_documents_is_current() {
    let files = files();
    let catalog = catalog(&files);
    let procedure = catalog.procedure("incident").unwrap();
    let role = |code: &str| catalog.role_name(code).en;
    let page = format!(
        "# Incident 事件部件案件\n\nMade from `catalog/procedures/incident.yaml`; `YIZHI_BLESS=1 cargo test -p yizhi-domain` writes it anew.\n\n\
         ```mermaid\n{}```\n\n{}",
        procedure::mermaid(procedure),
        procedure::markdown_table(procedure, &role)
    );
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/procedures/incident.md");
    if std::env::var_os("YIZHI_BLESS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &page).unwrap();
    }
    assert_eq!(
        std::fs::read_to_string(&path).unwrap_or_default(),
        page,
        "run with YIZHI_BLESS=1 and look at the change"
    );
}
