//! A disk that takes no more: writes are refused with a problem that says so, reads go on, and when there is space again so do writes.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use yizhi_domain::clock::Clock as _;
use yizhi_domain::ids::uuid_v7;
use yizhi_server::app::SystemClock;

use crate::ground::{Ground, block_on, copy};
use crate::ledger::Ledger;
use crate::load::{Asked, ask};
use crate::server::Server;
use crate::support::crew::point_of;
use crate::support::http::{Ask, Client};
use crate::support::life::{Life, Request, Seen};
use crate::truth;

/// Reports that a nearly full disk may still take.
const LAST_ONES: usize = 2_000;

/// How the disk is filled.
enum Disk {
    /// Files may not grow, which anybody may ask of their own process.
    Limit,
    /// A small file system, which only root may mount, and not everywhere.
    Small(PathBuf),
}

impl Disk {
    fn fill(&self, server: &Server) {
        match self {
            Self::Limit => limit(server, "65536"),
            Self::Small(data) => {
                let mut filler = File::create(data.join("filler")).unwrap();
                for size in [65_536, 512] {
                    while filler.write_all(&vec![0; size]).is_ok() {}
                }
            }
        }
    }

    fn free(&self, server: &Server) {
        match self {
            Self::Limit => limit(server, "unlimited"),
            Self::Small(data) => std::fs::remove_file(data.join("filler")).unwrap(),
        }
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        if let Self::Small(data) = self {
            let _ = Command::new("umount").arg("--lazy").arg(data).status();
        }
    }
}

/// Sets the soft limit on the size of a process's files.
fn limit(server: &Server, bytes: &str) {
    let args = ["--pid", &server.pid(), &format!("--fsize={bytes}:")];
    assert!(Command::new("prlimit").args(args).status().unwrap().success(), "prlimit {args:?}");
}

/// Moves an installation to a file system with a few megabytes left, if this process may.
fn small_disk(data: &Path, aside: &Path) -> Option<Disk> {
    std::fs::rename(data, aside).unwrap();
    std::fs::create_dir(data).unwrap();
    let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=96m", "tmpfs"]).arg(data).output();
    if !mounted.is_ok_and(|m| m.status.success()) {
        return None;
    }
    copy(aside, data);
    Some(Disk::Small(data.to_owned()))
}

#[test]
fn a_limit_on_files_is_told_and_outlived() {
    block_on(outlives(&Ground::sqlite(), &Disk::Limit));
}

#[test]
fn a_full_disk_is_told_and_outlived() {
    let ground = Ground::sqlite();
    if let Some(disk) = small_disk(&ground.installation.data, &ground.folder.path().join("aside")) {
        block_on(outlives(&ground, &disk));
    }
}

async fn outlives(ground: &Ground, disk: &Disk) {
    let mut server = Server::start(ground).await;
    let mut client = Client::connect(server.address).await.unwrap();
    let crew = &ground.crews[0];
    let point = point_of(&mut client, crew).await.unwrap();
    let report = || Life::new(uuid_v7(SystemClock.now(), rand::random()), point).next(crew).unwrap();
    let before = report();
    let mut log = vec![Asked { told: Some(done(&mut client, &before).await), request: before.clone() }];

    let mut ledger = Ledger::default();
    ledger.begin(ground).await;
    disk.fill(&server);
    let refused = loop {
        let request = report();
        let answer = ask(&mut client, &request).await.unwrap();
        if answer.status != 201 {
            assert_eq!(answer.status, 507, "{}", answer.text());
            assert_eq!(answer.header("content-type"), Some("application/problem+json"));
            let problem: Value = serde_json::from_slice(answer.body).unwrap();
            assert_eq!(problem["code"], "disk_full");
            break request;
        }
        let told = Seen::read(answer.body);
        log.push(Asked { request, told });
        assert!(log.len() < LAST_ONES, "the disk does not fill");
    };
    let found = client.ask(Ask::get(&format!("/api/v1/cases/{}", before.case), &ground.leader)).await.unwrap();
    assert_eq!(found.status, 200, "reads go on: {}", found.text());
    assert_eq!(truth::entries(&mut client, &ground.leader, refused.case).await, None, "nothing of it was saved");
    let photo = noise();
    let (status, text) = upload(&server, &crew.citizen, &photo).await;
    assert!(status == 507 && text.contains("disk_full"), "{status} {text}");
    assert_eq!(uploaded(ground), 0, "nothing of it is left");

    // Each writes a record of a look, by the door beside that of the cases.
    for _ in 0..4 {
        let (status, text) = exported(&server, ground).await;
        assert!(status == 507 && text.contains("disk_full"), "{status} {text}");
    }

    disk.free(&server);
    assert_eq!(exported(&server, ground).await.0, 200);
    assert_eq!(upload(&server, &crew.citizen, &photo).await.0, 201);
    assert_eq!(uploaded(ground), 2, "the photo and its thumbnail");
    log.push(Asked { told: Some(done(&mut client, &refused).await), request: refused });
    server.terminate();
    assert!(server.stopped().await.success(), "{}", server.said());
    assert_eq!(looks(ground), 1, "the export that was answered, and none that was refused");
    let server = Server::start(ground).await;
    truth::holds(ground, server.address, &[log]).await;
    ledger.holds(ground).await;
}

/// Status, and all that came back.
async fn exported(server: &Server, ground: &Ground) -> (u16, String) {
    let path = "/api/v1/cases/export?purpose=statistics";
    let head = format!(
        "GET {path} HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {}\r\nconnection: close\r\n\r\n",
        server.address, ground.leader
    );
    sent(server, head.as_bytes()).await
}

/// Exports that were recorded.
fn looks(ground: &Ground) -> i64 {
    let file = rusqlite::Connection::open(ground.installation.data.join("yizhi.db")).unwrap();
    file.query_row("SELECT count(*) FROM look WHERE kind = 'export'", [], |row| row.get(0)).unwrap()
}

/// A photo of some hundred thousand bytes.
fn noise() -> Vec<u8> {
    let picture = image::RgbImage::from_fn(600, 400, |_, _| image::Rgb(rand::random()));
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, image::ImageFormat::Jpeg).unwrap();
    bytes.into_inner()
}

/// Files of uploads, whole and not.
fn uploaded(ground: &Ground) -> usize {
    let data = &ground.installation.data;
    let folders = [data.join("incoming"), data.join("files").join("attachments")];
    folders.iter().map(|folder| std::fs::read_dir(folder).map_or(0, Iterator::count)).sum()
}

/// Status, and all that came back.
async fn upload(server: &Server, token: &str, bytes: &[u8]) -> (u16, String) {
    let part = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.jpg\"\r\n\r\n";
    let body = [part.as_bytes(), bytes, b"\r\n--b--\r\n"].concat();
    let head = format!(
        "POST /api/v1/attachments HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {token}\r\nconnection: close\r\n\
         content-type: multipart/form-data; boundary=b\r\ncontent-length: {}\r\n\r\n",
        server.address,
        body.len()
    );
    sent(server, &[head.as_bytes(), &body].concat()).await
}

async fn sent(server: &Server, request: &[u8]) -> (u16, String) {
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(request).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let answer = String::from_utf8_lossy(&answer).into_owned();
    (answer.get(9..12).and_then(|status| status.parse().ok()).unwrap(), answer)
}

async fn done(client: &mut Client, request: &Request) -> Seen {
    let answer = ask(client, request).await.unwrap();
    assert_eq!(answer.status, 201, "{}", answer.text());
    Seen::read(answer.body).unwrap()
}
