//! Which bracket belongs to which.

use super::MAX_BRACKETS;
use crate::token::Token;

/// For each token the index of its partner, if it is a bracket; its own index if not. Nothing if a bracket has no partner or they nest too
/// deep.
pub(super) fn pair(tokens: &[Token]) -> Option<Vec<u32>> {
    let mut partners: Vec<u32> = (0..tokens.len() as u32).collect();
    let mut open = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        if let Some(closer) = token.kind.closer() {
            open.push((at, closer));
            if open.len() > MAX_BRACKETS {
                return None;
            }
        } else if token.kind.is_closer() {
            let (opener, _) = open.pop().filter(|(_, closer)| *closer == token.kind)?;
            partners[opener] = at as u32;
            partners[at] = opener as u32;
        }
    }
    open.is_empty().then_some(partners)
}
