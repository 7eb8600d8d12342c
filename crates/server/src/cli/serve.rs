//! `yizhi serve`: the server of an installation.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use chrono::TimeDelta;
use clap::Args;
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::watch;
use yizhi_store::{BEGUN, DIVISIONS, LOG_NAME};

use crate::app::{App, Config, EVIDENCE_OVERDUE};
use crate::auth::{ForwardedBy, Network, Proxies};
use crate::connections::{self, Bounds};
use crate::ledger::{LogName, Policy, Trust, Witness};
use crate::{demo, jobs, router};

use super::home::Home;
use super::{CliError, given};

/// How the server runs.
#[derive(Args, Clone, Debug)]
pub struct Serving {
    /// 监听地址 | Address to listen on
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// 天地图密钥，缺省不用底图 | Key of the 天地图 base map
    #[arg(long, value_name = "KEY", env = "YIZHI_TIANDITU_KEY", hide_env_values = true)]
    tianditu_key: Option<String>,
    /// 经 HTTPS 对外服务时打开：会话只经加密连接 | Behind HTTPS: session cookies over encrypted connections only
    #[arg(long, env = "YIZHI_SECURE_COOKIES")]
    secure_cookies: bool,
    /// 前面的反向代理：地址或网段，只相信它们转告的来访地址 | Reverse proxies in front: addresses or networks whose word on the client's address is believed
    #[arg(long, value_name = "CIDR", env = "YIZHI_TRUSTED_PROXIES", value_delimiter = ',')]
    trusted_proxy: Vec<Network>,
    /// 代理用哪个请求头转告 | The header in which they say it
    #[arg(
        long,
        value_enum,
        env = "YIZHI_FORWARDED_HEADER",
        default_value = "x-forwarded-for",
        requires = "trusted_proxy"
    )]
    forwarded_header: ForwardedBy,
    /// 只应答这些主机名，缺省不限 | Host names to answer to; any unless given
    #[arg(long, value_name = "NAME", env = "YIZHI_HOSTS", value_delimiter = ',')]
    host: Vec<String>,
    /// 允许别的机器读取 /metrics | Let other machines read /metrics
    #[arg(long, env = "YIZHI_PUBLIC_METRICS")]
    public_metrics: bool,
    /// 每个会话每秒的请求数 | Requests a session may make in a second, on average
    #[arg(long, value_name = "N", env = "YIZHI_RATE")]
    rate: Option<u32>,
    /// 以本机时钟为准，即使它早于已有记录（时钟曾经走快过，现已校准） | Start from the machine's clock even where records are later: it ran ahead and has been set right
    #[arg(long, env = "YIZHI_TRUST_CLOCK")]
    trust_clock: bool,
    /// 账本的名称，首次启动时定下，以后不能改；缺省为随机的 yizhi.local/… | Name of the log, chosen at the first start for good; a random yizhi.local/… unless given
    #[arg(long, value_name = "NAME", env = "YIZHI_LOG_NAME")]
    pub(crate) log_name: Option<LogName>,
    /// 账本的见证方：公钥、空格、地址；可以多个 | A witness of the ledger: its key, a space, its address; may be given several times
    #[arg(long, value_name = "KEY ADDRESS", env = "YIZHI_WITNESSES", value_delimiter = ',')]
    witness: Vec<Witness>,
    /// 其中多少个必须签名，缺省全部 | How many of them must sign; all unless given
    #[arg(long, value_name = "N", env = "YIZHI_WITNESS_QUORUM", requires = "witness")]
    witness_quorum: Option<usize>,
    /// 签发见证方证书的自建机构（PEM 文件），另加于公开机构 | Private authority of witnesses' certificates, a PEM file, besides the public ones
    #[arg(long, value_name = "FILE", env = "YIZHI_WITNESS_CA", requires = "witness")]
    witness_ca: Option<PathBuf>,
    /// 记录超过多少秒未公布进账本，即为证据逾期 | Evidence is overdue when something recorded is not published for so many seconds
    #[arg(long, value_name = "SECONDS", env = "YIZHI_EVIDENCE_OVERDUE", default_value_t = EVIDENCE_OVERDUE.num_seconds(),
        value_parser = clap::value_parser!(i64).range(1..=31_536_000))]
    evidence_overdue: i64,
    /// 证据逾期时暂停查看明文和导出；缺省除演示外打开 | Refuse unmasking and exports while evidence is overdue; on by default but for a demo
    #[arg(long, value_name = "true|false", env = "YIZHI_GATE_RESTRICTED_READS", num_args = 0..=1, default_missing_value = "true")]
    gate_restricted_reads: Option<bool>,
}

impl Serving {
    /// # Errors
    /// When the authority's file cannot be used.
    pub fn config(&self, home: &Home) -> Result<Config, CliError> {
        let mut config = Config::new(home.data());
        config.tianditu_key.clone_from(&self.tianditu_key);
        config.secure_cookies = self.secure_cookies;
        config.proxies = Proxies { trusted: self.trusted_proxy.clone(), header: self.forwarded_header };
        config.hosts.clone_from(&self.host);
        config.public_metrics = self.public_metrics;
        config.trust_clock = self.trust_clock;
        config.rate = self.rate.unwrap_or(config.rate);
        let mut witnesses = self.witness.clone();
        if let Some(file) = &self.witness_ca {
            given::pages(file)?;
            let trust = Trust::with(file)?;
            witnesses.iter_mut().for_each(|witness| witness.believe(&trust));
        }
        config.ledger = policy(witnesses, self.witness_quorum)?;
        config.evidence_overdue = TimeDelta::seconds(self.evidence_overdue);
        config.gate_restricted_reads = self.gate_restricted_reads;
        Ok(config)
    }
}

/// Witnesses that can vouch for the log: each once, and as many as must sign.
fn policy(witnesses: Vec<Witness>, quorum: Option<usize>) -> Result<Policy, CliError> {
    let same = |a: &Witness, b: &Witness| a.key().name() == b.key().name() || a.key().public() == b.key().public();
    if let Some((_, twice)) =
        witnesses.iter().enumerate().find(|(at, one)| witnesses[..*at].iter().any(|other| same(one, other)))
    {
        let name = twice.key().name();
        return Err(CliError::Usage(format!(
            "见证方“{name}”的名称或公钥写了两次，请去掉一个。 The witness “{name}”, or its key, is named twice; leave one out."
        )));
    }
    let (quorum, most) = (quorum.unwrap_or(witnesses.len()), witnesses.len());
    if quorum > most || (quorum == 0 && most > 0) {
        return Err(CliError::Usage(format!(
            "--witness-quorum {quorum}：共有 {most} 个见证方，必须签名的要有 1 到 {most} 个。 There are {most} witnesses; from 1 to {most} of them must sign."
        )));
    }
    Ok(Policy { witnesses, quorum })
}

/// What the system keeps of a connection each way, in bytes; it doubles them. Left to itself it keeps up to ten megabytes for each of those who ask for
/// much and read nothing.
const BUFFER: u32 = 128 * 1024;
/// Connections that may wait to be accepted.
const BACKLOG: u32 = 1024;

/// Requests under way get this long to end; live streams never end by themselves.
pub(super) const GRACE: Duration = Duration::from_secs(3);

/// Serves an installation until told to stop.
///
/// # Errors
/// When something cannot be opened, another server works on the embedded database, or the address cannot be listened on.
pub async fn serve(home: &Home, serving: &Serving) -> Result<(), CliError> {
    // Before an installation is made: a word that is mistyped leaves none behind.
    let mut config = serving.config(home)?;
    let (db, keys) = home.named_installation(serving.log_name.as_ref()).await?;
    let _held = home.hold()?;
    config.demo = demo::is_demo(&db).await?;
    if config.demo {
        demo::loopback_only(serving.listen)?;
    }
    let app = home.app(config, db, keys).await?;
    let listener = listen(serving.listen).await?;
    tracing::info!(address = %serving.listen, "serving");
    run(app, listener).await
}

/// Takes an address.
///
/// # Errors
/// When it is taken already, or not ours.
pub async fn listen(address: SocketAddr) -> Result<TcpListener, CliError> {
    bound(address).map_err(|source| CliError::Listen { address, source })
}

/// Connections inherit the sizes of the listener's buffers.
fn bound(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.set_send_buffer_size(BUFFER)?;
    socket.set_recv_buffer_size(BUFFER)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Serves on a listener until the process is told to stop, then lets requests end, jobs stop, and the database close.
///
/// # Errors
/// When the database cannot be written or closed.
pub async fn run(app: App, listener: TcpListener) -> Result<(), CliError> {
    log_named(&app).await?;
    if app.db().setting(DIVISIONS).await?.is_some_and(|mark| mark.starts_with(BEGUN)) {
        tracing::warn!(
            "区划名单还没有全部导入（导入中断过，或正在进行），请再导入一次 a division list is imported in part only: import it again"
        );
    }
    let (stop, stopped) = watch::channel(false);
    let mut jobs = jobs::spawn(&app, &stopped);
    jobs.spawn(reload_on_hangup(app.clone(), stopped.clone()));
    let serving = connections::serve(listener, router::router(app.clone()), Bounds::default(), stopped.clone());
    let watcher = tokio::spawn(async move {
        told_to_stop().await;
        let _ = stop.send(true);
    });
    let mut late = stopped;
    tokio::select! {
        () = serving => {}
        () = async { let _ = late.wait_for(|stop| *stop).await; tokio::time::sleep(GRACE).await } => {}
    }
    tracing::info!("stopping");
    watcher.abort();
    // Jobs hear of the stop by themselves: each ends what it is in the middle of, or gives it back.
    let ended = tokio::time::timeout(GRACE, async { while jobs.join_next().await.is_some() {} }).await;
    if ended.is_err() {
        jobs.abort_all();
        while jobs.join_next().await.is_some() {}
    }
    Ok(app.db().close().await?)
}

/// Notes the log's name at the first start: from then on it has that one.
async fn log_named(app: &App) -> Result<(), CliError> {
    let name = app.ledger().keys().log().name();
    if app.db().setting(LOG_NAME).await?.is_none() {
        app.db().setting_set(LOG_NAME, name, app.now()).await?;
        tracing::info!(name, "账本的名称从此是这个 the log has this name from now on");
    }
    Ok(())
}

/// Waits for Ctrl-C or, on Unix, a request to terminate.
pub(crate) async fn told_to_stop() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}

/// Reads regions, grids, people and posts again on SIGHUP, after an import or a change by another program.
async fn reload_on_hangup(app: App, mut stop: watch::Receiver<bool>) {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut hangup) = signal(SignalKind::hangup()) else { return };
        loop {
            tokio::select! {
                changed = stop.changed() => if changed.is_err() || *stop.borrow() { return },
                _ = hangup.recv() => {}
            }
            match app.reload().await {
                Ok(()) => tracing::info!("reloaded"),
                Err(error) => tracing::error!(%error, "not reloaded; the old state stays"),
            }
        }
    }
    #[cfg(not(unix))]
    {
        let _ = (app, stop.changed().await);
    }
}
