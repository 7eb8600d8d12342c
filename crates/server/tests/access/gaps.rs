//! The live stream tells gaps as gaps: what cannot be told any more is said, nothing is lost or doubled between what was missed and what happens, and a
//! reader costs no query.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::Value;
use yizhi_server::app::App;
use yizhi_server::jobs::pass_changes_on;
use yizhi_server::live::{SESSION_MOST, tell};

use crate::common::{Client, Harness};
use crate::scene::{Scene, on_scene};

/// An open stream, and what it has said so far.
struct Stream {
    body: Body,
    text: String,
}

/// An event: its name, and its id as a number.
type Said = (String, i64);

impl Stream {
    async fn open(client: &Client, path: &str) -> Self {
        let response = client.begin(Request::get(path).body(Body::empty()).unwrap()).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        Self { body: response.into_body(), text: String::new() }
    }

    /// Reads on until an event of that name, or the end.
    async fn until(&mut self, name: &str) -> Vec<Said> {
        let mut said = Vec::new();
        loop {
            while let Some((event, rest)) = self.text.split_once("\n\n") {
                let field =
                    |name: &str| event.lines().find_map(|l| l.strip_prefix(name)).unwrap_or_default().to_owned();
                let one = (field("event: "), field("id: ").parse().unwrap_or(-1));
                self.text = rest.to_owned();
                let found = one.0 == name;
                said.push(one);
                if found {
                    return said;
                }
            }
            let Some(frame) = self.body.frame().await else { return said };
            self.text.push_str(std::str::from_utf8(frame.unwrap().data_ref().unwrap()).unwrap());
        }
    }

    /// Reads on until the change of that number.
    async fn up_to(&mut self, seq: i64) -> Vec<i64> {
        let mut seen = Vec::new();
        while seen.last() != Some(&seq) {
            let said = self.until("change").await;
            assert!(said.iter().any(|(name, _)| name == "change"), "the stream ended before {seq}: {said:?}");
            seen.extend(said.into_iter().filter(|(name, _)| name == "change").map(|(_, id)| id));
        }
        seen
    }

    async fn restarts_at(&mut self) -> i64 {
        let said = self.until("restart").await;
        assert_eq!(said.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["restart"]);
        said[0].1
    }
}

/// Adds changes of case A behind the server's back.
fn add_changes(scene: &Scene, from: i64, until: i64) {
    scene.h.sql(&format!(
        "INSERT INTO change_feed (seq, kind, id, version, state, path, department, confidential, at) \
         WITH RECURSIVE n(i) AS (SELECT CAST({from} AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < {until}) \
         SELECT i, kind, id, version, state, path, department, confidential, at FROM n, (SELECT * FROM change_feed WHERE seq = 1) AS one"
    ));
}

async fn newest(h: &Harness) -> i64 {
    h.app.db().change_last().await.unwrap()
}

async fn readers(app: &App, many: usize) {
    while app.live().readers() < many {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn more_missed_than_is_told_is_said() {
    on_scene(async |scene| {
        let newest = newest(&scene.h).await;
        add_changes(&scene, newest + 1, newest + 1_000);
        let leader = scene.who("leader");
        let seen = Stream::open(leader, &format!("/api/v1/live?since={newest}")).await.up_to(newest + 1_000).await;
        assert_eq!(seen, (newest + 1..=newest + 1_000).collect::<Vec<_>>(), "a thousand are told");
        let earlier = newest - 1;
        let mut late = Stream::open(leader, &format!("/api/v1/live?since={earlier}")).await;
        assert_eq!(late.restarts_at().await, newest + 1_000, "one more is not");
    })
    .await;
}

#[tokio::test]
async fn a_cursor_from_elsewhere_starts_again() {
    on_scene(async |scene| {
        let newest = newest(&scene.h).await;
        let leader = scene.who("leader");
        for since in [newest + 1, i64::MAX] {
            let mut stream = Stream::open(leader, &format!("/api/v1/live?since={since}")).await;
            assert_eq!(stream.restarts_at().await, newest, "from the future");
        }
        scene.h.sql("DELETE FROM change_feed WHERE seq <= 3");
        let mut stream = Stream::open(leader, "/api/v1/live?since=2").await;
        assert_eq!(stream.restarts_at().await, newest, "what came after is not kept");
        let mut stream = Stream::open(leader, "/api/v1/live?since=3").await;
        add_changes_like(&scene, newest + 1);
        tell(&scene.h.app, scene.h.app.db().changes_after(newest, 10).await.unwrap()).await.unwrap();
        assert!(!stream.up_to(newest + 1).await.contains(&3), "all that came after is kept");
    })
    .await;
}

fn add_changes_like(scene: &Scene, seq: i64) {
    scene.h.sql(&format!(
        "INSERT INTO change_feed (seq, kind, id, version, state, path, department, confidential, at) \
         SELECT {seq}, kind, id, version, state, path, department, FALSE, at FROM change_feed WHERE path LIKE '35.03.02.%' ORDER BY seq LIMIT 1"
    ));
}

#[tokio::test]
async fn what_the_browser_says_goes_before_a_stale_address() {
    on_scene(async |scene| {
        let newest = newest(&scene.h).await;
        add_changes(&scene, newest + 1, newest + 2);
        let again = scene.who("leader").clone().with("last-event-id", &(newest + 1).to_string());
        let mut stream = Stream::open(&again, "/api/v1/live?since=0").await;
        assert_eq!(stream.up_to(newest + 2).await, [newest + 2]);
    })
    .await;
}

#[tokio::test]
async fn an_unreadable_cursor_is_refused() {
    on_scene(async |scene| {
        let leader = scene.who("leader");
        for (path, header, field) in [
            ("/api/v1/live?since=abc", None, "since"),
            ("/api/v1/live?since=-1", None, "since"),
            ("/api/v1/live?since=99999999999999999999", None, "since"),
            ("/api/v1/live?since=", None, "since"),
            ("/api/v1/live?since=1&since=2", None, "since"),
            ("/api/v1/live?since=1", Some("abc"), "last-event-id"),
            ("/api/v1/live", Some("-7"), "last-event-id"),
            ("/api/v1/live", Some("99999999999999999999"), "last-event-id"),
        ] {
            let client = header.map_or(leader.clone(), |value| leader.clone().with("last-event-id", value));
            let answer = client.send("GET", path, &Value::Null).await;
            assert_eq!(
                (answer.status.as_u16(), &answer.json["field"]),
                (422, &Value::from(field)),
                "{path} {header:?}"
            );
        }
    })
    .await;
}

/// Changes go on while readers come: each reader gets every change after its cursor once, in order.
#[tokio::test]
async fn nothing_is_lost_or_doubled_between_missed_and_live() {
    on_scene(async |scene| {
        let (first, app) = (newest(&scene.h).await, &scene.h.app);
        let leader = scene.who("leader");
        let mut passed = first;
        let mut streams = Vec::new();
        for seq in first + 1..=first + 40 {
            add_changes(&scene, seq, seq);
            // A reader comes sometimes before and sometimes after the change is passed on.
            if seq % 4 == 1 && streams.len() < SESSION_MOST {
                streams.push(Stream::open(leader, &format!("/api/v1/live?since={first}")).await);
            }
            if seq % 3 == 0 {
                pass_changes_on(app, &mut passed).await.unwrap();
            }
            if seq % 4 == 3 && streams.len() < SESSION_MOST {
                streams.push(Stream::open(leader, &format!("/api/v1/live?since={first}")).await);
            }
        }
        pass_changes_on(app, &mut passed).await.unwrap();
        assert_eq!(passed, first + 40);
        for stream in &mut streams {
            assert_eq!(stream.up_to(first + 40).await, (first + 1..=first + 40).collect::<Vec<_>>());
        }
    })
    .await;
}

#[tokio::test]
async fn the_feed_goes_on_over_a_gap_and_after_a_failure() {
    on_scene(async |scene| {
        let (first, app) = (newest(&scene.h).await, &scene.h.app);
        let mut stream = Stream::open(scene.who("leader"), "/api/v1/live").await;
        readers(app, 1).await;
        let mut passed = first;
        add_changes(&scene, first + 1, first + 1);
        scene.h.sql("ALTER TABLE case_access RENAME TO case_access_away");
        assert!(pass_changes_on(app, &mut passed).await.is_err());
        assert_eq!(passed, first, "what was not passed on is not counted as such");
        scene.h.sql("ALTER TABLE case_access_away RENAME TO case_access");
        add_changes(&scene, first + 50, first + 51);
        pass_changes_on(app, &mut passed).await.unwrap();
        assert_eq!(stream.up_to(first + 51).await, [first + 1, first + 50, first + 51]);
    })
    .await;
}

/// Two hundred readers are told while every table they could ask is gone.
#[tokio::test]
async fn a_reader_costs_no_query() {
    on_scene(async |scene| {
        let app = &scene.h.app;
        let mut streams = Vec::new();
        for n in 0..200 {
            // A citizen sees what they take part in, which is the part that asks most.
            let client =
                if n % SESSION_MOST == 0 { scene.h.as_account("citizen").await } else { streams_client(&streams) };
            let stream = Stream::open(&client, "/api/v1/live").await;
            streams.push((client, stream));
        }
        readers(app, 200).await;
        let told = app.db().changes_after(0, 1_000).await.unwrap();
        let last = told.iter().filter(|c| c.id.to_string() == scene.told('C').case.id).map(|c| c.seq).max().unwrap();
        let told: Vec<_> = told.into_iter().filter(|c| c.seq <= last).collect();
        let cases: Vec<_> = told.iter().map(|c| c.id).collect();
        assert!(!app.db().parts_of(&cases).await.unwrap().is_empty());
        tell(app, told).await.unwrap();
        // None of the readers has had its turn yet: this is one thread, and nothing above waited for them after the changes were handed on.
        for table in ["case_access", "session", "post", "person", "change_feed"] {
            scene.h.sql(&format!("ALTER TABLE {table} RENAME TO {table}_away"));
        }
        for (_, stream) in &mut streams {
            let seen = stream.up_to(last).await;
            assert_eq!(seen.last(), Some(&last));
        }
    })
    .await;
}

fn streams_client(streams: &[(Client, Stream)]) -> Client {
    streams.last().map(|(client, _)| client.clone()).unwrap()
}

#[tokio::test]
async fn a_slow_reader_is_dropped_and_told() {
    on_scene(async |scene| {
        let (first, app) = (newest(&scene.h).await, &scene.h.app);
        let mut stream = Stream::open(scene.who("leader"), "/api/v1/live").await;
        readers(app, 1).await;
        add_changes(&scene, first + 1, first + 600);
        let mut passed = first;
        pass_changes_on(app, &mut passed).await.unwrap();
        while app.live().readers() > 0 {
            tokio::task::yield_now().await;
        }
        let said = stream.until("restart").await;
        assert!(said.len() <= 260, "{} were kept for it", said.len());
        assert_eq!(said.last(), Some(&("restart".to_owned(), first + 600)), "it goes on from the newest");
        assert!(stream.until("change").await.is_empty(), "and then the stream ends");
    })
    .await;
}

#[tokio::test]
async fn a_session_has_so_many_streams_and_no_more() {
    on_scene(async |scene| {
        let leader = scene.who("leader");
        let mut streams = Vec::new();
        for _ in 0..=SESSION_MOST {
            streams.push(Stream::open(leader, "/api/v1/live").await);
        }
        assert!(streams[0].until("change").await.is_empty(), "the oldest ends");
        assert_eq!(scene.h.app.live().streams().open(), SESSION_MOST);
        streams.clear();
        while scene.h.app.live().readers() > 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(scene.h.app.live().streams().open(), 0, "who leaves frees the place");
    })
    .await;
}
