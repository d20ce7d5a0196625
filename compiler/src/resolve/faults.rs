//! The resolver's diagnostics: facts in, texts out.

use crate::ast::{Ident, Name};
use prism_diagnostics::{Code, Diagnostic, Edit, Span};

pub(super) fn unknown_name(name: &str, at: Span, nearest: Option<&str>) -> Diagnostic {
    let fault = Diagnostic::new(Code::E0200, at, format!("nothing declares `{name}`"));
    match nearest {
        Some(nearest) => fault
            .with_help(format!("did you mean `{nearest}`?"))
            .with_fix(format!("write `{nearest}`"), vec![Edit { span: at, text: nearest.to_owned() }]),
        None => fault.with_help(format!("declare it first: `let {name} = …`")),
    }
}

pub(super) fn unknown_compound(name: &str, at: Span, nearest: Option<&str>) -> Diagnostic {
    let fault = Diagnostic::new(Code::E0200, at, format!("nothing declares `{name}`, so there is no value to change"));
    match nearest {
        Some(nearest) => fault.with_help(format!("did you mean `{nearest}`?")),
        None => fault.with_help(format!("give it a first value: `{name} = 0`")),
    }
}

pub(super) fn used_early(name: &str, at: Span, declared: Span) -> Diagnostic {
    Diagnostic::new(Code::E0201, at, format!("`{name}` is used before its declaration"))
        .with_other(declared, "declared here")
        .with_help("move the declaration above its first use")
}

pub(super) fn later_parameter(name: &str, at: Span, declared: Span) -> Diagnostic {
    Diagnostic::new(Code::E0201, at, format!("`{name}` has no value yet: a default sees only the parameters before it"))
        .with_other(declared, "declared here")
        .with_help("use only parameters further left")
}

pub(super) fn declared_twice(ident: &Ident, earlier: Span) -> Diagnostic {
    Diagnostic::new(Code::E0202, ident.span, format!("`{}` is already declared in this scope", ident.name))
        .with_other(earlier, "first declared here")
        .with_help("give one of the two another name")
}

pub(super) fn imported_twice(ident: &Ident, earlier: Span) -> Diagnostic {
    Diagnostic::new(Code::E0202, ident.span, format!("`{}` is imported, but that name is taken", ident.name))
        .with_other(earlier, "first declared here")
        .with_help(format!("import it under another name: `{} as …`", ident.name))
}

pub(super) fn twice_in_pattern(ident: &Ident) -> Diagnostic {
    Diagnostic::new(Code::E0202, ident.span, format!("`{}` stands twice in this pattern", ident.name))
        .with_help("give each part a name of its own, or `_` where none is needed")
}

pub(super) fn exported_twice(name: &Name, at: Span) -> Diagnostic {
    let message = format!("`{name}` is exported twice");
    Diagnostic::new(Code::E0202, at, message).with_help("export one of the two under another name: `a as b`")
}

pub(super) fn second_pattern(ident: &Ident, first: &Ident) -> Diagnostic {
    Diagnostic::new(Code::E0202, ident.span, "a file holds one pattern, and this is the second")
        .with_other(first.span, "the first one")
        .with_help("move one of the two to a file of its own")
}

pub(super) fn parameter_twice(ident: &Ident, earlier: Span) -> Diagnostic {
    Diagnostic::new(Code::E0205, ident.span, format!("the parameter `{}` is named twice", ident.name))
        .with_other(earlier, "named here first")
        .with_help("give one of the two another name")
}

pub(super) fn constant_assigned(name: &str, at: Span, declared: Span) -> Diagnostic {
    Diagnostic::new(Code::E0203, at, format!("`{name}` is a const and keeps its value"))
        .with_other(declared, "declared here")
        .with_help("declare it with `let` if it is to change")
}

/// What a name is that can't be assigned.
pub(super) fn not_assignable(name: &str, what: &str, at: Span) -> Diagnostic {
    Diagnostic::new(Code::E0206, at, format!("`{name}` is {what} and can't be changed"))
        .with_help("assign to a variable of your own")
}

pub(super) fn not_mutable(name: &str, what: &str, method: &str, at: Span) -> Diagnostic {
    Diagnostic::new(Code::E0206, at, format!("`{method}` would change `{name}`, which is {what}"))
        .with_help(format!("make a copy and change that: `mine = {name}`"))
}

pub(super) fn placeholder(at: Span) -> Diagnostic {
    Diagnostic::new(Code::E0208, at, "`_` stands outside a pipeline")
        .with_help("`_` is what goes into a pipeline, in `x |> f(_)`; a lambda or an inner pipeline has its own")
}

pub(super) fn shadows_library(name: &str, at: Span) -> Diagnostic {
    Diagnostic::new(Code::W0200, at, format!("`{name}` hides the library's `{name}`"))
        .with_help("another name keeps both in reach")
}

pub(super) fn unknown_export(name: &str, path: &str, at: Span, nearest: Option<&str>) -> Diagnostic {
    let message = match name {
        "default" => format!("\"{path}\" has no default export"),
        _ => format!("\"{path}\" exports no `{name}`"),
    };
    let help = match nearest {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None if name == "default" => "import its names in braces: `import {a} from`".to_owned(),
        None => format!("export it there: `export {{{name}}}`"),
    };
    Diagnostic::new(Code::E0501, at, message).with_help(help)
}

pub(super) fn no_whole(path: &str, at: Span) -> Diagnostic {
    Diagnostic::new(Code::E0501, at, format!("\"{path}\" is no object"))
        .with_help("import its names one by one, in braces")
}

pub(super) fn no_export(at: Span) -> Diagnostic {
    Diagnostic::new(Code::E0206, at, "a part of a value can't be exported")
        .with_help("export the variable: `export {name}`")
}
