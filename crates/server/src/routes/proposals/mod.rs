//! What one administrator proposed for a person, until another one of another family confirms or refuses it.

pub(crate) mod confirm;
pub(crate) mod list;
pub(crate) mod refuse;
pub(crate) mod view;

use yizhi_domain::region::RegionPath;
use yizhi_store::ProposalRow;

use crate::app::App;
use crate::auth::Who;
use crate::error::Problem;

/// A proposal of one's own region. Another one does not exist.
async fn visible(app: &App, who: &Who, id: &str) -> Result<ProposalRow, Problem> {
    let id = id.parse().map_err(|_| Problem::not_found())?;
    let found = app.db().proposal(id).await?.filter(|row| is_visible(who, row));
    found.ok_or_else(Problem::not_found)
}

/// A proposal concerns the region of its post, or that of who proposed it, and with it whoever's region lies above or, for a reset, around the person.
fn is_visible(who: &Who, row: &ProposalRow) -> bool {
    let below = |path: &RegionPath| who.post.path.contains(path);
    let here = RegionPath::parse(&row.path).is_some_and(|path| below(&path));
    let mut posts = who.world.directory.posts().filter(|p| p.person == row.person).peekable();
    let managed = posts.peek().is_some() && posts.all(|p| below(&p.path));
    here || (row.post.is_none() && managed)
}
