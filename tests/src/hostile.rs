//! Hostile programs as they are written down: a head that says what the program tries and how it must end, then the
//! program, in which long parts are written once.

use std::path::Path;
use std::{fs, io};

/// A hostile program.
#[derive(Clone, Debug)]
pub struct Program {
    /// Its trick, as its file is called.
    pub name: String,
    /// What must hold of it.
    pub head: Head,
    /// The program, its long parts written out.
    pub text: String,
}

/// What the comments say that a program begins with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// Codes of errors that it may end with under the usual limits, `0` for none: `// ends: R0100`.
    pub ends: Vec<String>,
    /// The same under small limits: `// small: R0100 R0101`; unless said, those of `ends`, and used up fuel.
    pub ends_small: Vec<String>,
    /// More flags of the command: `// flags: --format json`.
    pub flags: Vec<String>,
}

impl Program {
    /// The programs of a folder, by name.
    ///
    /// # Errors
    /// If a file can't be read, or has no head.
    pub fn all(folder: &Path) -> io::Result<Vec<Program>> {
        let mut programs = Vec::new();
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
            if path.extension().is_some_and(|extension| extension == "prism") {
                let text = fs::read_to_string(&path)?;
                let head = Head::read(&text);
                if head.ends.is_empty() {
                    return Err(io::Error::other(format!("{name} does not say how it ends")));
                }
                programs.push(Program { name, head, text: written_out(&text) });
            }
        }
        programs.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(programs)
    }
}

impl Head {
    fn read(text: &str) -> Head {
        let words = |key: &str| -> Vec<String> {
            let line = text.lines().find_map(|line| line.strip_prefix("// ")?.strip_prefix(key)?.strip_prefix(": "));
            line.unwrap_or_default().split_whitespace().map(str::to_owned).collect()
        };
        let (ends, mut ends_small) = (words("ends"), words("small"));
        if ends_small.is_empty() {
            ends_small = [ends.clone(), vec!["R0100".to_owned()]].concat();
        }
        Head { ends, ends_small, flags: words("flags") }
    }
}

/// The text with each `«part×1000»` replaced by so many of the part.
fn written_out(text: &str) -> String {
    let Some((before, (part, count, after))) =
        text.split_once('«').and_then(|(before, rest)| Some((before, long_part(rest)?)))
    else {
        return text.to_owned();
    };
    before.to_owned() + &part.repeat(count) + &written_out(after)
}

/// The part, how often it stands there, and what follows.
fn long_part(text: &str) -> Option<(&str, usize, &str)> {
    let (inside, after) = text.split_once('»')?;
    let (part, count) = inside.rsplit_once('×')?;
    Some((part, count.trim().parse().ok()?, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_parts_are_written_out() {
        assert_eq!(written_out("a«bc×3»d«\n×2»"), "abcbcbcd\n\n");
        assert_eq!(written_out("a « b"), "a « b");
    }

    #[test]
    fn heads_are_read() {
        let head = Head::read("// Tries.\n// ends: R0100 0\n// flags: --a b\n1");
        assert_eq!(
            (head.ends.join(" "), head.ends_small.join(" ")),
            ("R0100 0".to_owned(), "R0100 0 R0100".to_owned())
        );
        assert_eq!(head.flags, ["--a", "b"]);
    }
}
