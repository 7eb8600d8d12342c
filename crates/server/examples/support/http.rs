//! The smallest HTTP/1.1 client that keeps its connection. It shares the cores with the server it measures, so it does no more than it must.

use std::io::{Error, ErrorKind, Result};
use std::net::SocketAddr;

use tokio::net::TcpStream;

/// What to ask.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ask<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) token: &'a str,
    /// `Idempotency-Key`.
    pub(crate) key: Option<&'a str>,
    pub(crate) body: &'a str,
}

impl<'a> Ask<'a> {
    pub(crate) fn get(path: &'a str, token: &'a str) -> Self {
        Self { method: "GET", path, token, key: None, body: "" }
    }
}

/// What came back.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Answer<'a> {
    pub(crate) status: u16,
    head: &'a str,
    pub(crate) body: &'a [u8],
}

impl<'a> Answer<'a> {
    /// A header by its name in lower case, as the server writes it.
    pub(crate) fn header(&self, name: &str) -> Option<&'a str> {
        header(self.head, name)
    }

    pub(crate) fn text(&self) -> String {
        let kind = self.header("content-type").unwrap_or_default();
        format!("{} {kind} {}", self.status, String::from_utf8_lossy(self.body))
    }
}

/// One connection.
#[derive(Debug)]
pub(crate) struct Client {
    address: SocketAddr,
    stream: TcpStream,
    write: String,
    read: Vec<u8>,
}

const CHUNK: usize = 16 * 1024;

impl Client {
    pub(crate) async fn connect(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { address, stream, write: String::with_capacity(1024), read: Vec::with_capacity(CHUNK) })
    }

    /// Asks once and waits for the answer.
    ///
    /// # Errors
    /// When the connection breaks, before or after the server has read the request.
    pub(crate) async fn ask(&mut self, ask: Ask<'_>) -> Result<Answer<'_>> {
        self.compose(ask);
        self.send().await?;
        self.receive().await
    }

    fn compose(&mut self, ask: Ask<'_>) {
        use std::fmt::Write as _;
        let Ask { method, path, token, key, body } = ask;
        self.write.clear();
        let _ = write!(self.write, "{method} {path} HTTP/1.1\r\nhost: {}\r\n", self.address);
        if !token.is_empty() {
            let _ = write!(self.write, "authorization: Bearer {token}\r\n");
        }
        if let Some(key) = key {
            let _ = write!(self.write, "idempotency-key: {key}\r\n");
        }
        if !body.is_empty() {
            let _ = write!(self.write, "content-type: application/json\r\ncontent-length: {}\r\n", body.len());
        }
        self.write.push_str("\r\n");
        self.write.push_str(body);
    }

    async fn send(&mut self) -> Result<()> {
        let mut sent = 0;
        while sent < self.write.len() {
            match self.stream.try_write(&self.write.as_bytes()[sent..]) {
                Ok(n) => sent += n,
                Err(e) if e.kind() == ErrorKind::WouldBlock => self.stream.writable().await?,
                Err(e) => return Err(e),
            }
        }
        Ok(())
    }

    async fn receive(&mut self) -> Result<Answer<'_>> {
        self.read.clear();
        let body_at = loop {
            if let Some(at) = self.read.windows(4).position(|w| w == b"\r\n\r\n") {
                break at + 4;
            }
            self.fill().await?;
        };
        let odd = |what: &str| Error::new(ErrorKind::InvalidData, what);
        let head = std::str::from_utf8(&self.read[..body_at]).map_err(|_| odd("head is not UTF-8"))?;
        let status = head.get(9..12).and_then(|s| s.parse().ok()).ok_or_else(|| odd("no status"))?;
        let length: usize = match header(head, "content-length") {
            Some(length) => length.parse().map_err(|_| odd("content-length"))?,
            None if status == 204 => 0,
            None => return Err(odd("no content-length")),
        };
        while self.read.len() < body_at + length {
            self.fill().await?;
        }
        let (head, body) = self.read.split_at(body_at);
        let head = std::str::from_utf8(head).map_err(|_| odd("head is not UTF-8"))?;
        Ok(Answer { status, head, body })
    }

    /// Reads what is there.
    async fn fill(&mut self) -> Result<()> {
        let held = self.read.len();
        self.read.resize(held + CHUNK, 0);
        loop {
            match self.stream.try_read(&mut self.read[held..]) {
                Ok(0) => {
                    self.read.truncate(held);
                    return Err(Error::from(ErrorKind::UnexpectedEof));
                }
                Ok(n) => {
                    self.read.truncate(held + n);
                    return Ok(());
                }
                Err(e) if e.kind() == ErrorKind::WouldBlock => self.stream.readable().await?,
                Err(e) => return Err(e),
            }
        }
    }
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let mut lines = head.split("\r\n").filter_map(|line| line.split_once(": "));
    lines.find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}
