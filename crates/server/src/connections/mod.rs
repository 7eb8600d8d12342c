//! Connections as they come in: how many at once, how long a request's head may take, how slowly a body may come and an answer be taken. Nobody who
//! sends little, or nothing, holds much, or for long.

mod body;

use std::collections::HashMap;
use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, Response, StatusCode, header};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError, watch};
use tokio::task::JoinSet;
use tokio_io_timeout::TimeoutStream;
use tower::util::ServiceExt as _;

use crate::auth::network;

use body::Shared;

/// What connections may take.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Open at once; more wait in the system's queue until those that ask nothing have given way.
    pub connections: usize,
    /// Open at once from one address that is not this machine's, or 64 bits of them in IPv6; more are closed at once. A proxy on this machine speaks for everybody.
    pub of_address: usize,
    /// From the first byte of a request, or the end of the last, to the end of its head.
    pub head: Duration,
    /// How long an answer may wait for its reader.
    pub write: Duration,
    /// How slowly a body may come.
    pub pace: Pace,
}

/// A body may take `grace`, and a second more for each `rate` bytes of it.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    pub grace: Duration,
    /// Bytes a second: a phone at the edge of its network sends more.
    pub rate: u32,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            connections: 2_048,
            of_address: 512,
            head: Duration::from_secs(15),
            write: Duration::from_mins(1),
            pace: Pace { grace: Duration::from_secs(30), rate: 2 * 1024 },
        }
    }
}

/// Largest head of a request, in bytes: cookies and a long query fit.
const HEAD_MAX: usize = 32 * 1024;
/// After how many requests of one connection the others are looked for, if nothing else let them.
const BETWEEN_RESTS: u32 = 8;
/// How long a connection may take to ask something where others wait for its place.
const UNHURRIED: Duration = Duration::from_secs(1);
/// How much of a body that nobody wanted is still read, in bytes: a proxy that is sending it can then be told why.
const DRAINED_MAX: u64 = 64 * 1024 * 1024;

/// Answers what comes until `stop` turns true, then lets requests under way end.
pub async fn serve(listener: TcpListener, router: Router, bounds: Bounds, mut stop: watch::Receiver<bool>) {
    let places = Arc::new(Semaphore::new(bounds.connections));
    let addresses = Arc::new(Addresses::default());
    let crowd = watch::Sender::new(());
    let mut open = JoinSet::new();
    loop {
        while open.try_join_next().is_some() {}
        let accepted = tokio::select! {
            accepted = next(&listener, &places, &crowd) => accepted,
            () = async { let _ = stop.wait_for(|stop| *stop).await; } => break,
        };
        let Some((stream, peer, place)) = accepted else { continue };
        let Some(counted) = addresses.count(peer.ip(), bounds.of_address) else { continue };
        let (router, mut stop, mut crowd) = (router.clone(), stop.clone(), crowd.subscribe());
        open.spawn(async move {
            let _held = (place, counted);
            connection(stream, peer, router, bounds, &mut stop, &mut crowd).await;
        });
    }
    drop(listener);
    while open.join_next().await.is_some() {}
}

/// The next connection, once there is room for it. While there is none, those that are open are told that others wait.
async fn next(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
    crowd: &watch::Sender<()>,
) -> Option<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let place = loop {
        match places.clone().try_acquire_owned() {
            Ok(place) => break place,
            Err(TryAcquireError::Closed) => return None,
            Err(TryAcquireError::NoPermits) => crowd.send_replace(()),
        }
        if let Ok(place) = tokio::time::timeout(UNHURRIED, places.clone().acquire_owned()).await {
            break place.ok()?;
        }
    };
    match listener.accept().await {
        Ok((stream, peer)) => Some((stream, peer, place)),
        // Such as too many open files: it passes when connections end.
        Err(error) => {
            tracing::warn!(%error, "no connection accepted");
            tokio::time::sleep(Duration::from_millis(100)).await;
            None
        }
    }
}

async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    bounds: Bounds,
    stop: &mut watch::Receiver<bool>,
    crowd: &mut watch::Receiver<()>,
) {
    let _ = stream.set_nodelay(true);
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(bounds.write));
    let (asked, since) = (Arc::new(AtomicU32::new(0)), Instant::now());
    let counting = asked.clone();
    let service = tower::service_fn(move |request| {
        let rests = counting.fetch_add(1, Ordering::Relaxed) % BETWEEN_RESTS == BETWEEN_RESTS - 1;
        answer(router.clone(), request, peer, bounds.pace, rests)
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(bounds.head).max_buf_size(HEAD_MAX);
    let serving = http.serve_connection(TokioIo::new(Box::pin(stream)), TowerToHyperService::new(service));
    let mut serving = std::pin::pin!(serving);
    let served = loop {
        tokio::select! {
            served = serving.as_mut() => break served,
            () = async { let _ = stop.wait_for(|stop| *stop).await; } => {
                serving.as_mut().graceful_shutdown();
                break serving.await;
            }
            Ok(()) = crowd.changed() => {
                if asked.load(Ordering::Relaxed) > 0 {
                    // Who is being answered is answered to the end; who asks nothing more is closed.
                    serving.as_mut().graceful_shutdown();
                } else if since.elapsed() >= UNHURRIED {
                    return;
                }
            }
        }
    };
    if let Err(error) = served {
        tracing::debug!(%peer, %error, "a connection ended early");
    }
}

/// Answers one request. What is left of its body is read before a refusal is sent, or whoever is sending it would see a broken connection instead.
async fn answer(
    router: Router,
    request: Request<Incoming>,
    peer: SocketAddr,
    pace: Pace,
    rests: bool,
) -> Result<Response<Body>, Infallible> {
    // A thousand requests sent at once down one connection take turns with those of the others: the runtime looks for these in between.
    if rests {
        tokio::task::yield_now().await;
    }
    let waits = request.headers().contains_key(header::EXPECT);
    let (mut head, incoming) = request.into_parts();
    head.extensions.insert(ConnectInfo(peer));
    let body = Shared::new(incoming, pace);
    let response = router.oneshot(Request::from_parts(head, Body::new(body.clone()))).await?;
    // Whoever was too slow is not waited for.
    let refused = response.status().is_client_error() || response.status().is_server_error();
    if refused && !waits && response.status() != StatusCode::REQUEST_TIMEOUT {
        body.drain(DRAINED_MAX).await;
    }
    Ok(response)
}

/// How many connections each address has open.
#[derive(Debug, Default)]
struct Addresses(Mutex<HashMap<IpAddr, usize>>);

/// One of an address's connections, until dropped.
struct Counted {
    addresses: Arc<Addresses>,
    address: Option<IpAddr>,
}

impl Addresses {
    /// `None` when the address has as many as it may.
    fn count(self: &Arc<Self>, address: IpAddr, most: usize) -> Option<Counted> {
        if address.to_canonical().is_loopback() {
            return Some(Counted { addresses: self.clone(), address: None });
        }
        let address = network(address);
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let open = held.entry(address).or_default();
        if *open >= most {
            return None;
        }
        *open += 1;
        Some(Counted { addresses: self.clone(), address: Some(address) })
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        let Some(address) = self.address else { return };
        let mut held = self.addresses.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(open) = held.get_mut(&address) {
            *open -= 1;
            if *open == 0 {
                held.remove(&address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_so_many_connections_and_this_machine_any_number() {
        let addresses = Arc::new(Addresses::default());
        let there: IpAddr = "192.0.2.1".parse().unwrap();
        let first = addresses.count(there, 2);
        let second = addresses.count(there, 2);
        assert!(first.is_some() && second.is_some());
        assert!(addresses.count(there, 2).is_none());
        assert!(addresses.count("192.0.2.2".parse().unwrap(), 2).is_some());
        drop(first);
        assert!(addresses.count(there, 2).is_some());
        let here: Vec<_> = (0..5).map(|_| addresses.count("127.0.0.1".parse().unwrap(), 2)).collect();
        assert!(here.iter().all(Option::is_some));
        drop((second, here));
        assert!(addresses.0.lock().unwrap().is_empty());
    }
}
