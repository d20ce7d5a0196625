//! The bound on the depth of trees.
//!
//! Two things make a tree deep: text nested in text (counted on the way down, [`State::depth`](super::State)), and
//! chains that group to the left, whose first operand ends up deepest (counted on the way up,
//! [`State::height`](super::State)). Both are held under [`MAX_DEPTH`], so no node is deeper than that.

use super::error::Fault;
use super::recover::Missing;
use super::{Input, Look, Parse};
use crate::parse::MAX_DEPTH;
use crate::stack::deeper;
use prism_diagnostics::{Code, Diagnostic};

/// Reads a node that may hold others of its kind.
pub(super) fn nested<'t, O: Missing>(
    input: &mut Input<'t, '_>,
    production: impl FnOnce(&mut Input<'t, '_>) -> Parse<O>,
) -> Parse<O> {
    let outside = std::mem::take(&mut input.state().height);
    input.state().depth += 1;
    let node = if input.state().depth > MAX_DEPTH {
        too_deep(input);
        super::recover::skip_group(input);
        Ok(O::missing(input))
    } else {
        deeper(|| production(input))
    };
    input.state().depth -= 1;
    let node = grow(input, 0, node?);
    let state = input.state();
    state.height = state.height.max(outside);
    Ok(node)
}

/// Counts a node made of one that was `other` high and of what was read since, which has just been put together; gives
/// it back, or an error node if it is too high.
pub(super) fn grow<O: Missing>(input: &mut Input, other: u32, node: O) -> O {
    let state = input.state();
    state.height = state.height.max(other) + 1;
    if state.height <= MAX_DEPTH {
        return node;
    }
    state.height = 1;
    too_deep(input);
    O::missing(input)
}

fn too_deep(input: &mut Input) {
    if std::mem::replace(&mut input.state().too_deep, true) {
        return;
    }
    let at = input.index();
    let span = input.here();
    let diagnostic = Diagnostic::new(Code::E0105, span, format!("this is nested more than {MAX_DEPTH} levels deep"))
        .with_help("give inner parts names of their own");
    input.emit(Fault::said(at, diagnostic));
}
