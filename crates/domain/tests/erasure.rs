//! Which fields of which records an erasure takes, also of records that an earlier version wrote, and what authorises it.

#![expect(clippy::unwrap_used, reason = "tests")]

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use uuid::Uuid;
use yizhi_domain::case::{Body, Case};
use yizhi_domain::erasure::{Field, Kept, KeptStep, Refusal, authorises, check_note, check_reason};
use yizhi_domain::ids::{CaseId, PersonId};
use yizhi_domain::procedure::Tone;
use yizhi_domain::region::RegionPath;

const CASE: CaseId = CaseId(Uuid::from_u128(1));
const REPORTER: PersonId = PersonId(Uuid::from_u128(7));

fn case() -> Case {
    let now: DateTime<Utc> = "2026-11-20T02:00:00Z".parse().unwrap();
    Case {
        id: CASE,
        number: "350302-20261120-00001".to_owned(),
        matter: "event-0194".to_owned(),
        procedure: "incident".to_owned(),
        release: "r".to_owned(),
        state: "closed".to_owned(),
        version: 3,
        path: RegionPath::parse("35.03.02.").unwrap(),
        grid: None,
        location: Some((119.0, 25.4)),
        department: None,
        confidential: false,
        demo: false,
        reporter: Some(REPORTER),
        occurred_at: now,
        recorded_at: now,
        closed_at: Some(now),
        duplicate_of: None,
        body: Body { title: "标题".to_owned(), description: "说明".to_owned(), ..Body::default() },
        assignments: Vec::new(),
    }
}

fn step(fields: &Value, resident: bool) -> KeptStep {
    let text = json!({ "fields": fields, "kind": "case.step", "subject": CASE }).to_string();
    let mut step = KeptStep::read(text.as_bytes()).unwrap();
    step.resident = resident;
    step
}

/// What each field takes from a report and from a comment of the reporter.
fn taken(report: &Value) -> Vec<(String, Vec<&'static str>, Vec<&'static str>)> {
    let case = case();
    let comment = json!({ "seq": 2, "action": "comment", "actor": REPORTER, "note": "补充" });
    let steps = [step(report, true), step(&comment, true)];
    let kept = Kept { case: &case, contact: true, steps: &steps, files: &[] };
    let fields = [Field::Reporter, Field::Title, Field::Description, Field::Location, Field::Note(1), Field::Note(2)];
    fields.map(|field| (field.to_string(), kept.leaves(field, &steps[0]), kept.leaves(field, &steps[1]))).to_vec()
}

#[test]
fn each_field_takes_its_own() {
    let report = json!({
        "seq": 1, "action": "report", "actor": REPORTER, "note": "", "title": "标题", "description": "说明", "location": [119.0, 25.4],
        "contact": "00ff", "details": { "place": "35.03.02." },
    });
    let wanted = [
        ("reporter", vec!["contact", "actor"], vec!["actor"]),
        ("title", vec!["title"], vec![]),
        ("description", vec!["description"], vec![]),
        ("location", vec!["location"], vec![]),
        ("note:1", vec!["note"], vec![]),
        ("note:2", vec![], vec!["note"]),
    ];
    assert_eq!(taken(&report), wanted.map(|(field, a, b)| (field.to_owned(), a, b)));
}

/// Title and location were fields of the details, and description and contact in no record.
#[test]
fn an_older_report_loses_its_details() {
    let report = json!({
        "seq": 1, "action": "report", "actor": REPORTER, "note": "", "details": { "title": "标题", "location": [119.0, 25.4], "place": "35.03.02." },
    });
    let taken = taken(&report);
    let of = |name: &str| taken.iter().find(|(field, ..)| field == name).unwrap().1.clone();
    assert_eq!((of("title"), of("location")), (vec!["details"], vec!["details"]));
    assert_eq!((of("description"), of("reporter")), (vec![], vec!["actor"]));
}

/// Somebody in office stays named, and where nothing was kept there is nothing to erase.
#[test]
fn what_is_done_in_office_is_not_forgotten() {
    let case = case();
    let report = json!({ "seq": 1, "action": "report", "actor": REPORTER, "note": "" });
    let steps = [step(&report, false)];
    let kept = Kept { case: &case, contact: false, steps: &steps, files: &[] };
    assert_eq!(kept.check(Field::Reporter), Err(Refusal::Absent(Field::Reporter)));
    assert_eq!(kept.leaves(Field::Reporter, &steps[0]), [""; 0]);
    let called = Kept { contact: true, ..kept };
    assert_eq!((called.check(Field::Reporter), called.columns(Field::Reporter)), (Ok(()), vec!["contact"]));
}

#[test]
fn what_was_erased_is_not_erased_again() {
    let mut case = case();
    for field in [Field::Title, Field::Reporter, Field::Location] {
        case.erase(field, true);
    }
    assert_eq!((case.body.title.as_str(), case.reporter, case.location), ("", None, None));
    let kept = Kept { case: &case, contact: false, steps: &[], files: &[] };
    for field in [Field::Title, Field::Reporter, Field::Location] {
        assert_eq!(kept.check(field), Err(Refusal::Erased(field)));
    }
    assert_eq!(kept.check(Field::Description), Ok(()));
}

#[test]
fn only_another_case_closed_in_favour_authorises() {
    let other = CaseId(Uuid::from_u128(2));
    assert_eq!(authorises(&case(), Some(Tone::Done), other), Ok(()));
    assert_eq!(authorises(&case(), Some(Tone::Done), CASE), Err(Refusal::SameCase));
    assert_eq!(authorises(&case(), Some(Tone::Refused), other), Err(Refusal::Undecided));
    assert_eq!(authorises(&case(), None, other), Err(Refusal::Undecided));
    assert_eq!(authorises(&Case { closed_at: None, ..case() }, Some(Tone::Done), other), Err(Refusal::Undecided));
    assert_eq!(
        authorises(&Case { duplicate_of: Some(other), ..case() }, Some(Tone::Done), other),
        Err(Refusal::Undecided)
    );
}

#[test]
fn a_reason_quotes_nothing() {
    assert_eq!(check_reason("本人申请删除", ["王五", "", "本"]), Ok(()));
    assert_eq!(check_reason("王五申请删除", ["王五"]), Err(Refusal::ReasonTells));
    for telling in [
        "删去13912345678",
        "139 1234 5678 的机主",
        "139-1234-5678",
        "１３９ １２３４ ５６７８",
        "一三九一二三四五六七八",
        "٠١٣٩١٢٣٤٥٦٧٨",
        "+86 139·1234·5678",
        "0594-2691234",
        "（0594）269 1234",
    ] {
        assert_eq!(check_reason(telling, []), Err(Refusal::ReasonTells), "{telling}");
        assert_eq!(check_note(telling), Err(Refusal::NoteTells), "{telling}");
    }
    for fine in [
        "案件350302-20261120-00001已办结",
        "2026-11-20 10:30 提出",
        "依据第四十七条第一款",
        "一二三四五楼",
        "共12件、34人",
    ] {
        assert_eq!((check_reason(fine, []), check_note(fine)), (Ok(()), Ok(())), "{fine}");
    }
    assert_eq!(check_reason("", []), Err(Refusal::ReasonMissing));
    assert_eq!(check_reason("见案件350302-20261120-00001", []), Ok(()));
    assert_eq!(check_reason("机主13900112233申请", []), Err(Refusal::ReasonTells));
}
