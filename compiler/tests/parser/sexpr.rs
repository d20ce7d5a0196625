//! Trees as text, for comparing: s-expressions without spans and node ids.

use prism_compiler::ast::*;
use std::fmt::Write;

/// A module's statements, one a line.
pub fn module(module: &Module) -> String {
    module.body.iter().map(stmt).collect::<Vec<_>>().join("\n")
}

fn list<T>(items: &[T], each: impl Fn(&T) -> String) -> String {
    items.iter().map(each).collect::<Vec<_>>().join(" ")
}

fn call(head: &str, parts: &[String]) -> String {
    let mut text = format!("({head}");
    for part in parts.iter().filter(|part| !part.is_empty()) {
        write!(text, " {part}").unwrap();
    }
    text + ")"
}

fn option<T>(part: &Option<T>, each: impl Fn(&T) -> String) -> String {
    part.as_ref().map(each).unwrap_or_default()
}

pub fn block(block: &Block) -> String {
    let (open, close) = if block.braced { ("{", "}") } else { ("<", ">") };
    format!("{open}{}{close}", block.body.iter().map(stmt).collect::<Vec<_>>().join("; "))
}

pub fn stmt(stmt: &Stmt) -> String {
    match &stmt.kind {
        StmtKind::Expr(value) => expr(value),
        StmtKind::Declare { constant, declarators } => {
            call(if *constant { "const" } else { "let" }, &[list(declarators, declarator)])
        }
        StmtKind::Assign { target, op, value, .. } => {
            let target = match target {
                Target::Place(place) => expr(place),
                Target::Pattern(target) => pattern(target),
            };
            call(op.as_str(), &[target, expr(value)])
        }
        StmtKind::Step { target, increment, prefix } => {
            let sign = if *increment { "++" } else { "--" };
            let name = if *prefix { format!("{sign}_") } else { format!("_{sign}") };
            call(&name, &[expr(target)])
        }
        StmtKind::Function(function) => self::function(function),
        StmtKind::While { condition, body } => call("while", &[expr(condition), block(body)]),
        StmtKind::DoWhile { body, condition } => call("do", &[block(body), expr(condition)]),
        StmtKind::For(header, body) => call("for", &[self::header(header), block(body)]),
        StmtKind::ForIn { item, index, collection, body, .. } => {
            call("each", &[pattern(item), option(index, |index| index.name.to_string()), expr(collection), block(body)])
        }
        StmtKind::UncertainWhile { condition, levels } => {
            call("uncertain-while", &[expr(condition), self::levels(levels)])
        }
        StmtKind::UncertainFor(header, levels) => call("uncertain-for", &[self::header(header), self::levels(levels)]),
        StmtKind::Return { value, with } => {
            call("return", &[option(value, expr), option(with, |with| return_with(with))])
        }
        StmtKind::Break => "(break)".into(),
        StmtKind::Continue => "(continue)".into(),
        StmtKind::Throw(value) => call("throw", &[expr(value)]),
        StmtKind::Import(import) => {
            let namespace = option(&import.namespace, |name| format!("*{}", name.name));
            let default = option(&import.default, |name| name.name.to_string());
            call("import", &[default, namespace, list(&import.names, renamed), format!("{:?}", import.from.path)])
        }
        StmtKind::Export(export) => match &**export {
            Export::Statement(inner) => call("export", &[self::stmt(inner)]),
            Export::List { names, from } => call(
                "export",
                &[format!("[{}]", list(names, renamed)), option(from, |from| format!("{:?}", from.path))],
            ),
            Export::All { namespace, from } => {
                call("export*", &[option(namespace, |name| name.name.to_string()), format!("{:?}", from.path)])
            }
            Export::Default(value, _) => call("export-default", &[expr(value)]),
        },
        StmtKind::Agents(agents) => call(
            "agents",
            &[list(agents, |agent| {
                let settings = list(&agent.settings, |(key, value)| format!("{}:{}", key.name, expr(value)));
                format!("{}:{{{settings}}}", agent.name.name)
            })],
        ),
        StmtKind::Context { name, body } => call("context", &[name.name.to_string(), block(body)]),
        StmtKind::Pattern(decl) => {
            let version = option(&decl.version, |version| format!("v{version}"));
            let input = option(&decl.input, |fields| format!("input{{{}}}", list(fields, field)));
            let expects = option(&decl.expects, |fields| format!("expects{{{}}}", list(fields, field)));
            call("pattern", &[decl.name.name.to_string(), version, input, expects, block(&decl.body)])
        }
        StmtKind::Error => "<error>".into(),
    }
}

fn return_with(with: &ReturnWith) -> String {
    match with {
        ReturnWith::Warning(text) => call("warning", &[option(text, expr)]),
        ReturnWith::Metadata(value) => call("with", &[expr(value)]),
    }
}

fn renamed(name: &ImportName) -> String {
    if name.name.name == name.alias.name {
        return name.name.name.to_string();
    }
    format!("{}>{}", name.name.name, name.alias.name)
}

fn declarator(declarator: &Declarator) -> String {
    let mut text = pattern(&declarator.target);
    text += &option(&declarator.annotation, |one| annotation(one));
    text + &option(&declarator.value, |value| format!("={}", expr(value)))
}

fn header(header: &ForHeader) -> String {
    let part = |part: &Option<Stmt>| option(part, stmt);
    format!("[{}; {}; {}]", part(&header.init), option(&header.condition, expr), part(&header.update))
}

fn levels(levels: &Levels) -> String {
    let thresholds = option(&levels.thresholds, |pair| format!("({} {}) ", expr(&pair.0), expr(&pair.1)));
    let branches = list(&levels.branches, |branch| format!("{}{}", branch.level.as_str(), block(&branch.body)));
    format!("{thresholds}[{branches}]")
}

pub fn expr(expr: &Expr) -> String {
    let e = |e: &Expr| self::expr(e);
    match &expr.kind {
        ExprKind::Null => "null".into(),
        ExprKind::Bool(value) => value.to_string(),
        ExprKind::Number(value) => value.to_string(),
        ExprKind::String(text) => format!("{text:?}"),
        ExprKind::Template(parts) => call(
            "template",
            &[list(parts, |part| match part {
                TemplatePart::Text(text) => format!("{text:?}"),
                TemplatePart::Expr(value) => e(value),
            })],
        ),
        ExprKind::Name(name) => name.to_string(),
        ExprKind::Placeholder => "_".into(),
        ExprKind::Array(elements) => format!(
            "[{}]",
            list(elements, |element| match element {
                Element::Item(value) => e(value),
                Element::Spread(value) => format!("...{}", e(value)),
            })
        ),
        ExprKind::Object(properties) => format!(
            "{{{}}}",
            list(properties, |property| match property {
                Property::Pair(key, value) => format!("{}: {}", self::key(key), e(value)),
                Property::Shorthand(value) => e(value),
                Property::Spread(value) => format!("...{}", e(value)),
            })
        ),
        ExprKind::Unary { op, operand, .. } => call(op.as_str(), &[e(operand)]),
        ExprKind::Binary { op, left, right, .. } => call(op.as_str(), &[e(left), e(right)]),
        ExprKind::Conditional { confident, condition, then, otherwise } => {
            call(if *confident { "~?" } else { "?" }, &[e(condition), e(then), e(otherwise)])
        }
        ExprKind::Member { object, access, name } => {
            let dot = match access {
                Access::Plain => ".",
                Access::Optional => "?.",
                Access::Confident => "~.",
            };
            format!("{}{dot}{}", e(object), name.name)
        }
        ExprKind::Index { object, index } => format!("{}[{}]", e(object), e(index)),
        ExprKind::Call { callee, arguments } => {
            let arguments = list(arguments, |argument| match argument {
                Argument::Positional(value) => e(value),
                Argument::Spread(value) => format!("...{}", e(value)),
                Argument::Named(key, value) => format!("{}: {}", self::key(key), e(value)),
            });
            format!("{}({arguments})", e(callee))
        }
        ExprKind::Pipe { confident, value, target } => {
            call(if *confident { "~|>" } else { "|>" }, &[e(value), e(target)])
        }
        ExprKind::Function(function) => self::function(function),
        ExprKind::Paren(inner) => format!("'{}", e(inner)),
        ExprKind::Block(block) => self::block(block),
        ExprKind::If { condition, then, otherwise } => {
            call("if", &[e(condition), block(then), option(otherwise, |otherwise| block(otherwise))])
        }
        ExprKind::UncertainIf { condition, levels } => call("uncertain-if", &[e(condition), self::levels(levels)]),
        ExprKind::Match { subject, arms } => call("match", &[e(subject), list(arms, arm)]),
        ExprKind::Try { body, catch, finally } => {
            let catch = option(catch, |catch| call("catch", &[option(&catch.binding, pattern), block(&catch.body)]));
            let finally = option(finally, |finally| format!("finally{}", block(finally)));
            call("try", &[block(body), catch, finally])
        }
        ExprKind::Parallel { agents, timeout, min_results, body, .. } => {
            let timeout = option(timeout, |timeout| format!("timeout:{}", e(timeout)));
            let least = option(min_results, |least| format!("min_results:{}", e(least)));
            call("parallel", &[e(agents), timeout, least, block(body)])
        }
        ExprKind::ParallelBranches(branches) => {
            call("parallel", &[list(branches, |branch| format!("{}: {}", key(&branch.key), e(&branch.value)))])
        }
        ExprKind::Race { agents, timeout, body, until, .. } => {
            let timeout = option(timeout, |timeout| format!("timeout:{}", e(timeout)));
            call(
                "race",
                &[e(agents), timeout, block(body), option(until, |until| format!("until:{}", e(&until.condition)))],
            )
        }
        ExprKind::Sequential(block) => call("sequential", &[self::block(block)]),
        ExprKind::Error => "<error>".into(),
    }
}

fn key(key: &Key) -> String {
    if key.quoted { format!("{:?}", key.name) } else { key.name.to_string() }
}

fn arm(arm: &Arm) -> String {
    let guard = option(&arm.guard, |guard| format!(" if {}", expr(guard)));
    format!("[{}{guard} => {}]", pattern(&arm.pattern), body(&arm.body))
}

fn body(body: &Body) -> String {
    match body {
        Body::Expr(value) => expr(value),
        Body::Block(inner) => block(inner),
        Body::Statement(inner) => stmt(inner),
    }
}

fn function(function: &Function) -> String {
    let head = match (function.lambda, function.is_async) {
        (true, false) => "lambda",
        (true, true) => "async-lambda",
        (false, false) => "fn",
        (false, true) => "async-fn",
    };
    let params = format!("({})", list(&function.params, param));
    let confidence = option(&function.confidence, |confidence| format!("~>{}", expr(confidence)));
    let name = option(&function.name, |name| name.name.to_string());
    call(head, &[name, params, option(&function.result, |one| annotation(one)), confidence, body(&function.body)])
}

fn param(param: &Param) -> String {
    let rest = if param.rest { "..." } else { "" };
    let optional = if param.optional { "?" } else { "" };
    let default = option(&param.default, |default| format!("={}", expr(default)));
    format!("{rest}{}{optional}{}{default}", pattern(&param.pattern), option(&param.annotation, |one| annotation(one)))
}

pub fn pattern(pattern: &Pattern) -> String {
    let text = match &pattern.kind {
        PatternKind::Wildcard => "_".into(),
        PatternKind::Name(name) => name.name.to_string(),
        PatternKind::Literal(value) => expr(value),
        PatternKind::Array { elements, rest } => {
            let elements = list(elements, |element| element.as_ref().map_or("-".into(), part));
            format!("[{elements}{}]", option(rest, |rest| format!(" ...{}", self::pattern(rest))))
        }
        PatternKind::Object { fields, rest } => {
            let fields = list(fields, |field| {
                if field.shorthand { part(&field.part) } else { format!("{}: {}", key(&field.key), part(&field.part)) }
            });
            format!("{{{fields}{}}}", option(rest, |rest| format!(" ...{}", self::pattern(rest))))
        }
        PatternKind::Error => "<error>".into(),
    };
    text + &option(&pattern.threshold, |threshold| format!("~>{}", expr(threshold)))
}

fn part(part: &PatternPart) -> String {
    pattern(&part.pattern) + &option(&part.default, |default| format!("={}", expr(default)))
}

fn annotation(annotation: &Annotation) -> String {
    let interval = option(&annotation.interval, |pair| format!("~[{} {}]", expr(&pair.0), expr(&pair.1)));
    format!(":{}{interval}", option(&annotation.ty, ty))
}

pub fn ty(ty: &TypeExpr) -> String {
    let t = |t: &TypeExpr| self::ty(t);
    match &ty.kind {
        TypeExprKind::Named(name) => name.to_string(),
        TypeExprKind::Literal(value) => expr(value),
        TypeExprKind::Array(item) => format!("array<{}>", t(item)),
        TypeExprKind::Task(item) => format!("task<{}>", t(item)),
        TypeExprKind::Object(fields) => format!(
            "{{{}}}",
            list(fields, |field| format!(
                "{}{}:{}",
                field.key.name,
                if field.optional { "?" } else { "" },
                t(&field.ty)
            ))
        ),
        TypeExprKind::Function(parameters, result) => format!("({})->{}", list(parameters, t), t(result)),
        TypeExprKind::Union(members) => members.iter().map(t).collect::<Vec<_>>().join("|"),
        TypeExprKind::Error => "<error>".into(),
    }
}

fn field(field: &InputField) -> String {
    let constraints = list(&field.constraints, |constraint| {
        format!("{}({})", constraint.name.name, list(&constraint.arguments, expr))
    });
    call(&field.name.name, &[input_type(&field.ty), constraints])
}

fn input_type(ty: &InputType) -> String {
    match ty {
        InputType::Named(name) => name.name.to_string(),
        InputType::Array(item) => format!("[{}]", input_type(item)),
        InputType::Object(fields) => format!("{{{}}}", list(fields, field)),
    }
}
