//! The fenced blocks of pages whose programs are tested.

/// A fenced block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// What stands behind the opening fence.
    pub kind: String,
    /// The lines between the fences.
    pub text: String,
    /// The line of the opening fence, from 1.
    pub line: usize,
    /// Whether only blank lines stand between it and the block before.
    pub follows: bool,
}

/// The blocks of a page, in order.
///
/// # Panics
/// If the last block has no end.
pub fn blocks(page: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut open: Option<Block> = None;
    let mut is_near = false;
    for (at, line) in page.lines().enumerate() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(kind)) => {
                open = Some(Block { kind: kind.to_owned(), text: String::new(), line: at + 1, follows: is_near });
            }
            (Some(_), Some(_)) => {
                blocks.extend(open.take());
                is_near = true;
            }
            (Some(block), None) => block.text.extend([line, "\n"]),
            (None, None) => is_near &= line.trim().is_empty(),
        }
    }
    assert!(open.is_none(), "a block of the page has no end");
    blocks
}

/// The page with other text in one of its blocks.
pub fn with_text(page: &str, block: &Block, text: &str) -> String {
    let lines: Vec<&str> = page.split_inclusive('\n').collect();
    let (before, rest) = lines.split_at(block.line);
    let (_, after) = rest.split_at(block.text.lines().count());
    [before.concat(), text.to_owned(), after.concat()].concat()
}
