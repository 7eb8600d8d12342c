//! The questions: every kind of slice with every filter, and everything else the store answers.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;
use yizhi_domain::case::Alert;
use yizhi_domain::ids::{AttachmentId, CaseId, PersonId};
use yizhi_domain::look::LookKind;
use yizhi_domain::region::RegionPath;
use yizhi_domain::role::{Permission, Role};
use yizhi_domain::search::Query;
use yizhi_domain::slice::{Scope, Slice};
use yizhi_store::{CaseFilter, CounterKey, JobKeeper, LookFilter, Mine, Near, Sort};

use super::Bench;
use super::million::{CASES, CITIZEN, CLERK, EACH, LOOKS, START, person};
use crate::roles;

/// A page of a list, with what its halves read ahead.
const PAGE: u64 = 8_000;
/// Bounded by the work that is open, some twenty thousand cases: looked at in each half, and their participants.
const OPEN_WORK: u64 = 80_000;
/// Bounded by the cases of one matter, or those one person or department ever took part in.
const HISTORY: u64 = 260_000;
/// Seeing that there is nothing to see.
const NOTHING: u64 = 500;
/// Whole tables of counts.
const COUNTS: u64 = 400_000;

const COUNTY: &str = "35.03.02.";
const VILLAGE: &str = "35.03.02.105.211.";
const GRID: &str = "35.03.02.105.211.302.";
const HAMLET: &str = "44.04.40.";

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp_micros(START + CASES * EACH).unwrap()
}

fn moment(case: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(START + case * EACH).unwrap()
}

fn number(n: i64) -> PersonId {
    PersonId(person(n).parse().unwrap())
}

fn path(text: &str) -> RegionPath {
    RegionPath::parse(text).unwrap()
}

/// Somebody who asks.
struct Asker {
    who: &'static str,
    role: Role,
    slice: Slice,
}

fn askers() -> Vec<Asker> {
    let roles = roles::all();
    let asker = |who, role: &str, region, department, person| Asker {
        who,
        role: roles.iter().find(|r| r.code == role).unwrap().clone(),
        slice: roles::slice(role, region, department, number(person), now()),
    };
    vec![
        asker("leader of a province", "leader", "35.", None, 1),
        asker("leader of a city", "leader", "35.03.", None, 1),
        asker("operator of a county", "operator", COUNTY, None, 1),
        asker("operator of a township", "operator", "35.03.02.105.", None, 1),
        asker("leader of a village", "grid_leader", VILLAGE, None, 1),
        asker("grid worker", "grid_worker", GRID, None, 1),
        asker("operator of a hamlet", "operator", HAMLET, None, 1),
        asker("handler of a county", "department_handler", COUNTY, Some("dept-3"), 1),
        asker("handler of a hamlet", "department_handler", HAMLET, Some("dept-3"), 1),
        asker("citizen", "citizen", COUNTY, None, CITIZEN),
        asker("citizen without cases", "citizen", COUNTY, None, 2),
        asker("window clerk", "window_clerk", COUNTY, None, CLERK),
        asker("administrator", "administrator", COUNTY, None, 1),
    ]
}

fn filters() -> Vec<(&'static str, u64, CaseFilter)> {
    let all = || CaseFilter { limit: 50, ..CaseFilter::default() };
    let kinds = |states: &[&str], matters: &[&str]| CaseFilter {
        states: states.iter().map(|s| (*s).to_owned()).collect(),
        matters: matters.iter().map(|m| (*m).to_owned()).collect(),
        ..all()
    };
    let half = (moment(CASES / 2).timestamp_micros(), Uuid::from_u128(77));
    let due = |filter: CaseFilter| CaseFilter { sort: Sort::Due, ..filter };
    let overdue = CaseFilter { overdue_at: Some(now()), ..all() };
    let alert = CaseFilter { alert: Some(Alert::Red), ..all() };
    let words = |query: &str| CaseFilter { query: Query::read(query).unwrap(), ..all() };
    vec![
        ("recent", PAGE, all()),
        ("recent, a later page", PAGE, CaseFilter { after: Some(half), ..all() }),
        ("due", OPEN_WORK, due(all())),
        (
            "due, after the last deadline",
            OPEN_WORK,
            CaseFilter { after: Some((i64::MAX - half.0, half.1)), ..due(all()) },
        ),
        ("closed", OPEN_WORK, kinds(&["closed"], &[])),
        ("reported", OPEN_WORK, kinds(&["reported"], &[])),
        ("closed or rejected", OPEN_WORK, kinds(&["closed", "rejected"], &[])),
        ("all open states", OPEN_WORK, kinds(&["reported", "registered", "handling", "finished", "suspended"], &[])),
        ("a state no case has", PAGE, kinds(&["merged"], &[])),
        ("a common matter", HISTORY, kinds(&[], &["event-3"])),
        ("a rare matter", PAGE, kinds(&[], &["event-rare"])),
        ("states and matters", HISTORY, kinds(&["closed", "suspended"], &["event-3", "event-4", "event-rare"])),
        ("in a village", PAGE, CaseFilter { region: Some(path(VILLAGE)), ..all() }),
        ("in the hamlet", PAGE, CaseFilter { region: Some(path(HAMLET)), ..all() }),
        ("closed in a village", PAGE, CaseFilter { region: Some(path(VILLAGE)), ..kinds(&["closed"], &[]) }),
        ("of a department", HISTORY, CaseFilter { department: Some("dept-3".to_owned()), ..all() }),
        ("of another department", HISTORY, CaseFilter { department: Some("dept-4".to_owned()), ..all() }),
        ("overdue", OPEN_WORK, overdue.clone()),
        ("overdue, most urgent first", OPEN_WORK, due(overdue)),
        ("red", OPEN_WORK, alert.clone()),
        ("red, most urgent first", OPEN_WORK, due(alert)),
        ("of one month", PAGE, CaseFilter { since: Some(moment(300_000)), until: Some(moment(330_000)), ..all() }),
        ("a rare word", PAGE, words("KTV88")),
        ("a common word", HISTORY, words("垃圾")),
    ]
}

/// Those who took part in much may read as much where more than a page is read.
fn allowed(who: &str, most: u64) -> u64 {
    if most > PAGE && ["handler of a county", "window clerk"].contains(&who) { HISTORY.max(most) } else { most }
}

fn mine(slice_of: &str) -> Vec<(&'static str, u64, CaseFilter)> {
    let reported = |n| CaseFilter { mine: Some(Mine::Reported(number(n))), limit: 50, ..CaseFilter::default() };
    let inbox = |department: Option<&str>| CaseFilter {
        mine: Some(Mine::Inbox {
            role: if department.is_some() { "department_handler" } else { "operator" }.to_owned(),
            path: path(COUNTY),
            department: department.map(str::to_owned),
            person: number(1),
        }),
        sort: Sort::Due,
        limit: 50,
        ..CaseFilter::default()
    };
    match slice_of {
        "citizen" => vec![("reported by me", PAGE, reported(CITIZEN))],
        "window clerk" => vec![("reported by me", HISTORY, reported(CLERK))],
        "operator of a county" => vec![("inbox", OPEN_WORK, inbox(None))],
        "handler of a county" => vec![("inbox", OPEN_WORK, inbox(Some("dept-3")))],
        _ => Vec::new(),
    }
}

pub(super) async fn lists(bench: &mut Bench) {
    for Asker { who, slice, .. } in askers() {
        for (what, most, filter) in filters().into_iter().chain(mine(who)) {
            let most = match who {
                "administrator" => NOTHING,
                _ => allowed(who, most),
            };
            let found =
                bench.check(&format!("{who}: {what}"), most, async |db| db.case_list(&slice, &filter).await).await;
            if who == "operator of a county" && what == "recent" {
                assert_eq!(found.0.len(), 50, "the checks would mean nothing on an empty list");
            }
        }
    }
}

pub(super) async fn others(bench: &mut Bench) {
    for asker in askers() {
        cases(bench, &asker).await;
        if asker.role.permissions.contains(&Permission::ReadMap) {
            map(bench, &asker).await;
        }
        if asker.role.permissions.contains(&Permission::ReadCounters) {
            counters(bench, &asker).await;
        }
    }
    let now = now();
    bench.check("changes since", PAGE, async |db| db.change_newest(CASES - 100).await).await;
    bench.check("changes", PAGE, async |db| db.changes_after(CASES / 2, 1_000).await).await;
    bench.check("the last change", PAGE, async |db| db.change_last().await).await;
    bench.check("cases to alert", PAGE, async |db| db.cases_to_alert(now, None, 200).await).await;
    bench.check("the next job", PAGE, async |db| db.job_claim(&["stage_day"], now).await).await;
    let keeper = JobKeeper { region: RegionPath::root(), at: now };
    bench.check("dead jobs", PAGE, async |db| db.jobs_in("dead", &keeper, 100).await).await;
    looks(bench).await;
    let some: Vec<CaseId> = (1..50).map(|n| CaseId(Uuid::from_u128(n))).collect();
    bench.check("attachments", PAGE, async |db| db.attachments_of(&some).await).await;
    let files: Vec<AttachmentId> = (1..500).map(|n| AttachmentId(Uuid::from_u128(n))).collect();
    bench.check("files of attachments", PAGE, async |db| db.attachment_files_known(&files).await).await;
    bench
        .check("unused uploads", NOTHING, async |db| db.uploads_unused(PersonId(person(1).parse().unwrap())).await)
        .await;
    bench.check("old unused uploads", NOTHING, async |db| db.uploads_expire(now, now).await).await;
    bench.check("the first change", PAGE, async |db| db.change_first().await).await;
    let some: Vec<Uuid> = (1..50).map(Uuid::from_u128).collect();
    bench.check("participants", PAGE, async |db| db.parts_of(&some).await).await;
    bench.check("a session", PAGE, async |db| db.session(&[7; 32]).await).await;
}

/// What an auditor asks of a county's looks.
async fn looks(bench: &mut Bench) {
    let all = |region: &str| LookFilter {
        region: path(region),
        from: None,
        to: None,
        person: None,
        kind: None,
        case: None,
        after: None,
        limit: 50,
    };
    let half = (moment(LOOKS / 4).timestamp_micros(), LOOKS / 2);
    let month = (Some(moment(30_000)), Some(moment(33_000)));
    for (what, most, filter) in [
        ("recent", PAGE, all(COUNTY)),
        ("of a province", PAGE, all("35.")),
        ("of a hamlet", PAGE, all(HAMLET)),
        ("a later page", PAGE, LookFilter { after: Some(half), ..all(COUNTY) }),
        ("of one month", PAGE, LookFilter { from: month.0, to: month.1, ..all(COUNTY) }),
        ("of somebody", PAGE, LookFilter { person: Some(number(100_007)), ..all(COUNTY) }),
        ("of somebody who never looked", PAGE, LookFilter { person: Some(number(5)), ..all(COUNTY) }),
        ("at a case", PAGE, LookFilter { case: Some(CaseId(number(7919).0)), ..all(COUNTY) }),
        ("a rare kind", OPEN_WORK, LookFilter { kind: Some(LookKind::Export), ..all(COUNTY) }),
    ] {
        let found = bench.check(&format!("looks: {what}"), most, async |db| db.looks(&filter).await).await;
        assert_eq!(found.0.is_empty(), what.contains("never"), "looks: {what}");
    }
    let month = LookFilter { from: month.0, to: month.1, ..all(COUNTY) };
    bench.check("looks: how many in a month", OPEN_WORK, async |db| db.look_count(&month).await).await;
    bench.check("the number of a case", PAGE, async |db| db.look_case("350302-7").await).await;
    let some: Vec<CaseId> = (1..50).map(|n| CaseId(Uuid::from_u128(n))).collect();
    bench.check("numbers of cases", PAGE, async |db| db.look_cases(&some).await).await;
    bench.check("when a record was written", PAGE, async |db| db.recorded_from(1_000).await).await;
}

async fn cases(bench: &mut Bench, Asker { who, slice, .. }: &Asker) {
    let id = CaseId(person(7919).parse().unwrap());
    let read = bench.check(&format!("{who}: one case"), PAGE, async |db| db.case_fetch(id, slice).await).await;
    if let Some(case) = read {
        bench.check(&format!("{who}: timeline"), PAGE, async |db| db.case_trace(&case).await).await;
    }
    bench.check(&format!("{who}: by number"), PAGE, async |db| db.case_fetch_by_number("350302-1", slice).await).await;
    let near = Near {
        except: None,
        family: "family".to_owned(),
        text: "垃圾".to_owned(),
        place: Some((118.95, 25.35)),
        grid: Some(path(VILLAGE).child("001")),
        at: now() - TimeDelta::days(400),
    };
    bench.check(&format!("{who}: duplicates"), PAGE, async |db| db.case_duplicates(slice, &near).await).await;
    let reader = PersonId(id.0);
    for unread in [false, true] {
        let what = format!("{who}: notices, unread only: {unread}");
        bench.check(&what, PAGE, async |db| db.notices(slice, reader, unread, None, 50).await).await;
    }
    bench.check(&format!("{who}: unread"), PAGE, async |db| db.notices_unread(slice, reader).await).await;
    if let Scope::Region(below) = slice.scope() {
        let what = format!("{who}: confidential");
        bench.check(&what, PAGE, async |db| db.confidential_list(below, true, None, 50).await).await;
    }
}

async fn map(bench: &mut Bench, Asker { who, slice, .. }: &Asker) {
    for (what, bbox) in [("whole map", [118.0, 25.0, 120.0, 26.0]), ("street", [118.95, 25.35, 118.951, 25.351])] {
        let most = allowed(who, 2 * OPEN_WORK);
        bench.check(&format!("{who}: {what}"), most, async |db| db.case_places(slice, bbox, &[]).await).await;
    }
}

async fn counters(bench: &mut Bench, Asker { who, slice, .. }: &Asker) {
    for region in ["35.", VILLAGE] {
        let region = path(region);
        for key in [CounterKey::State, CounterKey::Matter, CounterKey::Department, CounterKey::Village] {
            let what = format!("{who}: counters of {region} by {key:?}");
            bench.check(&what, COUNTS, async |db| db.case_counters(slice, &region, key).await).await;
        }
        let (what, most) = (format!("{who}: overdue in {region}"), allowed(who, OPEN_WORK));
        bench.check(&what, most, async |db| db.case_overdue(slice, &region, CounterKey::Village, now()).await).await;
    }
}
