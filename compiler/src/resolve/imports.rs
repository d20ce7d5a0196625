//! Names that cross a module's border: what `import` brings in, what `export` gives.

use super::binder::Binder;
use super::scope::Declared;
use super::{Binding, ExportInfo, ExportSource, faults, hoist};
use crate::ast::*;
use crate::modules::{LibraryModule, Link, ModuleExports};
use crate::nearest::nearest;
use indexmap::IndexMap;
use indexmap::map::Entry;
use prism_diagnostics::Span;

/// What a module has under a name.
enum Found {
    This(Binding),
    /// Nothing, and that is worth saying.
    Missing,
    /// Nothing known: the module or a statement in it could not be read, which is already reported.
    Reported,
}

impl<'a> Binder<'a, '_> {
    /// Declares what the module imports.
    pub(super) fn bind_imports(&mut self) {
        let module = self.module;
        for stmt in &module.body {
            let StmtKind::Import(import) = &stmt.kind else { continue };
            let link = self.around.links.get(&import.from);
            if let Some(ident) = &import.default {
                let binding = self.import("default", ident.span, &import.from, link);
                self.declare_import(ident, binding);
            }
            if let Some(ident) = &import.namespace {
                let binding = self.whole(link, &import.from);
                self.declare_import(ident, binding);
            }
            for ImportName { name, alias } in &import.names {
                let binding = self.import(&name.name, name.span, &import.from, link);
                self.declare_import(alias, binding);
            }
        }
    }

    fn declare_import(&mut self, ident: &Ident, binding: Binding) {
        self.out.bind(ident.id, binding);
        match self.scopes.innermost(&ident.name) {
            Some(earlier) => self.diagnostics.push(faults::imported_twice(ident, earlier.at)),
            None => {
                self.scopes.declare(&ident.name, Declared { binding, at: ident.span });
                if !matches!(binding, Binding::Library(_)) {
                    self.warn_of_shadowing(&ident.name, ident.span);
                }
            }
        }
    }

    /// What an import of a name means; reports a name that is not there.
    fn import(&mut self, name: &str, at: Span, from: &ModulePath, link: Link) -> Binding {
        match self.find_export(link, name) {
            Found::This(binding) => binding,
            Found::Reported => Binding::Unknown,
            Found::Missing => {
                let names = self.export_names(link);
                let nearest = nearest(name, names.iter().map(String::as_str));
                self.diagnostics.push(faults::unknown_export(name, &from.path, at, nearest));
                Binding::Unknown
            }
        }
    }

    fn find_export(&self, link: Link, name: &str) -> Found {
        let found = match link {
            Link::Broken => return Found::Reported,
            Link::Module(module) => match self.around.exports.find(module, name) {
                None if self.around.exports.may_have(module, name) => return Found::Reported,
                found => found,
            },
            Link::Library(LibraryModule::Globals) => self.around.library_name(name).map(Binding::Library),
            Link::Library(LibraryModule::Namespace(id)) => self.around.catalog.member(id, name).map(Binding::Library),
        };
        found.map_or(Found::Missing, Found::This)
    }

    /// All that a module exports, but for `default`.
    fn all_exports(&self, link: Link) -> Vec<(Name, Binding)> {
        let catalog = self.around.catalog;
        match link {
            Link::Broken => Vec::new(),
            Link::Module(module) => {
                self.around.exports.of(module).iter().filter(|(name, _)| name != "default").cloned().collect()
            }
            Link::Library(LibraryModule::Globals) => {
                catalog.globals().map(|(name, id)| (Name::new(name), Binding::Library(id))).collect()
            }
            Link::Library(LibraryModule::Namespace(id)) => catalog
                .iter()
                .filter(|(member, entry)| !entry.hidden && catalog.member(id, entry.name()) == Some(*member))
                .map(|(member, entry)| (Name::new(entry.name()), Binding::Library(member)))
                .collect(),
        }
    }

    fn export_names(&self, link: Link) -> Vec<String> {
        self.all_exports(link).into_iter().map(|(name, _)| name.to_string()).collect()
    }

    /// All exports of a module as one object.
    fn whole(&mut self, link: Link, from: &ModulePath) -> Binding {
        match link {
            Link::Broken => Binding::Unknown,
            Link::Module(module) => Binding::Namespace(module),
            Link::Library(LibraryModule::Namespace(id)) => Binding::Library(id),
            Link::Library(LibraryModule::Globals) => {
                self.diagnostics.push(faults::no_whole(&from.path, from.span));
                Binding::Unknown
            }
        }
    }

    /// Gathers what the module exports and adds it to the table. Runs last, when all names of the module are known.
    pub(super) fn bind_exports(&mut self) {
        let module = self.module;
        let mut exports = Exports::default();
        for stmt in &module.body {
            let StmtKind::Export(export) = &stmt.kind else { continue };
            match &**export {
                Export::Statement(stmt) => self.export_statement(stmt, &mut exports),
                Export::List { names, from: None } => {
                    for ImportName { name, alias } in names {
                        let binding = self.exported_name(name, &alias.name);
                        self.export(&mut exports, alias, binding);
                    }
                }
                Export::List { names, from: Some(from) } => {
                    let link = self.around.links.get(from);
                    for ImportName { name, alias } in names {
                        let binding = self.import(&name.name, name.span, from, link);
                        self.out.bind(name.id, binding);
                        self.export(&mut exports, alias, binding);
                    }
                }
                Export::All { namespace: Some(ident), from } => {
                    let link = self.around.links.get(from);
                    let binding = self.whole(link, from);
                    self.out.bind(ident.id, binding);
                    self.export(&mut exports, ident, binding);
                }
                Export::All { namespace: None, from } => {
                    let link = self.around.links.get(from);
                    exports.open |= matches!(link, Link::Broken);
                    let names = self.all_exports(link).into_iter();
                    exports.passed_on.extend(names.map(|(name, binding)| (name, binding, from.span)));
                }
                Export::Default(expr, id) => {
                    let name = Name::new_static("default");
                    let binding = self.own_slot(name.clone(), ExportSource::Default);
                    self.export(&mut exports, &Ident { name, span: expr.span, id: *id }, binding);
                }
            }
        }
        self.pass_on(&mut exports);
        let maybe = std::mem::take(&mut self.broken).into_names();
        let names = exports.names.into_iter().collect();
        let own = self.out.exports.len() as u32;
        self.around.exports.add(ModuleExports { names, maybe, open: exports.open }, own);
    }

    /// Exports what a statement declares or assigns.
    fn export_statement(&mut self, stmt: &'a Stmt, exports: &mut Exports) {
        let mut names = Vec::new();
        hoist::declarations(std::slice::from_ref(stmt), &mut |ident, _| names.push(ident.clone()));
        match &stmt.kind {
            StmtKind::Assign { target: Target::Place(place), .. } => match &place.kind {
                ExprKind::Name(name) => names.push(Ident { name: name.clone(), span: place.span, id: place.id }),
                _ => self.diagnostics.push(faults::no_export(place.span)),
            },
            StmtKind::Assign { target: Target::Pattern(pattern), .. } => {
                hoist::names_of(pattern, &mut |ident| names.push(ident.clone()));
            }
            _ => {}
        }
        for ident in names {
            if let Some(Declared { binding, .. }) = self.scopes.find(&ident.name) {
                let binding = self.own_value(&ident.name, binding);
                self.export(exports, &ident, binding);
            }
        }
    }

    /// What a name in a list of exports means, which is to be exported under another.
    fn exported_name(&mut self, ident: &Ident, outside: &Name) -> Binding {
        let declared = self.scopes.find(&ident.name).map(|declared| declared.binding);
        let binding = declared.or_else(|| self.around.library_name(&ident.name).map(Binding::Library));
        match binding {
            Some(binding) => {
                self.out.bind(ident.id, binding);
                self.own_value(outside, binding)
            }
            None => {
                self.report_unknown(&ident.name, ident.id, ident.span, faults::unknown_name);
                Binding::Unknown
            }
        }
    }

    /// What an export of that binding is outside: a variable gets a slot for its value, others are passed on.
    fn own_value(&mut self, outside: &Name, binding: Binding) -> Binding {
        match binding {
            Binding::Variable(variable) => self.own_slot(outside.clone(), ExportSource::Variable(variable)),
            binding => binding,
        }
    }

    fn own_slot(&mut self, name: Name, source: ExportSource) -> Binding {
        let slot = self.around.exports.slots + self.out.exports.len() as u32;
        self.out.exports.push(ExportInfo { name, slot, source });
        Binding::Import(slot)
    }

    fn export(&mut self, exports: &mut Exports, outside: &Ident, binding: Binding) {
        match exports.names.entry(outside.name.clone()) {
            Entry::Occupied(_) => self.diagnostics.push(faults::exported_twice(&outside.name, outside.span)),
            Entry::Vacant(entry) => {
                entry.insert(binding);
            }
        }
    }

    /// Adds what `export *` passes on; the module's own exports hide it.
    fn pass_on(&mut self, exports: &mut Exports) {
        let own = exports.names.len();
        for (name, binding, at) in std::mem::take(&mut exports.passed_on) {
            match exports.names.entry(name) {
                Entry::Vacant(entry) => {
                    entry.insert(binding);
                }
                Entry::Occupied(entry) if entry.index() >= own && *entry.get() != binding => {
                    self.diagnostics.push(faults::exported_twice(entry.key(), at));
                }
                Entry::Occupied(_) => {}
            }
        }
    }
}

/// The exports of a module while they are gathered.
#[derive(Default)]
struct Exports {
    names: IndexMap<Name, Binding>,
    /// By `export *`, with the place that says so.
    passed_on: Vec<(Name, Binding, Span)>,
    /// Whether a module that could not be read is passed on, so that nobody knows all names.
    open: bool,
}
