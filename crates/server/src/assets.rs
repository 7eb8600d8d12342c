//! Files that ship in the binary: the catalog and the web interface. In a development build they are read from the tree.

use rust_embed::RustEmbed;
use yizhi_domain::catalog::Files;

#[derive(RustEmbed)]
#[folder = "../../catalog"]
struct CatalogFiles;

/// The built web interface.
#[derive(RustEmbed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
pub struct WebFiles;

/// The shipped catalog release.
pub fn catalog_files() -> Files {
    let text = |path: &str| CatalogFiles::get(path).map(|f| String::from_utf8_lossy(&f.data).into_owned());
    CatalogFiles::iter()
        .filter(|path| path.ends_with(".yaml") && !path.starts_with("places/"))
        .filter_map(|path| text(&path).map(|t| (path.to_string(), t)))
        .collect()
}

/// A file of a shipped place, such as `350302/divisions.csv`.
pub fn place_file(path: &str) -> Option<String> {
    CatalogFiles::get(&format!("places/{path}")).map(|f| String::from_utf8_lossy(&f.data).into_owned())
}

/// County codes of the shipped places.
pub fn places() -> Vec<String> {
    let mut codes: Vec<String> = CatalogFiles::iter()
        .filter_map(|path| {
            path.strip_prefix("places/").and_then(|rest| rest.strip_suffix("/place.yaml")).map(str::to_owned)
        })
        .collect();
    codes.sort();
    codes
}
