//! Calls: of values, methods, library functions and agents, with arguments in a window or, where there are spreads or
//! too many of them, in an array.

use super::literal::{LONGEST, Member, Source};
use super::path::Update;
use super::{Lower, Reg};
use crate::ast::{Access, Argument, Expr, ExprKind};
use crate::resolve::{Binding, VariableId};
use prism_bytecode::{ConstantId, Instr, LibraryId, Op};
use prism_diagnostics::Span;

/// More arguments than that, and steps of a path with them, go into an array: windows hold a callee too.
const MOST: usize = LONGEST - 1;

/// What calls back in the library's own text, with the number of arguments that go to a library function.
const OFFERS: [(&str, u16); 2] = [("intrinsic.offer", 1), ("intrinsic.offerPair", 2)];

/// An argument that a pipeline puts before those that are written.
#[derive(Clone, Copy)]
pub(super) enum First<'e> {
    /// An expression still to be evaluated.
    Expr(&'e Expr),
    /// A value that is there.
    Value(Reg),
}

/// The arguments of a call.
#[derive(Clone, Copy)]
pub(super) struct Arguments<'e> {
    first: Option<First<'e>>,
    written: &'e [Argument],
}

impl<'e> Arguments<'e> {
    /// Those that are written.
    pub fn of(written: &'e [Argument]) -> Self {
        Arguments { first: None, written }
    }

    /// Those that are written, after one more.
    pub fn after(first: First<'e>, written: &'e [Argument]) -> Self {
        Arguments { first: Some(first), written }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.first.is_none() && self.written.is_empty()
    }

    /// How many registers they take if they go into a window with so many others.
    pub fn window(&self, others: usize) -> Option<usize> {
        let spread = self.written.iter().any(|argument| matches!(argument, Argument::Spread(_)));
        let positional = self.written.iter().filter(|argument| matches!(argument, Argument::Positional(_))).count();
        let count = usize::from(self.first.is_some()) + positional + usize::from(!self.named().is_empty());
        Some(count).filter(|count| !spread && count + others <= MOST)
    }

    /// The named ones: members of one object, the last argument.
    fn named(&self) -> Vec<Member<'e>> {
        let named = |argument: &'e Argument| match argument {
            Argument::Named(key, value) => Some(Member::Pair(&key.name, Source::Expr(value))),
            Argument::Positional(_) | Argument::Spread(_) => None,
        };
        self.written.iter().filter_map(named).collect()
    }
}

/// What is called, but for its arguments.
#[derive(Clone, Copy)]
enum Callee<'e> {
    /// The value of an expression.
    Value(&'e Expr),
    /// A method: the receiver, its name, whether null ends the chain.
    Method(&'e Expr, ConstantId, Access),
    /// A library function.
    Library(LibraryId),
    /// A task of the block's agent.
    Dispatch(VariableId, ConstantId),
}

impl Lower<'_> {
    /// Calls what `callee` stands for.
    pub(super) fn call(&mut self, callee: &Expr, arguments: Arguments<'_>, span: Span, dst: Reg) {
        if let Some(update) = Update::of(callee, arguments.written, span, self.resolution) {
            return self.update(&update, arguments, Some(dst));
        }
        let callee = self.callee(callee);
        self.scoped(|this| match arguments.window(1) {
            Some(count) => this.call_window(callee, arguments, count, span, dst),
            None => this.call_spread(callee, arguments, span, dst),
        });
    }

    fn callee<'e>(&mut self, callee: &'e Expr) -> Callee<'e> {
        if let Some(id) = self.library_callee(callee) {
            return Callee::Library(id);
        }
        match &callee.kind {
            ExprKind::Name(name) => match self.resolution.binding(callee.id) {
                Binding::Dispatch(agent) => Callee::Dispatch(agent, self.output.text(name)),
                _ => Callee::Value(callee),
            },
            ExprKind::Member { object, access, name } if self.static_member(object, &name.name).is_none() => {
                Callee::Method(object, self.output.text(&name.name), *access)
            }
            _ => Callee::Value(callee),
        }
    }

    fn call_window(&mut self, callee: Callee<'_>, arguments: Arguments<'_>, count: usize, span: Span, dst: Reg) {
        let receiver = usize::from(!matches!(callee, Callee::Library(_)));
        let window = self.code.alloc(receiver + count);
        self.receiver(callee, window, span);
        self.arguments(arguments, window.nth(receiver), span);
        match callee {
            Callee::Value(_) => self.code.window(Op::Call, count, dst, window, 0, span),
            Callee::Method(_, name, _) => self.code.named(Op::CallMethod, count, dst, window, name, span),
            Callee::Library(id) => match self.offered(id).filter(|_| count > 0) {
                Some(native) => self.code.window(Op::Offer, count - 1, dst, window, native, span),
                None => self.code.window(Op::CallLibrary, count, dst, window, id.0, span),
            },
            Callee::Dispatch(_, name) => self.code.named(Op::Dispatch, count, dst, window, name, span),
        }
    }

    /// How many arguments a library function gets of those that this one offers, if it calls back.
    fn offered(&self, id: LibraryId) -> Option<u16> {
        OFFERS.iter().find(|(path, _)| self.catalog.find(path) == Some(id)).map(|(_, native)| *native)
    }

    fn call_spread(&mut self, callee: Callee<'_>, arguments: Arguments<'_>, span: Span, dst: Reg) {
        let window = self.code.alloc(2);
        let array = window.nth(1);
        self.receiver(callee, window, span);
        self.argument_array(arguments, array, span);
        match callee {
            Callee::Value(_) => self.code.op3(Op::CallSpread, dst, window, array, span),
            Callee::Method(_, name, _) => self.code.named(Op::CallMethodSpread, 1, dst, window, name, span),
            Callee::Library(id) => {
                self.code.emit(Instr::abc(Op::CallLibrarySpread, dst.0, array.0, id.0), span);
            }
            Callee::Dispatch(_, name) => self.code.named(Op::DispatchSpread, 1, dst, window, name, span),
        }
    }

    /// Evaluates what stands before the arguments.
    fn receiver(&mut self, callee: Callee<'_>, dst: Reg, span: Span) {
        match callee {
            Callee::Value(callee) => self.link_into(callee, dst),
            Callee::Method(object, _, access) => match self.chain_register(access) {
                None => self.link_into(object, dst),
                Some(to) => {
                    self.link_into(object, to);
                    self.end_if_null(to, object.span);
                    self.code.hand(dst, to, object.span);
                }
            },
            Callee::Library(_) => {}
            Callee::Dispatch(agent, _) => self.load(agent, dst, span),
        }
    }

    /// Evaluates arguments into a window that has room for them.
    pub(super) fn arguments(&mut self, arguments: Arguments<'_>, window: Reg, span: Span) {
        let mut next = 0;
        match arguments.first {
            Some(First::Expr(expr)) => self.expr(expr, window),
            Some(First::Value(value)) => self.code.copy(window, value, span),
            None => {}
        }
        next += usize::from(arguments.first.is_some());
        for argument in arguments.written {
            if let Argument::Positional(value) = argument {
                self.expr(value, window.nth(next));
                next += 1;
            }
        }
        let named = arguments.named();
        if !named.is_empty() {
            self.object_of(&named, window.nth(next), span);
        }
    }

    /// Makes the array of all arguments in a register that is no variable's.
    pub(super) fn argument_array(&mut self, arguments: Arguments<'_>, array: Reg, span: Span) {
        let first = usize::from(arguments.first.is_some());
        let simple = |argument: &&Argument| matches!(argument, Argument::Positional(_));
        let window = arguments.written.iter().take(LONGEST - first).take_while(simple).count();
        let (now, rest) = arguments.written.split_at(window);
        self.scoped(|this| {
            let window = this.code.alloc(first + now.len());
            this.arguments(Arguments { first: arguments.first, written: now }, window, span);
            this.code.window(Op::NewArray, first + now.len(), array, window, 0, span);
        });
        for argument in rest {
            let (op, value) = match argument {
                Argument::Positional(value) => (Op::ArrayPush, value),
                Argument::Spread(value) => (Op::ArraySpread, value),
                Argument::Named(..) => continue,
            };
            self.scoped(|this| {
                let element = this.operand(value, false);
                this.code.op2(op, array, element, value.span);
            });
        }
        let named = arguments.named();
        if !named.is_empty() {
            self.scoped(|this| {
                let object = this.temp();
                this.object_of(&named, object, span);
                this.code.op2(Op::ArrayPush, array, object, span);
            });
        }
    }
}
