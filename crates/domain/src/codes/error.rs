//! Why a code was refused. Every code type answers with this, so that a form can show one kind of message.

/// Why a text is not a code of its kind. Messages never repeat a personal number in full.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// It has the wrong number of characters.
    #[error("a {what} has {expected}; this has {found}")]
    Length { what: &'static str, expected: &'static str, found: usize },
    /// One character cannot stand at its place.
    #[error("a {what} cannot have `{found}` as character {position}")]
    Character { what: &'static str, position: usize, found: char },
    /// A part has no meaning.
    #[error("not a {what}: {reason}")]
    Part { what: &'static str, reason: &'static str },
    /// The check character does not fit: most likely a slip of the pen.
    #[error("a slip of the pen: the last character of this {what} does not fit the others (check character)")]
    Check { what: &'static str },
}

impl CodeError {
    pub(super) fn length(what: &'static str, expected: &'static str, text: &str) -> Self {
        Self::Length { what, expected, found: text.chars().count() }
    }

    pub(super) fn part(what: &'static str, reason: &'static str) -> Self {
        Self::Part { what, reason }
    }
}

/// Refuses the first character that does not pass, counting from 1.
pub(super) fn characters(
    what: &'static str,
    text: &str,
    mut pass: impl FnMut(usize, char) -> bool,
) -> Result<(), CodeError> {
    match text.chars().enumerate().find(|(index, c)| !pass(*index, *c)) {
        Some((index, found)) => Err(CodeError::Character { what, position: index + 1, found }),
        None => Ok(()),
    }
}

/// Refuses anything but ASCII digits.
pub(super) fn digits(what: &'static str, text: &str) -> Result<(), CodeError> {
    characters(what, text, |_, c| c.is_ascii_digit())
}
