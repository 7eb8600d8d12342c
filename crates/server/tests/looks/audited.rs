//! The auditor's list: looks of one's own region, found by time, person, kind and case, page by page; each listing is a look too, and each look has a
//! receipt.

use axum::http::StatusCode;
use chrono::TimeDelta;
use serde_json::{Value, json};
use yizhi_domain::look::LookKind;
use yizhi_ledger::receipt::{Part, Receipt};

use crate::common::{Harness, on_both};
use crate::scene::{get, looks, told, unmask};

/// Two looks in the first county, one in the second, an export of each operator.
async fn life(h: &Harness) -> String {
    let case = told(h, "operator", false).await;
    for (account, purpose) in [("operator", "contact_reporter"), ("grid_worker", "emergency")] {
        assert_eq!(unmask(h, account, &case, purpose).await.status, StatusCode::OK);
        h.pass(TimeDelta::seconds(10));
    }
    for account in ["operator", "operator-2"] {
        let answer = get(h, account, "/api/v1/cases/export?purpose=statistics&region=350302000000").await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.json);
        h.pass(TimeDelta::seconds(10));
    }
    case
}

async fn list(h: &Harness, query: &str) -> Vec<Value> {
    let answer = get(h, "auditor", &format!("/api/v1/looks{query}")).await;
    assert_eq!(answer.status, StatusCode::OK, "{query}: {}", answer.json);
    answer.json["items"].as_array().unwrap().clone()
}

fn told_of(items: &[Value]) -> Vec<(&str, &str)> {
    items.iter().map(|item| (item["kind"].as_str().unwrap(), item["actor"]["account"].as_str().unwrap())).collect()
}

#[tokio::test]
async fn an_auditor_sees_the_looks_of_the_region_and_listing_them_is_one() {
    on_both(async |h| {
        let case = life(&h).await;
        let items = list(&h, "").await;
        assert_eq!(
            told_of(&items),
            [("export", "operator"), ("unmask", "grid_worker"), ("unmask", "operator")],
            "the newest first, none of the other county"
        );
        let (number, last) = (&items[2]["case"]["number"], &items[2]);
        assert_eq!(last["case"]["id"], json!(case));
        assert_eq!((&last["purpose"]["code"], &last["post"]["role"]), (&json!("contact_reporter"), &json!("operator")));
        assert_eq!(last["post"]["regionName"], "城厢区");
        assert_eq!(last["fields"], json!(["reporter.name", "reporter.phone"]));
        assert_eq!(last["at"], "2026-11-20T10:00:00+08:00");
        assert_eq!((&items[0]["rows"], &items[0]["filter"]), (&json!(1), &json!("region=350302000000")));
        for (query, n) in [
            ("?kind=unmask".to_owned(), 2),
            ("?kind=looks".to_owned(), 2),
            ("?account=grid_worker".to_owned(), 1),
            (format!("?case={case}"), 2),
            (format!("?case={}", number.as_str().unwrap()), 2),
            ("?from=2026-11-20T10:00:10%2B08:00&kind=unmask".to_owned(), 1),
            ("?to=2026-11-20T10:00:10%2B08:00".to_owned(), 1),
            ("?account=operator-2".to_owned(), 0),
        ] {
            assert_eq!(list(&h, &query).await.len(), n, "{query}");
        }
        let listed: Vec<_> = looks(&h).await.into_iter().filter(|(look, _)| look.kind == LookKind::Looks).collect();
        assert_eq!(listed.len(), 9, "each listing was recorded");
        assert_eq!((listed[0].0.rows, listed[0].0.person), (Some(3), h.person("auditor")));
        assert_eq!(get(&h, "auditor", "/api/v1/looks").await.json["keptUntilMonths"], 6);
    })
    .await;
}

#[tokio::test]
async fn pages_hold_each_look_once() {
    on_both(async |h| {
        let case = told(&h, "operator", false).await;
        for n in 0..7 {
            assert_eq!(unmask(&h, "operator", &case, "contact_reporter").await.status, StatusCode::OK);
            h.pass(TimeDelta::seconds(n / 3));
        }
        let (mut places, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = get(&h, "auditor", &format!("/api/v1/looks?kind=unmask&limit=2{cursor}")).await.json;
            places.extend(page["items"].as_array().unwrap().iter().map(|item| item["seq"].as_i64().unwrap()));
            let Some(next) = page["next"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(places.len(), 7);
        assert!(places.is_sorted_by(|a, b| a > b), "{places:?}");
    })
    .await;
}

#[tokio::test]
async fn nobody_else_sees_looks_and_nonsense_is_named() {
    on_both(async |h| {
        life(&h).await;
        for account in ["operator", "leader", "citizen", "administrator", "security_officer", "leader-city"] {
            for path in ["/api/v1/looks", "/api/v1/looks/export", "/api/v1/looks/1/receipt"] {
                let answer = get(&h, account, path).await;
                assert_eq!((answer.status, answer.code()), (StatusCode::FORBIDDEN, "forbidden"), "{account} {path}");
            }
        }
        for (query, field) in [
            ("?kind=peek", "kind"),
            ("?account=nobody", "account"),
            ("?case=350302-19990101-00001", "case"),
            ("?limit=0", "limit"),
            ("?cursor=x", "cursor"),
        ] {
            let answer = get(&h, "auditor", &format!("/api/v1/looks{query}")).await;
            assert_eq!((answer.status.as_u16(), answer.json["field"].as_str()), (422, Some(field)), "{query}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_list_is_exported_as_it_is_shown() {
    on_both(async |h| {
        life(&h).await;
        let answer = get(&h, "auditor", "/api/v1/looks/export?kind=unmask").await;
        let text = String::from_utf8(answer.bytes.to_vec()).unwrap();
        assert_eq!((answer.status, answer.header("content-type")), (StatusCode::OK, "text/csv; charset=utf-8"));
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines.len() == 3 && lines[0].contains("账本序号,时间,种类,账号"), "{text}");
        assert!(lines[2].contains("2026-11-20 10:00:00,查看明文,operator,测试operator,城厢区 受理员,"), "{text}");
        assert_eq!(list(&h, "?kind=looks").await.len(), 1, "the export is a look");
    })
    .await;
}

#[tokio::test]
async fn a_receipt_of_a_look_proves_it_without_naming_who_looked() {
    on_both(async |h| {
        life(&h).await;
        let mine = list(&h, "?kind=unmask").await[0]["seq"].clone();
        let path = format!("/api/v1/looks/{mine}/receipt");
        assert_eq!(get(&h, "auditor", &path).await.code(), "not_in_ledger_yet");
        yizhi_server::ledger::Sequencer::new().turn(&h.app).await.unwrap();
        let receipt = Receipt::parse(&get(&h, "auditor", &path).await.bytes).unwrap();
        let proven = receipt.verify(h.app.ledger().keys()).unwrap();
        assert_eq!(Some(proven.index), mine.as_u64());
        let shown = |part: &Part| match part {
            Part::Shown { name, value, .. } => Some((name.clone(), value.clone())),
            Part::Withheld { .. } => None,
        };
        let shown: Vec<_> = receipt.parts().iter().filter_map(shown).collect();
        assert!(shown.contains(&("kind".to_owned(), "\"look.unmask\"".to_owned())), "{shown:?}");
        assert!(shown.contains(&("fields/purpose".to_owned(), "\"emergency\"".to_owned())), "{shown:?}");
        assert!(shown.iter().all(|(name, _)| name != "fields/actor"), "{shown:?}");
        let records = h.app.db().records_from(0, 100_000).await.unwrap();
        let elsewhere =
            records.iter().rfind(|record| record.subject == h.person("operator-2").0 && record.kind == "look.export");
        let step = records.iter().find(|record| record.kind == "case.step");
        for unseen in [elsewhere.unwrap().seq, step.unwrap().seq, 100_000] {
            let answer = get(&h, "auditor", &format!("/api/v1/looks/{unseen}/receipt")).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{unseen}");
        }
    })
    .await;
}
