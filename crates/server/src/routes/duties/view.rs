//! A duty as shown.

use serde::Serialize;
use utoipa::ToSchema;
use yizhi_store::DutyRow;

use crate::auth::Who;
use crate::views::case::{PersonView, person};
use crate::views::text::Text;
use crate::views::time::{Shown, shown};

/// Somebody's duty in a grid.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct GridDutyView {
    role: String,
    role_name: Text,
    person: PersonView,
    from: Shown,
    until: Option<Shown>,
}

/// A duty, unless the person is not here any more.
pub(super) fn duty(who: &Who, row: &DutyRow) -> Option<GridDutyView> {
    Some(GridDutyView {
        role: row.role.clone(),
        role_name: who.world.catalog.role_name(&row.role).into(),
        person: person(who.world.directory.person(row.person)?),
        from: shown(row.from),
        until: row.until.map(shown),
    })
}
