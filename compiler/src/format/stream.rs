//! What is to be written, as a flat list of pieces: text, and where and how its lines may break.
//!
//! The algebra is Oppen's and Wadler's (groups that are flat or broken, indentation), laid out as a list instead of a
//! tree: it is made by walking the syntax tree once, front to back, and [`super::printer`] reads it once in the same
//! order. Three things are beyond what the usual libraries offer, and are why this is not one of them: a `//` comment
//! ends its line wherever it stands, without a second line break from the group around it; a string of several lines
//! keeps its text however deep it is indented; and a group can stay flat while its last part is broken.
//!
//! Two rules decide which groups are broken from the start. **A line behind a line break breaks**, and with it all
//! lines of its group: a comment that comes last does not. **A group around a broken one is broken**, unless that is in
//! its tail (a call whose last argument is a lambda with a block). So a group that widths have broken can be read as
//! one that was written broken, and formatting twice changes nothing more.
//!
//! Not here: widths. Those are the printer's.

/// A piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece<'t> {
    /// Text, written as it is; it may have several lines.
    Text(&'t str),
    /// A blank, unless a line ends here.
    Space,
    /// A line break if the group is broken, with an empty line before what follows if `blank`; else a blank, or nothing.
    Line { space: bool, blank: bool },
    /// A line break in any case.
    Break { blank: bool },
    /// A `//` comment: a line break must follow.
    Remark(&'t str),
    /// Opens a deeper indentation, if the group is broken.
    Indent,
    /// Opens a group. With a `tail` (the number of a piece) it may also be flat with the rest of it broken, if what
    /// stands before the tail fits on the line.
    Group { broken: bool, tail: Option<usize> },
    /// A line break with a deeper indentation if what follows, up to where a line can break next, does not fit; else a
    /// blank, or nothing. Opens what is indented with it.
    Fill { space: bool },
    /// Closes what was opened last.
    Close,
}

/// A group that is still open.
struct Open {
    /// Its piece.
    at: usize,
    /// How many line breaks there were before it.
    breaks: usize,
    /// How many broken groups there were before it.
    broken: usize,
    /// The same before its tail.
    before_tail: Option<usize>,
    /// Whether a tail may be set.
    takes_tail: bool,
    /// Whether it is broken whatever is in it.
    is_broken: bool,
}

/// The pieces as they are made.
pub(super) struct Stream<'t> {
    pieces: Vec<Piece<'t>>,
    groups: Vec<Open>,
    /// How many line breaks are certain so far.
    breaks: usize,
    /// How many groups are certain to be broken so far.
    broken: usize,
    /// Whether nothing was written since the last opening bracket.
    fresh: bool,
    /// Whether nothing was written at all.
    empty: bool,
}

impl<'t> Stream<'t> {
    pub(super) fn new() -> Self {
        Stream { pieces: Vec::new(), groups: Vec::new(), breaks: 0, broken: 0, fresh: true, empty: true }
    }

    pub(super) fn into_pieces(self) -> Vec<Piece<'t>> {
        self.pieces
    }

    pub(super) fn text(&mut self, text: &'t str) {
        self.pieces.push(Piece::Text(text));
        (self.fresh, self.empty) = (false, false);
    }

    pub(super) fn space(&mut self) {
        self.pieces.push(Piece::Space);
    }

    pub(super) fn remark(&mut self, text: &'t str) {
        self.pieces.push(Piece::Remark(text));
        self.breaks += 1;
        (self.fresh, self.empty) = (false, false);
    }

    /// A line break in any case; an empty line never comes directly behind an opening bracket.
    pub(super) fn newline(&mut self, blank: bool) {
        self.pieces.push(Piece::Break { blank: blank && !self.fresh });
        self.breaks += 1;
    }

    /// A line of the innermost group.
    pub(super) fn line(&mut self, space: bool, blank: bool) {
        if self.breaks_inside() {
            self.break_group();
        }
        self.pieces.push(Piece::Line { space, blank: blank && !self.fresh });
    }

    /// The line before a closing bracket: a break inside the tail does not break it.
    pub(super) fn last_line(&mut self, space: bool) {
        let tail = self.groups.last().is_some_and(|open| open.before_tail.is_some());
        if !tail && self.breaks_inside() {
            self.break_group();
        }
        self.pieces.push(Piece::Line { space, blank: false });
    }

    /// Whether a line break is certain in the innermost group so far.
    fn breaks_inside(&self) -> bool {
        self.groups.last().is_some_and(|open| self.breaks > open.breaks)
    }

    /// Breaks all lines of the innermost group.
    pub(super) fn break_group(&mut self) {
        self.breaks += 1;
        self.broken += 1;
        if let Some(open) = self.groups.last_mut() {
            open.is_broken = true;
        }
    }

    pub(super) fn open_group(&mut self) {
        let (at, breaks, broken) = (self.pieces.len(), self.breaks, self.broken);
        self.groups.push(Open { at, breaks, broken, before_tail: None, takes_tail: false, is_broken: false });
        self.pieces.push(Piece::Group { broken: false, tail: None });
    }

    pub(super) fn close_group(&mut self) {
        self.pieces.push(Piece::Close);
        let Some(open) = self.groups.pop() else { return };
        if let Some(Piece::Group { broken, .. }) = self.pieces.get_mut(open.at) {
            *broken = open.is_broken || open.before_tail.unwrap_or(self.broken) > open.broken;
        }
    }

    /// Says whether what follows may be the tail of the innermost group.
    pub(super) fn allow_tail(&mut self, allowed: bool) {
        if let Some(open) = self.groups.last_mut() {
            open.takes_tail = allowed;
        }
    }

    /// What follows is the tail of the innermost group, if that takes one; of several the last.
    pub(super) fn tail(&mut self) {
        let here = self.pieces.len();
        let Some(open) = self.groups.last_mut().filter(|open| open.takes_tail) else { return };
        open.before_tail = Some(self.broken);
        if let Some(Piece::Group { tail, .. }) = self.pieces.get_mut(open.at) {
            *tail = Some(here);
        }
    }

    pub(super) fn open_indent(&mut self) {
        self.pieces.push(Piece::Indent);
    }

    pub(super) fn open_fill(&mut self, space: bool) {
        self.pieces.push(Piece::Fill { space });
    }

    /// Closes an indentation or a fill.
    pub(super) fn close(&mut self) {
        self.pieces.push(Piece::Close);
    }

    /// An opening bracket has just been written.
    pub(super) fn opened(&mut self) {
        self.fresh = true;
    }

    /// Whether nothing was written since the last opening bracket.
    pub(super) fn is_fresh(&self) -> bool {
        self.fresh
    }

    /// Whether nothing was written at all.
    pub(super) fn is_empty(&self) -> bool {
        self.empty
    }
}
