//! What rows say, made from their cells: whatever lies there, nothing is refused.

use serde_json::{Value, json};
use uuid::Uuid;
use yizhi_domain::record::canonical_json;
use yizhi_domain::region::{Level, RegionPath};

use crate::case_row::{AssignmentRow, CaseRow, cell, maybe_moment, update_cells};
use crate::rows::{self, Cell, Kind, OnConflict, Table};
use crate::state::{CaseRows, hex, position};

use super::{CaseFacts, CaseStand, CountedAs, FileStand, Told};

/// The columns of an attachment that are compared, for [`file`].
pub(super) const ATTACHMENT: Table = Table {
    name: "attachment",
    columns: &[
        ("id", Kind::Uuid),
        ("case_id", Kind::Uuid),
        ("uploader", Kind::Uuid),
        ("created_at", Kind::Big),
        ("erased_at", Kind::Big),
        ("media_type", Kind::Text),
        ("bytes", Kind::Big),
        ("digest", Kind::Blob),
        ("thumbnail_digest", Kind::Blob),
        ("thumbnail", Kind::Bool),
        ("name", Kind::Text),
        ("width", Kind::Int),
        ("height", Kind::Int),
        ("lon", Kind::Real),
        ("lat", Kind::Real),
        ("taken_at", Kind::Big),
        ("file", Kind::Uuid),
    ],
    key: 1,
    on_conflict: OnConflict::Fail,
};

/// A case's path, and the columns that follow from it.
pub(super) const PLACED: Table = Table {
    name: "cases",
    columns: &[
        ("id", Kind::Uuid),
        ("number", Kind::Text),
        ("path", Kind::Text),
        ("province", Kind::Text),
        ("city", Kind::Text),
        ("county", Kind::Text),
        ("township", Kind::Text),
        ("village", Kind::Text),
    ],
    key: 1,
    on_conflict: OnConflict::Fail,
};

/// Those that follow, from the province down.
pub(super) fn placed_columns() -> impl Iterator<Item = &'static str> {
    PLACED.columns.iter().map(|(name, _)| *name).skip(3)
}

/// The columns of a case that do not follow from its path, each with the case's number. A path that is none is found elsewhere.
pub(super) fn displaced(cells: &[Cell]) -> Vec<(String, &'static str)> {
    const LEVELS: [Level; 5] = [Level::Province, Level::City, Level::County, Level::Township, Level::Village];
    let text = |at: usize| cells.get(at).and_then(Cell::text).unwrap_or_default();
    let Some(path) = RegionPath::parse(text(2)) else { return Vec::new() };
    let of_level = LEVELS.into_iter().zip(placed_columns()).zip(3..);
    let wrong = of_level.filter(|((level, _), at)| text(*at) != path.at(*level).as_str());
    wrong.map(|((_, name), _)| (text(1).to_owned(), name)).collect()
}

/// A case as its rows stand.
pub(super) fn case(rows: &CaseRows, tags: &crate::tags::Tags) -> CaseStand {
    let at = |name| rows.case.get(position(name)).unwrap_or(&Cell::Null);
    let text = |name| at(name).text().unwrap_or_default().to_owned();
    let real = |name| if let Cell::Real(x) = at(name) { Some(*x) } else { None };
    let told = Told {
        body: at("body").text().unwrap_or_default(),
        location: real("lon").zip(real("lat")),
        contact: if let Cell::Blob(sealed) = at("contact") { Some(sealed) } else { None },
        reporter: *at("reporter") != Cell::Null,
    };
    let (entries, told) = told.read();
    let id = at("id").uuid().unwrap_or_default();
    CaseStand {
        id,
        number: text("number"),
        state: text("state"),
        version: at("version").int().unwrap_or(-1),
        procedure: text("procedure"),
        release: text("release"),
        matter: text("matter"),
        path: text("path"),
        entries,
        told,
        facts: facts(id, rows, tags),
        counted: (*at("confidential") != Cell::Bool(true)).then(|| CountedAs {
            village: RegionPath::parse(&text("path"))
                .map_or_else(|| text("path"), |p| p.at(Level::Village).to_string()),
            matter: text("matter"),
            department: text("department"),
            state: text("state"),
        }),
    }
}

/// A counter, and what it says.
pub(super) fn counter(cells: &[Cell]) -> (CountedAs, i64) {
    let text = |at: usize| cells.get(at).and_then(Cell::text).unwrap_or_default().to_owned();
    let counted = CountedAs { village: text(0), matter: text(1), department: text(2), state: text(3) };
    (counted, cells.get(4).and_then(Cell::int).unwrap_or(i64::MIN))
}

fn facts(id: Uuid, rows: &CaseRows, tags: &crate::tags::Tags) -> CaseFacts {
    let kept = rows.case.get(position("leaves")).is_some_and(|cell| *cell != Cell::Null);
    let Some((leaves, own)) = rows.leaves(id, tags) else {
        return CaseFacts { kept, ..CaseFacts::default() };
    };
    let mut differs = leaves.differing(&rows.values());
    if !differs.is_empty() {
        let follow = following(rows);
        if let Some(place) = differs.iter().position(|leaf| *leaf == "location").filter(|_| follow.contains(&"cell")) {
            differs[place] = "cell";
        }
        let columns: Vec<_> = follow.into_iter().filter(|column| *column != "cell").collect();
        if let Some(place) = differs.iter().position(|leaf| *leaf == "case").filter(|_| !columns.is_empty()) {
            differs.splice(place..=place, columns);
        }
    }
    CaseFacts { kept, digest: Some(leaves.digest()), own, differs }
}

/// Columns that do not follow from those that they are made from.
fn following(rows: &CaseRows) -> Vec<&'static str> {
    let work = rows.work().map(|cells| AssignmentRow::of_cells(cells)?.into_assignment());
    let case = work.collect::<Result<Vec<_>, _>>().and_then(|work| CaseRow::of_cells(&rows.case)?.into_case(work));
    let Ok(case) = case else { return Vec::new() };
    let Ok(cells) = update_cells(&case) else { return Vec::new() };
    let named = rows::CASE_CHANGES.iter().map(|(name, _)| *name).zip(cells);
    let mut out: Vec<_> = named
        .filter(|(name, _)| *name != "body")
        .filter(|(name, made)| rows.case.get(position(name)) != Some(made))
        .map(|(name, _)| name)
        .collect();
    let made: Cell = case.location.map(|(lon, lat)| cell(lon, lat)).into();
    if rows.case.get(position("cell")) != Some(&made) {
        out.push("cell");
    }
    out
}

/// A file as its row stands; fields as the record of its upload says them.
pub(super) fn file(cells: &[Cell]) -> FileStand {
    let at = |name| {
        let place = ATTACHMENT.columns.iter().position(|(column, _)| *column == name);
        place.and_then(|place| cells.get(place)).unwrap_or(&Cell::Null)
    };
    let pair = |a: &Cell, b: &Cell| {
        if *a == Cell::Null && *b == Cell::Null { Value::Null } else { json!([value(a), value(b)]) }
    };
    let taken = maybe_moment(at("taken_at").int()).map_or(Value::Bool(false), |at| {
        at.map_or(Value::Null, |at| at.to_rfc3339_opts(chrono::SecondsFormat::Micros, true).into())
    });
    let fields = [
        ("mediaType", value(at("media_type"))),
        ("bytes", value(at("bytes"))),
        ("digest", value(at("digest"))),
        ("thumbnail", value(at("thumbnail_digest"))),
        ("name", value(at("name"))),
        ("size", pair(at("width"), at("height"))),
        ("place", pair(at("lon"), at("lat"))),
        ("takenAt", taken),
        ("file", value(if *at("file") == Cell::Null { at("id") } else { at("file") })),
    ];
    FileStand {
        id: at("id").uuid().unwrap_or_default(),
        case: at("case_id").uuid(),
        uploader: at("uploader").uuid(),
        created_at: at("created_at").int(),
        erased: *at("erased_at") != Cell::Null,
        digest: if let Cell::Blob(digest) = at("digest") { digest.as_slice().try_into().ok() } else { None },
        thumbnail_digest: match at("thumbnail_digest") {
            Cell::Blob(digest) => digest.as_slice().try_into().ok(),
            _ => None,
        },
        file: at("file").uuid(),
        thumbnail: *at("thumbnail") == Cell::Bool(true),
        fields: fields.map(|(name, value)| (name, canonical_json(&value).unwrap_or_default())),
    }
}

fn value(cell: &Cell) -> Value {
    match cell {
        Cell::Null => Value::Null,
        Cell::Int(n) => json!(n),
        Cell::Real(x) => json!(x),
        Cell::Text(text) => json!(text),
        Cell::Blob(bytes) => json!(hex(bytes)),
        Cell::Uuid(id) => json!(id),
        Cell::Bool(b) => json!(b),
    }
}
