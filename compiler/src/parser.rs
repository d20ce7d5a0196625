//! The grammar: arranged tokens to a tree, one named production each, over `chumsky`.
//!
//! [`crate::layout`] has told apart what looks alike, so the next token or two always decide which production applies:
//! there is no choice that tries, fails and tries again. Productions are functions, either on the input ([`Parse`]) or
//! returning a combinator ([`Production`]); [`rule`] makes the one into the other, and is the boundary that keeps types
//! small. Recursion goes through [`nest::nested`], which bounds the depth of the tree.
//!
//! Productions do not fail: what is missing is reported and an `Error` node stands in its place ([`recover`]), at most
//! one report a token ([`error`]). Files follow the tree's ([`crate::ast`]).

mod agents;
mod control;
mod error;
mod expr;
mod function;
mod literal;
mod module;
mod nest;
mod pattern;
mod postfix;
mod recover;
mod stmt;
mod ty;

use crate::ast::{Expr, ExprKind, Ident, Name, NodeId, Stmt};
use crate::parse::Reports;
use crate::token::{Token, TokenKind};
use chumsky::input::InputRef;
use chumsky::prelude::*;
use error::{Fault, What};
use prism_diagnostics::{SourceId, Span};

type Tokens<'t> = &'t [Token];
type Extra<'t> = extra::Full<Fault, State<'t>, ()>;
/// Where the parser is in the tokens.
type Input<'t, 'p> = InputRef<'t, 'p, Tokens<'t>, Extra<'t>>;
/// What a production on the input gives.
type Parse<O> = Result<O, Fault>;

/// A production made of combinators.
trait Production<'t, O>: Parser<'t, Tokens<'t>, O, Extra<'t>> + Clone {}
impl<'t, O, P: Parser<'t, Tokens<'t>, O, Extra<'t>> + Clone> Production<'t, O> for P {}

/// What the parser carries along.
struct State<'t> {
    source: SourceId,
    text: &'t str,
    tokens: Tokens<'t>,
    /// The next node's number.
    nodes: u32,
    /// How many nodes are being read, one inside the other.
    depth: u32,
    /// How high the trees are that were read since the innermost of those began.
    height: u32,
    /// Whether it was said that the tree is too deep.
    too_deep: bool,
    /// How many blocks the parser is in.
    blocks: u32,
    /// See [`crate::ast::Module::assignments`].
    assignments: Vec<u32>,
}

impl<'t> chumsky::inspector::Inspector<'t, Tokens<'t>> for State<'t> {
    type Checkpoint = ();
    fn on_token(&mut self, _: &Token) {}
    fn on_save<'p>(&self, _: &chumsky::input::Cursor<'t, 'p, Tokens<'t>>) {}
    fn on_rewind<'p>(&mut self, _: &chumsky::input::Checkpoint<'t, 'p, Tokens<'t>, ()>) {}
}

impl<'t> State<'t> {
    fn id(&mut self) -> NodeId {
        let id = NodeId(self.nodes);
        self.nodes += 1;
        id
    }

    /// The place of some tokens; for none the empty place behind the one before.
    fn span(&self, range: std::ops::Range<usize>) -> Span {
        let end = range.end.checked_sub(1).and_then(|last| self.tokens.get(last)).map_or(0, |token| token.end);
        let start = if range.is_empty() { end } else { self.tokens.get(range.start).map_or(end, |token| token.start) };
        Span::new(self.source, start, end.max(start))
    }
}

/// What the tokens of a text come to.
pub(crate) struct Read {
    /// The module's statements.
    pub(crate) body: Vec<Stmt>,
    /// How many nodes there are.
    pub(crate) node_count: u32,
    /// See [`crate::ast::Module::assignments`].
    pub(crate) assignments: Vec<u32>,
    /// What was wrong.
    pub(crate) reports: Reports,
}

/// Reads arranged tokens.
pub(crate) fn run(source: SourceId, text: &str, tokens: &[Token]) -> Read {
    let mut state = State {
        source,
        text,
        tokens,
        nodes: 0,
        depth: 0,
        height: 0,
        too_deep: false,
        blocks: 0,
        assignments: Vec::new(),
    };
    let (body, faults) = rule(module::body).parse_with_state(tokens, &mut state).into_output_errors();
    let State { nodes: node_count, mut assignments, .. } = state;
    // A pattern may hold others, which are read before it is known to be a target.
    assignments.sort_unstable();
    let reports = error::reports(source, text, tokens, faults);
    Read { body: body.unwrap_or_default(), node_count, assignments, reports }
}

/// A production on the input as a combinator.
fn rule<'t, O, F>(production: F) -> impl Production<'t, O>
where
    F: Fn(&mut Input<'t, '_>) -> Parse<O> + Clone,
{
    custom(production)
}

/// One token of that kind.
fn token<'t>(kind: TokenKind) -> impl Production<'t, Token> + Copy {
    custom(move |input: &mut Input<'t, '_>| match input.peek_ref() {
        Some(found) if found.kind == kind => {
            input.skip();
            Ok(*found)
        }
        _ => Err(input.expected(What::Token(kind))),
    })
}

/// The production if a token of that kind leads it, which is part of it; else nothing.
fn when<'t, O>(kind: TokenKind, production: impl Production<'t, O>) -> impl Production<'t, Option<O>> {
    custom(move |input: &mut Input<'t, '_>| match input.kind() == kind {
        true => input.parse(&production).map(Some),
        false => Ok(None),
    })
}

/// Looking at the input, and making nodes.
trait Look<'t> {
    /// The number of the next token.
    fn index(&mut self) -> usize;
    /// The kind of the next token.
    fn kind(&mut self) -> TokenKind;
    /// The kind of the token `ahead` behind the next one.
    fn nth(&mut self, ahead: usize) -> TokenKind;
    /// Takes the next token.
    fn bump(&mut self) -> Token;
    /// Takes the next token if it is of that kind.
    fn eat(&mut self, kind: TokenKind) -> bool;
    /// The text of a token.
    fn text_of(&mut self, token: Token) -> &'t str;
    /// The place of a token.
    fn span_of(&mut self, token: Token) -> Span;
    /// The place from the token of that number to the last one taken.
    fn place_from(&mut self, start: usize) -> Span;
    /// The empty place behind the last token taken.
    fn here(&mut self) -> Span;
    /// A new node's number.
    fn id(&mut self) -> NodeId;
    /// An expression.
    fn node(&mut self, kind: ExprKind, span: Span) -> Expr;
    /// A name that a construct declares without its being written.
    fn implicit(&mut self, name: &'static str, span: Span) -> Ident;
    /// The fault that something else should stand here.
    fn expected(&mut self, what: What) -> Fault;
    /// Reports that something else should stand here, and goes on.
    fn missing(&mut self, what: What);
}

impl<'t> Look<'t> for Input<'t, '_> {
    fn index(&mut self) -> usize {
        *self.cursor().inner()
    }

    fn kind(&mut self) -> TokenKind {
        self.peek_ref().map_or(TokenKind::End, |token| token.kind)
    }

    fn nth(&mut self, ahead: usize) -> TokenKind {
        let at = self.index() + ahead;
        self.state().tokens.get(at).map_or(TokenKind::End, |token| token.kind)
    }

    fn bump(&mut self) -> Token {
        let end = Token { kind: TokenKind::End, newline_before: false, missing: false, parts: 0, start: 0, end: 0 };
        self.next_ref().copied().unwrap_or(end)
    }

    fn eat(&mut self, kind: TokenKind) -> bool {
        let found = self.kind() == kind;
        if found {
            self.skip();
        }
        found
    }

    fn text_of(&mut self, token: Token) -> &'t str {
        token.text(self.state().text)
    }

    fn span_of(&mut self, token: Token) -> Span {
        Span::new(self.state().source, token.start, token.end)
    }

    fn place_from(&mut self, start: usize) -> Span {
        let end = self.index();
        self.state().span(start..end)
    }

    fn here(&mut self) -> Span {
        let at = self.index();
        self.state().span(at..at)
    }

    fn id(&mut self) -> NodeId {
        self.state().id()
    }

    fn node(&mut self, kind: ExprKind, span: Span) -> Expr {
        let id = self.id();
        Expr { kind, span, id }
    }

    fn implicit(&mut self, name: &'static str, span: Span) -> Ident {
        Ident { name: Name::new_static(name), span, id: self.id() }
    }

    fn expected(&mut self, what: What) -> Fault {
        Fault::Expected { at: self.index() as u32, what }
    }

    fn missing(&mut self, what: What) {
        let fault = self.expected(what);
        self.emit(fault);
    }
}

/// An empty list with room for what stands in the bracket that has just been read.
fn room<O>(input: &mut Input) -> Vec<O> {
    let at = input.index();
    let opener = at.checked_sub(1).and_then(|at| input.state().tokens.get(at));
    Vec::with_capacity(opener.map_or(0, |opener| opener.parts.into()))
}

/// A name that is declared or names a part; a keyword may stand there unless it is reserved.
fn name(input: &mut Input) -> Parse<Ident> {
    if input.kind().is_name() {
        let token = input.bump();
        let name = Name::new(input.text_of(token));
        return Ok(Ident { name, span: input.span_of(token), id: input.id() });
    }
    input.missing(What::Name);
    // A reserved word is taken for the name it was meant to be, so that one fault stays one.
    let reserved = input.kind().is_reserved() && !input.kind().begins_only_statements();
    let span = if reserved {
        let token = input.bump();
        input.span_of(token)
    } else {
        input.here()
    };
    Ok(Ident { name: Name::new_static(""), span, id: input.id() })
}
