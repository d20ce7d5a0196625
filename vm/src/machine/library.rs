//! The functions of the library's own program, which a machine loads when the first of them is called: most runs call
//! none, and a run that waits should be small.

use super::Machine;
use super::code::{Loaded, Origin, Unit};
use prism_bytecode::{FunctionId, Program};
use std::rc::Rc;
use std::sync::Arc;

/// What stands for a unit's functions until they are loaded.
pub(super) fn vacant(unit: &Unit) -> Vec<Rc<Loaded>> {
    let one = Rc::new(Loaded::vacant(unit));
    vec![one; unit.program.functions.len()]
}

impl Machine {
    /// Loads the library's functions, if that was not done. To be called before one of them is.
    #[inline]
    pub(crate) fn ready_library(&mut self) {
        if !self.has_library() {
            self.load_library();
        }
    }

    /// Whether the library's functions are loaded.
    pub(crate) fn has_library(&self) -> bool {
        self.functions.first().is_none_or(|first| !first.is_vacant())
    }

    #[cold]
    fn load_library(&mut self) {
        let program: Arc<Program> = Arc::clone(&self.library_unit.program);
        self.library_unit = Unit::new(Arc::clone(&program), self.library_unit.first);
        for (id, function) in (0..).map(FunctionId).zip(&program.functions) {
            let loaded = Loaded::new(&self.library_unit, Origin::Library, id, function, self.settings.jit);
            let number = (self.library_unit.first + id.0) as usize;
            self.functions[number] = Rc::new(loaded);
            self.runtime.function_names[number] = function.name.clone();
        }
    }
}
