//! Clients at work: each carries cases through their lives, and keeps what it asked and what it was told.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::task::JoinSet;
use yizhi_domain::clock::Clock as _;
use yizhi_domain::ids::uuid_v7;
use yizhi_server::app::SystemClock;

use crate::ground::Ground;
use crate::support::crew::{Crew, point_of};
use crate::support::http::{Answer, Ask, Client};
use crate::support::life::{Life, Request, Seen};

/// A request, and what the client was told: `None` when nothing, or that it failed.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) request: Request,
    pub(crate) told: Option<Seen>,
}

/// What one client asked, in order.
pub(crate) type Log = Vec<Asked>;

/// What a client does about an answer that blames the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    Unexpected,
    /// Ask the same again, a little later.
    Again,
}

/// Clients at work.
pub(crate) struct Load {
    clients: JoinSet<Log>,
    enough: Arc<AtomicBool>,
}

impl Load {
    /// A client for each crew.
    pub(crate) async fn start(ground: &Ground, address: SocketAddr, trouble: Trouble) -> Self {
        let enough = Arc::new(AtomicBool::new(false));
        let mut clients = JoinSet::new();
        for crew in ground.crews.clone() {
            let mut client = Client::connect(address).await.unwrap();
            let point = point_of(&mut client, &crew).await.unwrap();
            clients.spawn(work(client, crew, point, trouble, enough.clone()));
        }
        Self { clients, enough }
    }

    /// Tells the clients to end after the request under way.
    pub(crate) fn enough(&self) {
        self.enough.store(true, Ordering::Relaxed);
    }

    /// Waits for the clients, which also end when their connection breaks.
    pub(crate) async fn logs(self) -> Vec<Log> {
        self.clients.join_all().await
    }
}

async fn work(mut client: Client, crew: Crew, point: (f64, f64), trouble: Trouble, enough: Arc<AtomicBool>) -> Log {
    let mut log = Log::new();
    loop {
        let mut life = Life::new(uuid_v7(SystemClock.now(), rand::random()), point);
        while let Some(request) = life.next(&crew) {
            if enough.load(Ordering::Relaxed) {
                return log;
            }
            let Ok(told) = told(&mut client, &request, trouble).await else {
                log.push(Asked { request, told: None });
                return log;
            };
            life.answered(&told);
            log.push(Asked { request, told: Some(told) });
        }
    }
}

async fn told(client: &mut Client, request: &Request, trouble: Trouble) -> std::io::Result<Seen> {
    loop {
        let answer = ask(client, request).await?;
        if answer.status < 300 {
            let seen = Seen::read(answer.body).unwrap();
            assert_eq!((seen.id, &*seen.state), (request.case, request.state));
            return Ok(seen);
        }
        assert!(trouble == Trouble::Again && answer.status >= 500, "{request:?}: {}", answer.text());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Asks with the request's own key, so that it may be asked again.
pub(crate) async fn ask<'c>(client: &'c mut Client, request: &Request) -> std::io::Result<Answer<'c>> {
    let key = format!("{}-{}", request.case, request.step);
    client.ask(Ask { key: Some(&key), ..request.ask() }).await
}
