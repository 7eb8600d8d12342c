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

/// The files of a catalog folder that belong to a release: everything in YAML but the places.
fn read(dir: &Path) -> Result<Files, CliError> {
    let mut files = Files::new();
    let mut open = vec![dir.to_owned()];
    while let Some(folder) = open.pop() {
        let fault = |source| given::unreadable(&folder, source);
        for entry in std::fs::read_dir(&folder).map_err(fault)? {
            let path = entry.map_err(fault)?.path();
            let name = path.strip_prefix(dir).map(|p| p.to_string_lossy().replace('\\', "/")).unwrap_or_default();
            if path.is_dir() {
                if name != "places" {
                    open.push(path);
                }
            } else if name.ends_with(".yaml") {
                let text = std::fs::read_to_string(&path).map_err(|source| given::unreadable(&path, source))?;
                files.insert(name, text);
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
}
