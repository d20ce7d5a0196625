//! Of which kind a value certainly is, as far as the tree tells: literals, operators, results of the library, and
//! variables all of whose values are known. Types proper are not here: no shapes, no flow, no literals.

use super::Subject;
use super::callee::Callee;
use super::facts::{Facts, How, Source};
use crate::ast::*;
use crate::hash::HashMap;
use crate::resolve::{Binding, VariableId, VariableKind};
use crate::stack::deeper;
use prism_bytecode::{EntryKind, HostName, KindSet};
use std::cell::RefCell;

/// What a value may be, and if it is an array, its elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Guess {
    /// Its kinds; all of them where nothing is known.
    pub kinds: KindSet,
    /// Those of its elements.
    element: KindSet,
}

impl Guess {
    const UNKNOWN: Guess = Guess { kinds: KindSet::ANY, element: KindSet::ANY };

    fn of(kinds: KindSet) -> Guess {
        Guess { kinds, element: KindSet::ANY }
    }

    fn array_of(element: KindSet) -> Guess {
        Guess { kinds: KindSet::ARRAY, element }
    }

    fn union(self, other: Guess) -> Guess {
        Guess { kinds: self.kinds.union(other.kinds), element: self.element.union(other.element) }
    }

    /// Whether something is known, and it lies in that set.
    pub fn is_certainly(self, kinds: KindSet) -> bool {
        self.kinds != KindSet::ANY && kinds.contains(self.kinds)
    }

    /// Whether nothing is known.
    pub fn is_unknown(self) -> bool {
        self.kinds == KindSet::ANY
    }
}

/// What is known of the values of a module.
pub(super) struct Kinds<'a, 'f> {
    subject: Subject<'a>,
    facts: &'f Facts<'a>,
    /// Of variables that were asked for; unknown while one is being looked at.
    known: RefCell<HashMap<VariableId, Guess>>,
}

impl<'a, 'f> Kinds<'a, 'f> {
    /// Of a module with these facts.
    pub fn new(subject: Subject<'a>, facts: &'f Facts<'a>) -> Self {
        Kinds { subject, facts, known: RefCell::default() }
    }

    /// What an expression's value is.
    pub fn of(&self, expr: &'a Expr) -> Guess {
        let mut guess = Guess::UNKNOWN;
        deeper(|| guess = self.expr(expr));
        guess
    }

    /// What a variable holds.
    pub fn of_variable(&self, variable: VariableId) -> Guess {
        if let Some(known) = self.known.borrow().get(&variable) {
            return *known;
        }
        self.known.borrow_mut().insert(variable, Guess::UNKNOWN);
        if self.subject.resolution.variable(variable).kind == VariableKind::Function {
            return Guess::of(KindSet::FUNCTION);
        }
        let guess = self.joined(self.facts.sources(variable).map(|source| self.source(source)));
        let changes_parts = |how| matches!(how, How::PartAssigned | How::Mutated { .. });
        let is_changed = self.facts.uses(variable).any(|one| changes_parts(one.how));
        let starts_null = self.subject.resolution.variable(variable).kind == VariableKind::Implicit;
        let guess = match (is_changed, starts_null) {
            (true, _) => Guess::of(guess.kinds),
            (false, true) => Guess { kinds: guess.kinds.union(KindSet::NULL), ..guess },
            (false, false) => guess,
        };
        self.known.borrow_mut().insert(variable, guess);
        guess
    }

    /// Whether a variable is a parameter that anyone may give anything.
    pub fn is_open(&self, variable: VariableId) -> bool {
        self.facts.sources(variable).any(|source| match source {
            Source::Argument(function, _) => self.facts.is_open(function),
            Source::Any => true,
            Source::Value(_) | Source::ElementOf(_) | Source::Offered { .. } => false,
        })
    }

    fn joined(&self, guesses: impl Iterator<Item = Guess>) -> Guess {
        guesses.reduce(Guess::union).unwrap_or(Guess::UNKNOWN)
    }

    fn source(&self, source: Source<'a>) -> Guess {
        match source {
            Source::Value(expr) => self.of(expr),
            Source::ElementOf(expr) => {
                let collection = self.of(expr);
                match collection.is_certainly(KindSet::ARRAY) {
                    true => Guess::of(collection.element),
                    false => Guess::UNKNOWN,
                }
            }
            Source::Argument(function, _) if self.facts.is_open(function) => Guess::UNKNOWN,
            Source::Argument(function, at) => {
                self.joined(self.facts.calls(function).map(|arguments| self.argument(arguments, at)))
            }
            Source::Offered { callback: (ty, at), receiver } => self.offered(ty, at, receiver),
            Source::Any => Guess::UNKNOWN,
        }
    }

    fn argument(&self, arguments: &'a [Argument], at: usize) -> Guess {
        let written = arguments.iter().take(at + 1);
        let positional = written.filter_map(|argument| match argument {
            Argument::Positional(value) => Some(value),
            Argument::Spread(_) | Argument::Named(..) => None,
        });
        positional.skip(at).last().filter(|_| arguments.len() > at).map_or(Guess::UNKNOWN, |value| self.of(value))
    }

    /// What a callback of type `(T, number, array<T>) -> R` is offered in one of its places.
    fn offered(&self, ty: &str, at: usize, receiver: Option<&'a Expr>) -> Guess {
        let inside = ty.strip_prefix('(').and_then(|ty| ty.split_once(')')).map_or("", |(inside, _)| inside);
        let element = receiver.map_or(KindSet::ANY, |receiver| self.of(receiver).element);
        inside.split(',').nth(at).map_or(Guess::UNKNOWN, |part| of_type(part.trim(), element))
    }

    fn expr(&self, expr: &'a Expr) -> Guess {
        match &expr.kind {
            ExprKind::Null => Guess::of(KindSet::NULL),
            ExprKind::Bool(_) => Guess::of(KindSet::BOOLEAN),
            ExprKind::Number(_) => Guess::of(KindSet::NUMBER),
            ExprKind::String(_) | ExprKind::Template(_) => Guess::of(KindSet::STRING),
            ExprKind::Array(elements) => {
                let of_element = |element: &'a Element| match element {
                    Element::Item(item) => self.of(item).kinds,
                    Element::Spread(items) => self.of(items).element,
                };
                Guess::array_of(elements.iter().map(of_element).fold(KindSet::default(), KindSet::union))
            }
            ExprKind::Object(_) => Guess::of(KindSet::OBJECT),
            ExprKind::Function(_) => Guess::of(KindSet::FUNCTION),
            ExprKind::Paren(inner) => self.of(inner),
            ExprKind::Conditional { then, otherwise, .. } => self.of(then).union(self.of(otherwise)),
            ExprKind::Name(_) => self.name(expr),
            ExprKind::Index { object, .. } => {
                let element = self.of(object).element;
                Guess::of(element.union(KindSet::NULL))
            }
            ExprKind::Unary { op, .. } => match op {
                UnaryOp::Not => Guess::of(KindSet::BOOLEAN),
                UnaryOp::TypeOf => Guess::of(KindSet::STRING),
                UnaryOp::Neg | UnaryOp::Plus | UnaryOp::Tilde | UnaryOp::ConfidenceOf => Guess::of(KindSet::NUMBER),
                UnaryOp::Await => Guess::UNKNOWN,
            },
            ExprKind::Binary { op, left, right, .. } => self.binary(*op, left, right),
            ExprKind::Call { callee, .. } => self.call(callee),
            _ => Guess::UNKNOWN,
        }
    }

    fn name(&self, expr: &Expr) -> Guess {
        match self.subject.resolution.binding(expr.id) {
            Binding::Variable(variable) => self.of_variable(variable),
            Binding::Host(HostName::AgentList) => Guess::array_of(KindSet::AGENT),
            Binding::Host(HostName::AgentCount) => Guess::of(KindSet::NUMBER),
            Binding::Library(id) => match self.subject.catalog.get(id).map(|entry| &entry.kind) {
                Some(EntryKind::Constant(_)) => Guess::of(KindSet::NUMBER),
                _ => Guess::of(KindSet::FUNCTION.union(KindSet::OBJECT)),
            },
            _ => Guess::UNKNOWN,
        }
    }

    fn binary(&self, op: BinaryOp, left: &'a Expr, right: &'a Expr) -> Guess {
        match op {
            BinaryOp::Add => {
                let (left, right) = (self.of(left), self.of(right));
                if left.is_certainly(KindSet::NUMBER) && right.is_certainly(KindSet::NUMBER) {
                    Guess::of(KindSet::NUMBER)
                } else {
                    Guess::of(KindSet::NUMBER.union(KindSet::STRING))
                }
            }
            BinaryOp::And | BinaryOp::Or | BinaryOp::Coalesce | BinaryOp::ConfCoalesce | BinaryOp::Surer => {
                self.of(left).union(self.of(right))
            }
            BinaryOp::ConfAnd | BinaryOp::ConfOr => Guess::of(KindSet::BOOLEAN),
            BinaryOp::Attach => self.of(left),
            BinaryOp::Chain => self.of(right),
            BinaryOp::Gate | BinaryOp::ActionGate => Guess::UNKNOWN,
            _ if op.level() >= level::SUM => Guess::of(KindSet::NUMBER),
            _ => Guess::of(KindSet::BOOLEAN),
        }
    }

    /// What a call of the library gives: all that may be meant must give the same.
    fn call(&self, callee: &'a Expr) -> Guess {
        let results: Vec<_> = match self.subject.callee(callee) {
            Callee::Library(signature) => vec![of_type(&signature.result, KindSet::ANY)],
            Callee::Method(method) => {
                let receiver = self.of(method.receiver);
                if !receiver.is_unknown() && !is_without_members(receiver) {
                    return Guess::UNKNOWN;
                }
                let fits = |kinds: KindSet| receiver.is_unknown() || receiver.is_certainly(kinds.union(KindSet::NULL));
                let fitting = method.candidates.iter().filter(|(kinds, _)| fits(*kinds));
                fitting.map(|(_, signature)| of_type(&signature.result, receiver.element)).collect()
            }
            Callee::Own(_) | Callee::Other => Vec::new(),
        };
        match results.as_slice() {
            [first, rest @ ..] if rest.iter().all(|result| result == first) => *first,
            _ => Guess::UNKNOWN,
        }
    }
}

/// Whether a value certainly has no members of its own making that could hide a method.
fn is_without_members(guess: Guess) -> bool {
    let plain = [KindSet::NULL, KindSet::BOOLEAN, KindSet::NUMBER, KindSet::STRING, KindSet::ARRAY];
    guess.is_certainly(plain.into_iter().fold(KindSet::default(), KindSet::union))
}

/// What a value of a type as written is; `T` stands for an element.
fn of_type(ty: &str, element: KindSet) -> Guess {
    if let Some(inner) = ty.strip_prefix("array<").and_then(|rest| rest.strip_suffix('>')) {
        return Guess::array_of(of_type(inner, element).kinds);
    }
    if ty.contains(['<', '(', '{']) {
        return Guess::UNKNOWN;
    }
    let kinds = ty.split('|').map(|part| match part.trim() {
        "T" => element,
        name => KindSet::named(name).unwrap_or(KindSet::ANY),
    });
    Guess::of(kinds.fold(KindSet::default(), KindSet::union))
}
