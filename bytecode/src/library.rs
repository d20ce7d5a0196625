//! What compiler, checker and machine must all know of a library function: its path, its signature, how its result's
//! confidence comes about. The bodies are the standard library's own affair.

use crate::seal::Remembered;
use foldhash::HashMap;
use std::fmt;

/// The number of an entry in the [`Catalog`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LibraryId(pub u16);

/// A set of kinds of values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KindSet(u16);

impl KindSet {
    /// `null`.
    pub const NULL: KindSet = KindSet(1);
    /// Booleans.
    pub const BOOLEAN: KindSet = KindSet(2);
    /// Numbers.
    pub const NUMBER: KindSet = KindSet(4);
    /// Strings.
    pub const STRING: KindSet = KindSet(8);
    /// Arrays.
    pub const ARRAY: KindSet = KindSet(16);
    /// Objects.
    pub const OBJECT: KindSet = KindSet(32);
    /// Functions.
    pub const FUNCTION: KindSet = KindSet(64);
    /// Agents.
    pub const AGENT: KindSet = KindSet(128);
    /// Tasks.
    pub const TASK: KindSet = KindSet(256);
    /// Error values.
    pub const ERROR: KindSet = KindSet(512);
    /// Everything.
    pub const ANY: KindSet = KindSet(1023);

    const NAMES: [(KindSet, &'static str); 10] = [
        (Self::NULL, "null"),
        (Self::BOOLEAN, "boolean"),
        (Self::NUMBER, "number"),
        (Self::STRING, "string"),
        (Self::ARRAY, "array"),
        (Self::OBJECT, "object"),
        (Self::FUNCTION, "function"),
        (Self::AGENT, "agent"),
        (Self::TASK, "task"),
        (Self::ERROR, "error"),
    ];

    /// As an operand: a bit a kind.
    pub const fn bits(self) -> u16 {
        self.0
    }

    /// The kinds whose bits are set.
    pub const fn from_bits(bits: u16) -> KindSet {
        KindSet(bits & Self::ANY.0)
    }

    /// Both.
    pub fn union(self, other: KindSet) -> KindSet {
        KindSet(self.0 | other.0)
    }

    /// Whether all of `other` is in it.
    pub fn contains(self, other: KindSet) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether some kind is in both.
    pub fn intersects(self, other: KindSet) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether any kind is in both.
    pub fn overlaps(self, other: KindSet) -> bool {
        self.0 & other.0 != 0
    }

    /// The kind with that name, as `typeof` gives it.
    pub fn named(name: &str) -> Option<KindSet> {
        Self::NAMES.iter().find(|(_, text)| *text == name).map(|(set, _)| *set)
    }
}

impl fmt::Display for KindSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::ANY {
            return f.write_str("value");
        }
        let names: Vec<_> = Self::NAMES.iter().filter(|(set, _)| self.contains(*set)).map(|(_, name)| *name).collect();
        f.write_str(&names.join(" or "))
    }
}

/// How the confidence of a library function's result comes about (STDLIB, column C). *Subject* is the receiver, else
/// the first argument; *settings* are arguments that only steer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConfidenceRule {
    /// `r`: what the result has of its own, times the subject's, times the least of the settings'.
    Subject,
    /// `e`: the same; the result is an element or member.
    Element,
    /// `+`: folded by the rule of `+` over the elements, times the subject's.
    Sum,
    /// `min`: the rule of the algebra over all arguments.
    All,
    /// `sel`: one of the arguments, unchanged.
    Selected,
    /// `–`: never confident.
    Never,
    /// The body sees arguments as they are and settles it: aggregation, promises.
    Own,
    /// A host's function: what the result has of its own, times the rule of the algebra over the settings. What a
    /// parameter with [`Role::Value`] is sure of, the function itself sees.
    Host,
}

/// What an argument is to the result's confidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The receiver or first argument: the body sees it bare.
    Subject,
    /// Steers: the body sees it bare.
    Setting,
    /// Stored, compared or opened: the body sees it as it is.
    Value,
    /// Called back: the body sees it as it is.
    Callback,
}

/// A parameter of a library function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Param {
    /// Its name.
    pub name: Box<str>,
    /// What it may be.
    pub kinds: KindSet,
    /// Its type as written.
    pub ty: Box<str>,
    /// Whether it may be missing; null counts as missing.
    pub optional: bool,
    /// Whether it takes all that follow.
    pub rest: bool,
    /// Of a callback: how many arguments it is offered.
    pub offered: u8,
    /// What it is to the result's confidence.
    pub role: Role,
}

/// What a library function takes and gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// The parameters; of a method the receiver is not among them.
    pub params: Vec<Param>,
    /// The type of the result as written.
    pub result: Box<str>,
    /// How its confidence comes about.
    pub confidence: ConfidenceRule,
    /// Whether a call may leave the subject, the first argument, out: it then gives a function of it
    /// (`sortBy("n")(xs)`). Not part of the text.
    pub curried: bool,
    /// Whether a call is worth making though nobody uses its result: it prints, fails on purpose, starts or asks for
    /// something, or calls back for nothing else than that. The text says so by a result that is null, never or a task.
    pub effect: bool,
}

/// A signature text that can't be read: a fault of the registration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("signature `{text}`: {fault}")]
pub struct SignatureError {
    /// The text.
    pub text: String,
    /// What is wrong with it.
    pub fault: &'static str,
}

impl Signature {
    /// Reads `(name: T, name?: T = d, ...name: T) -> R`, types as in LANGUAGE.md's annotations. A parameter is a
    /// callback if its type is a function's (alone or in a union), a value if it is `any`, a type variable or an array
    /// that is not the subject, else a setting. `method` tells that the subject is the receiver.
    ///
    /// # Errors
    /// If the text is not of that form.
    pub fn parse(text: &str, confidence: ConfidenceRule, method: bool) -> Result<Signature, SignatureError> {
        let fault = |fault| SignatureError { text: text.to_owned(), fault };
        let inner = text.strip_prefix('(').ok_or_else(|| fault("must begin with `(`"))?;
        let close = closing(inner).ok_or_else(|| fault("has no matching `)`"))?;
        let result = inner[close + 1..].trim().strip_prefix("->").ok_or_else(|| fault("lacks `-> R`"))?.trim();
        let mut params = Vec::new();
        for part in split(&inner[..close], ',') {
            let part = part.trim();
            if part.is_empty() {
                continue;
            }
            let (head, ty) = part.split_once(':').ok_or_else(|| fault("has a parameter without a type"))?;
            let (ty, default) = match split(ty, '=').as_slice() {
                [ty] => (ty.trim().to_owned(), false),
                [ty, ..] if !ty.trim().ends_with('-') => (ty.trim().to_owned(), true),
                _ => (ty.trim().to_owned(), false),
            };
            let head = head.trim();
            let rest = head.starts_with("...");
            let name = head.trim_start_matches("...").trim_end_matches('?');
            let (kinds, offered, variable) = kinds_of(&ty);
            let subject = params.is_empty() && !method;
            let role = match confidence {
                ConfidenceRule::Own | ConfidenceRule::Selected => Role::Value,
                _ if offered.is_some() => Role::Callback,
                ConfidenceRule::All | ConfidenceRule::Host | ConfidenceRule::Never => Role::Setting,
                _ if subject => Role::Subject,
                _ if variable || kinds == KindSet::ANY || kinds == KindSet::ARRAY => Role::Value,
                _ => Role::Setting,
            };
            params.push(Param {
                name: name.into(),
                kinds,
                ty: ty.into(),
                optional: head.ends_with('?') || default,
                rest,
                offered: offered.unwrap_or(0),
                role,
            });
        }
        let effect = matches!(result, "null" | "never") || result.starts_with("task<");
        Ok(Signature { params, result: result.into(), confidence, curried: false, effect })
    }

    /// The least and the largest number of arguments; no largest where a parameter takes the rest.
    pub fn arity(&self) -> (usize, Option<usize>) {
        let least = self.params.iter().filter(|param| !param.optional && !param.rest).count();
        let most = if self.params.iter().any(|param| param.rest) { None } else { Some(self.params.len()) };
        (least, most)
    }

    /// The parameter that argument `index` falls to.
    pub fn param(&self, index: usize) -> Option<&Param> {
        self.params.get(index).or_else(|| self.params.last().filter(|param| param.rest))
    }
}

/// The offset of the bracket that closes one already open.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0usize;
    for (at, c) in text.char_indices() {
        match c {
            '(' | '{' | '[' => depth += 1,
            ')' | '}' | ']' if depth == 0 => return Some(at),
            ')' | '}' | ']' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// Splits at a mark outside brackets; `<` and `>` count as brackets, `->` does not.
fn split(text: &str, mark: char) -> Vec<&str> {
    let (mut parts, mut depth, mut start, mut before) = (Vec::new(), 0i32, 0, ' ');
    for (at, c) in text.char_indices() {
        match c {
            '(' | '{' | '[' | '<' => depth += 1,
            '>' if before == '-' => {}
            ')' | '}' | ']' | '>' => depth -= 1,
            _ if c == mark && depth == 0 => {
                parts.push(&text[start..at]);
                start = at + c.len_utf8();
            }
            _ => {}
        }
        before = c;
    }
    parts.push(&text[start..]);
    parts
}

/// The kinds of a type, how many arguments it is offered if it is a function's, and whether it is a type variable.
fn kinds_of(ty: &str) -> (KindSet, Option<u8>, bool) {
    let (mut kinds, mut offered, mut variable) = (KindSet::default(), None, false);
    for part in split(ty, '|') {
        let part = part.trim();
        let (kind, takes, free) = match part.chars().next() {
            Some('(') => {
                let inside = closing(&part[1..]).map_or("", |end| &part[1..=end]);
                let count = split(inside, ',').iter().filter(|param| !param.trim().is_empty()).count();
                (KindSet::FUNCTION, Some(count as u8), false)
            }
            Some('{') => (KindSet::OBJECT, None, false),
            Some('[') => (KindSet::ARRAY, None, false),
            Some('"') => (KindSet::STRING, None, false),
            _ => match KindSet::named(part.split('<').next().unwrap_or(part)) {
                Some(kind) => (kind, None, false),
                None => (KindSet::ANY, None, true),
            },
        };
        kinds = kinds.union(kind);
        offered = offered.or(takes);
        variable |= free;
    }
    (kinds, offered, variable)
}

/// What an entry is.
#[derive(Clone, Debug, PartialEq)]
pub enum EntryKind {
    /// A function: `len`, `Math.max`.
    Function(Signature),
    /// A method: `array.map`, `string.slice`; `any.toString` fits every receiver.
    Method(KindSet, Signature),
    /// `Math`, `JSON`, …; may also be callable (`Number`).
    Namespace(Option<Signature>),
    /// `Math.PI`, `NaN`.
    Constant(f64),
}

/// One name of the library.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// `map`, `Math.max`, `array.map`.
    pub path: Box<str>,
    /// What it is.
    pub kind: EntryKind,
    /// Whether only the library itself may name it.
    pub hidden: bool,
}

impl Entry {
    /// The last part of the path: what is displayed.
    pub fn name(&self) -> &str {
        let start = self.path.bytes().rposition(|byte| byte == b'.').map_or(0, |point| point + 1);
        self.path.get(start..).unwrap_or_default()
    }

    /// What it takes and gives, if it can be called.
    pub fn signature(&self) -> Option<&Signature> {
        match &self.kind {
            EntryKind::Function(signature)
            | EntryKind::Method(_, signature)
            | EntryKind::Namespace(Some(signature)) => Some(signature),
            EntryKind::Namespace(None) | EntryKind::Constant(_) => None,
        }
    }

    /// Whether it is called on a receiver.
    pub fn is_method(&self) -> bool {
        matches!(self.kind, EntryKind::Method(..))
    }
}

/// What a name stands for.
pub type Lookup = Option<LibraryId>;

/// All names of the library, each with its number. The numbers hold for one build: compiled programs are bound to the
/// catalog.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    entries: Vec<Entry>,
    by_path: HashMap<Box<str>, LibraryId>,
    methods: HashMap<Box<str>, Vec<(KindSet, LibraryId)>>,
    pub(crate) identity: Remembered,
}

impl Catalog {
    /// The catalog of these entries, numbered in order. Later entries of one path hide earlier ones.
    pub fn new(entries: Vec<Entry>) -> Self {
        let mut catalog = Catalog::default();
        for (at, entry) in entries.iter().enumerate() {
            let id = LibraryId(at as u16);
            catalog.by_path.insert(entry.path.clone(), id);
            if let EntryKind::Method(kinds, _) = &entry.kind {
                catalog.methods.entry(entry.name().into()).or_default().push((*kinds, id));
            }
        }
        catalog.entries = entries;
        catalog
    }

    /// The entry of that number.
    pub fn get(&self, id: LibraryId) -> Option<&Entry> {
        self.entries.get(id.0 as usize)
    }

    /// All entries in order.
    pub fn iter(&self) -> impl Iterator<Item = (LibraryId, &Entry)> {
        self.entries.iter().enumerate().map(|(at, entry)| (LibraryId(at as u16), entry))
    }

    /// The entry with exactly that path.
    pub fn find(&self, path: &str) -> Lookup {
        self.by_path.get(path).copied()
    }

    /// A name that a program has without importing it: no dot, no method, not hidden.
    pub fn global(&self, name: &str) -> Lookup {
        let id = self.find(name)?;
        self.get(id).filter(|entry| !entry.is_method() && !entry.hidden && !name.contains('.')).map(|_| id)
    }

    /// The member `name` of the namespace `id`.
    pub fn member(&self, id: LibraryId, name: &str) -> Lookup {
        let entry = self.get(id).filter(|entry| matches!(entry.kind, EntryKind::Namespace(_)))?;
        self.find(&format!("{}.{name}", entry.path))
    }

    /// The methods of that name, for every kind of receiver that has one.
    pub fn methods(&self, name: &str) -> &[(KindSet, LibraryId)] {
        self.methods.get(name).map_or(&[], Vec::as_slice)
    }

    /// The method `name` of a receiver of that kind.
    pub fn method(&self, kind: KindSet, name: &str) -> Lookup {
        self.methods(name).iter().find(|(kinds, _)| kinds.contains(kind)).map(|(_, id)| *id)
    }

    /// Names that a program may use without importing them, in order.
    pub fn globals(&self) -> impl Iterator<Item = (&str, LibraryId)> {
        self.iter()
            .filter(|(_, entry)| !entry.is_method() && !entry.hidden && !entry.path.contains('.'))
            .map(|(id, entry)| (&*entry.path, id))
    }
}
