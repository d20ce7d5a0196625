//! The names that a generated program has in sight, and what they are meant to hold.

/// What a value is meant to be. Generated programs keep to it mostly, not always.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A number.
    Number,
    /// A string.
    String,
    /// A boolean.
    Boolean,
    /// An array of numbers.
    Numbers,
    /// An array of strings.
    Strings,
    /// An array of objects.
    Objects,
    /// An object: `a` a number, `b` a string, `c` numbers, `d` an object.
    Object,
    /// Anything, null too.
    Any,
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 8] = [
        Kind::Number,
        Kind::String,
        Kind::Boolean,
        Kind::Numbers,
        Kind::Strings,
        Kind::Objects,
        Kind::Object,
        Kind::Any,
    ];

    /// Whether it is an array.
    pub fn is_array(self) -> bool {
        matches!(self, Kind::Numbers | Kind::Strings | Kind::Objects)
    }

    /// What an array's elements are.
    pub fn element(self) -> Kind {
        match self {
            Kind::Numbers => Kind::Number,
            Kind::Strings => Kind::String,
            Kind::Objects => Kind::Object,
            _ => Kind::Any,
        }
    }
}

/// A variable.
#[derive(Clone, Debug)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// What it is meant to hold.
    pub kind: Kind,
    /// Whether it may be assigned.
    pub assignable: bool,
    /// Whether it belongs to its body and not to a block in it.
    pub implicit: bool,
}

/// A function of the program.
#[derive(Clone, Debug)]
pub struct Callee {
    /// Its name.
    pub name: String,
    /// What it takes.
    pub params: Vec<Kind>,
    /// How many of them may be left out.
    pub optional: usize,
    /// What it gives.
    pub result: Kind,
}

/// All names in sight.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// Variables.
    pub variables: Vec<Variable>,
    /// Functions.
    pub callees: Vec<Callee>,
}

/// Where a block began.
#[derive(Clone, Copy, Debug)]
pub struct Mark {
    variables: usize,
    callees: usize,
}

impl Scope {
    /// Here.
    pub fn mark(&self) -> Mark {
        Mark { variables: self.variables.len(), callees: self.callees.len() }
    }

    /// Leaves a block: its names are gone, but those that belong to the body, which may hold anything now.
    pub fn leave(&mut self, mark: Mark) {
        let inner = self.variables.split_off(mark.variables);
        self.callees.truncate(mark.callees);
        let kept = inner.into_iter().filter(|variable| variable.implicit);
        self.variables.extend(kept.map(|variable| Variable { kind: Kind::Any, ..variable }));
    }

    /// Leaves a body.
    pub fn leave_body(&mut self, mark: Mark) {
        self.variables.truncate(mark.variables);
        self.callees.truncate(mark.callees);
    }

    /// Declares a variable.
    pub fn declare(&mut self, name: &str, kind: Kind, assignable: bool) {
        self.variables.push(Variable { name: name.to_owned(), kind, assignable, implicit: false });
    }
}
