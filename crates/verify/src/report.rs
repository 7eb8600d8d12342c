//! The report of a receipt that holds: what is proven, what is not.

use std::path::Path;

use yizhi_ledger::receipt::{Evidence, Part, Proven, Receipt};

use crate::moment::in_china;
use crate::words::{Lang, plain};

/// The whole answer.
pub(crate) fn text(receipt: &Receipt, proven: &Proven, keys: &Path, lang: Lang) -> String {
    let mut lines = vec![lang.pick("✓ 回执可信，核对无误", "✓ The receipt holds").to_owned(), String::new()];
    lines.push(lang.pick("已证明", "Proven").into());
    lines.extend(shown(receipt.parts(), proven, lang));
    lines.extend(witnessed(&proven.evidence, lang));
    lines.push(String::new());
    lines.push(lang.pick("未证明", "Not proven").into());
    lines.extend(open_questions(receipt.parts(), &proven.evidence, lang).into_iter().map(|line| format!("  • {line}")));
    lines.push(String::new());
    lines.push(match lang {
        Lang::Zh => format!("核对所用公钥：{}。请确认它是您从可信渠道得到的。", keys.display()),
        Lang::En => {
            format!("Checked with the keys in {}. Make sure you have them from where you trust.", keys.display())
        }
    });
    lines.join("\n") + "\n"
}

fn shown(parts: &[Part], proven: &Proven, lang: Lang) -> Vec<String> {
    let (place, size, origin) = (proven.index + 1, proven.evidence.head.size, &proven.evidence.origin);
    let mut lines = vec![match lang {
        Lang::Zh => format!("  • 账本“{origin}”的第 {place} 条（共 {size} 条）是一条记录，其中写着："),
        Lang::En => format!("  • Entry {place} of {size} in the log “{origin}” is a record that says:"),
    }];
    lines.extend(parts.iter().filter_map(|part| match part {
        Part::Shown { name, value, .. } => Some(format!("      {} = {}", label(name, lang), plain(value))),
        Part::Withheld { .. } => None,
    }));
    if lines.len() == 1 {
        lines.push(format!("      {}", lang.pick("（没有出示任何内容）", "(nothing is shown)")));
    }
    lines
}

fn label(name: &str, lang: Lang) -> String {
    match name {
        "kind" => lang.pick("种类", "kind").to_owned(),
        "subject" => lang.pick("对象", "subject").to_owned(),
        field => format!("{} {}", lang.pick("字段", "field"), plain(field.trim_start_matches("fields/"))),
    }
}

fn witnessed(evidence: &Evidence, lang: Lang) -> Vec<String> {
    let Some(time) = evidence.existed_by() else { return Vec::new() };
    let (time, found, needed) = (in_china(time), evidence.cosigned.len(), evidence.quorum);
    let mut lines = match lang {
        Lang::Zh => vec![
            format!("  • 这条记录最迟在 {time}（北京时间）已在账本中，此后没有被改动。"),
            format!("  • {found} 家见证方签了字（您要求至少 {needed} 家）："),
        ],
        Lang::En => vec![
            format!("  • The record was in the log by {time} (Beijing time) and has not been changed since."),
            format!("  • {found} of your witnesses signed (you ask for {needed}):"),
        ],
    };
    lines.extend(evidence.cosigned.iter().map(|witness| format!("      {}  {}", in_china(witness.time), witness.name)));
    lines
}

fn open_questions(parts: &[Part], evidence: &Evidence, lang: Lang) -> Vec<&'static str> {
    let mut lines = vec![match lang {
        Lang::Zh => "所写的事是否属实：账本只证明当时这样记录。",
        Lang::En => "That what it says is true: a log proves only what was recorded.",
    }];
    if parts.iter().any(|part| matches!(part, Part::Withheld { .. })) {
        lines.push(match lang {
            Lang::Zh => "没有出示的部分是什么、有多少。",
            Lang::En => "What the parts say that are not shown, or how many there are.",
        });
    }
    if evidence.quorum == 0 {
        lines.push(match lang {
            Lang::Zh => "时间，以及别人看到的是不是同一份账本：您的公钥文件里没有见证方。",
            Lang::En => "Any time, and that others see the same log: your key file names no witnesses.",
        });
    }
    lines.push(match lang {
        Lang::Zh => "后来又发生了什么：之后的记录不在这份回执里。",
        Lang::En => "What happened later: records after this one are not part of the receipt.",
    });
    lines
}
