//! Names of grids as they are given in practice: the village's short name and an ordinal, like 军门社区第一网格.

/// The name of the `serial`-th grid of a village.
pub(super) fn grid(village: &str, serial: usize) -> String {
    format!("{}第{}网格", short(village), chinese_number(serial))
}

/// 澜石社区居委会 → 澜石社区, 下林村民委员会 → 下林村, 新港居委会 → 新港社区.
fn short(village: &str) -> String {
    let endings =
        [("村民委员会", "村"), ("居民委员会", "社区"), ("村委会", "村"), ("居委会", "社区"), ("社区委员会", "社区")];
    let found = endings.iter().find_map(|(ending, kind)| Some((village.strip_suffix(ending)?, *kind)));
    match found {
        Some(("", _)) => village.to_owned(),
        Some((base, _)) if base.ends_with('村') || base.ends_with("社区") => base.to_owned(),
        Some((base, kind)) => format!("{base}{kind}"),
        None => village.to_owned(),
    }
}

/// 1 → 一, 10 → 十, 12 → 十二, 20 → 二十, 105 → 一百零五. For 1 to 999.
fn chinese_number(number: usize) -> String {
    const DIGITS: [&str; 10] = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let (hundreds, tens, ones) = (number / 100 % 10, number / 10 % 10, number % 10);
    let mut text = String::new();
    if hundreds > 0 {
        text.push_str(DIGITS[hundreds]);
        text.push('百');
    }
    match tens {
        0 if hundreds > 0 && ones > 0 => text.push('零'),
        0 => {}
        1 if hundreds == 0 => text.push('十'),
        _ => {
            text.push_str(DIGITS[tens]);
            text.push('十');
        }
    }
    if ones > 0 {
        text.push_str(DIGITS[ones]);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_in_chinese() {
        let cases = [
            (1, "一"),
            (10, "十"),
            (12, "十二"),
            (20, "二十"),
            (99, "九十九"),
            (100, "一百"),
            (105, "一百零五"),
            (110, "一百一十"),
            (999, "九百九十九"),
        ];
        for (number, expect) in cases {
            assert_eq!(chinese_number(number), expect);
        }
    }

    #[test]
    fn grids_are_named_after_the_short_name_of_the_village() {
        let cases = [
            ("澜石社区居委会", "澜石社区第二网格"),
            ("下林村民委员会", "下林村第二网格"),
            ("下林村委会", "下林村第二网格"),
            ("新港居委会", "新港社区第二网格"),
            ("军门社区", "军门社区第二网格"),
            ("良种场", "良种场第二网格"),
        ];
        for (village, expect) in cases {
            assert_eq!(grid(village, 2), expect);
        }
    }
}
