//! The log's name: chosen at the first start, whatever was imported before, and then for good.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use yizhi_server::keys::Keys;

use crate::scene::{Scene, on_both, said};

const NAME: &str = "example.gov.cn/yizhi";

/// A server that is killed with this.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _gone = self.0.kill();
        let _gone = self.0.wait();
    }
}

impl Scene {
    fn serve(&self, data: &Path, more: &[&str]) -> Server {
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
        let mut command = Command::new(env!("CARGO_BIN_EXE_yizhi"));
        command.args(["serve", "--listen", &address]).args(more).arg("--data").arg(data);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).env_remove("YIZHI_DATABASE_URL");
        if let Some(url) = self.url() {
            command.env("YIZHI_DATABASE_URL", url);
        }
        Server(command.spawn().unwrap())
    }

    /// Serves until the first checkpoint is published; its origin.
    async fn origin(&self, data: &Path, more: &[&str]) -> String {
        let mut server = self.serve(data, more);
        loop {
            if let Ok(text) = std::fs::read_to_string(data.join("files/ledger/checkpoint")) {
                return text.lines().next().unwrap().to_owned();
            }
            assert!(server.0.try_wait().unwrap().is_none(), "the server has stopped");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn refuses(&self, data: &Path, name: &str, has: &str) {
        let (before, key) = (self.rows(data).await, std::fs::read(data.join("ledger.key")).unwrap());
        let refused = self.yizhi(data, &["serve", "--listen", "127.0.0.1:0", "--log-name", name]);
        let told = said(&refused);
        assert!(!refused.status.success() && told.contains(has) && told.contains(name), "{told}");
        assert!(told.contains("什么都没有写入") && told.contains("Nothing was written"), "{told}");
        assert_eq!(self.rows(data).await, before);
        assert_eq!(std::fs::read(data.join("ledger.key")).unwrap(), key);
    }
}

fn named(data: &Path) -> String {
    Keys::open(data).unwrap().log().verifier().name().to_owned()
}

#[tokio::test]
async fn a_name_is_chosen_at_the_first_start_and_kept() {
    on_both(async |scene| {
        let data = scene.data();
        let before = named(&data);
        assert!(before.starts_with("yizhi.local/"), "divisions and people came first: {before}");
        assert_eq!(scene.origin(&data, &["--log-name", NAME]).await, NAME);
        assert_eq!(named(&data), NAME);
        scene.refuses(&data, "other.example/log", NAME).await;
        scene.refuses(&data, &before, NAME).await;
        assert_eq!(scene.origin(&data, &["--log-name", NAME]).await, NAME, "the same name is no other");
        scene.works(&scene.create("second", &data));
        let verified = scene.yizhi(&data, &["ledger", "verify"]);
        assert!(verified.status.success(), "{}", said(&verified));
    })
    .await;
}

#[tokio::test]
async fn a_log_that_was_begun_without_a_name_keeps_the_one_it_got() {
    on_both(async |scene| {
        let data = scene.data();
        let origin = scene.origin(&data, &[]).await;
        assert_eq!(origin, named(&data));
        scene.refuses(&data, NAME, &origin).await;
        // A checkpoint alone is enough, and so are the records in the log.
        scene.sql(&data, "DELETE FROM setting WHERE name = 'ledger.name'");
        scene.refuses(&data, NAME, &origin).await;
        std::fs::remove_file(data.join("files/ledger/checkpoint")).unwrap();
        scene.refuses(&data, NAME, &origin).await;
    })
    .await;
}

/// A start that was cut off between forgetting the fingerprint of the old name and noting that of the new one.
#[tokio::test]
async fn a_start_that_was_cut_off_goes_on() {
    on_both(async |scene| {
        let data = scene.data();
        scene.sql(&data, "DELETE FROM key_fingerprint WHERE name = 'log'");
        assert_eq!(scene.origin(&data, &["--log-name", NAME]).await, NAME);
        scene.works(&scene.create("second", &data));
        let other = scene.elsewhere();
        std::fs::create_dir_all(&other).unwrap();
        Keys::open(&other).unwrap();
        std::fs::copy(data.join("seal.key"), other.join("seal.key")).unwrap();
        let refused = scene.create("third", &other);
        assert!(!refused.status.success() && said(&refused).contains("ledger.key"), "{}", said(&refused));
    })
    .await;
}

#[tokio::test]
async fn a_name_that_is_none_is_refused_before_anything_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("new");
    for name in ["", "two words", "a+b", "https://example.gov.cn/yizhi", "账本"] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_yizhi"));
        command.args(["serve", "--listen", "127.0.0.1:0", "--log-name", name, "--data"]).arg(&data);
        let refused = command.stdin(Stdio::null()).env_remove("YIZHI_DATABASE_URL").output().unwrap();
        assert_eq!(refused.status.code(), Some(2), "{name:?}: {}", said(&refused));
        assert!(!data.exists(), "{name:?}");
    }
}
