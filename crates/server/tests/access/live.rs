//! The live stream tells of changes in one's slice and of nothing else, of what was missed as of what happens.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use futures_util::future::join_all;
use http_body_util::BodyExt as _;
use serde_json::Value;

use crate::common::Client;
use crate::scene::{SEES, Scene, on_scene};

/// How long a stream must be silent before it counts as having said everything.
const SILENCE: Duration = Duration::from_millis(400);
/// How long something expected may take.
const PATIENCE: Duration = Duration::from_secs(20);

struct Stream {
    body: Body,
    text: String,
}

impl Stream {
    async fn open(client: &Client, path: &str) -> Self {
        let response = client.begin(Request::get(path).body(Body::empty()).unwrap()).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        Self { body: response.into_body(), text: String::new() }
    }

    /// Reads until the cases expected have been told of, then until silence: the letters of all that were told of.
    async fn told(&mut self, scene: &Scene, wanted: &str) -> String {
        loop {
            let told = scene.letters(&self.ids());
            let wait = if told == wanted { SILENCE } else { PATIENCE };
            match tokio::time::timeout(wait, self.body.frame()).await {
                Ok(Some(frame)) => self.text.push_str(std::str::from_utf8(frame.unwrap().data_ref().unwrap()).unwrap()),
                Ok(None) | Err(_) => return told,
            }
        }
    }

    /// Ids of the cases in whole events.
    fn ids(&self) -> Vec<Value> {
        let whole = self.text.rsplit_once("\n\n").map_or("", |(whole, _)| whole);
        let changes = whole.split("\n\n").filter(|event| event.contains("event: change"));
        let data = changes.filter_map(|event| event.lines().find_map(|line| line.strip_prefix("data: ")));
        data.map(|json| serde_json::from_str::<Value>(json).unwrap()["id"].clone()).collect()
    }
}

#[tokio::test]
async fn what_was_missed_is_told_as_far_as_one_sees_it() {
    on_scene(async |scene| {
        let streams = SEES.iter().map(async |(account, sees)| {
            let told = Stream::open(scene.who(account), "/api/v1/live?since=0").await.told(&scene, sees).await;
            assert_eq!(told, *sees, "{account}");
        });
        join_all(streams).await;
    })
    .await;
}

#[tokio::test]
async fn what_happens_is_told_as_far_as_one_sees_it() {
    on_scene(async |scene| {
        let mut streams = Vec::new();
        for (account, sees) in SEES {
            streams.push((account, sees, Stream::open(scene.who(account), "/api/v1/live").await));
        }
        tokio::time::timeout(PATIENCE, async {
            while scene.h.app.live().readers() < SEES.len() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        })
        .await
        .unwrap();
        let changes = scene.h.app.db().changes_after(0, 1_000).await.unwrap();
        yizhi_server::live::tell(&scene.h.app, changes).await.unwrap();
        let told = streams.into_iter().map(async |(account, sees, mut stream)| {
            assert_eq!(stream.told(&scene, sees).await, *sees, "{account}");
        });
        join_all(told).await;
    })
    .await;
}

#[tokio::test]
async fn a_stream_ends_with_its_session() {
    on_scene(async |scene| {
        let leader = scene.h.as_account("leader").await;
        let mut stream = Stream::open(&leader, "/api/v1/live").await;
        let (status, _) = leader.delete("/api/v1/session").await;
        assert_eq!(status, StatusCode::NO_CONTENT);
        while scene.h.app.live().readers() == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let changes = scene.h.app.db().changes_after(0, 1_000).await.unwrap();
        yizhi_server::live::tell(&scene.h.app, changes).await.unwrap();
        let ended = tokio::time::timeout(PATIENCE, stream.body.frame()).await.unwrap();
        assert!(ended.is_none(), "nothing more was told");
    })
    .await;
}
