//! From text to CEL's syntax tree, within bounds that hold whatever the text.

use cel::IdedExpr;
use cel::common::ast::SourceInfo;
use cel::parser::{ParseErrors, Parser};

use super::error::ExprError;

const MAX_BYTES: usize = 2_000;
const MAX_BRACKETS: usize = 24;
/// The parser takes up to 150 KB of stack for each bracket without optimisation, more than a server's threads have for a deep text.
const STACK: usize = 32 << 20;

/// The syntax tree with the places of its nodes.
pub(super) fn parse(text: &str) -> Result<(IdedExpr, SourceInfo), ExprError> {
    if text.len() > MAX_BYTES {
        return Err(ExprError::at(text, MAX_BYTES, format!("the text is longer than {MAX_BYTES} bytes")));
    }
    if let Some(byte) = too_deep(text) {
        return Err(ExprError::at(text, byte, format!("brackets are more than {MAX_BRACKETS} deep")));
    }
    let parsed = std::thread::scope(|scope| {
        let parsing = || Parser::new().parse_with_source_info(text).map_err(|errors| first(text, &errors));
        let thread = std::thread::Builder::new().name("expr".to_owned()).stack_size(STACK).spawn_scoped(scope, parsing);
        thread.map(std::thread::ScopedJoinHandle::join)
    });
    match parsed {
        Ok(Ok(result)) => result,
        Ok(Err(_)) => Err(ExprError::at(text, 0, "the parser gave up on this text")),
        Err(error) => Err(ExprError::at(text, 0, format!("no thread to parse in: {error}"))),
    }
}

/// Where brackets outside of strings become too deep.
fn too_deep(text: &str) -> Option<usize> {
    let (mut depth, mut quote, mut escaped) = (0_usize, None, false);
    for (index, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (Some(_), _) if escaped => escaped = false,
            (Some(_), b'\\') => escaped = true,
            (Some(open), _) if byte == open => quote = None,
            (None, b'\'' | b'"') => quote = Some(byte),
            (None, b'(' | b'[' | b'{') => depth += 1,
            (None, b')' | b']' | b'}') => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_BRACKETS {
            return Some(index);
        }
    }
    None
}

fn first(text: &str, errors: &ParseErrors) -> ExprError {
    let Some(error) = errors.errors.first() else {
        return ExprError::at(text, 0, "not an expression");
    };
    let place = |number: isize| usize::try_from(number).unwrap_or(0).max(1);
    let message = error.msg.strip_prefix("Syntax error: ").unwrap_or(&error.msg);
    ExprError { line: place(error.pos.0), column: place(error.pos.1), message: message.to_owned() }
}
