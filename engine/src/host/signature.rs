//! What a host's function is declared as: `crm.lookup(id: string, most?: number): array<object>`, read by the grammar
//! of the language's own functions.

use prism_bytecode::{ConfidenceRule, KindSet, Param, Role, Signature};
use prism_compiler::ast::{self, Annotation, ExprKind, PatternKind, StmtKind, TypeExpr, TypeExprKind};
use prism_compiler::parse::{Parsed, parse};
use prism_diagnostics::{Diagnostic, SourceId};

/// A declared function.
#[derive(Clone, Debug)]
pub(crate) struct Declaration {
    /// Its name, behind those of its namespaces.
    pub(crate) path: String,
    /// What it takes and gives.
    pub(crate) signature: Signature,
    /// What its result may be.
    pub(crate) result: KindSet,
}

/// Reads a declaration. Parameters are settings (the function sees their values only) until the function in Rust says
/// otherwise; all count for the result's confidence.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn read(text: &str) -> Result<Declaration, String> {
    let text = text.trim();
    let open = text.find('(').ok_or("it has no parameters: write `name(a: string): number`")?;
    let path = text[..open].trim_end();
    if !path.split('.').all(is_name) {
        return Err(format!("`{path}` is no name that a program could call"));
    }
    let name = path.rsplit('.').next().unwrap_or(path);
    let declared = format!("function {name}{} {{}}", &text[open..]);
    let Some(StmtKind::Function(function)) = only_statement(&declared)? else {
        return Err("it goes on behind its result".to_owned());
    };
    if function.confidence.is_some() {
        return Err("a function of the host gives its confidence with its result, as an `Uncertain`".to_owned());
    }
    let reader = Reader { text: &declared };
    let params = function.params.iter().map(|param| reader.param(param)).collect::<Result<Vec<_>, _>>()?;
    let (result, ty) = reader.annotated(function.result.as_deref(), "its result")?;
    let signature = Signature { params, result: ty, confidence: ConfidenceRule::Host, curried: false, effect: true };
    Ok(Declaration { path: path.to_owned(), signature, result })
}

/// The statement that a text is, if it is one.
fn only_statement(text: &str) -> Result<Option<StmtKind>, String> {
    let Parsed { module, diagnostics } = parse(SourceId::default(), text);
    if let Some(fault) = diagnostics.into_iter().find(Diagnostic::is_error) {
        return Err(fault.message);
    }
    let mut body = module.body;
    let last = body.pop();
    Ok(last.filter(|_| body.is_empty()).map(|statement| statement.kind))
}

/// Whether a program can call something of that name.
fn is_name(part: &str) -> bool {
    match only_statement(part) {
        Ok(Some(StmtKind::Expr(expr))) => matches!(expr.kind, ExprKind::Name(name) if name.as_str() == part),
        _ => false,
    }
}

struct Reader<'t> {
    text: &'t str,
}

impl Reader<'_> {
    fn param(&self, param: &ast::Param) -> Result<Param, String> {
        let PatternKind::Name(name) = &param.pattern.kind else {
            return Err("a parameter is a name and a type".to_owned());
        };
        let name = name.name.as_str();
        if param.default.is_some() {
            return Err(format!("`{name}` has a default: write `{name}?`, and an `Option` in Rust"));
        }
        let (kinds, ty) = self.annotated(param.annotation.as_deref(), &format!("`{name}`"))?;
        let (optional, rest) = (param.optional, param.rest);
        Ok(Param { name: name.into(), kinds, ty, optional, rest, offered: 0, role: Role::Setting })
    }

    /// The kinds of an annotation and its type as written; anything if there is none.
    fn annotated(&self, annotation: Option<&Annotation>, whose: &str) -> Result<(KindSet, Box<str>), String> {
        let Some(annotation) = annotation else { return Ok((KindSet::ANY, "any".into())) };
        if annotation.interval.is_some() {
            return Err(format!("{whose} promises a confidence, which nothing holds it to"));
        }
        let Some(ty) = &annotation.ty else { return Ok((KindSet::ANY, "any".into())) };
        let written = self.text.get(ty.span.start as usize..ty.span.end as usize).unwrap_or("any");
        Ok((kinds(ty).map_err(|fault| format!("{whose}: {fault}"))?, written.into()))
    }
}

/// What a type's values may be.
fn kinds(ty: &TypeExpr) -> Result<KindSet, String> {
    Ok(match &ty.kind {
        TypeExprKind::Named(name) => match (name.as_str(), KindSet::named(name)) {
            ("any", _) => KindSet::ANY,
            (_, Some(KindSet::FUNCTION | KindSet::TASK)) | ("function", _) => return Err(BOUND.to_owned()),
            (_, Some(kind)) => kind,
            (name, None) => return Err(format!("there is no type `{name}`")),
        },
        TypeExprKind::Literal(literal) => match &literal.kind {
            ExprKind::String(_) => KindSet::STRING,
            ExprKind::Bool(_) => KindSet::BOOLEAN,
            _ => KindSet::NUMBER,
        },
        TypeExprKind::Array(item) => {
            kinds(item)?;
            KindSet::ARRAY
        }
        TypeExprKind::Object(fields) => {
            fields.iter().try_for_each(|field| kinds(&field.ty).map(drop))?;
            KindSet::OBJECT
        }
        TypeExprKind::Union(members) => {
            members.iter().map(kinds).try_fold(KindSet::default(), |all, kinds| kinds.map(|kinds| all.union(kinds)))?
        }
        TypeExprKind::Function(..) | TypeExprKind::Task(_) => return Err(BOUND.to_owned()),
        TypeExprKind::Error => return Err("it has a type that can't be read".to_owned()),
    })
}

/// Why functions and tasks are no types here.
const BOUND: &str = "functions and tasks can't leave their program";
