//! Why a step did not happen. Each refusal has a stable code and a sentence that says how to mend it.

use crate::text::Text;

/// A step that the procedure does not allow.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("no such action: {0}")]
    UnknownAction(String),
    #[error("not possible in state {}", state.en)]
    NotPossibleNow { action: Text, state: Text },
    #[error("this role may not {}", action.en)]
    RoleMayNot { action: Text, roles: Vec<Text> },
    #[error("the work is held by others")]
    NotYours { holder: Text },
    #[error("guard: {}", .0.en)]
    Guard(Text),
    #[error("guard cannot be decided: {0}")]
    Undecided(String),
    #[error("missing {field}")]
    Missing { field: &'static str, hint: Text },
    #[error("invalid {field}")]
    Invalid { field: String, hint: Text },
    #[error("changed meanwhile: version {current}")]
    VersionConflict { current: u32 },
    #[error("nobody to hold {}", stage.en)]
    NobodyThere { stage: Text, who: Text },
    #[error("no limit for {0}")]
    NoLimit(String),
    #[error("not in the catalog: {0}")]
    NotInCatalog(String),
}

impl Refusal {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownAction(_) => "unknown_action",
            Self::NotPossibleNow { .. } => "not_possible_now",
            Self::RoleMayNot { .. } => "role_may_not",
            Self::NotYours { .. } => "not_yours",
            Self::Guard(_) => "guard",
            Self::Undecided(_) => "undecided",
            Self::Missing { .. } => "missing",
            Self::Invalid { .. } => "invalid",
            Self::VersionConflict { .. } => "version_conflict",
            Self::NobodyThere { .. } => "nobody_there",
            Self::NoLimit(_) => "no_limit",
            Self::NotInCatalog(_) => "not_in_catalog",
        }
    }

    /// The field of the input at fault.
    pub fn field(&self) -> Option<&str> {
        match self {
            Self::Missing { field, .. } => Some(field),
            Self::Invalid { field, .. } => Some(field),
            _ => None,
        }
    }

    /// What happened and how to mend it.
    pub fn message(&self) -> Text {
        match self {
            Self::UnknownAction(_) => Text::new(
                "没有这个操作。请刷新后再看可办的操作。",
                "There is no such action. Reload to see what is possible.",
            ),
            Self::NotPossibleNow { action, state } => Text::new(
                format!("案件现在是“{}”，不能“{}”。请刷新后再看可办的操作。", state.zh, action.zh),
                format!("The case is now “{}”; “{}” is not possible. Reload to see what is.", state.en, action.en),
            ),
            Self::RoleMayNot { action, roles } => {
                let zh: Vec<&str> = roles.iter().map(|r| r.zh.as_str()).collect();
                let en: Vec<&str> = roles.iter().map(|r| r.en.as_str()).collect();
                Text::new(
                    format!("“{}”由{}办理，您当前的岗位不能办。", action.zh, zh.join("、")),
                    format!("“{}” is done by: {}. Your present post may not.", action.en, en.join(", ")),
                )
            }
            Self::NotYours { holder } => Text::new(
                format!("这件事由{}承办，请转请他们办理。", holder.zh),
                format!("This is held by {}; please ask them.", holder.en),
            ),
            Self::Guard(text) => text.clone(),
            Self::Undecided(_) => Text::new(
                "案件的情况还不全，现在不能判断能否这样办。请补充情况后再办，或请管理员检查流程设置。",
                "Not enough is known about the case to decide whether this may be done. Add what is missing, or ask the administrator to check the procedure.",
            ),
            Self::Missing { hint, .. } | Self::Invalid { hint, .. } => hint.clone(),
            Self::VersionConflict { .. } => Text::new(
                "案件刚被别人更新，请看最新情况后再办，您填写的内容没有丢失。",
                "Somebody has just updated the case. Look at its present state and try again; nothing you typed is lost.",
            ),
            Self::NobodyThere { stage, who } => Text::new(
                format!("“{}”没有人承办：本地没有{}。请管理员设置岗位后再办。", stage.zh, who.zh),
                format!(
                    "Nobody here can take “{}”: no {}. Ask the administrator to set up the post.",
                    stage.en, who.en
                ),
            ),
            Self::NoLimit(what) => Text::new(
                format!("{what}没有时限，不能继续。请在事项目录中补上时限。"),
                format!("{what} has no limit. Add one to the catalog first."),
            ),
            Self::NotInCatalog(_) => Text::new(
                "事项目录里没有这一项。请刷新后重新选择，或请管理员检查目录。",
                "The catalog does not have this. Reload and choose again, or ask the administrator to check the catalog.",
            ),
        }
    }
}
