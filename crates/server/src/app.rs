//! What every request works with: the database, the world in memory, the place index, keys, files, live changes.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use chrono::{DateTime, TimeDelta, Utc};
use object_store::ObjectStore;
use tokio::sync::Mutex;
use yizhi_domain::clock::Clock;
use yizhi_domain::world::World;
use yizhi_store::Db;

use crate::auth::{Proxies, SessionCache};
use crate::keys::Keys;
use crate::ledger::{Ledger, Policy};
use crate::live::Live;
use crate::places::Places;
use crate::steady::SteadyClock;
use crate::uploads::{Limits, Turns};
use crate::vital::Vital;

/// The process clock.
#[derive(Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place where time comes from")]
    fn now(&self) -> DateTime<Utc> {
        use chrono::SubsecRound;
        Utc::now().trunc_subsecs(6)
    }
}

/// How this process runs.
#[derive(Clone, Debug)]
pub struct Config {
    /// Folder of the embedded database, files and keys.
    pub data: PathBuf,
    /// Folder of the file store.
    pub files: PathBuf,
    /// Demo mode: role switch, one-time links, simulated data.
    pub demo: bool,
    /// Key of the 天地图 base map.
    pub tianditu_key: Option<String>,
    /// Cookies only over HTTPS.
    pub secure_cookies: bool,
    /// Proxies that are believed when they say for whom they ask.
    pub proxies: Proxies,
    /// Names this server answers to; any if empty.
    pub hosts: Vec<String>,
    /// Whether `/metrics` answers others than this machine.
    pub public_metrics: bool,
    /// Requests a session (or an address before sign-in) may make in a second, on average.
    pub rate: u32,
    /// Start from the machine's clock even where it is behind what was recorded.
    pub trust_clock: bool,
    /// Who cosigns the ledger.
    pub ledger: Policy,
    /// How long what is recorded may wait to be published before evidence is overdue.
    pub evidence_overdue: TimeDelta,
    /// Whether restricted reads are refused while it is; `None`: except in a demo.
    pub gate_restricted_reads: Option<bool>,
    /// Bounds of uploads.
    pub uploads: Limits,
}

/// Longest wait for evidence unless configured otherwise.
pub const EVIDENCE_OVERDUE: TimeDelta = TimeDelta::minutes(15);

impl Config {
    pub fn new(data: &Path) -> Self {
        Self {
            data: data.to_owned(),
            files: data.join("files"),
            demo: false,
            tianditu_key: None,
            secure_cookies: false,
            proxies: Proxies::default(),
            hosts: Vec::new(),
            public_metrics: false,
            rate: 50,
            trust_clock: false,
            ledger: Policy::default(),
            evidence_overdue: EVIDENCE_OVERDUE,
            gate_restricted_reads: None,
            uploads: Limits::default(),
        }
    }

    /// Whether restricted reads are refused while evidence is overdue.
    pub fn gates(&self) -> bool {
        self.gate_restricted_reads.unwrap_or(!self.demo)
    }
}

/// The state of the process. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Inner>);

struct Inner {
    config: Config,
    db: Db,
    clock: SteadyClock,
    world: RwLock<Arc<World>>,
    places: RwLock<Arc<Places>>,
    /// Held while reading again, so that what was read later is never replaced by what was read before it.
    reloading: Mutex<()>,
    keys: Keys,
    objects: Arc<dyn ObjectStore>,
    ledger: Ledger,
    live: Live,
    sessions: SessionCache,
    uploads: Turns,
    vital: Vital,
}

impl App {
    /// # Errors
    /// When the ledger's witnesses are not a policy.
    pub fn new(
        config: Config,
        db: Db,
        clock: Arc<dyn Clock>,
        world: World,
        places: Places,
        keys: Keys,
        objects: Arc<dyn ObjectStore>,
    ) -> Result<Self, yizhi_ledger::receipt::KeyFileError> {
        let ledger = Ledger::new(objects.clone(), keys.log().clone(), config.ledger.clone())?;
        let uploads = Turns::new(config.uploads);
        Ok(Self(Arc::new(Inner {
            config,
            db,
            clock: SteadyClock::new(clock),
            world: RwLock::new(Arc::new(world)),
            places: RwLock::new(Arc::new(places)),
            reloading: Mutex::default(),
            keys,
            objects,
            ledger,
            live: Live::default(),
            sessions: SessionCache::default(),
            uploads,
            vital: Vital::default(),
        })))
    }

    pub fn config(&self) -> &Config {
        &self.0.config
    }

    pub fn db(&self) -> &Db {
        &self.0.db
    }

    pub fn now(&self) -> DateTime<Utc> {
        self.0.clock.now()
    }

    pub fn keys(&self) -> &Keys {
        &self.0.keys
    }

    pub fn ledger(&self) -> &Ledger {
        &self.0.ledger
    }

    pub fn objects(&self) -> &Arc<dyn ObjectStore> {
        &self.0.objects
    }

    /// The platform's time, and by how much the machine's clock is behind it.
    pub fn clock(&self) -> &SteadyClock {
        &self.0.clock
    }

    pub fn live(&self) -> &Live {
        &self.0.live
    }

    pub fn sessions(&self) -> &SessionCache {
        &self.0.sessions
    }

    pub fn uploads(&self) -> &Turns {
        &self.0.uploads
    }

    /// Whether the database lives.
    pub fn vital(&self) -> &Vital {
        &self.0.vital
    }

    /// The present snapshot.
    pub fn world(&self) -> Arc<World> {
        self.0.world.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn places(&self) -> Arc<Places> {
        self.0.places.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reads everything again after another program has changed it: releases, regions, grids, people and posts.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn reload(&self) -> Result<(), crate::loading::LoadError> {
        let _held = self.0.reloading.lock().await;
        let (world, places) = crate::loading::load(&self.0.db, self.now()).await?;
        *self.0.world.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(world);
        *self.0.places.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(places);
        self.0.sessions.clear();
        Ok(())
    }

    /// Reads people, posts and duties again after a change of one of them; the ground they stand on is not read.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn reload_directory(&self) -> Result<(), crate::loading::LoadError> {
        let _held = self.0.reloading.lock().await;
        let directory = Arc::new(crate::loading::directory(&self.0.db, self.now()).await?);
        let world = World { directory, ..(*self.world()).clone() };
        *self.0.world.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(world);
        self.0.sessions.clear();
        Ok(())
    }
}
