//! Many records in one buffer: a million of them are read with a few thousand allocations.

use uuid::Uuid;

/// Records as they lie in the database.
#[derive(Clone, Debug, Default)]
pub struct RecordChunk {
    bytes: Vec<u8>,
    rows: Vec<Row>,
}

/// Bytes of a usual record.
const USUAL: usize = 2_048;

#[derive(Clone, Copy, Debug)]
struct Row {
    seq: Option<i64>,
    id: Uuid,
    subject: Uuid,
    recorded_at: i64,
    /// Where kind, canonical text, salts, commitment and tag end; the first begins where the row before ended.
    start: usize,
    ends: [usize; 5],
    tagged: bool,
}

/// One record of a chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordView<'a> {
    pub seq: Option<i64>,
    pub id: Uuid,
    pub kind: &'a str,
    pub subject: Uuid,
    /// Microseconds since 1970.
    pub recorded_at: i64,
    pub canonical: &'a [u8],
    pub salts: &'a [u8],
    pub commitment: &'a [u8],
    pub tag: Option<&'a [u8]>,
}

impl RecordChunk {
    pub(super) fn with_capacity(rows: u32) -> Self {
        let rows = rows as usize;
        Self { bytes: Vec::with_capacity(rows * USUAL), rows: Vec::with_capacity(rows) }
    }

    pub(super) fn push(&mut self, record: &RecordView<'_>) {
        let start = self.bytes.len();
        let tag = record.tag.unwrap_or_default();
        let ends = [record.kind.as_bytes(), record.canonical, record.salts, record.commitment, tag].map(|part| {
            self.bytes.extend_from_slice(part);
            self.bytes.len()
        });
        let RecordView { seq, id, subject, recorded_at, .. } = *record;
        self.rows.push(Row { seq, id, subject, recorded_at, start, ends, tagged: record.tag.is_some() });
    }

    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = RecordView<'_>> {
        self.rows.iter().map(|row| self.view(row))
    }

    /// Number and id of the last record, to go on from.
    pub fn last(&self) -> Option<(i64, Uuid)> {
        self.rows.last().and_then(|row| Some((row.seq?, row.id)))
    }

    fn view(&self, row: &Row) -> RecordView<'_> {
        let [kind, canonical, salts, commitment, tag] = row.ends;
        RecordView {
            seq: row.seq,
            id: row.id,
            kind: std::str::from_utf8(&self.bytes[row.start..kind]).unwrap_or_default(),
            subject: row.subject,
            recorded_at: row.recorded_at,
            canonical: &self.bytes[kind..canonical],
            salts: &self.bytes[canonical..salts],
            commitment: &self.bytes[salts..commitment],
            tag: row.tagged.then_some(&self.bytes[commitment..tag]),
        }
    }
}
