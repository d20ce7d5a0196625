//! The types in the library's signatures, read by the grammar of annotations.

use crate::ast::{StmtKind, TypeExpr};
use crate::hash::HashMap;
use prism_bytecode::{Catalog, LibraryId, Signature};
use prism_diagnostics::SourceId;
use std::cell::RefCell;
use std::rc::Rc;

/// A signature whose types are read.
#[derive(Debug)]
pub(super) struct Typed<'a> {
    pub signature: &'a Signature,
    pub params: Vec<Rc<TypeExpr>>,
    pub result: Rc<TypeExpr>,
}

/// The signatures that were used so far in a check.
#[derive(Debug, Default)]
pub(super) struct Signatures<'a>(HashMap<LibraryId, Rc<Typed<'a>>>);

impl<'a> Signatures<'a> {
    /// The signature of a function of the library.
    pub fn get(&mut self, catalog: &'a Catalog, id: LibraryId) -> Option<Rc<Typed<'a>>> {
        if let Some(typed) = self.0.get(&id) {
            return Some(Rc::clone(typed));
        }
        let signature = catalog.get(id)?.signature()?;
        let params = signature.params.iter().map(|param| read_type(&param.ty)).collect::<Option<_>>()?;
        let typed = Rc::new(Typed { signature, params, result: read_type(&signature.result)? });
        self.0.insert(id, Rc::clone(&typed));
        Some(typed)
    }
}

thread_local! {
    /// Types that were read, by their texts: programs use the same few functions, and reading their signatures anew took
    /// more time than checking the calls. Texts come from catalogs, so there are some hundred.
    static READ: RefCell<HashMap<Box<str>, Rc<TypeExpr>>> = RefCell::default();
}

fn read_type(text: &str) -> Option<Rc<TypeExpr>> {
    if let Some(ty) = READ.with_borrow(|read| read.get(text).cloned()) {
        return Some(ty);
    }
    let parsed = crate::parse::parse(SourceId::default(), &format!("let x: {text}"));
    let ty = match parsed.module.body.into_iter().next()?.kind {
        StmtKind::Declare { declarators, .. } => Rc::new(declarators.into_iter().next()?.annotation?.ty?),
        _ => return None,
    };
    READ.with_borrow_mut(|read| read.insert(text.into(), Rc::clone(&ty)));
    Some(ty)
}
