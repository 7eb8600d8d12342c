//! Cases as shown to one post: what it may do now is part of the view.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use yizhi_domain::case::{self, Alert, Case, CaseClock, ClockState};
use yizhi_domain::erasure::Field;
use yizhi_domain::procedure::{ActionTone, Evidence, Procedure, Recipient};
use yizhi_domain::region::{Level, Region, RegionPath};
use yizhi_domain::world::World;
use yizhi_store::AttachmentRow;

use crate::app::App;
use crate::auth::Who;
use crate::places::Places;

use super::attachment::AttachmentView;
use super::facts::{self, Fact};
use super::mask;
use super::matter::LimitView;
use super::region::LonLat;
use super::text::{Text, erased};
use super::time::{Shown, shown};

/// Code and name.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Named {
    pub(crate) code: String,
    pub(crate) name: Text,
}

/// Where a case is, with the names of the regions from the province down.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct CaseRegion {
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) path: Vec<String>,
}

/// A case in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CaseItem {
    pub(crate) id: String,
    pub(crate) number: String,
    pub(crate) state: String,
    pub(crate) state_name: Text,
    pub(crate) version: u32,
    pub(crate) matter: Named,
    pub(crate) region: CaseRegion,
    /// 15 digits, where the case has a place.
    pub(crate) grid: Option<String>,
    pub(crate) grid_name: Option<String>,
    /// The point, where one was given: a case may be known to be in a grid, and no more.
    pub(crate) location: Option<LonLat>,
    pub(crate) title: String,
    pub(crate) confidential: bool,
    /// Simulated data (模拟数据).
    pub(crate) demo: bool,
    pub(crate) occurred_at: Shown,
    pub(crate) recorded_at: Shown,
    pub(crate) closed_at: Option<Shown>,
    /// The present stage's deadline.
    pub(crate) due_at: Option<Shown>,
    pub(crate) overall_due_at: Option<Shown>,
    /// Whether a deadline rests on a calendar year not yet published.
    pub(crate) provisional: bool,
    /// `none`, `amber`, `red` or `paused`.
    pub(crate) alert: &'static str,
    pub(crate) department: Option<String>,
    pub(crate) department_name: Option<Text>,
    pub(crate) condition: Option<String>,
    pub(crate) duplicate_of: Option<String>,
    /// Fields that were erased on request: `reporter`, `title`, `description`, `location`. Texts say so in their place, the others are absent.
    pub(crate) erased: Vec<String>,
}

/// A clock of a case.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ClockView {
    pub(crate) name: String,
    pub(crate) label: Text,
    pub(crate) from: Shown,
    pub(crate) until: Shown,
    pub(crate) limit: LimitView,
    /// `running`, `paused`, `met` or `missed`.
    #[schema(value_type = String)]
    pub(crate) state: ClockState,
    pub(crate) provisional: bool,
}

/// Account and name of somebody.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PersonView {
    pub(crate) account: String,
    pub(crate) name: String,
}

/// A piece of work.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AssignmentView {
    pub(crate) n: u32,
    pub(crate) stage: String,
    pub(crate) stage_name: Text,
    /// `lead`, `joint` or `check`.
    pub(crate) kind: &'static str,
    pub(crate) role: String,
    pub(crate) role_name: Text,
    /// Code of the region; of its village, where it lies in a grid.
    pub(crate) region: String,
    pub(crate) department: Option<String>,
    pub(crate) person: Option<PersonView>,
    pub(crate) opened_at: Shown,
    pub(crate) due_at: Option<Shown>,
    pub(crate) left_at: Option<Shown>,
    /// The action that ended it, `superseded` where somebody else's did, or `closed` with the case.
    pub(crate) outcome: Option<String>,
    /// How it ended, in words.
    pub(crate) outcome_name: Option<Text>,
    /// Who acted under it.
    pub(crate) left_by: Option<PersonView>,
    /// Whether the present post holds it.
    pub(crate) mine: bool,
    pub(crate) version: u32,
}

/// Somebody work can be handed to.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TargetView {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) department: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) account: Option<String>,
    pub(crate) name: Text,
    /// The one the matter names by default.
    pub(crate) default: bool,
}

/// An action that the present post may take now.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ActionForm {
    pub(crate) code: String,
    pub(crate) name: Text,
    /// `primary`, `neutral` or `danger`.
    #[schema(value_type = String)]
    pub(crate) tone: ActionTone,
    /// `required` or `optional`.
    pub(crate) note: &'static str,
    /// `none`, or `photo_or_note`: a photo or clip must be attached, or a note written.
    #[schema(value_type = String)]
    pub(crate) evidence: Evidence,
    /// `none` or `department`.
    pub(crate) to: &'static str,
    /// What must be known before this is done, such as who will see the case then.
    pub(crate) caution: Option<Text>,
    /// JSON Schema of `data`.
    pub(crate) fields: Option<Value>,
    pub(crate) targets: Vec<TargetView>,
}

/// Who reported, masked.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ReporterView {
    pub(crate) name: String,
    pub(crate) phone: String,
}

/// A case in full.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CaseView {
    #[serde(flatten)]
    pub(crate) item: CaseItem,
    pub(crate) description: String,
    #[schema(value_type = Object)]
    pub(crate) data: Map<String, Value>,
    /// The same in words: what the forms asked, and what was answered.
    pub(crate) facts: Vec<Fact>,
    pub(crate) reporter: Option<ReporterView>,
    /// Account of the reporter, for those who may know it.
    pub(crate) reported_by: Option<String>,
    pub(crate) attachments: Vec<AttachmentView>,
    pub(crate) clocks: Vec<ClockView>,
    pub(crate) assignments: Vec<AssignmentView>,
    pub(crate) actions: Vec<ActionForm>,
}

fn procedure<'w>(world: &'w World, case: &Case) -> Option<&'w Procedure> {
    world.release(&case.release).and_then(|c| c.procedure(&case.procedure))
}

fn state_name(world: &World, case: &Case, state: &str) -> Text {
    procedure(world, case)
        .map_or_else(|| Text { zh: state.to_owned(), en: state.to_owned() }, |p| p.state_name(state).into())
}

/// Code, name and path names of the region that holds a path.
pub(crate) fn case_region(world: &World, path: &RegionPath) -> CaseRegion {
    lowest_of(&world.regions.chain(path))
}

fn lowest_of(chain: &[Region<'_>]) -> CaseRegion {
    CaseRegion {
        code: chain.last().map(|r| r.code.to_owned()).unwrap_or_default(),
        name: chain.last().map(|r| r.name.to_owned()).unwrap_or_default(),
        path: chain.iter().map(|r| r.name.to_owned()).collect(),
    }
}

fn alert(case: &Case) -> &'static str {
    let open = case.body.clocks.iter().filter(|c| c.met_at.is_none());
    if case.closed_at.is_none() && open.clone().any(CaseClock::is_paused) {
        return "paused";
    }
    match case.alert() {
        Alert::None => "none",
        Alert::Amber => "amber",
        Alert::Red => "red",
    }
}

/// A case as a list shows it.
pub(crate) fn item(world: &World, case: &Case) -> CaseItem {
    item_in(world, case, &world.regions.chain(&case.path))
}

/// The same, where the regions that hold the case are known.
fn item_in(world: &World, case: &Case, chain: &[Region<'_>]) -> CaseItem {
    let catalog = world.release(&case.release).unwrap_or(&world.catalog);
    let matter = catalog.matter(&case.matter).map(|m| m.name.clone());
    CaseItem {
        id: case.id.to_string(),
        number: case.number.clone(),
        state: case.state.clone(),
        state_name: state_name(world, case, &case.state),
        version: case.version,
        matter: Named {
            code: case.matter.clone(),
            name: matter.unwrap_or_else(|| yizhi_domain::text::Text::new(&*case.matter, &*case.matter)).into(),
        },
        region: lowest_of(chain),
        grid: case.grid.clone(),
        grid_name: None,
        location: case.location.map(Into::into),
        title: text_of(case, Field::Title, &case.body.title),
        confidential: case.confidential,
        demo: case.demo,
        occurred_at: shown(case.occurred_at),
        recorded_at: shown(case.recorded_at),
        closed_at: case.closed_at.map(shown),
        due_at: case.due_at().filter(|_| case.closed_at.is_none()).map(shown),
        overall_due_at: case.overall_due_at().map(shown),
        provisional: case.body.clocks.iter().any(|c| c.met_at.is_none() && c.provisional),
        alert: alert(case),
        department: case.department.clone(),
        department_name: case.department.as_deref().map(|d| catalog.department_name(d).into()),
        condition: case.body.condition.clone(),
        duplicate_of: case.duplicate_of.map(|d| d.to_string()),
        erased: case.body.erased.iter().map(Field::to_string).collect(),
    }
}

/// The same with the name of the grid, as it is called now.
pub(crate) fn in_grid(places: &Places, item: CaseItem) -> CaseItem {
    let grid_name = item.grid.as_deref().and_then(|code| places.by_code(code)).map(|grid| grid.name.clone());
    CaseItem { grid_name, ..item }
}

fn text_of(case: &Case, field: Field, text: &str) -> String {
    if case.body.erased.contains(&field) { erased() } else { text.to_owned() }
}

/// A case in full, as one post sees it.
pub(crate) fn case(
    app: &App,
    who: &Who,
    case: &Case,
    contact: Option<&[u8]>,
    attachments: Vec<AttachmentRow>,
) -> CaseView {
    let world = &who.world;
    let reporter = case.reporter.and_then(|r| world.directory.person(r));
    let chain = world.regions.chain(&case.path);
    CaseView {
        item: in_grid(&app.places(), item_in(world, case, &chain)),
        description: text_of(case, Field::Description, &case.body.description),
        data: case.data_told().map(|(name, value)| (name.clone(), value.clone())).collect(),
        facts: facts::facts(procedure(world, case), case),
        reporter: self::contact(app, contact).as_ref().map(masked),
        reported_by: reporter.filter(|r| r.id == who.person.id).map(|r| r.account.clone()),
        attachments: attachments.into_iter().map(Into::into).collect(),
        clocks: clocks(who, case),
        assignments: assignments(who, case, &chain),
        actions: actions(who, case),
    }
}

/// Name and phone as they are sealed.
pub(crate) fn contact_text(name: &str, phone: &str) -> String {
    serde_json::json!({ "name": name, "phone": phone }).to_string()
}

/// Name and phone of who told, in clear.
#[derive(Deserialize)]
pub(crate) struct Contact {
    pub(crate) name: String,
    pub(crate) phone: String,
}

/// What was kept of who told, if anything was.
pub(crate) fn contact(app: &App, sealed: Option<&[u8]>) -> Option<Contact> {
    told(&app.keys().open_text(sealed?)?)
}

/// Earlier versions sealed both in one text, the phone in the last line.
fn told(text: &str) -> Option<Contact> {
    match text.rsplit_once('\n') {
        Some((name, phone)) => Some(Contact { name: name.to_owned(), phone: phone.to_owned() }),
        None => serde_json::from_str(text).ok(),
    }
}

fn masked(contact: &Contact) -> ReporterView {
    let phone = Some(&contact.phone).filter(|phone| !phone.is_empty());
    ReporterView { name: mask::name(&contact.name), phone: phone.map(|p| mask::phone(p)).unwrap_or_default() }
}

fn clocks(who: &Who, case: &Case) -> Vec<ClockView> {
    let rules = procedure(&who.world, case);
    let label = |name: &str| {
        let rule = rules.and_then(|p| p.clocks.get(name));
        rule.map_or_else(|| Text { zh: name.to_owned(), en: name.to_owned() }, |r| (&r.label).into())
    };
    let view = |c: &CaseClock| ClockView {
        name: c.name.clone(),
        label: label(&c.name),
        from: shown(c.from),
        until: shown(c.until),
        limit: (&c.limit).into(),
        state: c.state(who.now),
        provisional: c.provisional,
    };
    case.body.clocks.iter().map(view).collect()
}

/// Most work lies in a region that holds the case: these are at hand.
fn assignments(who: &Who, case: &Case, chain: &[Region<'_>]) -> Vec<AssignmentView> {
    let world = &who.world;
    let region = |path: &RegionPath| {
        let held = chain.iter().find(|region| region.key == path.as_str()).copied();
        held.or_else(|| world.regions.holding(path)).map(|region| region.code.to_owned()).unwrap_or_default()
    };
    let actor = who.actor();
    let view = |a: &case::Assignment| AssignmentView {
        n: a.n,
        stage: a.stage.clone(),
        stage_name: state_name(world, case, &a.stage),
        kind: a.kind.as_str(),
        role: a.role.clone(),
        role_name: world.catalog.role_name(&a.role).into(),
        region: region(&a.path),
        department: a.department.clone(),
        person: a.person.and_then(|p| world.directory.person(p)).map(person),
        opened_at: shown(a.opened),
        due_at: a.due.map(shown),
        left_at: a.left.map(shown),
        outcome: a.outcome.clone(),
        outcome_name: a.outcome.as_deref().and_then(|outcome| outcome_name(world, case, outcome)),
        left_by: a.left_by.and_then(|p| world.directory.person(p)).map(person),
        mine: a.left.is_none() && case::holds(a, &actor),
        version: a.version,
    };
    case.assignments.iter().map(view).collect()
}

fn outcome_name(world: &World, case: &Case, outcome: &str) -> Option<Text> {
    match outcome {
        case::SUPERSEDED => Some(Text { zh: "由他人办结".to_owned(), en: "Done by somebody else".to_owned() }),
        case::ENDED => Some(Text { zh: "随案件结束".to_owned(), en: "Ended with the case".to_owned() }),
        action => procedure(world, case).and_then(|p| p.action(action)).map(|rule| (&rule.name).into()),
    }
}

pub(crate) fn person(p: &yizhi_domain::directory::PersonBrief) -> PersonView {
    PersonView { account: p.account.clone(), name: p.name.clone() }
}

fn actions(who: &Who, case: &Case) -> Vec<ActionForm> {
    let Ok(cx) = who.world.context(case, None, who.now) else {
        return Vec::new();
    };
    let actor = who.actor();
    let form = |a: &yizhi_domain::procedure::Action| ActionForm {
        code: a.code.clone(),
        name: (&a.name).into(),
        tone: a.tone,
        note: if a.note_required { "required" } else { "optional" },
        evidence: a.evidence,
        to: if a.recipient == Recipient::Department { "department" } else { "none" },
        caution: a.caution.as_ref().map(Into::into),
        fields: a.form.as_ref().map(|f| filled(&f.schema, &cx)),
        targets: if a.recipient == Recipient::Department { targets(who, case, &cx) } else { Vec::new() },
    };
    case::allowed_actions(&cx, case, &actor).map(form).collect()
}

/// A form as clients draw it: titles in both languages, and the choices of `x-source: conditions` from the matter.
fn filled(schema: &Value, cx: &case::Context<'_>) -> Value {
    let mut schema = schema.clone();
    let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
    for property in properties.into_iter().flat_map(|p| p.values_mut()) {
        if let Some(title) = property.as_object_mut().and_then(|p| p.remove("x-title")) {
            property["title"] = title;
        }
        // A question of yes or no is answered by whoever is asked; releases of earlier times answered some beforehand.
        if property.get("type").and_then(Value::as_str) == Some("boolean")
            && let Some(property) = property.as_object_mut()
        {
            property.remove("default");
        }
        if property.get("x-source").and_then(Value::as_str) == Some("conditions") {
            let options = cx
                .matter
                .conditions
                .iter()
                .map(|c| serde_json::json!({ "const": c.id, "title": { "zh": c.name.zh, "en": c.name.en } }));
            property["oneOf"] = options.collect();
            if let Some(default) = &cx.matter.default_condition {
                property["default"] = default.clone().into();
            }
        }
    }
    schema
}

fn targets(who: &Who, case: &Case, cx: &case::Context<'_>) -> Vec<TargetView> {
    let county = case.path.at(Level::County);
    let staffed = cx
        .catalog
        .departments()
        .filter(|d| who.world.directory.seat("department_handler", Some(&d.code), &county, who.now).is_some());
    staffed
        .map(|d| TargetView {
            department: Some(d.code.clone()),
            account: None,
            name: (&d.name).into(),
            default: d.code == cx.matter.department,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_and_phone_are_read_as_they_were_sealed() {
        for (sealed, name, phone) in [
            (contact_text("张三", "13800001234"), ("张三", "张*"), ("13800001234", "138****1234")),
            (contact_text("a\nb", "0594-2345678"), ("a\nb", "a**"), ("0594-2345678", "****")),
            ("李四\n13800001234".to_owned(), ("李四", "李*"), ("13800001234", "138****1234")),
            ("张\n三\n13800001234".to_owned(), ("张\n三", "张**"), ("13800001234", "138****1234")),
            ("\n".to_owned(), ("", ""), ("", "")),
            ("王五\n".to_owned(), ("王五", "王*"), ("", "")),
        ] {
            let told = told(&sealed).map(|c| (masked(&c), c));
            let (shown, told) = told.unwrap_or_else(|| unreachable!("{sealed:?} is read"));
            assert_eq!((told.name.as_str(), shown.name.as_str()), name);
            assert_eq!((told.phone.as_str(), shown.phone.as_str()), phone);
        }
        assert!(told("").is_none() && told("{}").is_none());
    }
}
