//! A store of files that fails when it is told to, or stops for ever at one of its operations, so that its process can be killed there.

use std::fmt;
use std::future::pending;
use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use futures_util::StreamExt as _;
use futures_util::stream::BoxStream;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{
    CopyOptions, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore, ObjectStoreExt as _,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};

/// What a process says on a line of its own when it has come to where it stops.
pub const REACHED: &str = "reached";

/// Files below a folder, of which some writes fail.
#[derive(Debug)]
pub struct Brittle {
    files: LocalFileSystem,
    /// Writes that still succeed; negative: all.
    left: AtomicI64,
    /// Nothing can be deleted.
    kept: Arc<AtomicBool>,
    halt: Halt,
}

/// Where it stops: before a read, before and after a write.
#[derive(Clone, Debug)]
struct Halt(Arc<AtomicI64>);

impl Halt {
    /// Goes on, unless this is the point.
    async fn pass(&self) {
        if self.0.fetch_sub(1, Ordering::SeqCst) == 0 {
            writeln!(std::io::stdout().lock(), "{REACHED}").unwrap();
            pending::<()>().await;
        }
    }
}

impl Brittle {
    pub fn new(files: LocalFileSystem) -> Self {
        Self { files, left: AtomicI64::new(-1), kept: Arc::default(), halt: Halt(Arc::new(AtomicI64::new(-1))) }
    }

    /// Points that were passed, unless it is told to halt at one.
    pub fn passed(&self) -> i64 {
        -1 - self.halt.0.load(Ordering::SeqCst)
    }

    /// Passes so many points more, says [`REACHED`] at the next, and stops there for ever.
    pub fn halt_after(&self, points: u32) {
        self.halt.0.store(i64::from(points), Ordering::SeqCst);
    }

    /// After `writes` more every write fails, until it is mended.
    pub fn break_after(&self, writes: u32) {
        self.left.store(i64::from(writes), Ordering::SeqCst);
    }

    /// Whether deleting fails.
    pub fn keep_all(&self, kept: bool) {
        self.kept.store(kept, Ordering::SeqCst);
    }

    pub fn mend(&self) {
        self.left.store(-1, Ordering::SeqCst);
    }
}

fn broken() -> object_store::Error {
    object_store::Error::Generic { store: "Brittle", source: "broken on purpose".into() }
}

impl fmt::Display for Brittle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Brittle")
    }
}

#[async_trait::async_trait]
impl ObjectStore for Brittle {
    async fn put_opts(&self, location: &Path, payload: PutPayload, opts: PutOptions) -> Result<PutResult> {
        let step = |left: i64| match left {
            0 => None,
            1.. => Some(left - 1),
            _ => Some(left),
        };
        if self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, step).is_err() {
            return Err(broken());
        }
        self.halt.pass().await;
        let done = self.files.put_opts(location, payload, opts).await;
        self.halt.pass().await;
        done
    }

    async fn put_multipart_opts(&self, location: &Path, opts: PutMultipartOptions) -> Result<Box<dyn MultipartUpload>> {
        self.files.put_multipart_opts(location, opts).await
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        self.halt.pass().await;
        self.files.get_opts(location, options).await
    }

    fn delete_stream(&self, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        let (files, halt, kept) = (self.files.clone(), self.halt.clone(), self.kept.clone());
        let delete = move |location| {
            let (files, halt, kept) = (files.clone(), halt.clone(), kept.clone());
            async move {
                let location = location?;
                if kept.load(Ordering::SeqCst) {
                    return Err(broken());
                }
                halt.pass().await;
                files.delete(&location).await?;
                halt.pass().await;
                Ok(location)
            }
        };
        locations.then(delete).boxed()
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.files.list(prefix)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.files.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.files.copy_opts(from, to, options).await
    }
}
