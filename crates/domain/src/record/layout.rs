//! Finds the members of a record in its canonical text without reading the values, so that what is verified is the bytes themselves.

use std::borrow::Cow;

use super::jcs::utf16_order;

/// A field of the text: its name and the text of its value, or `None` when it is erased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Field<'a> {
    pub(super) name: Cow<'a, str>,
    pub(super) value: Option<&'a str>,
}

/// The members of a record's text; fields in order, erased ones among them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Layout<'a> {
    pub(super) kind: &'a str,
    pub(super) subject: &'a str,
    pub(super) fields: Vec<Field<'a>>,
}

impl<'a> Layout<'a> {
    /// `None` when the bytes are not the text of a record.
    pub(super) fn read(canonical: &'a [u8]) -> Option<Self> {
        let mut cursor = Cursor { text: std::str::from_utf8(canonical).ok()?, at: 0 };
        cursor.expect("{")?;
        let mut fields = Vec::new();
        if cursor.expect("\"erased\":[").is_some() {
            cursor.list("]", |cursor| {
                let name = name_of(cursor.string()?)?;
                fields.push(Field { name, value: None });
                Some(())
            })?;
            cursor.expect(",")?;
        }
        cursor.expect("\"fields\":{")?;
        cursor.list("}", |cursor| {
            let name = name_of(cursor.string()?)?;
            cursor.expect(":")?;
            fields.push(Field { name, value: Some(cursor.value()?) });
            Some(())
        })?;
        cursor.expect(",\"kind\":")?;
        let kind = cursor.string()?;
        cursor.expect(",\"subject\":")?;
        let subject = cursor.string()?;
        cursor.expect("}")?;
        fields.sort_by(|a, b| utf16_order(&a.name, &b.name));
        let distinct = fields.windows(2).all(|pair| pair[0].name != pair[1].name);
        (distinct && cursor.rest().is_empty()).then_some(Self { kind, subject, fields })
    }
}

fn name_of(quoted: &str) -> Option<Cow<'_, str>> {
    if quoted.contains('\\') {
        return serde_json::from_str::<String>(quoted).ok().map(Cow::Owned);
    }
    Some(Cow::Borrowed(&quoted[1..quoted.len() - 1]))
}

struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn expect(&mut self, token: &str) -> Option<()> {
        self.rest().starts_with(token).then(|| self.at += token.len())
    }

    fn take(&mut self, length: usize) -> &'a str {
        let taken = &self.rest()[..length];
        self.at += length;
        taken
    }

    /// Items between commas until the closing token.
    fn list(&mut self, close: &str, mut item: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        if self.expect(close).is_some() {
            return Some(());
        }
        loop {
            item(self)?;
            if self.expect(close).is_some() {
                return Some(());
            }
            self.expect(",")?;
        }
    }

    /// A string with its quotes.
    fn string(&mut self) -> Option<&'a str> {
        let length = string_length(self.rest().as_bytes())?;
        Some(self.take(length))
    }

    /// Any value: up to the comma or bracket that follows it on its own level.
    fn value(&mut self) -> Option<&'a str> {
        let bytes = self.rest().as_bytes();
        let (mut at, mut depth) = (0, 0_usize);
        while let Some(byte) = bytes.get(at) {
            match byte {
                b'"' => {
                    at += string_length(&bytes[at..])?;
                    continue;
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' | b',' if depth == 0 => break,
                b'}' | b']' => depth -= 1,
                _ => {}
            }
            at += 1;
        }
        (at > 0 && depth == 0).then(|| self.take(at))
    }
}

/// The length of the string that starts here, quotes included.
fn string_length(bytes: &[u8]) -> Option<usize> {
    if bytes.first() != Some(&b'"') {
        return None;
    }
    let mut at = 1;
    loop {
        match bytes.get(at)? {
            b'"' => return Some(at + 1),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}
