//! The load of `bench/steps`: clerks who carry cases through whole lives over HTTP, one connection each, as fast as the server answers.
//!
//! `steps_bench crews …` makes their tokens once; `steps_bench round …` drives a running server for some seconds and prints one line of JSON.

mod support;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::Parser;
use serde::Serialize;
use support::crew::{Crew, Installation, crews, point_of};
use support::http::Client;
use support::life::{Life, Seen};
use tokio::task::JoinSet;
use yizhi_domain::clock::Clock as _;
use yizhi_domain::ids::uuid_v7;
use yizhi_server::app::SystemClock;

#[derive(Parser)]
enum Command {
    /// Makes tokens for the crews of an installation
    Crews {
        #[arg(long)]
        program: PathBuf,
        #[arg(long)]
        data: PathBuf,
        #[arg(long)]
        database_url: Option<String>,
        #[arg(long, default_value_t = 64)]
        connections: usize,
    },
    /// Drives a server
    Round {
        #[arg(long)]
        address: SocketAddr,
        /// What `crews` printed
        #[arg(long)]
        crews: PathBuf,
        /// Seconds that count
        #[arg(long, default_value_t = 10)]
        seconds: u64,
        /// Seconds before that
        #[arg(long, default_value_t = 2)]
        warm: u64,
    },
}

/// What came out of a round.
#[derive(Debug, Default, Serialize)]
struct Outcome {
    steps_per_second: f64,
    /// Milliseconds.
    p50: f64,
    p99: f64,
    max: f64,
    steps: usize,
    closed: usize,
    errors: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_error: Option<String>,
}

/// What one connection saw.
#[derive(Default)]
struct Tally {
    micros: Vec<u32>,
    closed: usize,
    errors: usize,
    first_error: Option<String>,
}

const STARTS_WITHIN: Duration = Duration::from_secs(60);

type Failure = Box<dyn std::error::Error>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let line = match Command::parse() {
        Command::Crews { program, data, database_url, connections } => {
            let of = Installation { program, data, database: database_url };
            serde_json::to_string(&crews(&of, connections)?)?
        }
        Command::Round { address, crews, seconds, warm } => {
            let crews: Vec<Crew> = serde_json::from_slice(&std::fs::read(crews)?)?;
            let outcome = round(address, crews, Duration::from_secs(warm), Duration::from_secs(seconds)).await?;
            serde_json::to_string(&outcome)?
        }
    };
    #[expect(clippy::print_stdout, reason = "what a command line tool prints")]
    {
        println!("{line}");
    }
    Ok(())
}

async fn round(address: SocketAddr, crews: Vec<Crew>, warm: Duration, length: Duration) -> Result<Outcome, Failure> {
    let mut ready = Vec::new();
    for crew in crews {
        let mut client = connected(address).await?;
        let point = point_of(&mut client, &crew).await?;
        ready.push((client, crew, point));
    }
    let from = Instant::now() + warm;
    let until = from + length;
    let mut connections = JoinSet::new();
    for (client, crew, point) in ready {
        connections.spawn(work(client, crew, point, from, until));
    }
    let mut all = Tally::default();
    while let Some(done) = connections.join_next().await {
        let Tally { micros, closed, errors, first_error } = done?;
        all.micros.extend(micros);
        all.closed += closed;
        all.errors += errors;
        all.first_error = all.first_error.or(first_error);
    }
    Ok(summed(all, length))
}

/// A connection, waited for while the server starts.
async fn connected(address: SocketAddr) -> std::io::Result<Client> {
    let since = Instant::now();
    loop {
        match Client::connect(address).await {
            Err(_) if since.elapsed() < STARTS_WITHIN => tokio::time::sleep(Duration::from_millis(100)).await,
            outcome => return outcome,
        }
    }
}

/// One connection: a case after another until time is up. What is answered between `from` and `until` counts.
async fn work(mut client: Client, crew: Crew, point: (f64, f64), from: Instant, until: Instant) -> Tally {
    let mut tally = Tally::default();
    while Instant::now() < until {
        let mut life = Life::new(uuid_v7(SystemClock.now(), rand::random()), point);
        while let Some(request) = life.next(&crew) {
            let asked = Instant::now();
            if asked >= until {
                return tally;
            }
            match step(&mut client, &mut life, &request).await {
                Ok(()) => {
                    let answered = Instant::now();
                    if answered >= from && answered < until {
                        let micros = u32::try_from((answered - asked).as_micros()).unwrap_or(u32::MAX);
                        tally.micros.push(micros);
                        tally.closed += usize::from(life.next(&crew).is_none());
                    }
                }
                Err(error) => {
                    tally.errors += 1;
                    tally.first_error.get_or_insert(error);
                    break;
                }
            }
        }
    }
    tally
}

async fn step(client: &mut Client, life: &mut Life, request: &support::life::Request) -> Result<(), String> {
    let answer = client.ask(request.ask()).await.map_err(|e| e.to_string())?;
    let expected = if request.step == 0 { 201 } else { 200 };
    let seen = Seen::read(answer.body)
        .filter(|s| answer.status == expected && s.id == request.case && s.state == request.state);
    life.answered(&seen.ok_or_else(|| answer.text())?);
    Ok(())
}

fn summed(mut all: Tally, length: Duration) -> Outcome {
    all.micros.sort_unstable();
    let steps = all.micros.len();
    let at = |share: f64| {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "an index"
        )]
        let index = (share * steps as f64) as usize;
        f64::from(all.micros.get(index.min(steps.saturating_sub(1))).copied().unwrap_or(0)) / 1_000.0
    };
    #[expect(clippy::cast_precision_loss, reason = "fewer than 2^52 steps")]
    let steps_per_second = steps as f64 / length.as_secs_f64();
    Outcome {
        steps_per_second,
        p50: at(0.5),
        p99: at(0.99),
        max: at(1.0),
        steps,
        closed: all.closed,
        errors: all.errors,
        first_error: all.first_error,
    }
}
