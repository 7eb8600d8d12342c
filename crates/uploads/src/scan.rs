//! The coded part of a JPEG (ITU-T T.81), walked without drawing it, to find where it really ends: decoders pass over whatever is written between that and
//! the next marker.

/// A Huffman table: for any sixteen bits the length of the code they begin with and what it stands for.
pub(super) struct Codes(Vec<(u8, u8)>);

impl Codes {
    /// From counts of codes by length, and what they stand for.
    pub(super) fn new(counts: &[u8], symbols: &[u8]) -> Option<Self> {
        let mut table = Vec::with_capacity(1 << 16);
        let mut symbols = symbols.iter();
        for (count, length) in counts.iter().zip(1_u8..) {
            for _ in 0..*count {
                let filled = table.len() + (1 << (16 - length));
                if filled > 1 << 16 {
                    return None;
                }
                table.resize(filled, (length, *symbols.next()?));
            }
        }
        table.resize(1 << 16, (0, 0));
        Some(Self(table))
    }
}

/// A component of the frame.
pub(super) struct Component {
    id: u8,
    /// Which table it is quantized with.
    quantized: u8,
    across: usize,
    down: usize,
    /// For each block the coefficients that are not zero, in a progressive picture.
    known: Vec<u64>,
}

/// What a frame's heading says.
pub(super) struct Frame {
    progressive: bool,
    width: usize,
    height: usize,
    /// Units of all components together, each way.
    units: (usize, usize),
    most: (usize, usize),
    components: Vec<Component>,
}

/// Most blocks of a component: of the largest picture that is decoded.
const BLOCKS_MAX: usize = 2_000_000;

impl Frame {
    pub(super) fn read(body: &[u8], progressive: bool) -> Option<Self> {
        let side = |at: usize| Some(usize::from(u16::from_be_bytes([*body.get(at)?, *body.get(at + 1)?])));
        let (height, width) = (side(1)?, side(3)?);
        let mut components: Vec<Component> = body
            .get(6..)?
            .chunks_exact(3)
            .map(|c| Component {
                id: c[0],
                quantized: c[2],
                across: usize::from(c[1] >> 4),
                down: usize::from(c[1] & 15),
                known: Vec::new(),
            })
            .collect();
        let most = (components.iter().map(|c| c.across).max()?, components.iter().map(|c| c.down).max()?);
        if components.iter().any(|c| !(1..=4).contains(&c.across) || !(1..=4).contains(&c.down)) || components.len() > 4
        {
            return None;
        }
        let units = (width.div_ceil(8 * most.0), height.div_ceil(8 * most.1));
        for component in components.iter_mut().filter(|_| progressive) {
            let blocks = units.0 * component.across * units.1 * component.down;
            component.known = vec![0; Some(blocks).filter(|blocks| *blocks <= BLOCKS_MAX)?];
        }
        Some(Self { progressive, width, height, units, most, components })
    }

    /// Which tables all components are quantized with.
    pub(super) fn quantized(&self) -> impl Iterator<Item = u8> {
        self.components.iter().map(|component| component.quantized)
    }

    /// Which tables of codes a scan is written with: whether of the others, and the number.
    pub(super) fn coded(&self, heading: &[u8]) -> Option<Vec<(bool, u8)>> {
        let (selectors, rest) = heading.get(1..)?.split_at_checked(2 * usize::from(*heading.first()?))?;
        let &[from, to, again] = rest else { return None };
        let first = from == 0 && (!self.progressive || again >> 4 == 0);
        let other = to > 0;
        let each = selectors.chunks_exact(2).flat_map(|c| [(false, c[1] >> 4), (true, c[1] & 15)]);
        Some(each.filter(|(others, _)| if *others { other } else { first }).collect())
    }
}

/// What a scan is walked with.
pub(super) struct Walk<'a> {
    pub(super) frame: &'a mut Frame,
    /// Tables of the first kind of coefficient, and of the others.
    pub(super) first: &'a [Option<Codes>; 4],
    pub(super) other: &'a [Option<Codes>; 4],
    /// Units between restarts; 0 for none.
    pub(super) restart: usize,
}

/// Which coefficients a scan holds.
struct Band {
    from: usize,
    to: usize,
    again: bool,
}

impl Walk<'_> {
    /// How many bytes of the data the scan takes; `None` when it does not follow its heading.
    pub(super) fn length(&mut self, heading: &[u8], data: &[u8]) -> Option<usize> {
        let count = usize::from(*heading.first()?);
        let chosen: Vec<(usize, u8)> =
            heading.get(1..1 + 2 * count)?.chunks_exact(2).map(|c| self.chosen(c)).collect::<Option<_>>()?;
        let rest = heading.get(1 + 2 * count..)?;
        let band =
            Band { from: usize::from(*rest.first()?), to: usize::from(*rest.get(1)?), again: rest.get(2)? >> 4 > 0 };
        let whole = !self.frame.progressive && band.from == 0 && band.to == 63 && !band.again;
        let part = self.frame.progressive
            && band.to <= 63
            && (band.from == 0 && band.to == 0 || count == 1 && 0 < band.from && band.from <= band.to);
        if !(whole || part) || chosen.is_empty() {
            return None;
        }
        let mut bits = Bits::new(data);
        let mut run = 0;
        let (across, down) = self.units(&chosen);
        for unit in 0..across * down {
            if self.restart > 0 && unit > 0 && unit % self.restart == 0 {
                bits.restart()?;
                run = 0;
            }
            let (x, y) = (unit % across, unit / across);
            if let [(component, tables)] = chosen[..] {
                self.block(&mut bits, component, (x, y), tables, &band, &mut run)?;
                continue;
            }
            for (component, tables) in &chosen {
                let Component { across, down, .. } = self.frame.components[*component];
                for n in 0..across * down {
                    let at = (x * across + n % across, y * down + n / across);
                    self.block(&mut bits, *component, at, *tables, &band, &mut run)?;
                }
            }
        }
        Some(bits.taken())
    }

    /// Which component, and its tables.
    fn chosen(&self, selector: &[u8]) -> Option<(usize, u8)> {
        let component = self.frame.components.iter().position(|component| component.id == selector[0])?;
        (selector[1] >> 4 < 4 && selector[1] & 15 < 4).then_some((component, selector[1]))
    }

    /// A component alone is coded in its own blocks, several in units of all.
    fn units(&self, chosen: &[(usize, u8)]) -> (usize, usize) {
        let &[(component, _)] = chosen else { return self.frame.units };
        let component = &self.frame.components[component];
        let blocks = |side: usize, own: usize, most: usize| (side * own).div_ceil(most).div_ceil(8);
        (
            blocks(self.frame.width, component.across, self.frame.most.0),
            blocks(self.frame.height, component.down, self.frame.most.1),
        )
    }

    fn block(
        &mut self,
        bits: &mut Bits<'_>,
        component: usize,
        at: (usize, usize),
        tables: u8,
        band: &Band,
        run: &mut u32,
    ) -> Option<()> {
        let first = || self.first[usize::from(tables >> 4)].as_ref();
        let other = || self.other[usize::from(tables & 15)].as_ref();
        if band.from == 0 {
            if band.again {
                return bits.skip(1);
            }
            let length = bits.code(first()?)?;
            bits.skip(length)?;
            return if band.to == 0 { Some(()) } else { whole(bits, other()?) };
        }
        let codes = other()?;
        let component = &mut self.frame.components[component];
        let stride = self.frame.units.0 * component.across;
        let known = component.known.get_mut(at.1 * stride + at.0)?;
        if band.again { again(bits, codes, band, known, run) } else { new(bits, codes, band, known, run) }
    }
}

/// The other coefficients of a block that is not progressive.
fn whole(bits: &mut Bits<'_>, codes: &Codes) -> Option<()> {
    let mut k = 1;
    while k <= 63 {
        let code = bits.code(codes)?;
        let (zeros, length) = (usize::from(code >> 4), code & 15);
        match (length, zeros) {
            (0, 15) => k += 16,
            (0, _) => break,
            _ => {
                k += zeros + 1;
                bits.skip(length)?;
            }
        }
    }
    (k <= 64).then_some(())
}

/// Coefficients of a band for the first time.
fn new(bits: &mut Bits<'_>, codes: &Codes, band: &Band, known: &mut u64, run: &mut u32) -> Option<()> {
    if *run > 0 {
        *run -= 1;
        return Some(());
    }
    let mut k = band.from;
    while k <= band.to {
        let code = bits.code(codes)?;
        let (zeros, length) = (code >> 4, code & 15);
        match (length, zeros) {
            (0, 15) => k += 16,
            (0, _) => {
                *run = (1 << zeros) - 1 + bits.number(zeros)?;
                break;
            }
            _ => {
                k += usize::from(zeros);
                *known |= 1_u64.checked_shl(u32::try_from(k).ok()?).filter(|_| k <= band.to)?;
                bits.skip(length)?;
                k += 1;
            }
        }
    }
    Some(())
}

/// One bit more of a band's coefficients, and those that become known by it.
fn again(bits: &mut Bits<'_>, codes: &Codes, band: &Band, known: &mut u64, run: &mut u32) -> Option<()> {
    let mut k = band.from;
    while *run == 0 && k <= band.to {
        let code = bits.code(codes)?;
        let (mut zeros, length) = (code >> 4, code & 15);
        match (length, zeros) {
            (0, 0..=14) => {
                *run = (1 << zeros) + bits.number(zeros)?;
                break;
            }
            (0, _) => {}
            (1, _) => bits.skip(1)?,
            _ => return None,
        }
        while k <= band.to {
            if *known >> k & 1 == 1 {
                bits.skip(1)?;
            } else if zeros == 0 {
                break;
            } else {
                zeros -= 1;
            }
            k += 1;
        }
        if length == 1 {
            *known |= 1_u64.checked_shl(u32::try_from(k).ok()?).filter(|_| k <= band.to)?;
        }
        k += 1;
    }
    if *run > 0 {
        (k..=band.to).filter(|k| *known >> k & 1 == 1).try_for_each(|_| bits.skip(1))?;
        *run -= 1;
    }
    Some(())
}

/// Bits as they lie in the data, without the zeros that are put behind bytes of ones.
struct Bits<'a> {
    data: &'a [u8],
    at: usize,
    held: u64,
    count: u32,
    /// For each byte held whether a zero was behind it, the last one lowest.
    wide: u64,
}

impl<'a> Bits<'a> {
    fn new(data: &'a [u8]) -> Self {
        Self { data, at: 0, held: 0, count: 0, wide: 0 }
    }

    fn fill(&mut self) {
        while self.count <= 48 {
            let Some(byte) = self.data.get(self.at) else { return };
            let wide = *byte == 0xff;
            if wide && self.data.get(self.at + 1) != Some(&0) {
                return;
            }
            self.at += if wide { 2 } else { 1 };
            self.held = self.held << 8 | u64::from(*byte);
            self.count += 8;
            self.wide = self.wide << 1 | u64::from(wide);
        }
    }

    fn code(&mut self, codes: &Codes) -> Option<u8> {
        if self.count < 16 {
            self.fill();
        }
        let next = if self.count >= 16 { self.held >> (self.count - 16) } else { self.held << (16 - self.count) };
        let (length, symbol) = codes.0[usize::try_from(next & 0xffff).ok()?];
        self.count = self.count.checked_sub(u32::from(length)).filter(|_| length > 0)?;
        Some(symbol)
    }

    fn skip(&mut self, count: u8) -> Option<()> {
        self.number(count).map(|_| ())
    }

    /// A number of up to sixteen bits.
    fn number(&mut self, count: u8) -> Option<u32> {
        if self.count < 16 {
            self.fill();
        }
        let count = u32::from(count);
        self.count = self.count.checked_sub(count).filter(|_| count <= 16)?;
        u32::try_from(self.held >> self.count & ((1 << count) - 1)).ok()
    }

    /// How many bytes are used up, the last perhaps in part.
    fn taken(&self) -> usize {
        let unread = self.count / 8;
        self.at - (0..unread).map(|n| 1 + usize::from(self.wide >> n & 1 == 1)).sum::<usize>()
    }

    /// Goes past a restart, which must be what comes next.
    fn restart(&mut self) -> Option<()> {
        let at = self.taken();
        let marker = self.data.get(at..at + 2)?;
        if marker[0] != 0xff || !(0xd0..=0xd7).contains(&marker[1]) {
            return None;
        }
        *self = Self { data: self.data, at: at + 2, held: 0, count: 0, wide: 0 };
        Some(())
    }
}
