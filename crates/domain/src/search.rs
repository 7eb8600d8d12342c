//! Tokens for full-text search in Chinese: overlapping pairs of Han characters, so that a word of two characters is found, and whole words of
//! letters and digits. Both databases index these tokens, not the text.

/// A Han character of the basic block or extension A, which cover names and addresses.
fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
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
    let mut out = Vec::new();
    walk(text, |run| {
        if !run.han || run.chars.len() == 1 {
            out.push(run.chars.iter().collect());
        } else {
            out.extend(run.chars.windows(2).map(|pair| pair.iter().collect::<String>()));
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
    for c in text.chars().flat_map(char::to_lowercase) {
        let han = is_han(c);
        if !han && !c.is_alphanumeric() {
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

fn push(out: &mut String, token: &[char]) {
    if !out.is_empty() {
        out.push(' ');
    }
    out.extend(token);
}

/// Similarity of two texts by their character pairs (Dice coefficient), 0 to 1.
pub fn similarity(a: &str, b: &str) -> f64 {
    let (mut left, mut right) = (query_tokens(a), query_tokens(b));
    if left.is_empty() || right.is_empty() {
        return 0.0;
    }
    left.sort_unstable();
    right.sort_unstable();
    let total = left.len() + right.len();
    let mut shared = 0;
    let mut rest = right.iter().peekable();
    for token in &left {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_character_words_are_found() {
        let index = index_tokens("文献西路餐饮店油烟直排，噪音 KTV88");
        for query in ["油烟", "直排", "ktv88", "烟", "西路餐饮"] {
            let tokens: Vec<&str> = index.split(' ').collect();
            assert!(query_tokens(query).iter().all(|t| tokens.contains(&t.as_str())), "{query}");
        }
        let tokens: Vec<&str> = index.split(' ').collect();
        assert!(!query_tokens("烟油").iter().all(|t| tokens.contains(&t.as_str())));
    }

    #[test]
    fn similarity_orders_texts() {
        let close = similarity("饭店后门油烟直排", "饭店后门排放油烟");
        let far = similarity("饭店后门油烟直排", "路灯不亮");
        assert!(close > 0.4 && far < 0.1, "{close} {far}");
        assert!((similarity("井盖缺失", "井盖缺失") - 1.0).abs() < 1e-9);
    }
}
