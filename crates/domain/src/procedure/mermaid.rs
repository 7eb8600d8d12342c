//! A procedure as a picture and a table, for the documents.

use std::fmt::Write as _;

use super::{By, Goes, Procedure};

/// The state diagram in Mermaid, labels in Chinese.
pub fn mermaid(procedure: &Procedure) -> String {
    let mut out = String::from("stateDiagram-v2\n");
    for state in procedure.states.values() {
        let _ = writeln!(out, "  {}: {}", state.code, state.name.zh);
    }
    let _ = writeln!(out, "  [*] --> {}", procedure.start);
    for action in &procedure.actions {
        if let Goes::To(to) = &action.goes {
            for from in &action.from {
                let _ = writeln!(out, "  {from} --> {to}: {}", action.name.zh);
            }
        }
        if action.goes == Goes::Back {
            for from in &action.from {
                let _ = writeln!(out, "  {from} --> {from}: {}（回到原状态）", action.name.zh);
            }
        }
    }
    for state in procedure.states.values().filter(|s| s.last) {
        let _ = writeln!(out, "  {} --> [*]", state.code);
    }
    out
}

/// The actions as a Markdown table: code, names, from, to, who, what must be given.
pub fn markdown_table(procedure: &Procedure, role_name: &dyn Fn(&str) -> String) -> String {
    let mut out = String::from("| action | 名称 | from | to | who | needs |\n|---|---|---|---|---|---|\n");
    for action in &procedure.actions {
        let to = match &action.goes {
            Goes::Stay => "(stays)".to_owned(),
            Goes::Back => "(back)".to_owned(),
            Goes::To(state) => format!("`{state}`"),
        };
        let from: Vec<String> = action.from.iter().map(|s| format!("`{s}`")).collect();
        let roles: Vec<String> = action.roles.iter().map(|r| role_name(r)).collect();
        let who = match action.by {
            By::Holder => format!("{} holding the stage", roles.join(", ")),
            By::Anyone => roles.join(", "),
            By::Reporter => "the reporter".to_owned(),
            By::System => "the platform".to_owned(),
        };
        let mut needs = Vec::new();
        if action.note_required {
            needs.push("note".to_owned());
        }
        let required = action.form.as_ref().and_then(|f| f.schema.get("required")).and_then(|r| r.as_array());
        needs.extend(required.into_iter().flatten().filter_map(|f| f.as_str()).map(|f| format!("`data.{f}`")));
        if let Some(guard) = &action.guard {
            needs.push(format!("`{}`", guard.expr.text()));
        }
        let _ = writeln!(
            out,
            "| `{}` | {} | {} | {to} | {who} | {} |",
            action.code,
            action.name.zh,
            from.join(" "),
            needs.join("; ")
        );
    }
    out
}
