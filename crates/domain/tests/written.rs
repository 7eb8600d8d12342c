//! Whatever is typed: a written text stays as it is when it is written again, shows something, and is found by itself.

use proptest::prelude::*;
use yizhi_domain::codes::{Phone, mask};
use yizhi_domain::json;
use yizhi_domain::search::{Query, folded, index_tokens};
use yizhi_domain::written::{is_unseen, line, line_cut, optional_lines};

/// Any characters, those that make trouble among them.
fn typed() -> impl Strategy<Value = String> {
    let odd = prop::sample::select(
        "\u{200b}\u{200d}\u{200c}\u{fe0f}\u{202e}\u{3164}\u{2800}\u{301}\u{323}\u{489}\u{e0100}\u{180b}\u{feff}\u{ad}\u{fffe}\u{e0041}\r\n\t\0\u{2028} \u{3000}👩❤𰻞葛éＫａｶﾞ\u{1820}\u{94d}"
            .chars()
            .collect::<Vec<_>>(),
    );
    prop::collection::vec(prop_oneof![odd, any::<char>(), proptest::char::range('\u{4e00}', '\u{4fff}')], 0..24)
        .prop_map(|characters| characters.into_iter().collect())
}

proptest! {
    #[test]
    fn writing_again_changes_nothing(text in typed()) {
        let cut = line_cut(&text, 10);
        prop_assert_eq!(line_cut(&cut, 10), cut.clone(), "{:?}", text);
        let read = [line(&text, 1_000), optional_lines(&text, 1_000)].into_iter().flatten();
        for written in read.clone() {
            prop_assert_eq!(optional_lines(&written, 1_000), Ok(written), "{:?}", text);
        }
        for written in read.chain([cut]) {
            prop_assert!(written.is_empty() || written.chars().any(|c| !is_unseen(c)), "{:?}", written);
            prop_assert!(!written.starts_with(char::is_whitespace) && !written.ends_with(char::is_whitespace));
            let unseen = |c| matches!(c, '\0' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}');
            prop_assert!(!written.chars().any(unseen));
        }
        if let Ok(written) = line(&text, 1_000) {
            prop_assert!(!written.contains(['\n', '\r']));
        }
    }

    #[test]
    fn a_text_is_found_by_itself(text in typed()) {
        if let Ok(Query::Words(words)) = Query::read(&text) {
            let index = index_tokens(&text);
            let written = index_tokens(&line(&text, 1_000).unwrap());
            for word in words {
                prop_assert!(written.split(' ').any(|token| token == word), "{:?} {:?} {:?}", text, word, index);
                prop_assert!(word.chars().all(|c| u32::from(c) < 0x1_0000 && c != '\'' && c != '"'));
            }
        }
        let once = folded(&text).into_owned();
        prop_assert_eq!(folded(&once).into_owned(), once.clone());
    }

    #[test]
    fn a_mask_hides_all_but_a_mobile_number(text in typed(), digits in "[0-9+ -]{0,24}") {
        for number in [text, digits] {
            let masked = mask::phone(&number);
            let shown = masked.chars().filter(|c| *c != '*').count();
            prop_assert!(shown == 0 || (shown == 7 && Phone::parse(&number).is_ok()), "{} {}", number, masked);
        }
    }

    #[test]
    fn json_is_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200), text in "[\\[\\]{},:0-9eE+\\-.\"a\\\\u ]{0,60}") {
        for bytes in [bytes, text.into_bytes()] {
            let read = json::read(&bytes);
            let plain = serde_json::from_slice::<serde_json::Value>(&bytes);
            if let Ok(value) = &read {
                prop_assert_eq!(plain.as_ref().ok(), Some(value));
            }
            if plain.is_err() {
                prop_assert!(read.is_err());
            }
        }
    }
}
