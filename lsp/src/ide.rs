//! What an editor asks of a text, without files and protocol.

use prism_compiler::modules::Loader;
use prism_compiler::pipeline::{Options, Sources, compile};
use prism_diagnostics::{Diagnostic, SourceMap};

/// What is wrong with a program.
#[derive(Clone, Debug)]
pub struct Diagnostics {
    /// The texts that were read: the program's own first, then those that it imports.
    pub sources: SourceMap,
    /// The faults of all of them, in the order in which everyone shows them.
    pub diagnostics: Vec<Diagnostic>,
}

/// Checks a program. `path` is its path from the project's root; `loader` has what it imports, and should prefer what is
/// open in the editor to what is on disk.
pub fn diagnostics(path: &str, text: &str, loader: &dyn Loader) -> Diagnostics {
    let compilation = compile(Sources::new(path, text, loader), &prism_stdlib::catalog(), &Options::default());
    Diagnostics { sources: compilation.sources, diagnostics: compilation.diagnostics }
}

#[cfg(test)]
mod tests {
    use super::*;
    use prism_compiler::modules::MemoryLoader;
    use prism_diagnostics::Code;

    #[test]
    fn faults_of_imported_texts_are_found_with_their_place() {
        let loader = MemoryLoader::new().with("words.prism", "export greeting = \"hello\"\nexport count = missing\n");
        let found = diagnostics("main.prism", "import {greeting} from \"./words\"\ngreeting + nobody\n", &loader);
        let places = found.diagnostics.iter().map(|fault| {
            let at = found.sources.position(fault.span);
            (found.sources.get(fault.span.source).map_or("", |source| source.name()), at.line, at.column, fault.code)
        });
        let wanted = [("main.prism", 2, 12, Code::E0200), ("words.prism", 2, 16, Code::E0200)];
        assert_eq!(places.collect::<Vec<_>>(), wanted);
    }

    #[test]
    fn a_sound_text_has_no_faults() {
        assert_eq!(diagnostics("main.prism", "[1, 2].map(x => x * 2)\n", &MemoryLoader::new()).diagnostics, []);
    }
}
