//! Somebody with the database's password changes something: each column of a record, records as a whole, their order, what the log's row and the
//! head of the feed say, what a case says.

use chrono::TimeDelta;
use serde_json::{Value, json};
use uuid::Uuid;
use yizhi_domain::record::{Record, Sealed};
use yizhi_store::Backend;

use crate::scene::{Scene, on_scene};

/// What is done, what is found, and what that speaks of.
struct Tampering {
    sql: &'static str,
    /// Names of findings, and a text in what is said of each.
    found: &'static [(&'static str, &'static str)],
}

/// In braces: `n` is a step of `case` in the log, `m` the one before it, `w` and `v` records of somebody else's session that are in the log and wait,
/// `look` a look at `case`, `last` the last record, `next` the number after it, `size` that of the log; `other` is an id of the same moment as `n`, `early` one an hour before
/// `v`; `text`, `salts` and `sealed` are those of a record that was never written. Every statement runs on both databases.
const TABLE: &[Tampering] = &[
    // One column of a record.
    Tampering { sql: "UPDATE record SET id = {other} WHERE seq = {n}", found: &[("record.tag", "case {case}")] },
    Tampering {
        sql: "UPDATE record SET kind = 'case.look' WHERE seq = {n}",
        found: &[("record.kind", "record {n} (case {case}): column kind says “case.look”")],
    },
    Tampering {
        sql: "UPDATE record SET subject = {other} WHERE seq = {n}",
        found: &[("record.subject", "record {n} (case {case})")],
    },
    Tampering {
        sql: "UPDATE record SET recorded_at = recorded_at + 1 WHERE seq = {n}",
        found: &[("record.recorded_at", "record {n} (case {case})")],
    },
    Tampering {
        sql: "UPDATE record SET recorded_at = recorded_at + 60000000 WHERE seq = {w}",
        found: &[("record.recorded_at", "record {w}")],
    },
    Tampering {
        sql: "UPDATE record SET canonical = {text} WHERE seq = {n}",
        found: &[("record.text", "record {n} (case {case})")],
    },
    Tampering {
        sql: "UPDATE record SET canonical = {garbage} WHERE seq = {n}",
        found: &[("record.text", "record {n}")],
    },
    Tampering {
        sql: "UPDATE record SET canonical = {text} WHERE seq = {last}",
        found: &[("record.text", "record {last}")],
    },
    Tampering {
        sql: "UPDATE record SET salts = {salts} WHERE seq = {n}",
        found: &[("record.text", "record {n} (case {case})")],
    },
    Tampering {
        sql: "UPDATE record SET salts = {garbage} WHERE seq = {n}",
        found: &[("record.text", "bytes of salts")],
    },
    Tampering {
        sql: "UPDATE record SET commitment = {garbage} WHERE seq = {n}",
        found: &[("record.commitment", "record {n} (case {case})")],
    },
    Tampering {
        sql: "UPDATE record SET commitment = {sealed} WHERE seq = {last}",
        found: &[("record.text", "record {last}")],
    },
    Tampering {
        sql: "UPDATE record SET seq = NULL WHERE seq = {n}",
        found: &[("record.unnumbered", ""), ("record.missing", "record {n} ")],
    },
    Tampering {
        sql: "UPDATE record SET seq = -1 WHERE seq = {n}",
        found: &[("record.unnumbered", "record -1 (case {case})")],
    },
    Tampering {
        sql: "UPDATE record SET tag = NULL WHERE seq = {n}",
        found: &[("record.tag", "record {n} (case {case})")],
    },
    Tampering { sql: "UPDATE record SET tag = NULL WHERE seq = {last}", found: &[("record.tag", "record {last}")] },
    Tampering { sql: "UPDATE record SET tag = {salts} WHERE seq = {last}", found: &[("record.tag", "record {last}")] },
    // A record as a whole.
    Tampering {
        sql: "UPDATE record SET canonical = {text}, salts = {salts}, commitment = {sealed} WHERE seq = {n}",
        found: &[("record.unlogged", "record {n} (case {case})"), ("record.tag", "record {n}")],
    },
    Tampering {
        sql: "UPDATE record SET canonical = {text}, salts = {salts}, commitment = {sealed} WHERE seq = {last}",
        found: &[("record.tag", "record {last}")],
    },
    Tampering {
        sql: "DELETE FROM record WHERE seq = {n}",
        found: &[("record.missing", "record {n} is"), ("case.entries", "{case}")],
    },
    Tampering {
        sql: "DELETE FROM record WHERE seq = {last}",
        found: &[("record.missing", "record {last} "), ("feed_head.records", "{next}")],
    },
    Tampering {
        sql: "DELETE FROM record WHERE seq = {last}; UPDATE feed_head SET records = records - 1",
        found: &[("case.untraced", "")],
    },
    Tampering {
        sql: "DELETE FROM record WHERE seq >= {size} - 2; UPDATE feed_head SET records = {size} - 2",
        found: &[("record.missing", ""), ("ledger.row", "size {size}")],
    },
    Tampering {
        sql: "DELETE FROM record WHERE seq = {n}; UPDATE record SET seq = -seq WHERE seq > {n}; UPDATE record SET seq = -seq - 1 WHERE seq < 0; \
              UPDATE feed_head SET records = records - 1",
        found: &[("record.order", "record {n}"), ("case.entries", "{case}")],
    },
    Tampering {
        sql: "INSERT INTO record (id, kind, subject, recorded_at, canonical, salts, commitment, seq, tag) \
              SELECT {other}, kind, subject, recorded_at, canonical, salts, commitment, NULL, tag FROM record WHERE seq = {n}",
        found: &[("record.unnumbered", "{otherid}")],
    },
    Tampering {
        sql: "INSERT INTO record (id, kind, subject, recorded_at, canonical, salts, commitment, seq, tag) \
              SELECT {other}, kind, subject, recorded_at, canonical, salts, commitment, {next}, tag FROM record WHERE seq = {n}",
        found: &[
            ("feed_head.records", "{next}"),
            ("record.tag", "record {next}"),
            ("record.step", "record {next} (case {case})"),
        ],
    },
    Tampering {
        sql: "UPDATE record SET seq = -seq WHERE seq >= {n}; UPDATE record SET seq = 1 - seq WHERE seq < 0; UPDATE feed_head SET records = records + 1; \
              INSERT INTO record (id, kind, subject, recorded_at, canonical, salts, commitment, seq, tag) \
              SELECT {other}, kind, subject, recorded_at, {text}, {salts}, {sealed}, {n}, tag FROM record WHERE seq = {m}",
        found: &[("record.unlogged", "record {n} "), ("record.order", "number {n}")],
    },
    Tampering {
        sql: "DROP INDEX record_seq; \
              INSERT INTO record (id, kind, subject, recorded_at, canonical, salts, commitment, seq, tag) \
              SELECT {other}, kind, subject, recorded_at, canonical, salts, commitment, seq, tag FROM record WHERE seq = {n}",
        found: &[("record.repeated", "record {n} (case {case})")],
    },
    // Order and time.
    Tampering {
        sql: "UPDATE record SET seq = -1 WHERE seq = {n}; UPDATE record SET seq = {n} WHERE seq = {m}; UPDATE record SET seq = {m} WHERE seq = -1",
        found: &[
            ("record.order", "record {n} (case {case}): the log has it as number {m}"),
            ("record.order", "record {m} (case {case}): the log has it as number {n}"),
            ("record.step", "(case {case})"),
        ],
    },
    Tampering {
        sql: "UPDATE record SET recorded_at = recorded_at - 3600000000, id = {early} WHERE seq = {v}",
        found: &[("record.time", "record {v}")],
    },
    // The head of the feed.
    Tampering {
        sql: "UPDATE feed_head SET records = records + 1",
        found: &[("feed_head.records", "{next}"), ("record.missing", "record {next} ")],
    },
    Tampering { sql: "UPDATE feed_head SET records = records - 1", found: &[("feed_head.records", "counts {last} ")] },
    // The ledger's row.
    Tampering { sql: "UPDATE ledger SET size = size - 1", found: &[("ledger.row", "but size {size}")] },
    Tampering { sql: "UPDATE ledger SET size = 0, root = NULL", found: &[("ledger.row", "but size {size}")] },
    Tampering { sql: "UPDATE ledger SET size = size + 1", found: &[("log.tree", "")] },
    Tampering { sql: "UPDATE ledger SET size = size + 100000", found: &[("ledger.row", "size ≤ {next}")] },
    Tampering { sql: "UPDATE ledger SET size = -1", found: &[("ledger.row", "size -1")] },
    Tampering { sql: "UPDATE ledger SET root = {sealed}", found: &[("ledger.row", "size {size}")] },
    Tampering { sql: "UPDATE ledger SET root = NULL", found: &[("ledger.row", "a root of 32 bytes")] },
    Tampering { sql: "UPDATE ledger SET untagged = {next}", found: &[("ledger.row", "untagged {next}")] },
    // Cases.
    Tampering {
        sql: "UPDATE cases SET state = 'closed' WHERE number = '{case}'",
        found: &[("case.state", "case {case}: state is “closed”, its trace says “pending_handle”")],
    },
    Tampering {
        sql: "UPDATE cases SET version = version + 1 WHERE number = '{case}'",
        found: &[("case.version", "case {case}: version is “5”, its trace says “4”")],
    },
    Tampering {
        sql: "UPDATE cases SET number = '350302-19990101-00001' WHERE number = '{case}'",
        found: &[("case.number", "case 350302-19990101-00001: number")],
    },
    Tampering {
        sql: "UPDATE cases SET body = replace(body, '\"entries\":5', '\"entries\":4') WHERE number = '{case}'",
        found: &[("case.entries", "case {case}: body.entries is “4”, its trace says “5”")],
    },
    Tampering {
        sql: "DELETE FROM cases WHERE number = '{case}'",
        found: &[("case.gone", "case {case} is gone, 5 records")],
    },
    Tampering {
        sql: "UPDATE cases SET id = {other}, number = 'x' WHERE number = '{case}'",
        found: &[("case.untraced", "case x"), ("case.gone", "case {case}")],
    },
    // The rows by which looks are found.
    Tampering {
        sql: "UPDATE look SET at = at + 1 WHERE seq = {look}",
        found: &[("look.row", "record {look} (case {case}): the table look says at is")],
    },
    Tampering {
        sql: "UPDATE look SET kind = 'read' WHERE seq = {look}",
        found: &[("look.row", "kind is “read”, the record “unmask”")],
    },
    Tampering { sql: "UPDATE look SET person = {other} WHERE seq = {look}", found: &[("look.row", "person is")] },
    Tampering { sql: "UPDATE look SET case_id = NULL WHERE seq = {look}", found: &[("look.row", "case_id is")] },
    Tampering { sql: "UPDATE look SET province = '36.' WHERE seq = {look}", found: &[("look.row", "province is")] },
    Tampering { sql: "UPDATE look SET city = '35.04.' WHERE seq = {look}", found: &[("look.row", "city is")] },
    Tampering {
        sql: "UPDATE look SET county = '35.03.03.' WHERE seq = {look}",
        found: &[("look.row", "county is “35.03.03.”, the record “35.03.02.”")],
    },
    Tampering {
        sql: "DELETE FROM look WHERE seq = {look}",
        found: &[("look.unlisted", "record {look} (case {case})")],
    },
    Tampering {
        sql: "UPDATE look SET seq = {next} WHERE seq = {look}",
        found: &[("look.unlisted", "record {look}"), ("look.alone", "number {next}")],
    },
    Tampering {
        sql: "INSERT INTO look (seq, at, kind, person, case_id, province, city, county) \
              SELECT {n}, at, kind, person, case_id, province, city, county FROM look WHERE seq = {look}",
        found: &[("look.alone", "number {n}")],
    },
    Tampering {
        sql: "UPDATE record SET recorded_at = recorded_at + 1 WHERE seq = {look}",
        found: &[("record.recorded_at", "record {look}")],
    },
    // What people act on: the rows of a case, and what somebody's right rests on.
    Tampering {
        sql: "UPDATE cases SET path = '35.03.02.001.001.' WHERE number = '{case}'",
        found: &[("case.facts", "case {case}: cases is not")],
    },
    Tampering {
        sql: "UPDATE cases SET department = 'police' WHERE number = '{case}'",
        found: &[("case.facts", "case {case}: cases is not")],
    },
    Tampering {
        sql: "UPDATE cases SET confidential = NOT confidential WHERE number = '{case}'",
        found: &[("case.facts", "case {case}: cases is not")],
    },
    Tampering {
        sql: "UPDATE cases SET due_at = due_at + 86400000000 WHERE number = '{case}'",
        found: &[("case.facts", "case {case}: cases.due_at is not")],
    },
    Tampering {
        sql: "UPDATE cases SET next_alert_at = NULL WHERE number = '{case}'",
        found: &[("case.facts", "case {case}: cases.next_alert_at is not")],
    },
    Tampering {
        sql: "UPDATE cases SET reporter = NULL WHERE number = '{case}'",
        found: &[("case.facts", "case {case}: cases.reporter is not")],
    },
    Tampering {
        sql: "UPDATE cases SET body = replace(body, '\"assigned\":', '\"assigned\":1') WHERE number = '{case}'",
        found: &[("case.facts", "case {case}: cases.body is not")],
    },
    Tampering {
        sql: "UPDATE cases SET leaves = NULL WHERE number = '{case}'",
        found: &[("case.leaves", "case {case}: cases.leaves")],
    },
    Tampering {
        sql: "UPDATE cases SET leaves = {salts} WHERE number = '{case}'",
        found: &[("case.leaves", "case {case}: cases.leaves")],
    },
    Tampering {
        sql: "UPDATE assignment SET role = 'leader' WHERE n = 1 AND case_id = {caseid}",
        found: &[("case.facts", "case {case}: assignment is not")],
    },
    Tampering {
        sql: "DELETE FROM assignment WHERE n = 1 AND case_id = {caseid}",
        found: &[("case.facts", "case {case}: assignment is not")],
    },
    Tampering {
        sql: "UPDATE assignment SET case_id = {other} WHERE n = 1 AND case_id = {caseid}",
        found: &[("case.facts", "case {case}: assignment is not"), ("case.orphan", "{otherid}")],
    },
    Tampering {
        sql: "UPDATE case_access SET until = 1 WHERE case_id = {caseid}",
        found: &[("case.facts", "case {case}: case_access is not")],
    },
    Tampering {
        sql: "INSERT INTO case_access (principal, case_id, since, why) VALUES ('p:{otherid}', {caseid}, 1, 'work')",
        found: &[("case.facts", "case {case}: case_access is not")],
    },
    Tampering {
        sql: "UPDATE person SET password = 'x' WHERE account = 'operator'",
        found: &[("row.changed", "the table person: {operator}")],
    },
    Tampering {
        sql: "UPDATE person SET totp = NULL, disabled_at = 1 WHERE account = 'operator'",
        found: &[("row.changed", "the table person: {operator}")],
    },
    Tampering {
        sql: "UPDATE post SET role = 'leader' WHERE person = {operatorid}",
        found: &[("row.changed", "the table post: ")],
    },
    Tampering {
        sql: "UPDATE post SET until_at = 1 WHERE person = {operatorid}",
        found: &[("row.changed", "the table post: ")],
    },
    Tampering {
        sql: "INSERT INTO post (id, person, role, path, from_at) VALUES ({other}, {operatorid}, 'system_admin', '35.', 1)",
        found: &[("row.unrecorded", "no record made {otherid}")],
    },
    Tampering { sql: "DELETE FROM post WHERE person = {operatorid}", found: &[("row.missing", "the table post: ")] },
    Tampering {
        sql: "INSERT INTO session (token, person, post, csrf, created_at, seen_at, expires_at) VALUES ({salts}, {other}, {other}, 'x', 1, 1, 1)",
        found: &[("row.unrecorded", "the table session: ")],
    },
    Tampering {
        sql: "INSERT INTO setting (name, value) VALUES ('is_demo', 'true')",
        found: &[("row.unrecorded", "no record made is_demo")],
    },
    Tampering {
        sql: "UPDATE region SET name = '别处' WHERE path = '35.03.02.001.'",
        found: &[("county.changed", "the table region: what it has of 35.03.02.")],
    },
    Tampering {
        sql: "DELETE FROM grid WHERE code = '350302001001001'",
        found: &[("county.changed", "the table grid: what it has of 35.03.02.")],
    },
    // Counters.
    Tampering {
        sql: "UPDATE counter SET n = n + 1 WHERE n > 0",
        found: &[("counter.n", "the table counter: 35.03.02.")],
    },
    Tampering { sql: "DELETE FROM counter", found: &[("counter.n", " says 0, there are ")] },
    Tampering {
        sql: "INSERT INTO counter (village, matter, department, state, n) VALUES ('35.03.02.001.001.', 'event-0194', '', 'closed', -3)",
        found: &[("counter.n", "35.03.02.001.001. event-0194  closed says -3, there are 0 cases")],
    },
    Tampering {
        sql: "UPDATE catalog_release SET files = replace(files, '油烟', '烟油')",
        found: &[("release", "what its id stands for")],
    },
    Tampering { sql: "DELETE FROM catalog_release", found: &[("release", "is gone")] },
];

/// What acts behind the rows, on SQLite and on PostgreSQL, and by what it is undone.
const BEHIND: &[(&str, &str, &str)] = &[
    (
        "ALTER TABLE api_token RENAME TO kept; CREATE VIEW api_token AS SELECT * FROM kept",
        "DROP VIEW api_token; ALTER TABLE kept RENAME TO api_token",
        "api_token",
    ),
    (
        "CREATE TRIGGER sly AFTER INSERT ON post BEGIN UPDATE post SET role = 'leader' WHERE id = NEW.id; END",
        "DROP TRIGGER sly",
        "trigger sly on post",
    ),
    (
        "CREATE FUNCTION sly() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.role := ''leader''; RETURN NEW; END'; \
         CREATE TRIGGER sly BEFORE INSERT ON post FOR EACH ROW EXECUTE FUNCTION sly()",
        "DROP TRIGGER sly ON post; DROP FUNCTION sly",
        "trigger sly on post",
    ),
    ("CREATE RULE sly AS ON INSERT TO look DO INSTEAD NOTHING", "DROP RULE sly ON look", "rule sly on look"),
    (
        "ALTER TABLE login_link ENABLE ROW LEVEL SECURITY; CREATE POLICY sly ON login_link USING (false)",
        "DROP POLICY sly ON login_link; ALTER TABLE login_link DISABLE ROW LEVEL SECURITY",
        "table login_link",
    ),
];

/// Rows may say what they said, and be read as something else.
#[tokio::test]
async fn what_acts_behind_the_rows_is_found_and_named() {
    on_scene(async |scene| {
        let postgres = scene.h.app.db().backend() == Backend::Postgres;
        for (sql, undo, named) in BEHIND {
            let of_postgres = ["FUNCTION", "RULE", "SECURITY"].iter().any(|word| sql.contains(word));
            let of_sqlite = sql.contains("BEGIN UPDATE");
            if (postgres && of_sqlite) || (!postgres && of_postgres) {
                continue;
            }
            scene.h.sql(sql);
            scene.finds(sql, "schema", named).await;
            scene.h.sql(undo);
        }
        // What others have there is theirs.
        scene.h.sql("CREATE TABLE theirs (n integer); CREATE VIEW theirs_too AS SELECT n FROM theirs; CREATE INDEX their_index ON cases (state)");
        scene.is_whole("beside a table, a view and an index of others").await;
        let case = scene.case.1.clone();
        if postgres {
            scene.h.sql("ALTER TABLE cases ALTER COLUMN village DROP EXPRESSION");
            scene.h.sql(&format!("UPDATE cases SET village = '35.03.02.100.001.' WHERE number = '{case}'"));
        } else {
            scene.h.sql(&format!(
                "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, 'village TEXT GENERATED ALWAYS AS', \
                 'village TEXT GENERATED ALWAYS AS (CASE WHEN number = ''{case}'' THEN ''35.03.02.100.001.'' END) VIRTUAL, was TEXT GENERATED ALWAYS AS') \
                 WHERE name = 'cases'"
            ));
        }
        scene.finds("a village that does not follow", "schema", "cases").await;
        scene.finds("a village that does not follow", "case.facts", &format!("{case}: cases.village")).await;
    })
    .await;
}

#[tokio::test]
async fn whatever_is_changed_in_the_database_is_found_and_named() {
    on_scene(async |scene| {
        let words = words(&scene);
        for Tampering { sql, found } in TABLE {
            scene.h.sql(&filled(sql, &words));
            for (name, of) in *found {
                scene.finds(sql, name, &filled(of, &words)).await;
            }
            scene.restore();
        }
        scene.is_whole("after all").await;
    })
    .await;
}

fn filled(text: &str, words: &[(&str, String)]) -> String {
    words.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
}

fn words(scene: &Scene) -> Vec<(&'static str, String)> {
    let (m, n) = (scene.steps[2], scene.steps[3]);
    let other = beside(scene.record(n).id);
    let sessions: Vec<i64> = scene.records.iter().filter(|r| r.kind == "session.open").map(|r| r.seq).collect();
    let logged = *sessions.iter().find(|seq| **seq > n).unwrap();
    let waiting = *sessions.iter().find(|seq| **seq > scene.size).unwrap();
    let seen = scene.records.iter().find(|r| r.kind == "look.unmask").unwrap().seq;
    let early = earlier(scene.record(waiting).id, TimeDelta::hours(1));
    let sealed = never_written(scene, n);
    let next = scene.records.len();
    vec![
        ("m", m.to_string()),
        ("n", n.to_string()),
        ("w", logged.to_string()),
        ("v", waiting.to_string()),
        ("look", seen.to_string()),
        ("last", (next - 1).to_string()),
        ("next", next.to_string()),
        ("size", scene.size.to_string()),
        ("case", scene.case.1.clone()),
        ("caseid", scene.uuid(scene.case.0)),
        ("operatorid", scene.uuid(scene.h.person("operator").0)),
        ("operator", scene.h.person("operator").to_string()),
        ("otherid", other.to_string()),
        ("other", scene.uuid(other)),
        ("early", scene.uuid(early)),
        ("garbage", scene.bytes(b"garbage")),
        ("text", scene.bytes(&sealed.canonical)),
        ("salts", scene.bytes(&sealed.salts)),
        ("sealed", scene.bytes(&sealed.commitment)),
    ]
}

/// A record as sound as any, which says of a step that it led to another state.
fn never_written(scene: &Scene, step: i64) -> Sealed {
    let mut text: Value = serde_json::from_slice(&scene.record(step).canonical).unwrap();
    text["fields"]["to"] = json!("closed");
    let fields = text["fields"].as_object().unwrap().clone();
    let mut salt = 100;
    let salts = &mut || {
        salt += 1;
        [salt; 32]
    };
    Record::new("case.step", scene.case.0, fields).seal(salts).unwrap()
}

/// Another id of the same moment.
fn beside(id: Uuid) -> Uuid {
    Uuid::from_u128(id.as_u128() ^ 0xff)
}

/// The same id of an earlier moment.
fn earlier(id: Uuid, by: TimeDelta) -> Uuid {
    let millis = u128::try_from(by.num_milliseconds()).unwrap();
    Uuid::from_u128(id.as_u128() - (millis << 80))
}
