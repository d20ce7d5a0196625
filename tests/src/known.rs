//! The list of cases that are known to fail: a name a line, `#` begins a comment.
//!
//! The list is held against the truth from both sides: a case that fails without being listed is a fault, and so is a
//! listed one that passes.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;

/// The names in a list.
///
/// # Errors
/// If the file can't be read.
pub fn read(path: &Path) -> io::Result<BTreeSet<String>> {
    let text = fs::read_to_string(path)?;
    let names = text.lines().map(|line| line.split('#').next().unwrap_or_default().trim());
    Ok(names.filter(|name| !name.is_empty()).map(str::to_owned).collect())
}

/// Writes the names, keeping the comment that opens the file.
///
/// # Errors
/// If the file can't be read or written.
pub fn write<'a>(path: &Path, names: impl Iterator<Item = &'a str>) -> io::Result<()> {
    let old = fs::read_to_string(path)?;
    let head = old.lines().take_while(|line| line.starts_with('#')).map(str::to_owned);
    let lines: Vec<String> = head.chain(names.map(str::to_owned)).collect();
    fs::write(path, lines.join("\n") + "\n")
}
