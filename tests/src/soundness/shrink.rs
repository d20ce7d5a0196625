//! Makes a program smaller for as long as the same kind of fault is found.

use super::judge::judge;
use super::tree::{Bare, Block, Node, Stmt, Tree};

/// What stands for an expression that does not matter.
const SIMPLE: [&str; 6] = ["null", "1", "\"a\"", "[]", "{}", "true"];

/// What a fault begins with tells its kind.
pub fn kind(fault: &str) -> &str {
    fault.split(['`', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9']).next().unwrap_or(fault)
}

/// The smallest program that is found.
pub fn shrink(tree: &Tree, fault: &str) -> Tree {
    let kind = kind(fault);
    let fails = |tree: &Tree| judge(tree).faults.iter().any(|fault| fault.starts_with(kind));
    let mut best = tree.clone();
    loop {
        let mut found = false;
        let mut place = 0;
        // A change that holds leaves another one at its place.
        while let Some(smaller) = changed(&best, place) {
            match size(&smaller) < size(&best) && fails(&smaller) {
                true => (best, found) = (smaller, true),
                false => place += 1,
            }
        }
        if !found {
            return best;
        }
    }
}

fn size(tree: &Tree) -> usize {
    // An annotation is no text of the tree's own.
    let texts = [Some(tree.print(&mut Bare)), tree.print_module(&mut Bare)];
    texts.iter().flatten().map(String::len).sum::<usize>() + usize::from(tree.annotated)
}

/// The tree with the change of that number; `None` behind the last.
fn changed(tree: &Tree, number: usize) -> Option<Tree> {
    let mut tree = tree.clone();
    let mut left = number;
    if !tree.metadata.is_empty() {
        if left == 0 {
            tree.metadata.clear();
            return Some(tree);
        }
        left -= 1;
    }
    if tree.annotated {
        if left == 0 {
            tree.annotated = false;
            return Some(tree);
        }
        left -= 1;
    }
    (in_stmts(&mut tree.module, &mut left) || in_stmts(&mut tree.stmts, &mut left)).then_some(tree)
}

/// Whether the change was made; else so many fewer are left to be counted.
fn in_stmts(stmts: &mut Vec<Stmt>, left: &mut usize) -> bool {
    for at in 0..stmts.len() {
        if *left == 0 {
            stmts.remove(at);
            return true;
        }
        *left -= 1;
        // A statement gives way to one that it contains.
        let inner = blocks(&stmts[at].nodes).nth(*left).map(|block| block.stmts.clone());
        if let Some(inner) = inner {
            stmts.splice(at..=at, inner);
            return true;
        }
        *left -= blocks(&stmts[at].nodes).count();
        if in_nodes(&mut stmts[at].nodes, left) {
            return true;
        }
    }
    false
}

fn blocks(nodes: &[Node]) -> impl Iterator<Item = &Block> {
    nodes.iter().filter_map(|node| match node {
        Node::Block(block) => Some(block),
        _ => None,
    })
}

fn in_nodes(nodes: &mut [Node], left: &mut usize) -> bool {
    for node in nodes {
        let done = match node {
            Node::Text(_) | Node::Name(_) => false,
            Node::Block(block) => in_stmts(&mut block.stmts, left),
            Node::Expr(inner) => {
                let parts: Vec<Node> = inner.iter().filter(|node| matches!(node, Node::Expr(_))).cloned().collect();
                let choices = SIMPLE.len() + parts.len();
                if *left < choices {
                    *node = match parts.into_iter().nth(*left) {
                        Some(part) => part,
                        None => Node::Expr(vec![Node::text(SIMPLE[choices - 1 - *left])]),
                    };
                    true
                } else {
                    *left -= choices;
                    in_nodes(inner, left)
                }
            }
        };
        if done {
            return true;
        }
    }
    false
}
