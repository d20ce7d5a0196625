//! What stands at the top of a text: imports, exports, patterns.

use super::error::{Fault, What};
use super::recover::{closing, expect, list, skip_statement};
use super::{Input, Look, Parse, Production, expr, name, rule, stmt, token, ty, when};
use crate::ast::{
    Block, Export as Exported, ExprKind, Ident, Import, ImportName, ModulePath, Name, PatternDecl, Stmt, StmtKind,
};
use crate::lexer::decode;
use crate::token::TokenKind;
use chumsky::prelude::*;
use prism_diagnostics::{Code, Diagnostic};

/// All statements of a text.
pub(super) fn body(input: &mut Input) -> Parse<Vec<Stmt>> {
    let mut body = stmt::statements(input)?;
    // Brackets match, so this is the end; the loop is for the day they do not.
    while input.kind() != TokenKind::End {
        input.missing(What::Statement);
        input.skip();
        body.extend(stmt::statements(input)?);
    }
    input.skip();
    Ok(body)
}

/// `import`, `export` and `pattern` stand outside blocks.
fn at_top(input: &mut Input) {
    if input.state().blocks == 0 {
        return;
    }
    let at = input.index();
    let word = input.state().tokens[at];
    let written = input.text_of(word);
    let diagnostic = Diagnostic::new(Code::E0100, input.span_of(word), format!("`{written}` inside a block"))
        .with_help(format!("put `{written}` at the top of the text, outside all braces"));
    input.emit(Fault::said(at, diagnostic));
}

/// `import d, {a, b as c} from "…"`
pub(super) fn import(input: &mut Input) -> Parse<StmtKind> {
    use TokenKind::{Comma, From, Import as Word, ObjectBrace, Star};
    at_top(input);
    input.parse(token(Word))?;
    let mut import = Import { default: None, namespace: None, names: Vec::new(), from: nowhere(input) };
    if input.kind().is_name() && (input.kind(), input.nth(1)) != (From, TokenKind::String) {
        import.default = Some(name(input)?);
        if input.kind() != From {
            input.parse(expect(Comma))?;
        }
    }
    match input.kind() {
        Star => import.namespace = Some(input.parse(namespace())?),
        ObjectBrace => import.names = names(input)?,
        From if import.default.is_some() => {}
        _ => input.missing(What::Words("a name, `{ }` with names, or `* as` and a name")),
    }
    import.from = input.parse(expect(From).ignore_then(rule(path)))?;
    Ok(StmtKind::Import(Box::new(import)))
}

/// `* as ns`
fn namespace<'t>() -> impl Production<'t, Ident> {
    token(TokenKind::Star).ignore_then(expect(TokenKind::As)).ignore_then(rule(name))
}

/// `{a, b as c}`
fn names(input: &mut Input) -> Parse<Vec<ImportName>> {
    input.skip();
    input.parse(list(rule(renamed), TokenKind::RBrace))
}

fn renamed(input: &mut Input) -> Parse<ImportName> {
    let original = name(input)?;
    let alias = input.parse(when(TokenKind::As, token(TokenKind::As).ignore_then(rule(name))))?;
    let alias = match alias {
        Some(alias) => alias,
        None => Ident { id: input.id(), ..original.clone() },
    };
    Ok(ImportName { name: original, alias })
}

/// A string that names a module.
fn path(input: &mut Input) -> Parse<ModulePath> {
    if input.kind() != TokenKind::String {
        input.missing(What::Words("a module's path in quotes"));
        if input.kind() == TokenKind::Bad {
            input.skip();
        }
        return Ok(nowhere(input));
    }
    let token = input.bump();
    let text = input.text_of(token);
    let path = Name::new(decode(text.get(1..text.len().saturating_sub(1)).unwrap_or_default()));
    Ok(ModulePath { path, span: input.span_of(token) })
}

fn nowhere(input: &mut Input) -> ModulePath {
    ModulePath { path: Name::new_static(""), span: input.here() }
}

/// `export …`
pub(super) fn export(input: &mut Input) -> Parse<StmtKind> {
    use TokenKind::*;
    at_top(input);
    input.parse(token(Export))?;
    let export = match input.kind() {
        ObjectBrace => {
            let names = names(input)?;
            let from = input.parse(when(From, token(From).ignore_then(rule(path))))?;
            Exported::List { names, from }
        }
        Star => {
            input.skip();
            let namespace = input.parse(when(As, token(As).ignore_then(rule(name))))?;
            Exported::All { namespace, from: input.parse(expect(From).ignore_then(rule(path)))? }
        }
        Default if input.nth(1).assign().is_none() => {
            input.skip();
            let value = expr::expr(input)?;
            Exported::Default(value, input.id())
        }
        _ => return exported(input),
    };
    Ok(StmtKind::Export(Box::new(export)))
}

/// `export` of a declaration or an assignment.
fn exported(input: &mut Input) -> Parse<StmtKind> {
    let at = input.index();
    let statement = stmt::statement(input)?;
    let fits = matches!(
        statement.kind,
        StmtKind::Declare { .. }
            | StmtKind::Function(_)
            | StmtKind::Assign { .. }
            | StmtKind::Pattern(_)
            | StmtKind::Agents(_)
            | StmtKind::Error
    );
    let reported = matches!(&statement.kind, StmtKind::Expr(value) if matches!(value.kind, ExprKind::Error));
    if !fits && !reported {
        let diagnostic = Diagnostic::new(Code::E0100, statement.span, "only declarations and assignments are exported")
            .with_help("give the value a name, or write `export default` before it");
        input.emit(Fault::said(at, diagnostic));
        skip_statement(input);
    }
    Ok(StmtKind::Export(Box::new(Exported::Statement(statement))))
}

/// `pattern NAME v1.0.0 { input { … } expects { … } … }`
pub(super) fn pattern(input: &mut Input) -> Parse<StmtKind> {
    at_top(input);
    input.parse(token(TokenKind::Pattern))?;
    let name = name(input)?;
    let version = version(input);
    if input.kind() != TokenKind::BlockBrace {
        input.missing(What::Block);
        let body = Block { body: Vec::new(), braced: true, span: input.here(), id: input.id() };
        let id = input.id();
        return Ok(StmtKind::Pattern(Box::new(PatternDecl { name, version, input: None, expects: None, body, id })));
    }
    let start = input.index();
    input.skip();
    let (mut given, mut expects) = (None, None);
    loop {
        match input.kind() {
            TokenKind::Input if given.is_none() => {
                input.skip();
                given = Some(ty::fields(input)?);
            }
            TokenKind::Expects if expects.is_none() => {
                input.skip();
                expects = Some(ty::fields(input)?);
            }
            TokenKind::Separator | TokenKind::Semicolon => input.skip(),
            _ => break,
        }
    }
    input.state().blocks += 1;
    let statements = stmt::statements(input)?;
    input.state().blocks -= 1;
    input.parse(closing(TokenKind::RBrace))?;
    let body = Block { body: statements, braced: true, span: input.place_from(start), id: input.id() };
    let id = input.id();
    Ok(StmtKind::Pattern(Box::new(PatternDecl { name, version, input: given, expects, body, id })))
}

/// `v1.0.0`, if it comes; `v1` is read as a name by the lexer.
fn version(input: &mut Input) -> Option<Name> {
    let at = input.index();
    let token = *input.state().tokens.get(at)?;
    let digits = input.text_of(token).strip_prefix('v')?;
    let version = token.kind == TokenKind::Version
        || token.kind == TokenKind::Ident && digits.bytes().all(|byte| byte.is_ascii_digit());
    if version && !digits.is_empty() {
        input.skip();
        return Some(Name::new(digits));
    }
    None
}
