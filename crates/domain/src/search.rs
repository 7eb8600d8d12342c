//! Tokens for full-text search in Chinese: overlapping pairs of Han characters, so that a word of two characters is found, and whole words of
//! letters and digits. Width and case are folded (Unicode NFKC and lower case). Both databases index these tokens, not the text.

use std::borrow::Cow;
use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use crate::text::Text;
use crate::written::{self, WrittenFault, is_han};

/// Longest query, in characters.
pub const QUERY_MAX: usize = 100;
/// Most tokens that one query is found by.
pub const TOKENS_MAX: usize = 16;
/// Characters of a text that count for its likeness to another: more than title and description may have together.
const COMPARED: usize = 5_200;

/// Which folding made the tokens of an index. It goes up with every change of [`index_tokens`]; an index of an older one is made anew.
pub const FOLDING: u32 = 2;

/// What somebody looks for, as far as it can be looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Query {
    /// Nothing was typed: no filter.
    #[default]
    Anything,
    /// Tokens that must all be there. None: something was typed that can be in no index, such as signs alone, and nothing is found by it.
    Words(Vec<String>),
}

/// A query that is not looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QueryFault {
    Written(WrittenFault),
    TooManyWords,
}

impl QueryFault {
    /// How to mend it.
    pub fn hint(self) -> Text {
        match self {
            Self::Written(fault) => fault.hint(),
            Self::TooManyWords => Text::new(
                format!("一次最多查{TOKENS_MAX}个词，请缩短后再查。"),
                format!("At most {TOKENS_MAX} words at a time; look for fewer."),
            ),
        }
    }
}

impl Query {
    /// Reads what somebody typed.
    ///
    /// # Errors
    /// [`QueryFault`].
    pub fn read(typed: &str) -> Result<Self, QueryFault> {
        let typed = written::optional_line(typed, QUERY_MAX).map_err(QueryFault::Written)?;
        if typed.is_empty() {
            return Ok(Self::Anything);
        }
        let mut tokens: BTreeSet<String> = query_tokens(&typed).into_iter().collect();
        if tokens.len() > TOKENS_MAX {
            tokens = sparse_tokens(&typed).into_iter().collect();
        }
        if tokens.len() > TOKENS_MAX {
            return Err(QueryFault::TooManyWords);
        }
        Ok(Self::Words(tokens.into_iter().collect()))
    }
}

/// A name as it is compared with what somebody typed: width and case folded, without signs and blanks.
pub fn folded(text: &str) -> Cow<'_, str> {
    let plain = |c| matches!(c, '\u{4e00}'..='\u{9fff}' | 'a'..='z' | '0'..='9');
    if text.chars().all(plain) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.nfkc().flat_map(char::to_lowercase).nfkc().filter(|c| is_word(*c)).collect())
}

/// What somebody typed to find a name by, folded as [`folded`] does: `None` for nothing, and empty for what can be in no name.
///
/// # Errors
/// When it is no text or too long.
pub fn name_query(typed: &str) -> Result<Option<String>, WrittenFault> {
    let typed = written::optional_line(typed, QUERY_MAX)?;
    Ok((!typed.is_empty()).then(|| folded(&typed).into_owned()))
}

fn is_word(c: char) -> bool {
    is_han(c) || c.is_alphanumeric()
}

/// Index tokens of a text, separated by spaces: each Han character, each adjacent pair, each lower-case word.
pub fn index_tokens(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 3);
    walk(text, |run| {
        if run.han {
            for (i, c) in run.chars.iter().enumerate() {
                push(&mut out, &[*c]);
                if let Some(next) = run.chars.get(i + 1) {
                    push(&mut out, &[*c, *next]);
                }
            }
        } else {
            push(&mut out, &run.chars);
        }
    });
    out
}

/// Tokens that a query must all match. A single Han character matches itself; a longer run matches by its pairs.
pub fn query_tokens(text: &str) -> Vec<String> {
    tokens_by(text, 1)
}

/// The same with every second pair of a run and its last: each character is still asked for.
fn sparse_tokens(text: &str) -> Vec<String> {
    tokens_by(text, 2)
}

fn tokens_by(text: &str, step: usize) -> Vec<String> {
    let mut out = Vec::new();
    walk(text, |run| {
        if !run.han || run.chars.len() == 1 {
            out.push(token(&run.chars));
        } else {
            out.extend(run.chars.windows(2).step_by(step).map(token));
            if step > 1 {
                out.extend(run.chars.windows(2).next_back().map(token));
            }
        }
    });
    out
}

struct Run {
    han: bool,
    chars: Vec<char>,
}

fn walk(text: &str, mut emit: impl FnMut(Run)) {
    let mut run = Run { han: false, chars: Vec::new() };
    let flush = |run: &mut Run, emit: &mut dyn FnMut(Run)| {
        if !run.chars.is_empty() {
            emit(Run { han: run.han, chars: std::mem::take(&mut run.chars) });
        }
    };
    for c in text.nfkc().flat_map(char::to_lowercase).nfkc() {
        let han = is_han(c);
        if !is_word(c) {
            flush(&mut run, &mut emit);
            continue;
        }
        if han != run.han {
            flush(&mut run, &mut emit);
            run.han = han;
        }
        run.chars.push(c);
    }
    flush(&mut run, &mut emit);
}

fn push(out: &mut String, characters: &[char]) {
    if !out.is_empty() {
        out.push(' ');
    }
    characters.iter().for_each(|c| spell(out, *c));
}

fn token(characters: &[char]) -> String {
    let mut out = String::new();
    characters.iter().for_each(|c| spell(&mut out, *c));
    out
}

/// SQLite's tokenizer knows the characters of Unicode 6.1 and takes later ones for signs. Those beyond the basic plane, and the Han characters added to
/// it since, are spelt as two of the private use area, which it takes for letters and which no text of words has.
fn spell(out: &mut String, c: char) {
    let code = u32::from(c);
    let spelt = [0xe000 + (code >> 12), 0xe200 + (code & 0xfff)].map(char::from_u32);
    match spelt {
        [Some(high), Some(low)] if spelt_anew(c) => out.extend([high, low]),
        _ => out.push(c),
    }
}

fn spelt_anew(c: char) -> bool {
    u32::from(c) >= 0x1_0000 || matches!(c, '\u{3005}' | '\u{3007}' | '\u{4db6}'..='\u{4dbf}' | '\u{9fcd}'..='\u{9fff}')
}

/// Whether the tokens of a text may differ from those of the folding before [`FOLDING`] 2: lower case alone, and no Han beyond the basic block and
/// extension A.
pub fn is_folded_anew(text: &str) -> bool {
    text.chars().any(|c| {
        let folded: String = std::iter::once(c).nfkc().collect();
        let changes = folded.chars().ne([c]) && (c.is_alphanumeric() || folded.chars().any(is_word));
        changes || is_combining_mark(c) || spelt_anew(c)
    })
}

/// Similarity of two texts by their character pairs (Dice coefficient), 0 to 1.
pub fn similarity(a: &str, b: &str) -> f64 {
    Likeness::of(a).to(b)
}

/// A text that many others are compared with.
#[derive(Clone, Debug)]
pub struct Likeness(Vec<String>);

impl Likeness {
    /// Of the beginning of a text, as long as title and description can be.
    pub fn of(text: &str) -> Self {
        let end = text.char_indices().nth(COMPARED).map_or(text.len(), |(at, _)| at);
        let mut tokens = query_tokens(&text[..end]);
        tokens.sort_unstable();
        Self(tokens)
    }

    /// Likeness to another text by pairs of characters (Dice coefficient), 0 to 1.
    pub fn to(&self, other: &str) -> f64 {
        let (left, Self(right)) = (&self.0, Self::of(other));
        if left.is_empty() || right.is_empty() {
            return 0.0;
        }
        let total = left.len() + right.len();
        let mut shared = 0;
        let mut rest = right.iter().peekable();
        for token in left {
            while rest.peek().is_some_and(|other| *other < token) {
                rest.next();
            }
            if rest.peek() == Some(&token) {
                shared += 1;
                rest.next();
            }
        }
        #[expect(clippy::cast_precision_loss, reason = "counts of tokens in a short text")]
        let dice = 2.0 * f64::from(shared) / total as f64;
        dice
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finds(index: &str, query: &str) -> bool {
        let index = index_tokens(index);
        let tokens: Vec<&str> = index.split(' ').collect();
        match Query::read(query).unwrap() {
            Query::Anything => true,
            Query::Words(words) => !words.is_empty() && words.iter().all(|t| tokens.contains(&t.as_str())),
        }
    }

    #[test]
    fn two_character_words_are_found() {
        let text = "文献西路餐饮店油烟直排，噪音 KTV88";
        for query in ["油烟", "直排", "ktv88", "烟", "西路餐饮", "ＫＴＶ８８", "油\u{200b}烟"] {
            assert!(finds(text, query), "{query}");
        }
        assert!(!finds(text, "烟油"));
    }

    #[test]
    fn width_and_case_are_folded_both_ways() {
        for (text, query) in [
            ("ＡＢＣ１２３号楼", "abc123"),
            ("abc123号楼", "ＡＢＣ１２３"),
            ("㈱建设", "株"),
            ("ｶﾗｵｹ", "カラオケ"),
            ("STRASSE", "ſtrasse"),
            ("豈", "\u{f900}"),
        ] {
            assert!(finds(text, query), "{text} {query}");
        }
    }

    #[test]
    fn han_beyond_the_basic_plane_are_characters() {
        for text in ["𰻞𰻞面馆", "𠮷野家", "路口𪚥店", "鿕县", "〇号楼"] {
            let characters: Vec<char> = text.chars().collect();
            for pair in characters.windows(2) {
                assert!(finds(text, &pair.iter().collect::<String>()), "{text}");
            }
            assert!(finds(text, &characters[0].to_string()), "{text}");
        }
        assert!(!finds("𰻞面", "𰻝"));
        assert!(index_tokens("𰻞").chars().all(|c| u32::from(c) < 0x1_0000));
    }

    #[test]
    fn signs_alone_find_nothing() {
        for query in ["！！", "。", "%", "***", "\"\"", "😀", "--"] {
            assert_eq!(Query::read(query), Ok(Query::Words(Vec::new())), "{query}");
        }
        for query in ["", "  ", "\u{200b}"] {
            assert_eq!(Query::read(query), Ok(Query::Anything), "{query:?}");
        }
    }

    #[test]
    fn long_queries_are_refused_in_words() {
        assert!(matches!(Query::read(&"字".repeat(101)), Err(QueryFault::Written(WrittenFault::TooLong { .. }))));
        let many: String = (0..17).map(|n| format!("w{n} ")).collect();
        assert_eq!(Query::read(&many), Err(QueryFault::TooManyWords));
        let title = "文献西路中段一家饭馆后门直排油烟楼上住户不敢开窗";
        let Ok(Query::Words(words)) = Query::read(title) else { unreachable!("a title is looked for") };
        assert!(words.len() <= TOKENS_MAX);
        assert!(finds(title, title));
    }

    #[test]
    fn similarity_orders_texts() {
        let close = similarity("饭店后门油烟直排", "饭店后门排放油烟");
        let far = similarity("饭店后门油烟直排", "路灯不亮");
        assert!(close > 0.4 && far < 0.1, "{close} {far}");
        assert!((similarity("井盖缺失", "井盖缺失") - 1.0).abs() < 1e-9);
    }
}
