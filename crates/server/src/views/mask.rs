//! Personal data as shown to those who need not know it.

/// The family name and stars: 张*, 欧阳** keeps the first character only.
pub(crate) fn name(name: &str) -> String {
    let mut chars = name.chars();
    let first: String = chars.next().into_iter().collect();
    first + &"*".repeat(chars.count().clamp(1, 2))
}

/// 138****1234; anything shorter is hidden whole.
pub(crate) fn phone(phone: &str) -> String {
    let chars: Vec<char> = phone.chars().collect();
    if chars.len() < 11 {
        return "****".to_owned();
    }
    let (head, tail): (String, String) = (chars[..3].iter().collect(), chars[chars.len() - 4..].iter().collect());
    format!("{head}****{tail}")
}

#[cfg(test)]
mod tests {
    #[test]
    fn masks() {
        for (name, shown) in [("张三", "张*"), ("张三丰", "张**"), ("李", "李*"), ("阿卜杜拉", "阿**")] {
            assert_eq!(super::name(name), shown);
        }
        for (phone, shown) in [("13812345678", "138****5678"), ("2345678", "****"), ("", "****")] {
            assert_eq!(super::phone(phone), shown);
        }
    }
}
