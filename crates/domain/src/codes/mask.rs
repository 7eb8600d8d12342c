//! Masks: what may be shown of a person to somebody who need not know the rest. They take any text, valid or not, and never show all of it.

/// `张*`, `欧***`: the first character and a star for each of the others; a name of one character is a star.
pub fn name(name: &str) -> String {
    let mut characters = name.trim().chars();
    let (first, rest) = (characters.next(), characters.count());
    match (first, rest) {
        (None, _) => String::new(),
        (Some(_), 0) => "*".to_owned(),
        (Some(first), rest) => format!("{first}{}", "*".repeat(rest)),
    }
}

/// `350181********1234`: six characters, stars, the last four.
pub fn citizen_id(id: &str) -> String {
    keep(id, 6, 4)
}

/// `138****1234`: three characters, stars, the last four.
pub fn mobile(number: &str) -> String {
    keep(number, 3, 4)
}

/// `138****1234` for a mobile number of mainland China; anything else, such as a landline, is hidden whole, and not even its length is told.
pub fn phone(number: &str) -> String {
    super::Phone::mobile(number).map_or_else(|| "****".to_owned(), |own| own.masked())
}

/// Stars instead of what lies between the first and last characters kept; stars only, when that would hide less than four.
fn keep(text: &str, head: usize, tail: usize) -> String {
    let characters: Vec<char> = text.trim().chars().collect();
    let count = characters.len();
    if count < head + tail + 4 {
        return "*".repeat(count);
    }
    characters
        .iter()
        .enumerate()
        .map(|(index, c)| if index < head || index >= count - tail { *c } else { '*' })
        .collect()
}
