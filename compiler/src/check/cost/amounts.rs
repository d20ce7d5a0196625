//! How many elements an array has, and what a number comes to, as far as the text says: from literals, from what a
//! variable that is assigned once was assigned, from what a parameter is given. Everything else is a symbol, named as it
//! is written.

use super::super::Checker;
use super::super::narrow::strip;
use super::{Formula, Meter};
use crate::ast::visit::{self, Visitor};
use crate::ast::*;
use crate::hash::HashMap;
use crate::resolve::{Binding, Resolution, VariableId};
use crate::stack::deeper;
use prism_bytecode::HostName;

/// Variables that are looked through, one behind the other.
const MAX_STEPS: u32 = 16;
/// The longest symbol, in characters.
const LONGEST: usize = 40;

/// A value's length, and what it is as a number.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Amount {
    length: Formula,
    number: Formula,
}

/// What variables that are assigned once are assigned, by module.
pub(super) struct Starts<'a>(HashMap<(u32, VariableId), &'a Expr>);

impl<'a> Starts<'a> {
    pub(super) fn new(checker: &Checker<'a>) -> Self {
        let mut starts = HashMap::default();
        for (at, context) in checker.modules.iter().enumerate() {
            let mut gather = Gather { resolution: context.resolution, module: at as u32, starts: &mut starts };
            visit::walk_module(&mut gather, context.module);
        }
        Starts(starts)
    }
}

struct Gather<'s, 'a> {
    resolution: &'a Resolution,
    module: u32,
    starts: &'s mut HashMap<(u32, VariableId), &'a Expr>,
}

impl<'a> Gather<'_, 'a> {
    fn note(&mut self, node: NodeId, value: &'a Expr) {
        if let Some(variable) = self.resolution.variable_at(node)
            && self.resolution.variable(variable).assignments == 1
        {
            self.starts.insert((self.module, variable), value);
        }
    }
}

impl<'a> Visitor<'a> for Gather<'_, 'a> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match &stmt.kind {
            StmtKind::Declare { declarators, .. } => {
                for declarator in declarators {
                    if let (PatternKind::Name(name), Some(value)) = (&declarator.target.kind, &declarator.value) {
                        self.note(name.id, value);
                    }
                }
            }
            StmtKind::Assign { target: Target::Place(place), op: AssignOp::Set, value, .. }
                if matches!(place.kind, ExprKind::Name(_)) =>
            {
                self.note(place.id, value);
            }
            _ => {}
        }
        visit::walk_stmt(self, stmt);
    }
}

impl<'a> Meter<'_, 'a> {
    pub(super) fn amount(&self, expr: &'a Expr) -> Amount {
        Amount { length: self.length(expr), number: self.number(expr) }
    }

    /// How many agents there are.
    pub(super) fn all_agents(&self) -> Formula {
        match self.checker.info.max_agents {
            Some(most) => Formula::number(u64::from(most)),
            None => Formula::symbol("agents"),
        }
    }

    /// At most how many elements an array has; of an object how many keys, of a string how many characters.
    pub(super) fn length(&self, expr: &'a Expr) -> Formula {
        self.length_within(expr, MAX_STEPS)
    }

    fn length_within(&self, expr: &'a Expr, steps: u32) -> Formula {
        let expr = strip(expr);
        let unknown = || Formula::symbol(format!("len({})", shown(expr)));
        let Some(left) = steps.checked_sub(1) else { return unknown() };
        let length = |expr| self.length_within(expr, left);
        match &expr.kind {
            ExprKind::Array(elements) => elements.iter().fold(Formula::default(), |sum, element| match element {
                Element::Item(_) => sum.plus(&Formula::number(1)),
                Element::Spread(more) => sum.plus(&length(more)),
            }),
            ExprKind::Object(properties) => {
                properties.iter().fold(Formula::default(), |sum, property| match property {
                    Property::Spread(more) => sum.plus(&length(more)),
                    _ => sum.plus(&Formula::number(1)),
                })
            }
            ExprKind::String(text) => Formula::number(text.chars().count() as u64),
            ExprKind::Null => Formula::default(),
            ExprKind::Name(_) => match self.binding(expr.id) {
                Binding::Variable(variable) => match self.given.get(&(self.module, variable)) {
                    Some(amount) => amount.length.clone(),
                    None => self.starts.0.get(&(self.module, variable)).map_or_else(unknown, |start| length(start)),
                },
                Binding::Host(HostName::AgentList | HostName::AgentResults | HostName::SuccessfulResults) => {
                    self.all_agents()
                }
                _ => unknown(),
            },
            ExprKind::Unary { op: UnaryOp::Await, operand, .. } => length(operand),
            ExprKind::Binary { op: BinaryOp::Attach, left, .. } => length(left),
            ExprKind::Binary { op: BinaryOp::Chain, right, .. } => length(right),
            ExprKind::Binary { op: BinaryOp::Coalesce | BinaryOp::Or | BinaryOp::Surer, left, right, .. } => {
                length(left).or_more(&length(right))
            }
            ExprKind::Binary { op: BinaryOp::ConfCoalesce, left, right, .. } => length(left).or_more(&length(right)),
            ExprKind::Conditional { then, otherwise, .. } => length(then).or_more(&length(otherwise)),
            ExprKind::Parallel { agents, .. } => length(agents),
            ExprKind::Call { callee, arguments } => {
                let arguments: Vec<&Argument> = arguments.iter().collect();
                self.length_of_call(callee, None, &arguments, left).unwrap_or_else(unknown)
            }
            ExprKind::Pipe { value, target, .. } if !super::super::call::has_hole(target) => {
                let (callee, arguments) = match &target.kind {
                    ExprKind::Call { callee, arguments } => (&**callee, arguments.iter().collect()),
                    _ => (&**target, Vec::new()),
                };
                self.length_of_call(callee, Some(value), &arguments, left).unwrap_or_else(unknown)
            }
            _ => unknown(),
        }
    }

    /// Of what a function of the library gives.
    fn length_of_call(
        &self,
        callee: &'a Expr,
        piped: Option<&'a Expr>,
        arguments: &[&'a Argument],
        steps: u32,
    ) -> Option<Formula> {
        let at = |place: usize| match arguments.get(place).copied() {
            Some(Argument::Positional(value)) => Some(value),
            _ => None,
        };
        let length = |expr| self.length_within(expr, steps);
        if let ExprKind::Member { object, name, .. } = &callee.kind {
            return match name.name.as_str() {
                "map" | "filter" | "sort" | "toSorted" | "sortBy" | "reverse" | "toReversed" | "unique" | "chunk"
                | "keys" | "entries" | "fill" | "with" | "zip"
                    if !matches!(self.library_path(object), Some("Object")) =>
                {
                    Some(length(object))
                }
                "slice" => {
                    let whole = length(object);
                    let count = |place| at(place).and_then(|expr| self.number_within(expr, steps).known());
                    let cut = match (count(0).or(arguments.is_empty().then_some(0)), count(1)) {
                        (Some(from), Some(to)) => Some(to.saturating_sub(from)),
                        _ => None,
                    };
                    Some(match (cut, whole.known()) {
                        (Some(cut), Some(known)) => Formula::number(cut.min(known)),
                        (Some(cut), None) => Formula::number(cut),
                        (None, _) => whole,
                    })
                }
                "keys" | "values" | "entries" | "all" | "allSettled" => at(0).map(length),
                "concat" if arguments.iter().all(|one| matches!(one, Argument::Positional(_))) => {
                    let parts = (0..arguments.len()).filter_map(at);
                    // What is no array counts as one element.
                    let part = |part: &'a Expr| length(part).or_more(&Formula::number(1));
                    Some(parts.fold(length(object), |sum, one| sum.plus(&part(one))))
                }
                _ => None,
            };
        }
        let first = piped.or_else(|| at(0));
        match self.library_path(callee)? {
            "select" => Some(self.selected(arguments, steps)),
            "map" | "filter" | "sortBy" | "threshold" | "value" => first.map(length),
            "range" => {
                let (from, to) = match (first, at(usize::from(piped.is_none()))) {
                    (Some(from), Some(to)) => (Some(from), to),
                    (Some(to), None) => (None, to),
                    _ => return None,
                };
                let step = arguments.len() + usize::from(piped.is_some()) > 2;
                let from = from.map_or(Some(0), |from| self.number_within(from, steps).known());
                let to = self.number_within(to, steps);
                match (from, to.known(), step) {
                    (Some(from), Some(to), false) => Some(Formula::number(to.abs_diff(from))),
                    (Some(0), None, false) => Some(to),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// `select(capabilities: …, max: n)`: never more than there are.
    fn selected(&self, arguments: &[&'a Argument], steps: u32) -> Formula {
        let most = arguments.iter().find_map(|argument| match argument {
            Argument::Named(key, value) if key.name == "max" => Some(value),
            Argument::Positional(Expr { kind: ExprKind::Object(properties), .. }) => {
                properties.iter().find_map(|property| match property {
                    Property::Pair(key, value) if key.name == "max" => Some(value),
                    _ => None,
                })
            }
            _ => None,
        });
        match most.and_then(|most| self.number_within(most, steps).known()) {
            Some(most) => Formula::number(most),
            None => Formula::symbol("agents"),
        }
    }

    /// The path of a name of the library.
    pub(super) fn library_path(&self, callee: &Expr) -> Option<&'a str> {
        match self.binding(callee.id) {
            Binding::Library(id) => self.checker.catalog.get(id).map(|entry| &*entry.path),
            _ => None,
        }
    }

    /// At most what a number is, rounded up, and no less than 0.
    pub(super) fn number(&self, expr: &'a Expr) -> Formula {
        self.number_within(expr, MAX_STEPS)
    }

    fn number_within(&self, expr: &'a Expr, steps: u32) -> Formula {
        let expr = strip(expr);
        let unknown = || Formula::symbol(shown(expr));
        if let Some(number) = self.checker.modules[self.module as usize].resolution.known_number(expr) {
            return Formula::number(number.ceil() as u64);
        }
        let Some(left) = steps.checked_sub(1) else { return unknown() };
        match &expr.kind {
            ExprKind::Name(_) => match self.binding(expr.id) {
                Binding::Variable(variable) => match self.given.get(&(self.module, variable)) {
                    Some(amount) => amount.number.clone(),
                    None => {
                        let start = self.starts.0.get(&(self.module, variable));
                        start.map_or_else(unknown, |start| self.number_within(start, left))
                    }
                },
                Binding::Host(HostName::AgentCount) => self.all_agents(),
                _ => unknown(),
            },
            ExprKind::Member { object, name, .. } if name.name == "length" => self.length_within(object, left),
            ExprKind::Binary { op: BinaryOp::Add, left: one, right: other, .. } => {
                self.number_within(one, left).plus(&self.number_within(other, left))
            }
            ExprKind::Binary { op: BinaryOp::Attach, left: one, .. } => self.number_within(one, left),
            ExprKind::Call { callee, arguments } => match (self.library_path(callee), arguments.as_slice()) {
                (Some("len"), [Argument::Positional(of)]) => self.length_within(of, left),
                (Some("value"), [Argument::Positional(of)]) => self.number_within(of, left),
                _ => unknown(),
            },
            _ => unknown(),
        }
    }
}

/// An expression as it is written, but short.
pub(super) fn shown(expr: &Expr) -> String {
    let mut text = String::new();
    show(expr, &mut text);
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => text[..end].to_owned() + "…",
        None => text,
    }
}

fn show(expr: &Expr, text: &mut String) {
    if text.len() > LONGEST {
        return;
    }
    deeper(|| match &expr.kind {
        ExprKind::Null => text.push_str("null"),
        ExprKind::Bool(value) => text.push_str(if *value { "true" } else { "false" }),
        ExprKind::Number(number) => text.push_str(ryu_js::Buffer::new().format(*number)),
        ExprKind::String(value) => text.push_str(&format!("{:?}", value.as_str())),
        ExprKind::Name(name) => text.push_str(name),
        ExprKind::Placeholder => text.push('_'),
        ExprKind::Paren(inner) => show(inner, text),
        ExprKind::Member { object, access, name } => {
            show(object, text);
            text.push_str(match access {
                Access::Plain => ".",
                Access::Optional => "?.",
                Access::Confident => "~.",
            });
            text.push_str(&name.name);
        }
        ExprKind::Index { object, index } => {
            show(object, text);
            text.push('[');
            show(index, text);
            text.push(']');
        }
        ExprKind::Call { callee, arguments } => {
            show(callee, text);
            text.push_str(if arguments.is_empty() { "()" } else { "(…)" });
        }
        ExprKind::Binary { op, left, right, .. } => {
            show(left, text);
            text.push_str(&format!(" {} ", op.as_str()));
            show(right, text);
        }
        ExprKind::Unary { op, operand, .. } => {
            text.push_str(op.as_str());
            if !matches!(op, UnaryOp::Not | UnaryOp::Neg | UnaryOp::Plus) {
                text.push(' ');
            }
            show(operand, text);
        }
        _ => text.push('…'),
    });
}
