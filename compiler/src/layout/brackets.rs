//! Which bracket belongs to which.

use super::MAX_BRACKETS;
use crate::token::Token;

/// For each token the index of its partner, if it is a bracket; 0 if not. Nothing if a bracket has no partner or they nest
/// too deep.
pub(super) fn pair(tokens: &[Token]) -> Option<Vec<u32>> {
    let mut partners = vec![0; tokens.len()];
    let mut open = Vec::with_capacity(16);
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
