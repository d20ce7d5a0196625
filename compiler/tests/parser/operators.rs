//! The operator table of the tree against lexer, grammar and display.

use crate::sexpr;
use crate::tree;
use prism_compiler::ast::{AssignOp, Associativity, BinaryOp, ExprKind, StmtKind, UnaryOp};
use prism_compiler::parse::{TokenKind, parse, tokens};
use prism_diagnostics::SourceId;

#[test]
fn every_operator_is_a_token_of_its_own() {
    let glyphs = BinaryOp::ALL.iter().map(|op| op.as_str());
    let glyphs =
        glyphs.chain(UnaryOp::ALL.iter().map(|op| op.as_str())).chain(AssignOp::ALL.iter().map(|op| op.as_str()));
    for glyph in glyphs {
        let lexed = tokens(SourceId(0), glyph);
        let kinds: Vec<_> = lexed.tokens.iter().map(|token| token.kind).collect();
        assert_eq!(kinds.len(), 2, "{glyph}: {kinds:?}");
        assert_eq!(kinds[0].text(), Some(glyph));
        assert_eq!(kinds[1], TokenKind::End);
    }
    for op in BinaryOp::ALL {
        let kind = tokens(SourceId(0), op.as_str()).tokens[0].kind;
        assert_eq!(kind.binary(), Some(*op));
    }
    for op in UnaryOp::ALL {
        let kind = tokens(SourceId(0), op.as_str()).tokens[0].kind;
        assert_eq!(kind.unary(), Some(*op));
    }
    for op in AssignOp::ALL {
        let kind = tokens(SourceId(0), op.as_str()).tokens[0].kind;
        assert_eq!(kind.assign(), Some(*op));
    }
}

#[test]
fn every_token_is_read_back() {
    for kind in TokenKind::ALL {
        if let Some(text) = kind.text() {
            assert_eq!(tokens(SourceId(0), text).tokens[0].kind, *kind, "{text}");
        }
    }
}

#[test]
fn every_operator_parses() {
    for op in BinaryOp::ALL {
        let text = format!("a {op} b", op = op.as_str());
        let parsed = parse(SourceId(0), &text);
        assert!(parsed.diagnostics.is_empty(), "{text}");
        let StmtKind::Expr(value) = &parsed.module.body[0].kind else { panic!("{text}") };
        assert!(matches!(&value.kind, ExprKind::Binary { op: found, .. } if found == op), "{text}");
    }
    for op in UnaryOp::ALL {
        assert_eq!(tree(&format!("{} a", op.as_str())), format!("({} a)", op.as_str()));
    }
    for op in AssignOp::ALL {
        assert_eq!(tree(&format!("a.b {} c", op.as_str())), format!("({} a.b c)", op.as_str()));
    }
}

/// Each pair of operators groups as their levels say; `~>` takes an additive right side and refuses what is between.
#[test]
fn pairs_group_by_the_table() {
    for first in BinaryOp::ALL {
        for second in BinaryOp::ALL {
            let (f, s) = (first.as_str(), second.as_str());
            let text = format!("a {f} b {s} c");
            let parsed = parse(SourceId(0), &text);
            let found = sexpr::module(&parsed.module);
            let left = format!("({s} ({f} a b) c)");
            let right = format!("({f} a ({s} b c))");
            let sum = BinaryOp::Add.level();
            if *first == BinaryOp::Attach {
                assert_eq!(found, if second.level() >= sum { right } else { left }, "{text}");
                let between = second.level() > first.level() && second.level() < sum;
                assert_eq!(parsed.diagnostics.len(), usize::from(between), "{text}");
                continue;
            }
            assert!(parsed.diagnostics.is_empty(), "{text}");
            let to_the_right = second.level() > first.level()
                || second.level() == first.level() && first.associativity() == Associativity::Right;
            assert_eq!(found, if to_the_right { right } else { left }, "{text}");
        }
    }
}

#[test]
fn conditionals_and_pipes_are_loosest() {
    for op in BinaryOp::ALL.iter().filter(|op| **op != BinaryOp::Gate) {
        let op = op.as_str();
        assert_eq!(tree(&format!("a {op} b ? c : d {op} e")), format!("(? ({op} a b) c ({op} d e))"));
        assert_eq!(tree(&format!("a {op} b |> c")), format!("(|> ({op} a b) c)"));
    }
    assert_eq!(tree("a ? b : c |> d ~|> e ~?> f"), "(~?> (~|> (|> (? a b c) d) e) f)");
    assert_eq!(tree("a ~? b |> c : d ? e : f"), "(~? a (|> b c) (? d e f))");
}
