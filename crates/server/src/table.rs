//! Tables that people bring as CSV files (RFC 4180), read as a whole or not at all: every fault is told by file and line, and how to mend it.

use std::fmt::{self, Display};

use yizhi_domain::text::Text;
use yizhi_domain::written::is_unseen;

/// Most faults that are told one by one.
const MOST: usize = 50;
/// Longest cell that is shown in a fault, in characters.
const SHOWN: usize = 40;

/// What is wrong with the files of an import, in both languages.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    told: Vec<Fault>,
    count: usize,
}

/// What is wrong with a line of a file.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    file: String,
    /// From 1.
    pub(crate) line: usize,
    pub(crate) message: Text,
}

impl Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, message: Text { zh, en } } = self;
        write!(f, "{file}:{line}: {zh}\n  {en}")
    }
}

impl Faults {
    /// Tells a fault in a line of a file, counted from one.
    pub(crate) fn add(&mut self, file: &str, line: usize, zh: impl Display, en: impl Display) {
        self.count += 1;
        if self.told.len() < MOST {
            let message = Text::new(zh.to_string(), en.to_string());
            self.told.push(Fault { file: file.to_owned(), line, message });
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// How many there are, also beyond those that are told.
    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// The first of them.
    pub(crate) fn told(&self) -> &[Fault] {
        &self.told
    }
}

/// A table: the names of its columns, and its rows.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Table {
    heading: Vec<String>,
    pub(crate) rows: Vec<Row>,
}

/// A row, with the line it begins in.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) line: usize,
    cells: Vec<String>,
}

impl Row {
    /// The cell of a column that [`Table::column`] has found.
    pub(crate) fn cell(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", String::as_str)
    }
}

impl Table {
    /// Reads a file; `None` when it has no heading. Rows with faults are left out, and told.
    pub(crate) fn read(file: &str, bytes: &[u8], faults: &mut Faults) -> Option<Self> {
        let text = text(file, bytes, faults)?;
        if let Some((line, sign)) = odd_separator(text) {
            faults.add(
                file,
                line,
                format!("列之间要用英文逗号“,”分隔，表头里用的是“{sign}”。请在 Excel 里另存为“CSV UTF-8（逗号分隔）”，或把它换成英文逗号。"),
                format!("Separate columns with “,”; the heading has “{sign}”. In Excel save as “CSV UTF-8 (comma delimited)”, or put commas instead."),
            );
            return None;
        }
        let mut rows = Reader {
            file,
            faults,
            separator: separator(text),
            line: 1,
            opened: 1,
            rows: Vec::new(),
            cells: Vec::new(),
            cell: String::new(),
        }
        .read(text);
        if rows.is_empty() {
            faults.add(file, 1, "文件是空的。", "The file is empty.");
            return None;
        }
        let heading: Vec<String> = rows.remove(0).cells;
        let width = heading.len();
        rows.retain(|row| {
            let fits = row.cells.len() == width;
            if !fits {
                let have = row.cells.len();
                let zh = format!("有{have}列，表头是{width}列；分隔符多了或少了？含分隔符的内容要用引号括起来。");
                let en = format!("{have} columns, but the heading has {width}; put what holds a separator in quotes.");
                faults.add(file, row.line, zh, en);
            }
            fits
        });
        Some(Self { heading, rows })
    }

    /// Where a column stands that has one of these names, in capitals or not; told by the first of them when it is not there, or more than once.
    pub(crate) fn column(&self, file: &str, names: &[&str], faults: &mut Faults) -> Option<usize> {
        let mut at = self.columns(names);
        let name = names.first().copied().unwrap_or_default();
        match (at.next(), at.next()) {
            (Some(column), None) => Some(column),
            (None, _) => {
                let others = names.get(1..).unwrap_or_default();
                let (zh, en) = match others {
                    [] => (String::new(), String::new()),
                    _ => (format!("（也可写作“{}”）", others.join("”“")), format!(" (or “{}”)", others.join("”, “"))),
                };
                let en = format!("The first line names the columns; “{name}” is missing among them{en}.");
                faults.add(file, 1, format!("第一行是表头，缺少“{name}”列{zh}。"), en);
                None
            }
            (Some(_), Some(_)) => {
                let en = format!("The column “{name}” is there more than once.");
                faults.add(file, 1, format!("表头里“{name}”列出现了不止一次。"), en);
                None
            }
        }
    }

    /// Where the one column stands that has one of these names, if it is there; more than one is a fault.
    pub(crate) fn optional_column(&self, file: &str, names: &[&str], faults: &mut Faults) -> Option<usize> {
        self.columns(names).next()?;
        self.column(file, names, faults)
    }

    /// The name of a column as its heading has it.
    pub(crate) fn heading(&self, column: usize) -> &str {
        self.heading.get(column).map_or("", String::as_str)
    }

    fn columns(&self, names: &[&str]) -> impl Iterator<Item = usize> {
        let named = |heading: &String| names.iter().any(|name| heading.eq_ignore_ascii_case(name));
        self.heading.iter().enumerate().filter(move |(_, heading)| named(heading)).map(|(at, _)| at)
    }
}

/// As much of a text as is shown in a fault.
pub(crate) fn excerpt(text: &str) -> String {
    let visible: String = text.chars().take(SHOWN).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    if text.chars().count() > SHOWN { format!("{visible}…") } else { visible }
}

/// The text of a file, without its byte order mark; told when it is none, or in another encoding.
pub(crate) fn text<'a>(file: &str, bytes: &'a [u8], faults: &mut Faults) -> Option<&'a str> {
    utf8(bytes).map_err(|(line, said)| faults.add(file, line, said.zh, said.en)).ok()
}

/// The text of a file, without its byte order mark.
///
/// # Errors
/// What the file seems to be instead, and the line, from 1, in which that shows.
pub(crate) fn utf8(bytes: &[u8]) -> Result<&str, (usize, Text)> {
    if let Some(said) = no_text(bytes) {
        return Err((1, said));
    }
    let bytes = bytes.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|error| {
        let before = &bytes[..error.valid_up_to()];
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        let said = match error.error_len() {
            None => Text::new(
                "文件在一个字的中间断了，可能没有传完。请重新取得完整的文件。",
                "The file ends in the middle of a character, so it is probably not whole. Get it again.",
            ),
            Some(_) => Text::new(
                "这里不是 UTF-8 编码（可能是 GBK），请另存为 UTF-8 后再导入。",
                "This is not UTF-8 (it may be GBK); save the file as UTF-8 and import it again.",
            ),
        };
        (line, said)
    })
}

/// Whether a file is packed, as new workbooks are.
pub(crate) fn is_archive(bytes: &[u8]) -> bool {
    [&b"PK\x03\x04"[..], b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf"].iter().any(|mark| bytes.starts_with(mark))
}

/// Whether a file is one of Excel or Word as they were before 2007.
pub(crate) fn is_old_office(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0])
}

/// What a file seems to be that begins like no text in UTF-8.
fn no_text(bytes: &[u8]) -> Option<Text> {
    if is_archive(bytes) {
        return Some(Text::new(
            "这是压缩包或 Excel 工作簿。压缩包请先解压；Excel 里请另存为“CSV UTF-8（逗号分隔）”后再导入。",
            "This is an archive or an Excel workbook. Unpack an archive first; in Excel save as “CSV UTF-8 (comma delimited)”.",
        ));
    }
    if is_old_office(bytes) {
        return Some(Text::new(
            "这是旧版 Excel 或 Word 文件。请另存为“CSV UTF-8（逗号分隔）”后再导入。",
            "This is a file of an old Excel or Word. Save it as “CSV UTF-8 (comma delimited)” and import it again.",
        ));
    }
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Some(Text::new(
            "编码是 UTF-16，请另存为 UTF-8 后再导入。",
            "The file is in UTF-16; save it as UTF-8 and import it again.",
        ));
    }
    let beginning = bytes.get(..1_000).unwrap_or(bytes);
    let nothing = beginning.iter().filter(|byte| **byte == 0).count();
    (nothing * 8 > beginning.len()).then(|| {
        Text::new(
            "这不是文本文件，或编码是 UTF-16。请另存为 UTF-8 文本后再导入。",
            "This is no text, or it is in UTF-16. Save it as text in UTF-8 and import it again.",
        )
    })
}

/// What stands between the cells: a comma, or what spreadsheets write instead where the heading has no comma.
fn separator(text: &str) -> char {
    let heading = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let instead = ['\t', ';', '；'].into_iter().find(|sign| heading.contains(*sign));
    instead.filter(|_| !heading.contains(',')).unwrap_or(',')
}

/// The heading's line and what it has between its cells, if that is none of the signs taken for it.
fn odd_separator(text: &str) -> Option<(usize, char)> {
    let (at, heading) = text.lines().enumerate().find(|(_, line)| !line.trim().is_empty())?;
    if heading.contains([',', '\t', ';', '；']) {
        return None;
    }
    let sign = ['，', '|', '｜', '、'].into_iter().find(|sign| heading.contains(*sign))?;
    Some((at + 1, sign))
}

/// A cell without what is not seen around it, and without the `="…"` in which spreadsheets keep codes.
fn bare(cell: &str) -> &str {
    let cell = cell.trim_matches(is_unseen);
    let inner = cell.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')).filter(|inner| !inner.contains('"'));
    inner.map_or(cell, |inner| inner.trim_matches(is_unseen))
}

struct Reader<'a> {
    file: &'a str,
    faults: &'a mut Faults,
    separator: char,
    line: usize,
    /// The line in which the row began.
    opened: usize,
    rows: Vec<Row>,
    cells: Vec<String>,
    cell: String,
}

/// What a cell is made of so far.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Start,
    Plain,
    Quoted,
    /// After a closing quote.
    Closed,
    /// The rest of a line with a fault.
    Skipped,
}

impl Reader<'_> {
    fn read(mut self, text: &str) -> Vec<Row> {
        let mut state = State::Start;
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            if c == '\r' || c == '\n' {
                if c == '\r' {
                    chars.next_if_eq(&'\n');
                }
                state = self.end_of_line(state);
                continue;
            }
            state = match (state, c) {
                (State::Skipped, _) => State::Skipped,
                (State::Quoted, '"') if chars.next_if_eq(&'"').is_some() => {
                    self.cell.push('"');
                    State::Quoted
                }
                (State::Quoted, '"') => State::Closed,
                (State::Start | State::Plain | State::Closed, c) if c == self.separator => {
                    self.cells.push(std::mem::take(&mut self.cell));
                    State::Start
                }
                (State::Start, '"') => State::Quoted,
                // ="350302001001": a spreadsheet's way to keep a code.
                (State::Plain, '"') if self.cell == "=" => {
                    self.cell.clear();
                    State::Quoted
                }
                (State::Plain, '"') | (State::Closed, _) => self.fault(
                    "引号要括住整个单元格；单元格里的引号写两遍。",
                    "Quotes go around a whole cell; a quote inside is written twice.",
                ),
                // Our own lists have a tab before long codes, which is fine around a cell and nowhere else.
                (_, c) if c.is_control() && c != '\t' => self.control(),
                (State::Quoted, c) => {
                    self.cell.push(c);
                    State::Quoted
                }
                (_, c) => {
                    self.cell.push(c);
                    State::Plain
                }
            };
        }
        self.end_of_line(state);
        self.rows
    }

    /// Gives the state at the beginning of the next line.
    fn end_of_line(&mut self, state: State) -> State {
        let state = if state == State::Quoted {
            self.fault("引号没有闭合；单元格里不能换行。", "A quote is not closed; a cell has no line breaks in it.")
        } else {
            state
        };
        let cell = std::mem::take(&mut self.cell);
        let mut cells = std::mem::take(&mut self.cells);
        if state != State::Skipped {
            cells.push(cell);
            let cells: Vec<String> = cells.iter().map(|cell| bare(cell).to_owned()).collect();
            if cells.iter().any(|cell| cell.contains('\t')) {
                self.control();
            } else if !cells.iter().all(String::is_empty) {
                self.rows.push(Row { line: self.opened, cells });
            }
        }
        self.line += 1;
        self.opened = self.line;
        State::Start
    }

    fn control(&mut self) -> State {
        self.fault("含有不能用的控制字符，请删去。", "There is a control character in this line; remove it.")
    }

    fn fault(&mut self, zh: &str, en: &str) -> State {
        self.faults.add(self.file, self.line, zh, en);
        State::Skipped
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> (Vec<Vec<String>>, Vec<String>) {
        let mut faults = Faults::default();
        let table = Table::read("a.csv", bytes, &mut faults).unwrap_or_default();
        (table.rows.into_iter().map(|row| row.cells).collect(), faults.told.iter().map(Fault::to_string).collect())
    }

    #[test]
    fn sound_tables_in_all_their_forms() {
        let wanted = [["1", "甲"], ["2", "乙,\"丙\""]];
        for text in [
            "code,name\n1,甲\n2,\"乙,\"\"丙\"\"\"\n",
            "\u{feff}code,name\r\n1,甲\r\n2,\"乙,\"\"丙\"\"\"",
            "code,name\r1,甲\r\n\n   \n\"2\",\"乙,\"\"丙\"\"\"\n\n",
            "code;name\n1;甲\n2;\"乙,\"\"丙\"\"\"\n",
            "code\tname\r\n1\t甲\r\n2\t\"乙,\"\"丙\"\"\"\r\n",
            "\"code\",\"name\"\n 1 , 甲 \n2,\"乙,\"\"丙\"\"\"\n",
            ",\n \ncode,name\n,,,,,\n1,甲\n \t,\u{200b}\n2,\"乙,\"\"丙\"\"\"\n,\n\"\",\n",
            "code,name\n\"\t1\",甲\t\n\t2,\"乙,\"\"丙\"\"\"\n",
            "code,name\n=\"1\",甲\n\"=\"\"2\"\"\",\"乙,\"\"丙\"\"\"\n",
            "\u{feff}code\u{200b},name\n\u{200b}1,\u{3000}甲\n2\u{feff},\"乙,\"\"丙\"\"\"\n",
            "code\tname\n\"\t1\"\t甲\n2\t\"乙,\"\"丙\"\"\"\n",
        ] {
            let (rows, faults) = read(text.as_bytes());
            assert_eq!(
                (rows, faults),
                (wanted.map(|row| row.map(str::to_owned).to_vec()).to_vec(), vec![]),
                "{text:?}"
            );
        }
    }

    #[test]
    fn faults_are_told_by_line() {
        for (bytes, line, says) in [
            (&b"a,b\n1,2\n1\n"[..], 3, "1列"),
            (b"a,b\n1,2,3\n", 2, "3列"),
            (b"a,b\n1,\"2\n3,4\n", 2, "没有闭合"),
            (b"a,b\n1,2\"3\n", 2, "整个单元格"),
            (b"a,b\n1,\"2\"3\n", 2, "整个单元格"),
            (b"a,b\r\n1,2\r\n1,\0\r\n", 3, "控制字符"),
            (b"a,b\n1,2\n1,2\t3\n", 3, "控制字符"),
            ("a，b\n1，\"2\"\n3，\"4\"\n".as_bytes(), 1, "表头里用的是“，”"),
            (b"\na|b\n1|\"2\"\n", 2, "表头里用的是“|”"),
            (b"a,b\n1,=2\"3\"\n", 2, "整个单元格"),
            (b"a,b\n1,2\n\xd6\xd0,3\n", 3, "GBK"),
            (b"\xff\xfea\0,\0b\0", 1, "UTF-16"),
            (b"a\0,\0b\0", 1, "UTF-16"),
            (b"PK\x03\x04\x14\0\x06\0", 1, "Excel"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 1, "Excel"),
            (b"a,b\n1,\xe4\xb8", 2, "断了"),
            (b"", 1, "空的"),
            (b"\n \n", 1, "空的"),
            (b",,\n , \n", 1, "空的"),
        ] {
            let (_, faults) = read(bytes);
            assert_eq!(faults.len(), 1, "{bytes:?}: {faults:?}");
            assert!(faults[0].starts_with(&format!("a.csv:{line}: ")) && faults[0].contains(says), "{faults:?}");
        }
    }

    #[test]
    fn columns_have_names_in_both_languages_and_any_case() {
        let mut faults = Faults::default();
        let table = Table::read("a.csv", "Code,名称,x\n1,2,3\n".as_bytes(), &mut faults).unwrap();
        let names = ["code", "代码"];
        assert_eq!(table.column("a.csv", &names, &mut faults), Some(0));
        assert_eq!(table.optional_column("a.csv", &["name", "名称"], &mut faults), Some(1));
        assert_eq!(table.optional_column("a.csv", &["until"], &mut faults), None);
        assert!(faults.is_empty());
        assert_eq!(table.column("a.csv", &["lon", "经度"], &mut faults), None);
        let told = faults.told()[0].to_string();
        assert!(told.contains("缺少“lon”列（也可写作“经度”）") && told.contains("“lon” is missing"), "{told}");
        let twice = Table::read("a.csv", "until,name,Until\n1,2,3\n".as_bytes(), &mut faults).unwrap();
        let mut said = Faults::default();
        assert_eq!((twice.optional_column("a.csv", &["until"], &mut said), said.count()), (None, 1));
        assert_eq!(
            Table::read("a.csv", "code,代码\n1,2\n".as_bytes(), &mut faults).unwrap().column(
                "a.csv",
                &names,
                &mut faults
            ),
            None
        );
    }

    #[test]
    fn one_fault_does_not_hide_the_others() {
        let (rows, faults) = read(b"a,b\n\"1,2\n3\n4,5\n6,\"7\n");
        assert_eq!(rows, [["4", "5"]]);
        assert_eq!(faults.len(), 3, "{faults:?}");
    }

    #[test]
    fn faults_are_counted_beyond_those_told() {
        let text = format!("a,b\n{}", "1\n".repeat(1_000));
        let mut faults = Faults::default();
        Table::read("a.csv", text.as_bytes(), &mut faults);
        assert_eq!((faults.told().len(), faults.count()), (MOST, 1_000));
    }
}
