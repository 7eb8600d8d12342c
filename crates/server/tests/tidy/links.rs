//! Links between our own pages lead somewhere, and every `make` command that a page names exists.

use std::fs;
use std::path::{Component, Path, PathBuf};

use crate::expect_none;
use crate::sources::{Source, read, root, sources};

#[test]
fn links_lead_somewhere() {
    let root = root();
    expect_none(&sources(&["md"]).iter().flat_map(|page| dead_links(&root, page)).collect::<Vec<_>>());
}

#[test]
fn named_commands_exist() {
    let makefile = read("Makefile");
    let pages = sources(&["md"]);
    expect_none(&pages.iter().flat_map(|page| unknown_commands(page, &makefile)).collect::<Vec<_>>());
}

#[test]
fn both_readmes_give_the_two_commands() {
    for name in ["README.md", "README.zh-CN.md"] {
        let text = read(name);
        for command in ["make demo", "make test"] {
            assert!(code_of(&text).any(|code| code.starts_with(command)), "{name} does not give `{command}`");
        }
    }
}

fn dead_links(root: &Path, page: &Source) -> Vec<String> {
    let targets = links(&page.text);
    let dead = targets.iter().filter(|target| !is_outside(target) && !leads_somewhere(root, page, target));
    dead.map(|target| format!("{}: {target} leads nowhere", page.path)).collect()
}

/// Targets of Markdown links and images and of HTML images, outside fenced code.
fn links(text: &str) -> Vec<String> {
    let prose: String = text.split("```").step_by(2).collect();
    let markdown = prose.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let html = prose.split("src=\"").skip(1).filter_map(|rest| rest.split('"').next());
    markdown.chain(html).filter_map(|target| target.split_whitespace().next()).map(str::to_owned).collect()
}

fn is_outside(target: &str) -> bool {
    ["http://", "https://", "mailto:"].iter().any(|scheme| target.starts_with(scheme))
}

fn leads_somewhere(root: &Path, page: &Source, target: &str) -> bool {
    let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
    let file = if file.is_empty() { page.path.clone() } else { beside(&page.path, file) };
    let path = root.join(&file);
    if anchor.is_empty() || !file.ends_with(".md") {
        return path.exists();
    }
    fs::read_to_string(path).is_ok_and(|text| anchors(&text).any(|name| name == anchor))
}

/// The path of a link as seen from the repository's root.
fn beside(page: &str, target: &str) -> String {
    let mut path = PathBuf::new();
    for part in Path::new(page).with_file_name(target).components() {
        match part {
            Component::ParentDir => drop(path.pop()),
            other => path.push(other),
        }
    }
    path.to_str().expect("a UTF-8 path").to_owned()
}

/// Headings as GitHub names them: lower case, spaces to hyphens, no punctuation.
fn anchors(text: &str) -> impl Iterator<Item = String> {
    let headings = text.lines().filter(|line| line.starts_with('#')).map(|line| line.trim_start_matches('#').trim());
    headings.map(|heading| {
        let kept = heading.to_lowercase().replace(' ', "-");
        kept.chars().filter(|character| character.is_alphanumeric() || "-_".contains(*character)).collect()
    })
}

fn unknown_commands(page: &Source, makefile: &str) -> Vec<String> {
    let named = code_of(&page.text).filter_map(|code| code.strip_prefix("make ")?.split_whitespace().next());
    let unknown = named.filter(|target| !makefile.lines().any(|line| line.starts_with(&format!("{target}:"))));
    unknown.map(|target| format!("{}: there is no `make {target}`", page.path)).collect()
}

/// Inline code, and the lines of fenced code: between the first and second backtick, the third and fourth, and so on.
fn code_of(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2).flat_map(str::lines).map(str::trim)
}

#[cfg(test)]
mod when_broken {
    use super::*;

    fn page(text: &str) -> Source {
        Source { path: "docs/page.md".into(), text: text.into() }
    }

    #[test]
    fn a_link_to_nothing_is_named() {
        let text = "[a](../Cargo.toml) ![b](none.png) <img src=\"gone.png\"> [c](https://example.org/x)\n```\n[d](code.md)\n```\n";
        let complaints = dead_links(&root(), &page(text));
        assert_eq!(complaints, ["docs/page.md: none.png leads nowhere", "docs/page.md: gone.png leads nowhere"]);
    }

    #[test]
    fn headings_get_the_names_that_links_use() {
        let names: Vec<String> = anchors("# Two words, `code`\ntext\n## 办件 流程\n").collect();
        assert_eq!(names, ["two-words-code", "办件-流程"]);
    }

    #[test]
    fn a_command_that_does_not_exist_is_named() {
        let text = "`make demo` and `make coffee`\n```sh\nmake tea ARGS=hot\n```\n";
        let complaints = unknown_commands(&page(text), "demo:\n\t@true\n");
        assert_eq!(complaints, ["docs/page.md: there is no `make coffee`", "docs/page.md: there is no `make tea`"]);
    }
}
