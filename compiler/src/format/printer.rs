//! Pieces to text: which groups are flat, at most [`WIDTH`] columns where the text has a place to break.
//!
//! Line breaks and blanks are written only when text follows them, so no line ends in blanks, and two reasons for a
//! line break at one place make one. A scan ahead ends at the first line that breaks, or behind [`WIDTH`] columns, so
//! the whole takes time in proportion to the pieces.

use super::stream::Piece;

/// The most columns of a line, in Unicode scalar values.
pub(super) const WIDTH: usize = 100;
/// The columns of one indentation.
const STEP: usize = 2;

/// Writes the pieces; the text ends with a line break unless it is empty.
pub(super) fn print(pieces: &[Piece<'_>]) -> String {
    let mut printer =
        Printer { pieces, out: String::new(), column: 0, lines: 0, indent: None, space: false, frames: Vec::new() };
    for at in 0..pieces.len() {
        printer.piece(at);
    }
    if !printer.out.is_empty() {
        printer.out.push('\n');
    }
    printer.out
}

/// What was opened and not yet closed.
#[derive(Clone, Copy)]
struct Frame {
    indent: usize,
    /// Whether the lines of the innermost group are flat.
    flat: bool,
}

/// A column, and whether a blank comes before the text there.
#[derive(Clone, Copy)]
struct Place {
    column: usize,
    space: bool,
}

/// How far a scan takes unbroken groups to be flat; behind that, their first line ends it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Flat {
    /// To the end of the group it begins with.
    Group,
    /// To the piece of that number.
    UpTo(usize),
    /// Nowhere.
    Nothing,
}

struct Printer<'p, 't> {
    pieces: &'p [Piece<'t>],
    out: String,
    column: usize,
    /// The line breaks to write before the next text.
    lines: usize,
    /// The indentation behind them, if it was decided where they were asked for.
    indent: Option<usize>,
    /// Whether a blank is to be written before the next text, if no line breaks are.
    space: bool,
    frames: Vec<Frame>,
}

impl Printer<'_, '_> {
    fn frame(&self) -> Frame {
        self.frames.last().copied().unwrap_or(Frame { indent: 0, flat: false })
    }

    fn piece(&mut self, at: usize) {
        let Some(piece) = self.pieces.get(at).copied() else { return };
        let Frame { indent, flat } = self.frame();
        match piece {
            Piece::Text(text) => self.text(text),
            Piece::Space => self.space = true,
            Piece::Line { space, .. } if flat => self.space |= space,
            Piece::Line { blank, .. } | Piece::Break { blank } => self.newline(blank, Some(indent)),
            Piece::Remark(text) => {
                self.space = true;
                self.text(text);
                self.newline(false, None);
            }
            Piece::Indent => self.frames.push(Frame { indent: if flat { indent } else { indent + STEP }, flat }),
            Piece::Group { broken, tail } => {
                let fits = |flat| self.fits(self.place(), at, flat);
                let flat = !broken && (fits(Flat::Group) || tail.is_some_and(|tail| fits(Flat::UpTo(tail))));
                self.frames.push(Frame { indent, flat });
            }
            Piece::Fill { space } => self.fill(at, space, Frame { indent, flat }),
            Piece::Close => {
                self.frames.pop();
            }
        }
    }

    fn fill(&mut self, at: usize, space: bool, outer: Frame) {
        let deeper = Frame { indent: outer.indent + STEP, ..outer };
        let first = self.pieces.get(at + 1);
        let here = Place { space: self.place().space || space, ..self.place() };
        let below = Place { column: deeper.indent, space: false };
        let fits = |place| self.fits(place, at + 1, Flat::Nothing);
        let forced = self.lines > 0 || matches!(first, Some(Piece::Break { .. }));
        if forced || below.column < here.column && !fits(here) && fits(below) {
            self.newline(false, Some(deeper.indent));
            return self.frames.push(deeper);
        }
        self.space |= space;
        self.frames.push(if matches!(first, Some(Piece::Remark(_))) { deeper } else { outer });
    }

    fn newline(&mut self, blank: bool, indent: Option<usize>) {
        self.lines = self.lines.max(1 + usize::from(blank));
        self.indent = indent;
    }

    fn text(&mut self, text: &str) {
        if self.lines > 0 && !self.out.is_empty() {
            self.out.extend(std::iter::repeat_n('\n', self.lines));
            self.column = self.indent.unwrap_or(self.frame().indent);
            self.out.extend(std::iter::repeat_n(' ', self.column));
        } else if self.space && !self.out.is_empty() {
            self.out.push(' ');
            self.column += 1;
        }
        (self.lines, self.indent, self.space) = (0, None, false);
        self.out.push_str(text);
        self.column = column_behind(self.column, text);
    }

    /// Where the next text will stand.
    fn place(&self) -> Place {
        match self.lines {
            0 => Place { column: self.column, space: self.space && self.column > 0 },
            _ => Place { column: self.indent.unwrap_or(self.frame().indent), space: false },
        }
    }

    /// Whether the text from the piece `at`, which opens something or is the first in it, fits on a line from that
    /// place, up to where the line ends.
    fn fits(&self, place: Place, at: usize, mut flat: Flat) -> bool {
        let Place { mut column, mut space } = place;
        // What the scan has opened: of groups, whether they are broken.
        let mut inner: Vec<Option<bool>> = Vec::new();
        let mut outer = self.frames.len();
        for (number, piece) in self.pieces.iter().enumerate().skip(at) {
            if column > WIDTH {
                return false;
            }
            if flat == Flat::UpTo(number) {
                flat = Flat::Nothing;
            }
            let is_flat = match inner.iter().rev().find_map(|group| *group) {
                Some(broken) => !broken && flat != Flat::Nothing,
                None => outer.checked_sub(1).and_then(|top| self.frames.get(top)).is_some_and(|frame| frame.flat),
            };
            match *piece {
                Piece::Text(text) => {
                    column += usize::from(std::mem::take(&mut space));
                    match text.split_once('\n') {
                        Some((first, _)) if column + first.chars().count() > WIDTH => return false,
                        Some(_) if flat == Flat::Nothing => return true,
                        _ => column = column_behind(column, text),
                    }
                }
                Piece::Space => space = true,
                Piece::Break { .. } | Piece::Remark(_) if flat == Flat::Nothing => return true,
                Piece::Break { .. } | Piece::Remark(_) => (column, space) = (self.frame().indent, false),
                Piece::Line { .. } if !is_flat => return true,
                Piece::Line { space: spaced, .. } => space |= spaced,
                Piece::Indent => inner.push(None),
                Piece::Group { broken, .. } => inner.push(Some(broken)),
                Piece::Fill { .. } if flat == Flat::Nothing => return true,
                Piece::Fill { space: spaced } => {
                    space |= spaced;
                    inner.push(None);
                }
                Piece::Close if inner.pop().is_none() => outer = outer.saturating_sub(1),
                Piece::Close if inner.is_empty() && flat == Flat::Group => flat = Flat::Nothing,
                Piece::Close => {}
            }
        }
        column <= WIDTH
    }
}

/// The column behind a text that begins at one.
fn column_behind(column: usize, text: &str) -> usize {
    match text.rsplit_once('\n') {
        Some((_, last)) => last.chars().count(),
        None => column + text.chars().count(),
    }
}
