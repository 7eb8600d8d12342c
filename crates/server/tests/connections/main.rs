//! Connections that hold what they should not: half a head, a body that does not come, too many at once; and bodies that nobody wanted.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::routing::{get, post};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use yizhi_server::connections::{Bounds, Pace, serve};

/// A server with short patience, until dropped.
struct Server {
    address: SocketAddr,
    stop: watch::Sender<bool>,
}

async fn start(change: impl FnOnce(&mut Bounds)) -> Server {
    let router = Router::new()
        .route("/", get(|| async { "here" }))
        .route("/read", post(|body: Bytes| async move { body.len().to_string() }))
        .route("/refused", post(|| async { StatusCode::UNAUTHORIZED }));
    start_with(router, change).await
}

async fn start_with(router: Router, change: impl FnOnce(&mut Bounds)) -> Server {
    let short = Duration::from_millis(200);
    let mut bounds = Bounds { head: short, pace: Pace { grace: short, rate: 1 << 20 }, ..Bounds::default() };
    change(&mut bounds);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = watch::channel(false);
    tokio::spawn(serve(listener, router, bounds, stopped));
    Server { address, stop }
}

impl Server {
    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Sends a text and reads until the server closes.
    async fn say(&self, text: &str) -> String {
        let mut stream = self.connect().await;
        stream.write_all(text.as_bytes()).await.unwrap();
        rest(&mut stream).await
    }
}

async fn rest(stream: &mut TcpStream) -> String {
    let mut said = Vec::new();
    let _ = stream.read_to_end(&mut said).await;
    String::from_utf8_lossy(&said).into_owned()
}

/// What a request without an end would wait for, did nobody close it: for ever.
#[tokio::test]
async fn half_a_head_is_closed() {
    let server = start(|_| ()).await;
    for half in ["", "GET / HT", "GET / HTTP/1.1\r\nHost: here\r\nX-Half: "] {
        let said = server.say(half).await;
        assert!(!said.contains("200 OK"), "{half:?}: {said}");
    }
    assert!(server.say("GET / HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n").await.ends_with("here"));
}

#[tokio::test]
async fn a_connection_that_asks_nothing_more_is_closed() {
    let server = start(|_| ()).await;
    let said = server.say("GET / HTTP/1.1\r\nHost: here\r\n\r\n").await;
    assert!(said.contains("200 OK") && said.ends_with("here"), "{said}");
}

#[tokio::test]
async fn a_head_without_end_is_refused() {
    let server = start(|bounds| bounds.head = Duration::from_mins(1)).await;
    let said = server.say(&format!("GET / HTTP/1.1\r\nX-Long: {}", "x".repeat(1 << 20))).await;
    assert!(said.is_empty() || said.starts_with("HTTP/1.1 431"), "{said}");
}

#[tokio::test]
async fn a_body_that_does_not_come_is_given_up() {
    let server = start(|_| ()).await;
    let said = server.say("POST /read HTTP/1.1\r\nHost: here\r\nContent-Length: 10\r\n\r\n123").await;
    assert!(!said.contains("200 OK"), "{said}");
}

#[tokio::test]
async fn a_body_that_keeps_coming_may_take_its_time() {
    let server = start(|bounds| bounds.pace = Pace { grace: Duration::from_mins(1), rate: 1 }).await;
    let mut stream = server.connect().await;
    stream
        .write_all(b"POST /read HTTP/1.1\r\nHost: here\r\nConnection: close\r\nContent-Length: 4\r\n\r\n")
        .await
        .unwrap();
    for byte in [b"1", b"2", b"3", b"4"] {
        stream.write_all(byte).await.unwrap();
        tokio::task::yield_now().await;
    }
    assert!(rest(&mut stream).await.ends_with("\r\n\r\n4"));
}

/// Whoever is sending can only read why it was refused when all was taken from them.
#[tokio::test]
async fn a_refusal_reaches_who_is_still_sending() {
    const LARGE: usize = 20 * 1024 * 1024;
    let server = start(|bounds| bounds.pace = Bounds::default().pace).await;
    for path in ["/refused", "/nowhere"] {
        let mut stream = server.connect().await;
        let head =
            format!("POST {path} HTTP/1.1\r\nHost: here\r\nConnection: close\r\nContent-Length: {LARGE}\r\n\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(&vec![b'x'; LARGE]).await.unwrap();
        let said = rest(&mut stream).await;
        assert!(said.starts_with("HTTP/1.1 40"), "{path}: {said}");
    }
}

/// Who asks first whether to send is answered at once, and sends nothing.
#[tokio::test]
async fn a_refusal_does_not_wait_for_who_waits_for_it() {
    let server = start(|bounds| bounds.pace = Pace { grace: Duration::from_mins(10), rate: 1 }).await;
    let mut stream = server.connect().await;
    let head = "POST /refused HTTP/1.1\r\nHost: here\r\nExpect: 100-continue\r\nContent-Length: 1000\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut start = [0; 12];
    stream.read_exact(&mut start).await.unwrap();
    assert_eq!(&start, b"HTTP/1.1 401");
}

/// An answer without end to a reader that takes nothing of it: what makes it is let go, though the connection stays open.
#[tokio::test]
async fn an_answer_that_nobody_reads_is_given_up() {
    let (held, gone) = tokio::sync::oneshot::channel::<()>();
    let held = std::sync::Arc::new(held);
    let endless = move || {
        let held = held.clone();
        async move {
            axum::body::Body::from_stream(futures_util::stream::repeat_with(move || {
                let _ = &held;
                Ok::<_, std::io::Error>(Bytes::from_static(&[b'x'; 65_536]))
            }))
        }
    };
    let server =
        start_with(Router::new().route("/endless", get(endless)), |bounds| bounds.write = Duration::from_millis(200))
            .await;
    let mut stream = server.connect().await;
    stream.write_all(b"GET /endless HTTP/1.1\r\nHost: here\r\n\r\n").await.unwrap();
    let mut begun = [0; 12];
    stream.read_exact(&mut begun).await.unwrap();
    assert_eq!(&begun, b"HTTP/1.1 200");
    server.stop.send(true).unwrap();
    assert!(gone.await.is_err(), "dropped, never sent");
    drop(stream);
}

#[tokio::test]
async fn more_connections_than_there_may_be_wait_their_turn() {
    let server = start(|bounds| {
        bounds.connections = 2;
        bounds.head = Duration::from_mins(10);
    })
    .await;
    let (first, second) = (server.connect().await, server.connect().await);
    let mut third = server.connect().await;
    third.write_all(b"GET / HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n").await.unwrap();
    drop(first);
    assert!(rest(&mut third).await.ends_with("here"));
    drop(second);
}

/// Whoever holds all places and asks nothing would shut everybody out.
#[tokio::test]
async fn who_asks_nothing_gives_way_and_who_is_answered_is_answered_to_the_end() {
    let server = start(|bounds| {
        bounds.connections = 3;
        bounds.head = Duration::from_mins(10);
        bounds.pace.grace = Duration::from_mins(10);
    })
    .await;
    let (mut asked, mut silent, mut sending) = (server.connect().await, server.connect().await, server.connect().await);
    asked.write_all(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n").await.unwrap();
    let mut begun = [0; 12];
    asked.read_exact(&mut begun).await.unwrap();
    sending.write_all(b"POST /read HTTP/1.1\r\nHost: here\r\nContent-Length: 4\r\n\r\n12").await.unwrap();
    let ask = "GET / HTTP/1.1\r\nHost: here\r\n\r\n";
    let mut others = [server.connect().await, server.connect().await];
    for other in &mut others {
        other.write_all(ask.as_bytes()).await.unwrap();
        other.read_exact(&mut begun).await.unwrap();
        assert_eq!(&begun, b"HTTP/1.1 200");
    }
    assert!(rest(&mut asked).await.ends_with("here"));
    assert_eq!(rest(&mut silent).await, "");
    sending.write_all(b"34").await.unwrap();
    assert!(rest(&mut sending).await.ends_with("\r\n\r\n4"), "and is closed then");
}

#[tokio::test]
async fn stopping_ends_idle_connections_and_takes_no_new_ones() {
    let server = start(|bounds| bounds.head = Duration::from_mins(10)).await;
    let mut idle = server.connect().await;
    idle.write_all(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n").await.unwrap();
    let mut start = [0; 12];
    idle.read_exact(&mut start).await.unwrap();
    server.stop.send(true).unwrap();
    rest(&mut idle).await;
    assert!(TcpStream::connect(server.address).await.is_err());
}
