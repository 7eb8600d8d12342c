//! What people read in the web interface stands in `locales/`, in both languages; a Chinese sentence elsewhere would have no English.

use crate::expect_none;
use crate::sources::{Source, sources};

/// A language is named in itself, whatever the page's language.
const NAMES_LANGUAGES: &str = "/LanguageSwitch.vue";

#[test]
fn chinese_text_of_the_web_stands_in_locales() {
    let sources = sources(&["ts", "vue"]);
    let checked = sources.iter().filter(|source| {
        let exempt = source.path.contains("/locales/")
            || source.path.ends_with(".test.ts")
            || source.path.ends_with(NAMES_LANGUAGES);
        source.path.starts_with("web/src/") && !exempt
    });
    expect_none(&checked.flat_map(chinese_lines).collect::<Vec<_>>());
}

fn chinese_lines(source: &Source) -> Vec<String> {
    let code = without_comments(&source.text);
    let lines = code.lines().enumerate().filter(|(_, line)| line.chars().any(is_han));
    lines.map(|(number, line)| format!("{}:{}: {}", source.path, number + 1, line.trim())).collect()
}

/// Block comments give way to their line breaks, so that line numbers stay; a line that starts with `//` is dropped.
fn without_comments(text: &str) -> String {
    let mut code = text.to_owned();
    for (open, close) in [("<!--", "-->"), ("/*", "*/")] {
        while let Some(start) = code.find(open) {
            let end = code[start..].find(close).map_or(code.len(), |length| start + length + close.len());
            let breaks = "\n".repeat(code[start..end].matches('\n').count());
            code.replace_range(start..end, &breaks);
        }
    }
    code.lines().map(|line| if line.trim_start().starts_with("//") { "" } else { line }).collect::<Vec<_>>().join("\n")
}

fn is_han(character: char) -> bool {
    matches!(character, '\u{3400}'..='\u{9fff}')
}

#[test]
fn a_chinese_label_is_found_and_a_comment_is_not() {
    let text = "// 说明\n/* 说\n明 */\n<!-- 说明 -->\n<p>案件</p>\n";
    let source = Source { path: "web/src/a.vue".into(), text: text.into() };
    assert_eq!(chinese_lines(&source), ["web/src/a.vue:5: <p>案件</p>"]);
}
