//! A witness that takes a connection and never answers: those who are enough without it are not held up, and what is recorded goes on.

use axum::http::StatusCode;
use yizhi_server::app::Config;
use yizhi_server::ledger::{Heard, Policy};

use crate::common::{Backend, Harness, backends};
use crate::log::{published, report, turn};
use crate::notary::Notary;

/// A witness that answers, one that does not, and a log that needs so many of them.
async fn scene(backend: Backend, quorum: usize) -> (Harness, Notary, Notary) {
    let (good, dumb) = (Notary::new("court.example/good").await, Notary::new("court.example/dumb").await);
    let witnesses = vec![dumb.named("http"), good.named("http")];
    let configure = |config: &mut Config| config.ledger = Policy { witnesses: witnesses.clone(), quorum };
    let h = Harness::with(backend, &configure).await;
    good.serve(h.app.ledger().keys().log());
    (h, good, dumb)
}

fn heard(h: &Harness, name: &str) -> Heard {
    h.app.ledger().status().witnesses.into_iter().find(|heard| heard.name.ends_with(name)).unwrap()
}

#[tokio::test]
async fn enough_others_are_not_held_up() {
    for backend in backends() {
        let (h, _good, _dumb) = scene(backend, 1).await;
        for _ in 0..2 {
            report(&h).await;
            turn(&h).await.unwrap();
            let committed = h.app.db().records_committed().await.unwrap();
            assert_eq!(i64::try_from(published(&h).await.unwrap().head().size).unwrap(), committed);
            assert_eq!((heard(&h, "good").refusal, heard(&h, "dumb").cosigned_at), (None, None));
            assert!(heard(&h, "dumb").refusal.unwrap().contains("not waited for"));
        }
    }
}

/// It is needed: nothing is published, yet everything is integrated and people work on.
#[tokio::test]
async fn where_it_is_needed_nothing_is_published_and_work_goes_on() {
    for backend in backends() {
        let (h, _good, _dumb) = scene(backend, 2).await;
        report(&h).await;
        let before = h.app.db().records_committed().await.unwrap();
        let mut turning = Box::pin(turn(&h));
        tokio::select! {
            biased;
            _ = &mut turning => panic!("it has not waited for the second witness"),
            _ = report(&h) => {}
        }
        turning.await.unwrap();
        assert_eq!(published(&h).await, None);
        let status = h.app.ledger().status();
        assert!(status.published == 0 && status.size >= u64::try_from(before).unwrap(), "{status:?}");
        assert_eq!(heard(&h, "good").refusal, None);
        assert!(heard(&h, "dumb").refusal.unwrap().contains("in time"));
        assert_eq!(h.stranger().fetch("/ledger/checkpoint").await.0, StatusCode::NOT_FOUND);
    }
}
