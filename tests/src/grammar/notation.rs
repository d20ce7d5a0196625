//! GBNF, the notation of llama.cpp, to [`Grammar`]: `name ::= alternatives`, texts in quotes, classes in brackets,
//! groups, `* + ?`, comments from `#` to the line's end. A rule ends where the next begins.

use super::{Grammar, Node, Rule};

/// Reads a grammar.
///
/// # Errors
/// What is wrong, with its line.
pub fn read(text: &str) -> Result<Grammar, String> {
    let mut grammar = Grammar::default();
    let mut bodies = Vec::new();
    let mut comments = Vec::new();
    for (at, line) in text.lines().enumerate() {
        if line.is_empty() || line.starts_with('#') {
            comments.push(line.to_owned());
            continue;
        }
        let (name, body) = line.split_once(" ::= ").ok_or_else(|| format!("line {}: no `::=` in {line:?}", at + 1))?;
        if !name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-') {
            return Err(format!("line {}: `{name}` is no name", at + 1));
        }
        if grammar.numbers.insert(name.to_owned(), grammar.rules.len()).is_some() {
            return Err(format!("line {}: `{name}` twice", at + 1));
        }
        let comments = std::mem::take(&mut comments);
        grammar.rules.push(Rule { name: name.to_owned(), body: Node::Sequence(Vec::new()), comments });
        bodies.push((at + 1, body));
    }
    for (rule, (line, body)) in bodies.into_iter().enumerate() {
        let mut reader = Reader { rest: body, grammar: &grammar };
        let node = reader.choice().map_err(|fault| format!("line {line}: {fault}"))?;
        if !reader.rest.is_empty() {
            return Err(format!("line {line}: `{}` is left over", reader.rest));
        }
        grammar.rules[rule].body = node;
    }
    Ok(grammar)
}

struct Reader<'t, 'g> {
    rest: &'t str,
    grammar: &'g Grammar,
}

impl Reader<'_, '_> {
    fn blanks(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn eat(&mut self, text: &str) -> bool {
        let rest = self.rest.strip_prefix(text);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn next(&mut self) -> Result<char, String> {
        let letter = self.rest.chars().next().ok_or("the rule ends too early")?;
        self.rest = &self.rest[letter.len_utf8()..];
        Ok(letter)
    }

    fn choice(&mut self) -> Result<Node, String> {
        let mut alternatives = vec![self.sequence()?];
        while self.eat("|") {
            alternatives.push(self.sequence()?);
        }
        Ok(if alternatives.len() == 1 { alternatives.remove(0) } else { Node::Choice(alternatives) })
    }

    fn sequence(&mut self) -> Result<Node, String> {
        let mut parts = Vec::new();
        loop {
            self.blanks();
            if self.rest.is_empty() || self.rest.starts_with(['|', ')']) {
                return Ok(if parts.len() == 1 { parts.remove(0) } else { Node::Sequence(parts) });
            }
            let part = self.part()?;
            parts.push(self.repeated(part));
        }
    }

    fn repeated(&mut self, part: Node) -> Node {
        let (least, most) = match self.rest.chars().next() {
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('?') => (0, Some(1)),
            _ => return part,
        };
        self.rest = &self.rest[1..];
        Node::Repeat(Box::new(part), least, most)
    }

    fn part(&mut self) -> Result<Node, String> {
        if self.eat("(") {
            let inner = self.choice()?;
            return if self.eat(")") { Ok(inner) } else { Err("a group has no `)`".to_owned()) };
        }
        if self.eat("\"") {
            let mut text = String::new();
            while !self.eat("\"") {
                text.push(self.character()?);
            }
            return Ok(Node::Text(text));
        }
        if self.eat("[") {
            let negated = self.eat("^");
            let mut ranges = Vec::new();
            while !self.eat("]") {
                let first = self.character()?;
                let is_range = self.rest.starts_with('-') && !self.rest.starts_with("-]");
                ranges.push((first, if is_range && self.eat("-") { self.character()? } else { first }));
            }
            return Ok(Node::Class { negated, ranges });
        }
        let end = self.rest.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-');
        let (name, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        self.rest = rest;
        let number = self.grammar.numbers.get(name).ok_or_else(|| format!("no rule is called `{name}`"))?;
        Ok(Node::Rule(*number))
    }

    /// A character of a text or class, its escape resolved.
    fn character(&mut self) -> Result<char, String> {
        match self.next()? {
            '\\' => match self.next()? {
                'n' => Ok('\n'),
                'r' => Ok('\r'),
                't' => Ok('\t'),
                escaped @ ('"' | '\\' | ']' | '[') => Ok(escaped),
                other => Err(format!("`\\{other}` is no escape")),
            },
            letter => Ok(letter),
        }
    }
}
