//! Files that only their owner may read: the database, the keys, the demo's passwords. What is wider is narrowed and said; a folder is only said, for
//! somebody may have had a reason.

use std::path::Path;

use yizhi_domain::text::Text;

/// Below a data folder, and beside the database what SQLite lays there.
const FILES: [&str; 7] =
    ["yizhi.db", "yizhi.db-wal", "yizhi.db-shm", "seal.key", "ledger.key", "witness.key", "demo-accounts.json"];

/// Narrows the files of a data folder to mode 0600; what was found, in words.
#[cfg(unix)]
pub fn narrow(data: &Path) -> Vec<Text> {
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt as _;

    let mode = |path: &Path| std::fs::metadata(path).map(|found| found.permissions().mode() & 0o777);
    let mut said = Vec::new();
    for path in FILES.map(|file| data.join(file)) {
        let Ok(found) = mode(&path) else { continue };
        if found & 0o077 == 0 {
            continue;
        }
        let shown = path.display();
        said.push(match std::fs::set_permissions(&path, Permissions::from_mode(0o600)) {
            Ok(()) => Text::new(
                format!("{shown} 原来别人也能读（{found:03o}），已改为只有本账号能读（600）。如有他人用过这台机器，请当作已经外泄处理。"),
                format!("{shown} could be read by others (mode {found:03o}); it is now 600. If others use this machine, treat it as copied."),
            ),
            Err(error) => Text::new(
                format!("{shown} 别人也能读（{found:03o}），改不了：{error}。请用它的属主执行 chmod 600。"),
                format!("{shown} can be read by others (mode {found:03o}) and cannot be narrowed: {error}. As its owner, run chmod 600."),
            ),
        });
    }
    if let Ok(found) = mode(data)
        && found & 0o077 != 0
    {
        let shown = data.display();
        said.push(Text::new(
            format!("数据目录 {shown} 别人也能进入（{found:03o}）。如非有意，请执行 chmod 700 {shown}。"),
            format!("The data folder {shown} is open to others (mode {found:03o}). Unless that is meant, run chmod 700 {shown}."),
        ));
    }
    said
}

/// Elsewhere files have no such modes.
#[cfg(not(unix))]
pub fn narrow(_: &Path) -> Vec<Text> {
    let _ = FILES;
    Vec::new()
}
