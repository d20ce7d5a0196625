//! Calls that update the variable they are called on: `xs.push(1)`, `o.list.sort().reverse()` (§4, STDLIB L1).
//!
//! Steps of the path run first, then the arguments; the array is read after these. What stands at the path is looked at
//! then: an array is updated, of anything else the method is called, as of any value. The steps stay in the window in
//! front of the arguments for both; a method's receiver takes the place of the last step.

use super::call::Arguments;
use super::code::{LAST, Label, PathId};
use super::path::{Update, UpdateCall};
use super::{Lower, Reg};
use prism_bytecode::{Instr, Mutation, Mutator, Op, Step};
use prism_diagnostics::Span;

/// An update while it is lowered.
struct Site<'u, 'e> {
    update: &'u Update<'e>,
    /// The register of the variable or of its cell.
    root: Reg,
    /// The window: steps, then arguments. At least one register is in front of the arguments.
    window: Reg,
    /// Whether an array is updated; `None` where it is known to be one.
    is_array: Option<Reg>,
}

/// One call of an update while it is lowered.
struct Link<'u, 'e> {
    call: &'u UpdateCall<'e>,
    arguments: Arguments<'e>,
    /// How many arguments the window holds; `None` for an array of them.
    count: Option<usize>,
    /// What the call before gave.
    before: Option<Reg>,
    /// Where the result goes.
    dst: Reg,
    /// Whether it is the last call of the chain.
    is_last: bool,
    /// What becomes of the result.
    after: After,
}

/// What becomes of the result of an update.
#[derive(Clone, Copy, PartialEq, Eq)]
enum After {
    /// It is wanted.
    Wanted,
    /// Nobody wants it, and it must not stay behind as a second handle of the array.
    Dropped,
    /// Nobody wants it, and it is the new value of a variable in a register: it can go there.
    InPlace,
}

impl Site<'_, '_> {
    fn steps(&self) -> usize {
        self.update.path.steps.len()
    }

    /// Where arguments begin.
    fn arguments(&self) -> Reg {
        self.window.nth(self.steps().max(1))
    }

    /// Where steps and arguments begin as one window.
    fn operands(&self) -> Reg {
        if self.steps() == 0 { self.arguments() } else { self.window }
    }

    /// The register before the arguments.
    fn receiver(&self) -> Reg {
        self.window.nth(self.steps().max(1) - 1)
    }
}

impl Lower<'_> {
    /// Lowers an update; `last` are the arguments of its last call, `dst` is where its result goes, if anybody wants
    /// it.
    pub(super) fn update(&mut self, update: &Update<'_>, last: Arguments<'_>, dst: Option<Reg>) {
        let path = &update.path;
        let root = self.root(path.root, path.span);
        let known = path.steps.is_empty() && self.facts.is_array(path.root);
        let is_array = if known { None } else { Some(self.temp()) };
        let result = dst.unwrap_or_else(|| self.temp());
        let between = if update.calls.len() > 1 { self.temp() } else { result };
        let window = self.code.alloc(path.steps.len().max(1));
        let site = Site { update, root, window, is_array };
        self.path_steps(&site);
        for (at, call) in update.calls.iter().enumerate() {
            let is_last = at + 1 == update.calls.len();
            let arguments = if is_last { last } else { Arguments::of(call.arguments) };
            let count = arguments.window(path.steps.len() + 1);
            let before = if at == 0 { None } else { Some(between) };
            let after = match is_last && dst.is_some() {
                true => After::Wanted,
                false if self.is_new_value(update, call, arguments) => After::InPlace,
                false => After::Dropped,
            };
            let link =
                Link { call, arguments, count, before, dst: if is_last { result } else { between }, is_last, after };
            self.scoped(|this| this.update_call(&site, &link));
        }
    }

    /// Whether the result of a call is the variable's new value, and that is in a register.
    fn is_new_value(&self, update: &Update<'_>, call: &UpdateCall<'_>, arguments: Arguments<'_>) -> bool {
        let plain = match call.mutator {
            Mutator::Push | Mutator::Unshift | Mutator::Reverse => true,
            Mutator::Sort => arguments.is_empty(),
            Mutator::Pop | Mutator::Shift | Mutator::Splice | Mutator::Fill => false,
        };
        plain && update.path.steps.is_empty() && self.own_register(update.path.root).is_some()
    }

    /// Ends the chain if its register is null; else that must not keep a second handle of the container.
    fn go_on_unless_null(&mut self, value: Reg, span: Span) {
        self.end_if_null(value, span);
        self.code.op1(Op::Null, value, span);
    }

    /// Evaluates the steps; a null that `?.` or `~.` meets ends the chain.
    fn path_steps(&mut self, site: &Site<'_, '_>) {
        let path = &site.update.path;
        for (at, step) in path.steps.iter().enumerate() {
            if let Some(to) = self.chain_register(step.access) {
                self.read_path(path.root, &path.steps[..at], site.window, to, path.span);
                self.go_on_unless_null(to, path.span);
            }
            self.step(step, site.window.nth(at), path.span);
        }
    }

    /// One call: of the array at the path, or of the value that the call before gave.
    fn update_call(&mut self, site: &Site<'_, '_>, link: &Link<'_, '_>) {
        let (path, span) = (&site.update.path, link.call.span);
        if let Some(to) = self.chain_register(link.call.access) {
            match link.before {
                None => self.read_path(path.root, &path.steps, site.window, to, path.span),
                Some(value) => self.code.copy(to, value, path.span),
            }
            self.go_on_unless_null(to, path.span);
        }
        self.code.alloc(link.count.unwrap_or(1));
        match link.count {
            Some(_) => self.arguments(link.arguments, site.arguments(), span),
            None => self.argument_array(link.arguments, site.arguments(), span),
        }
        let Some(is_array) = site.is_array else { return self.mutate(site, link) };
        if link.before.is_none() {
            self.look_at_path(site, is_array, span);
        }
        let (mut other, mut end) = (Label::default(), Label::default());
        self.code.jump_if(Op::JumpIfFalse, is_array, &mut other, span);
        self.mutate(site, link);
        self.code.jump(&mut end, span);
        self.code.bind(other);
        match link.before {
            None => self.read_path(path.root, &path.steps, site.window, site.receiver(), span),
            Some(value) => self.code.copy(site.receiver(), value, span),
        }
        let name = self.output.text(link.call.mutator.as_str());
        let (op, count) = link.count.map_or((Op::CallMethodSpread, 1), |count| (Op::CallMethod, count));
        self.code.named(op, count, link.dst, site.receiver(), name, span);
        if link.is_last && link.after != After::Wanted {
            self.code.op1(Op::Null, link.dst, span);
        }
        self.code.bind(end);
    }

    /// Finds out whether an array stands at the path. No second handle of it stays behind.
    fn look_at_path(&mut self, site: &Site<'_, '_>, is_array: Reg, span: Span) {
        let path = &site.update.path;
        let value = match self.own_register(path.root) {
            Some(own) if path.steps.is_empty() => own,
            _ => {
                self.get_path(site, is_array, span);
                is_array
            }
        };
        self.code.op2(Op::IsArray, is_array, value, span);
    }

    /// Reads what stands at the path, with its own confidence only.
    fn get_path(&mut self, site: &Site<'_, '_>, dst: Reg, span: Span) {
        let path = &site.update.path;
        if path.steps.is_empty() {
            return self.load(path.root, dst, span);
        }
        let place = self.window_path(site);
        self.code.wide(Op::GetPath, dst, place.0, span);
    }

    /// The path whose steps are in the window.
    fn window_path(&mut self, site: &Site<'_, '_>) -> PathId {
        let steps = (0..site.steps()).map(|at| Step::Register(site.window.nth(at).0)).collect();
        self.code.path(site.root, steps)
    }

    /// Updates the array at the path with the arguments in the window: so many of them, or an array of them.
    fn mutate(&mut self, site: &Site<'_, '_>, link: &Link<'_, '_>) {
        let (mutator, span) = (link.call.mutator, link.call.span);
        if mutator == Mutator::Sort && !link.arguments.is_empty() {
            return self.sort(site, link);
        }
        if let (Mutator::Push, 0, Some(1), After::InPlace | After::Dropped) =
            (mutator, site.steps(), link.count, link.after)
        {
            let item = site.arguments();
            return self.code.emit(Instr::xabc(Op::Push, LAST, site.root.0, item.0, 0), span);
        }
        let steps = site.steps();
        let mutation = Mutation { mutator, root: site.root.0, steps: steps as u8, spread: link.count.is_none() };
        let dst = if link.after == After::InPlace { site.root } else { link.dst };
        self.code.mutate(steps + link.count.unwrap_or(1), dst, site.operands(), mutation, span);
        if link.after == After::Dropped {
            self.code.op1(Op::Null, link.dst, span);
        }
    }

    /// Sorts the array at the path by a function: its result is stored when it has ended.
    fn sort(&mut self, site: &Site<'_, '_>, link: &Link<'_, '_>) {
        let (path, span, given) = (&site.update.path, link.call.span, link.count.unwrap_or(1));
        self.scoped(|this| {
            let sorted = this.code.alloc(1 + given);
            this.get_path(site, sorted, span);
            for at in 0..given {
                this.code.copy(sorted.nth(1 + at), site.arguments().nth(at), span);
            }
            let name = this.output.text("toSorted");
            let (op, count) = link.count.map_or((Op::CallMethodSpread, 1), |count| (Op::CallMethod, count));
            this.code.named(op, count, sorted, sorted, name, span);
            let wanted = link.after == After::Wanted;
            if path.steps.is_empty() {
                this.store(path.root, sorted, !wanted, span);
            } else {
                let place = this.window_path(site);
                this.code.emit(Instr { x: LAST, ..Instr::wide(Op::SetPath, sorted.0, place.0) }, span);
            }
            match wanted {
                true if path.steps.is_empty() => this.code.hand(link.dst, sorted, span),
                true => this.read_path(path.root, &path.steps, site.window, link.dst, span),
                false => {}
            }
        });
    }
}
