//! Turns of strangers: who has a session is none, also where this process has not met it yet.

use std::convert::Infallible;

use axum::body::{Body, Bytes};
use axum::http::{Request, StatusCode};
use futures_util::stream::{self, StreamExt as _};
use tokio::sync::oneshot;

use crate::common::{Client, on_both};

/// An upload that begins and does not go on; tells when its body is asked for.
async fn upload(client: Client, begun: oneshot::Sender<()>) {
    let asked = stream::once(async {
        let _ = begun.send(());
        Ok::<_, Infallible>(Bytes::from_static(b"--x\r\n"))
    });
    let request = Request::post("/api/v1/attachments")
        .header("content-type", "multipart/form-data; boundary=x")
        .body(Body::from_stream(asked.chain(stream::pending())));
    client.begin(request.unwrap()).await;
}

#[tokio::test]
async fn a_session_that_is_met_for_the_first_time_holds_up_no_other() {
    on_both(async |h| {
        let (mut uploads, mut asked) = (Vec::new(), Vec::new());
        for account in ["citizen", "grid_worker", "window_clerk"] {
            let (begun, when) = oneshot::channel();
            uploads.push(Box::pin(upload(h.as_account(account).await, begun)));
            asked.push(when);
        }
        let next = h.as_account("operator").await;
        let seen = async {
            for begun in asked {
                begun.await.unwrap();
            }
            next.get("/api/v1/me").await.0
        };
        tokio::select! {
            status = seen => assert_eq!(status, StatusCode::OK),
            _ = futures_util::future::select_all(&mut uploads) => panic!("an upload ended before the others had their turn"),
        }
    })
    .await;
}
