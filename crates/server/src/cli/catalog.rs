//! `yizhi catalog check`: reads a catalog as the server would, and plays the scenarios beside its procedures.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Subcommand;
use yizhi_domain::catalog::{Catalog, Files};
use yizhi_domain::procedure::{ParseError, scenario};

use super::{CliError, given, out};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// 检查目录，指出文件和行号 | Check a catalog; faults are named with file and line
    Check {
        /// 目录文件夹，缺省检查随程序发布的 | Folder; the shipped catalog by default
        dir: Option<PathBuf>,
    },
}

pub(super) fn run(command: &Command) -> Result<(), CliError> {
    let Command::Check { dir } = command;
    let files = match dir {
        Some(dir) => read(dir)?,
        None => crate::assets::catalog_files(),
    };
    let catalog = Arc::new(Catalog::load_new(&files).map_err(|faults| say(&faults))?);
    let calendars = Arc::new(crate::loading::calendars(&files)?);
    let (mut played, mut faults) = (0, Vec::new());
    for (file, text) in files.iter().filter(|(file, _)| file.ends_with(".scenarios.yaml")) {
        match scenario::play(file, text, catalog.clone(), calendars.clone()) {
            Ok(n) => played += n,
            Err(found) => faults.extend(found),
        }
    }
    if !faults.is_empty() {
        return Err(say(&faults));
    }
    let (matters, procedures, purposes) =
        (catalog.matters().count(), catalog.procedures().count(), catalog.purposes().count());
    let (first, last) = calendars.published_years();
    out::line(format_args!(
        "目录无误：{matters} 个事项，{procedures} 个流程，{played} 个场景，{purposes} 个目的，日历 {first}–{last}，版本 {id}\n\
         The catalog is sound: {matters} matters, {procedures} procedures, {played} scenarios, {purposes} purposes, calendars {first}–{last}, release {id}",
        id = catalog.id()
    ));
    Ok(())
}

fn say(faults: &[ParseError]) -> CliError {
    faults.iter().for_each(out::note);
    out::note(format_args!("{} 处错误 faults", faults.len()));
    CliError::Findings
}

/// Files and folders of a catalog that are looked at: a folder of something else, or links in a circle, have more.
const ENTRIES_MOST: usize = 20_000;

fn too_many(dir: &Path) -> CliError {
    let dir = dir.display();
    CliError::Usage(format!(
        "{dir}: 里面超过 {ENTRIES_MOST} 个文件，不像是目录文件夹，请检查路径和其中的链接。 There are more than {ENTRIES_MOST} files in it; check that it is a catalog and its links."
    ))
}

/// The files of a catalog folder that belong to a release: everything in YAML but the places.
fn read(dir: &Path) -> Result<Files, CliError> {
    let mut files = Files::new();
    let mut open = vec![dir.to_owned()];
    let mut left = ENTRIES_MOST;
    while let Some(folder) = open.pop() {
        let fault = |source| given::unreadable(&folder, source);
        for entry in std::fs::read_dir(&folder).map_err(fault)? {
            let path = entry.map_err(fault)?.path();
            left = left.checked_sub(1).ok_or_else(|| too_many(dir))?;
            let name = path.strip_prefix(dir).map(|p| p.to_string_lossy().replace('\\', "/")).unwrap_or_default();
            if path.is_dir() {
                if name != "places" {
                    open.push(path);
                }
            } else if name.ends_with(".yaml") {
                files.insert(name, given::pages(&path)?);
            }
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_read_like_the_shipped_catalog() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalog");
        assert_eq!(read(&folder).unwrap(), crate::assets::catalog_files());
    }

    #[test]
    fn a_folder_that_is_no_catalog_is_refused() {
        let empty = tempfile::tempdir().unwrap();
        let check = Command::Check { dir: Some(empty.path().to_owned()) };
        assert!(matches!(run(&check), Err(CliError::Findings)));
    }
    #[cfg(unix)]
    #[test]
    fn links_in_a_circle_come_to_an_end() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a", "b"] {
            std::os::unix::fs::symlink(folder.path(), folder.path().join(name)).unwrap();
        }
        let Err(CliError::Usage(told)) = read(folder.path()) else { panic!("circles are a catalog") };
        assert!(told.contains("链接"), "{told}");
    }
}
