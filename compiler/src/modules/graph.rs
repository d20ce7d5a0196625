//! Finding all modules of a program: depth first, in the order of the imports, each once. A module's place in the order
//! is where it has all that it imports behind it, so the order found is the order of running.

use super::path::{Target, target};
use super::trees::Tree;
use super::{LibraryModule, Link, Links, LoadError, Loader, Trees};
use crate::ast::{Export, Module, ModulePath, StmtKind};
use crate::hash::{HashMap, HashSet};
use crate::nearest::nearest;
use crate::stack::deeper;
use prism_bytecode::{Catalog, EntryKind};
use prism_diagnostics::{Code, Diagnostic, Source, SourceId, SourceMap, Span};
use std::sync::Arc;

/// A module that was read.
#[derive(Clone, Debug)]
pub struct LoadedModule {
    /// Its path from the root.
    pub path: String,
    /// Its tree.
    pub module: Arc<Module>,
    /// Where its imports lead.
    pub links: Links,
    /// Where it has syntax errors.
    pub broken: Vec<Span>,
}

/// All modules of a program.
#[derive(Debug, Default)]
pub struct Graph {
    /// Their texts; the entry's is the first.
    pub sources: SourceMap,
    /// The modules in the order in which they run; the last is the entry.
    pub modules: Vec<LoadedModule>,
    /// What is wrong with their grammar and imports, in no particular order.
    pub diagnostics: Vec<Diagnostic>,
}

/// What was read and run before, in a session: imports of these modules lead to them as they are.
#[derive(Clone, Debug, Default)]
pub struct Before {
    /// The texts so far; new ones are added.
    pub sources: SourceMap,
    /// The places of the modules that can be imported, by path.
    pub places: HashMap<String, u32>,
    /// How many modules there are.
    pub modules: u32,
}

/// Reads the entry and all that it imports, whose trees are taken from `trees` where they are there.
pub fn load(path: &str, text: &str, loader: &dyn Loader, trees: Option<&Trees>, catalog: &Catalog) -> Graph {
    load_after(Before::default(), path, text, loader, trees, catalog)
}

/// Reads an entry and those of the modules that it imports that were not there before. Places are counted on; the texts
/// before are the graph's first.
pub fn load_after(
    before: Before,
    path: &str,
    text: &str,
    loader: &dyn Loader,
    trees: Option<&Trees>,
    catalog: &Catalog,
) -> Graph {
    let Before { sources, places, modules: first } = before;
    let places = places.into_iter().map(|(path, place)| (path, Some(place))).collect();
    let graph = Graph { sources, ..Graph::default() };
    let mut walk = Walk { loader, trees, catalog, graph, first, places, chain: Vec::new() };
    walk.read(path.to_owned(), text.to_owned());
    walk.graph
}

struct Walk<'a> {
    loader: &'a dyn Loader,
    trees: Option<&'a Trees>,
    catalog: &'a Catalog,
    graph: Graph,
    /// The place of the graph's first module.
    first: u32,
    /// The modules that are there, by path; none for one whose imports are still being followed.
    places: HashMap<String, Option<u32>>,
    /// The paths of those, from the entry on.
    chain: Vec<String>,
}

impl Walk<'_> {
    /// Reads a module and what it imports; gives its place.
    fn read(&mut self, path: String, text: String) -> u32 {
        let too_large = text.len() > Source::MAX_BYTES;
        let source = self.graph.sources.add(path.as_str(), if too_large { String::new() } else { text });
        if too_large {
            self.graph.diagnostics.push(too_large_text(source));
        }
        let text = self.graph.sources.get(source).map_or("", Source::text);
        // The entry is what changes, and nothing else imports it.
        let Tree { module, diagnostics } = match self.trees {
            Some(trees) if !self.chain.is_empty() => trees.read(source, text),
            _ => Tree::of(source, text),
        };
        let broken = diagnostics.iter().map(|fault| fault.span).collect();
        self.graph.diagnostics.extend(diagnostics.iter().cloned());
        self.places.insert(path.clone(), None);
        self.chain.push(path.clone());
        let links = self.links(&path, &module);
        self.chain.pop();
        let place = self.first + self.graph.modules.len() as u32;
        self.places.insert(path.clone(), Some(place));
        self.graph.modules.push(LoadedModule { path, module, links, broken });
        place
    }

    fn links(&mut self, importer: &str, module: &Module) -> Links {
        let mut links = Links::default();
        let mut refused = HashSet::default();
        // A path that the parser missed has no place in the text.
        for path in imported_paths(module).filter(|path| path.span.start < path.span.end) {
            let mut link = Link::Broken;
            deeper(|| link = self.link(importer, path, &mut refused));
            links.links.insert(path.span.start, link);
        }
        links
    }

    /// Follows one import; reports one that leads nowhere, unless an equal one has been refused.
    fn link(&mut self, importer: &str, path: &ModulePath, refused: &mut HashSet<String>) -> Link {
        let found = match target(importer, &path.path) {
            Target::Library(name) => self.library(name, path.span).map(Link::Library),
            Target::Files(files) => self.file(path, &files),
            Target::Outside => Err(outside(path)),
            Target::Neither => {
                let fault = Diagnostic::new(Code::E0500, path.span, format!("\"{}\" is no module", path.path));
                Err(Box::new(fault.with_help("begin the path with `./` or `../`, or with `std:` for the library")))
            }
        };
        found.unwrap_or_else(|fault| {
            if refused.insert(path.path.to_string()) {
                self.graph.diagnostics.push(*fault);
            }
            Link::Broken
        })
    }

    fn file(&mut self, path: &ModulePath, files: &[String]) -> Result<Link, Box<Diagnostic>> {
        for file in files {
            match self.places.get(file) {
                Some(Some(place)) => return Ok(Link::Module(*place)),
                Some(None) => return Err(Box::new(self.cycle(file, path.span))),
                None => {}
            }
            match self.loader.load(file) {
                Ok(text) => return Ok(Link::Module(self.read(file.clone(), text))),
                Err(LoadError::NotFound) => {}
                Err(LoadError::OutsideRoot) => return Err(outside(path)),
                Err(fault @ LoadError::Unreadable(_)) => {
                    let fault = Diagnostic::new(Code::E0106, path.span, format!("\"{}\": {fault}", path.path));
                    return Err(Box::new(fault.with_help(format!("make `{file}` a readable text file in UTF-8"))));
                }
            }
        }
        let looked_for = files.iter().map(|file| format!("`{file}`")).collect::<Vec<_>>().join(" and ");
        let fault = Diagnostic::new(Code::E0500, path.span, format!("there is no module \"{}\"", path.path));
        Err(Box::new(fault.with_help(format!("looked for {looked_for}, from the root folder"))))
    }

    fn cycle(&self, file: &str, at: Span) -> Diagnostic {
        let from = self.chain.iter().position(|path| path == file).unwrap_or(0);
        let mut way: Vec<&str> = self.chain.iter().skip(from).map(String::as_str).collect();
        way.push(file);
        Diagnostic::new(Code::E0502, at, format!("this import closes a cycle: {}", way.join(" → ")))
            .with_help("move what both need to a module of its own, and import that")
    }

    fn library(&self, name: &str, at: Span) -> Result<LibraryModule, Box<Diagnostic>> {
        const GLOBALS: &str = "prelude";
        let namespaces = || {
            self.catalog.globals().filter(|(_, id)| {
                self.catalog.get(*id).is_some_and(|entry| matches!(entry.kind, EntryKind::Namespace(_)))
            })
        };
        if name == GLOBALS {
            return Ok(LibraryModule::Globals);
        }
        if let Some((_, id)) = namespaces().find(|(namespace, _)| namespace.to_lowercase() == name) {
            return Ok(LibraryModule::Namespace(id));
        }
        let names: Vec<String> =
            namespaces().map(|(name, _)| name.to_lowercase()).chain([GLOBALS.to_owned()]).collect();
        let help = match nearest(name, names.iter().map(String::as_str)) {
            Some(nearest) => format!("did you mean \"std:{nearest}\"?"),
            None => format!("there are {}", names.join(", ")),
        };
        let fault = Diagnostic::new(Code::E0500, at, format!("the library has no module \"std:{name}\""));
        Err(Box::new(fault.with_help(help)))
    }
}

/// The paths that a module imports from, in order.
fn imported_paths(module: &Module) -> impl Iterator<Item = &ModulePath> {
    module.body.iter().filter_map(|stmt| match &stmt.kind {
        StmtKind::Import(import) => Some(&import.from),
        StmtKind::Export(export) => match &**export {
            Export::List { from, .. } => from.as_ref(),
            Export::All { from, .. } => Some(from),
            Export::Statement(_) | Export::Default(..) => None,
        },
        _ => None,
    })
}

fn outside(path: &ModulePath) -> Box<Diagnostic> {
    let fault = Diagnostic::new(Code::E0503, path.span, format!("\"{}\" leaves the root folder", path.path));
    Box::new(fault.with_help("import from inside the root, or choose a root further up"))
}

fn too_large_text(source: SourceId) -> Diagnostic {
    let most = Source::MAX_BYTES >> 20;
    Diagnostic::new(Code::E0106, Span::new(source, 0, 0), format!("the text is larger than {most} MiB"))
        .with_help("split it into modules")
}
