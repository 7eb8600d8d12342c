//! What the databases really did: statements and plans as the driver tells them to `tracing`, told apart by the span they ran in.

use std::fmt::{Debug, Write as _};
use std::sync::{Mutex, Once};

use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;

pub(super) const SQLITE: &str = "plans_sqlite";
pub(super) const POSTGRES: &str = "plans_postgres";

static STATEMENTS: Mutex<Vec<String>> = Mutex::new(Vec::new());
static PLANS: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Begins to listen.
pub(super) fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        tracing::subscriber::set_global_default(tracing_subscriber::registry().with(Ear)).unwrap();
    });
}

/// Statements that SQLite was given since the last call.
pub(super) fn statements() -> Vec<String> {
    std::mem::take(&mut STATEMENTS.lock().unwrap())
}

/// Plans that PostgreSQL carried out since the last call, as JSON.
pub(super) fn plans() -> Vec<String> {
    std::mem::take(&mut PLANS.lock().unwrap())
}

struct Ear;

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Ear {
    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let within = |name: &str| context.event_scope(event).is_some_and(|mut spans| spans.any(|s| s.name() == name));
        match event.metadata().target() {
            "sqlx::query" if within(SQLITE) => {
                let told = Told::of(event);
                let text = if told.statement.is_empty() { told.summary } else { told.statement };
                STATEMENTS.lock().unwrap().push(text);
            }
            "sqlx::postgres::notice" if within(POSTGRES) => {
                let told = Told::of(event);
                if let Some((_, plan)) = told.message.split_once("plan:") {
                    PLANS.lock().unwrap().push(plan.to_owned());
                }
            }
            _ => {}
        }
    }
}

#[derive(Default)]
struct Told {
    summary: String,
    statement: String,
    message: String,
}

impl Told {
    fn of(event: &Event<'_>) -> Self {
        let mut told = Self::default();
        event.record(&mut told);
        told
    }

    fn slot(&mut self, field: &Field) -> Option<&mut String> {
        match field.name() {
            "summary" => Some(&mut self.summary),
            "db.statement" => Some(&mut self.statement),
            "message" => Some(&mut self.message),
            _ => None,
        }
    }
}

impl Visit for Told {
    fn record_str(&mut self, field: &Field, value: &str) {
        if let Some(slot) = self.slot(field) {
            value.trim().clone_into(slot);
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if let Some(slot) = self.slot(field) {
            let _ = write!(slot, "{value:?}");
        }
    }
}
