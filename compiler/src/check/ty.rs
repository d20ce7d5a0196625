//! Types: what kinds of values there are, and how they join.
//!
//! A type is a number into the table [`Types`], in which each stands once: types are compared and copied as numbers,
//! however large they are. Types are never deeper than [`MAX_DEPTH`] nor wider than [`MAX_MEMBERS`], so every chain of
//! joins ends.

use super::functions::FunctionId;
use super::value::{Range, Value};
use crate::ast::Name;
use crate::hash::HashMap;
use prism_bytecode::{KindSet, LibraryId};
use prism_confidence::{Interval, Landmarks};
use std::collections::hash_map::Entry::{Occupied, Vacant};
use std::rc::Rc;

/// Deeper parts of a type are `any`.
const MAX_DEPTH: u8 = 8;
/// A union of more shapes than that is an object of which nothing more is known.
const MAX_MEMBERS: usize = 8;

/// A type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Ty(u32);

impl Ty {
    pub const NEVER: Ty = Ty(0);
    pub const NULL: Ty = Ty(1);
    pub const BOOLEAN: Ty = Ty(2);
    pub const NUMBER: Ty = Ty(3);
    pub const STRING: Ty = Ty(4);
    pub const ERROR: Ty = Ty(5);
    pub const AGENT: Ty = Ty(6);
    pub const ANY: Ty = Ty(7);
    pub const FUNCTION: Ty = Ty(8);
    pub const OBJECT: Ty = Ty(9);

    const SIMPLE: [Data; 10] = [
        Data::Never,
        Data::Null,
        Data::Boolean,
        Data::Number,
        Data::String,
        Data::Error,
        Data::Agent,
        Data::Any,
        Data::Function,
        Data::Object,
    ];
}

/// A literal of an enum.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Literal {
    String(Name),
    /// By its bits.
    Number(u64),
    Bool(bool),
}

/// A member of a shape.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Field {
    pub name: Name,
    pub value: Value,
    /// Whether it may be missing.
    pub optional: bool,
}

/// What a function's annotation says.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Signature {
    pub params: Vec<Ty>,
    pub result: Ty,
}

/// What a type is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Data {
    /// There is no such value.
    Never,
    Null,
    Boolean,
    Number,
    String,
    Error,
    Agent,
    Any,
    /// Some function.
    Function,
    /// An object of unknown members.
    Object,
    /// One value of an enum.
    Literal(Literal),
    /// A number that a schema bounds.
    Bounded(Range),
    /// An array: what its elements are together, and how many there are.
    Array {
        element: Value,
        least: u32,
        most: Option<u32>,
    },
    /// An object of just these members.
    Shape(Rc<[Field]>),
    Task(Value),
    /// Some of the program's own functions.
    Closures(Rc<[FunctionId]>),
    /// A function or namespace of the library.
    Library(LibraryId),
    /// All exports of a module: its place in the order of running.
    Namespace(u32),
    /// A function that an annotation describes.
    Signature(Rc<Signature>),
    /// Any of these; at least two, no unions among them.
    Union(Rc<[Ty]>),
}

/// A type, and what is asked of it again and again.
#[derive(Debug)]
struct Row {
    data: Data,
    depth: u8,
    kinds: KindSet,
    /// Whether it, or a member of it, is `any`.
    has_any: bool,
}

/// All types of a check.
#[derive(Debug)]
pub(crate) struct Types {
    rows: Vec<Row>,
    numbers: HashMap<Data, Ty>,
    joins: HashMap<(Ty, Ty), Ty>,
    /// Functions whose values have become part of an `any`: whatever calls them is not known.
    pub escaped: Vec<FunctionId>,
}

impl Types {
    pub fn new() -> Types {
        /// Most programs have fewer types than that.
        const USUAL: usize = 96;
        let mut types = Types {
            rows: Vec::with_capacity(USUAL),
            numbers: HashMap::with_capacity_and_hasher(USUAL, Default::default()),
            joins: HashMap::default(),
            escaped: Vec::new(),
        };
        for data in Ty::SIMPLE {
            types.intern(data);
        }
        types
    }

    pub fn get(&self, ty: Ty) -> &Data {
        &self.rows[ty.0 as usize].data
    }

    fn intern(&mut self, data: Data) -> Ty {
        let next = Ty(self.rows.len() as u32);
        let data = match self.numbers.entry(data) {
            Occupied(known) => return *known.get(),
            Vacant(new) => {
                let data = new.key().clone();
                new.insert(next);
                data
            }
        };
        self.add_row(data)
    }

    fn add_row(&mut self, data: Data) -> Ty {
        let ty = Ty(self.rows.len() as u32);
        self.rows.push(Row {
            depth: self.depth_of(&data),
            kinds: self.kinds_of(&data),
            has_any: match &data {
                Data::Union(members) => members.contains(&Ty::ANY),
                data => *data == Data::Any,
            },
            data,
        });
        ty
    }

    fn depth_of(&self, data: &Data) -> u8 {
        let depth = |ty: Ty| self.rows[ty.0 as usize].depth;
        match data {
            Data::Array { element, .. } | Data::Task(element) => depth(element.ty) + 1,
            Data::Shape(fields) => fields.iter().map(|field| depth(field.value.ty)).max().unwrap_or(0) + 1,
            Data::Signature(signature) => {
                signature.params.iter().chain([&signature.result]).map(|ty| depth(*ty)).max().unwrap_or(0) + 1
            }
            Data::Union(members) => members.iter().map(|ty| depth(*ty)).max().unwrap_or(0),
            _ => 0,
        }
    }

    /// A part of a type that is being made: `any` where it would be too deep.
    fn part(&mut self, value: Value) -> Value {
        let value = value.stored();
        if self.rows[value.ty.0 as usize].depth < MAX_DEPTH {
            return value;
        }
        self.escape(value.ty);
        let confidence = value.confidence.join(self.behind_tasks(value));
        Value { confidence, vague: true, ..value.with_ty(Ty::ANY) }
    }

    /// An array of so many of these.
    pub fn array(&mut self, element: Value, least: u32, most: Option<u32>) -> Ty {
        let element = self.part(element);
        self.intern(Data::Array { element, least, most })
    }

    /// An array of any number of these.
    pub fn list(&mut self, element: Value) -> Ty {
        self.array(element, 0, None)
    }

    pub fn task(&mut self, value: Value) -> Ty {
        let value = self.part(value);
        self.intern(Data::Task(value))
    }

    pub fn shape(&mut self, fields: Vec<Field>) -> Ty {
        let fields = fields.into_iter().map(|field| Field { value: self.part(field.value), ..field }).collect();
        self.intern(Data::Shape(fields))
    }

    /// The type of a function that has none yet.
    pub fn closure(&mut self, function: FunctionId) -> Ty {
        self.add_row(Data::Closures(Rc::new([function])))
    }

    pub fn library(&mut self, id: LibraryId) -> Ty {
        self.intern(Data::Library(id))
    }

    pub fn namespace(&mut self, module: u32) -> Ty {
        self.intern(Data::Namespace(module))
    }

    pub fn literal(&mut self, literal: Literal) -> Ty {
        self.intern(Data::Literal(literal))
    }

    pub fn bounded(&mut self, range: Range) -> Ty {
        self.intern(Data::Bounded(range))
    }

    pub fn signature(&mut self, signature: Signature) -> Ty {
        self.intern(Data::Signature(Rc::new(signature)))
    }

    /// The members of a union; the type itself if it is none, nothing of `never`.
    pub fn members(&self, ty: Ty) -> Members {
        match self.get(ty) {
            Data::Never => Members::None,
            Data::Union(members) => Members::Many(Rc::clone(members), 0),
            _ => Members::One(ty),
        }
    }

    /// Whether values of the type may be of several.
    pub fn is_union(&self, ty: Ty) -> bool {
        matches!(self.get(ty), Data::Union(_))
    }

    /// Any of these types.
    pub fn union(&mut self, types: impl IntoIterator<Item = Ty>) -> Ty {
        types.into_iter().fold(Ty::NEVER, |sum, ty| self.join(sum, ty))
    }

    /// Either of two types.
    pub fn join(&mut self, a: Ty, b: Ty) -> Ty {
        match (a, b) {
            _ if a == b => a,
            (Ty::NEVER, _) => b,
            (_, Ty::NEVER) => a,
            (Ty::ANY, other) | (other, Ty::ANY) => {
                self.escape(other);
                Ty::ANY
            }
            _ => {
                if let Some(ty) = self.joins.get(&(a, b)) {
                    return *ty;
                }
                let mut members: Vec<Ty> = self.members(a).collect();
                for ty in self.members(b) {
                    self.add(&mut members, ty);
                }
                let ty = self.of_members(members);
                self.joins.insert((a, b), ty);
                ty
            }
        }
    }

    fn of_members(&mut self, mut members: Vec<Ty>) -> Ty {
        let is_shape = |types: &Types, ty: &Ty| matches!(types.get(*ty), Data::Shape(_));
        if members.iter().filter(|ty| is_shape(self, ty)).count() > MAX_MEMBERS {
            for ty in members.iter().filter(|ty| is_shape(self, ty)).copied().collect::<Vec<_>>() {
                self.escape(ty);
            }
            members.retain(|ty| !is_shape(self, ty) && *ty != Ty::OBJECT);
            members.push(Ty::OBJECT);
        }
        match members.as_slice() {
            [] => Ty::NEVER,
            [one] => *one,
            _ => self.intern(Data::Union(members.into())),
        }
    }

    /// Adds a type that is no union to the members of one.
    fn add(&mut self, members: &mut Vec<Ty>, ty: Ty) {
        let merged = members.iter().enumerate().find_map(|(place, one)| Some((place, self.merge(*one, ty)?)));
        match merged {
            Some((place, merged)) => members[place] = merged,
            None => members.push(ty),
        }
    }

    /// Two types as one, where they would not stand side by side in a union.
    fn merge(&mut self, a: Ty, b: Ty) -> Option<Ty> {
        if a == b {
            return Some(a);
        }
        let merged = match (self.get(a).clone(), self.get(b).clone()) {
            (Data::Literal(literal), kind) | (kind, Data::Literal(literal)) => match (literal, kind) {
                (Literal::String(_), Data::String) => Ty::STRING,
                (Literal::Number(_), Data::Number | Data::Bounded(_)) => Ty::NUMBER,
                (Literal::Bool(_), Data::Boolean | Data::Literal(Literal::Bool(_))) => Ty::BOOLEAN,
                _ => return None,
            },
            (Data::Number | Data::Bounded(_), Data::Number | Data::Bounded(_)) => Ty::NUMBER,
            (Data::Array { element: a, least: low, most: high }, Data::Array { element: b, least, most }) => {
                let element = self.join_values(a, b);
                let most = high.zip(most).map(|(a, b)| a.max(b));
                self.array(element, low.min(least), most)
            }
            (Data::Task(a), Data::Task(b)) => {
                let value = self.join_values(a, b);
                self.task(value)
            }
            (Data::Closures(a), Data::Closures(b)) => {
                let mut all: Vec<_> = a.iter().chain(b.iter()).copied().collect();
                all.sort_unstable();
                all.dedup();
                self.intern(Data::Closures(all.into()))
            }
            (Data::Function, Data::Closures(_) | Data::Library(_) | Data::Signature(_)) => {
                self.escape(b);
                Ty::FUNCTION
            }
            (Data::Closures(_) | Data::Library(_) | Data::Signature(_), Data::Function) => {
                self.escape(a);
                Ty::FUNCTION
            }
            (Data::Object, Data::Shape(_)) | (Data::Shape(_), Data::Object) => {
                self.escape(a);
                self.escape(b);
                Ty::OBJECT
            }
            (Data::Shape(a), Data::Shape(b)) => self.merge_shapes(&a, &b)?,
            _ => return None,
        };
        Some(merged)
    }

    /// Two shapes of the same members whose types differ in nothing that is shown.
    fn merge_shapes(&mut self, a: &[Field], b: &[Field]) -> Option<Ty> {
        let same = |a: &Field, b: &Field| a.name == b.name && a.optional == b.optional;
        if a.len() != b.len() || !a.iter().zip(b).all(|(a, b)| same(a, b) && self.alike(a.value.ty, b.value.ty)) {
            return None;
        }
        let join = |(a, b): (&Field, &Field)| Field { value: self.join_values(a.value, b.value), ..a.clone() };
        let fields = a.iter().zip(b).map(join).collect();
        Some(self.shape(fields))
    }

    /// Whether two types differ only in what is not shown: confidences, lengths, ranges, which functions.
    fn alike(&self, a: Ty, b: Ty) -> bool {
        a == b
            || match (self.get(a), self.get(b)) {
                (Data::Number | Data::Bounded(_), Data::Number | Data::Bounded(_)) => true,
                (Data::Array { element: a, .. }, Data::Array { element: b, .. }) => {
                    // An empty array grows with use: it is not told from others.
                    a.is_never() || b.is_never() || self.alike(a.ty, b.ty)
                }
                (Data::Task(a), Data::Task(b)) => self.alike(a.ty, b.ty),
                (Data::Closures(_), Data::Closures(_)) => true,
                (Data::Shape(a), Data::Shape(b)) => {
                    a.len() == b.len()
                        && a.iter().zip(b.iter()).all(|(a, b)| {
                            a.name == b.name && a.optional == b.optional && self.alike(a.value.ty, b.value.ty)
                        })
                }
                (Data::Union(a), Data::Union(b)) => {
                    a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| self.alike(*a, *b))
                }
                _ => false,
            }
    }

    /// Either of two values: where two paths meet.
    pub fn join_values(&mut self, a: Value, b: Value) -> Value {
        if a == b || b.is_never() {
            return a;
        }
        if a.is_never() {
            return b;
        }
        let shut = |value: Value| value.shut || !value.confidence.may_be_plain();
        let ty = self.join(a.ty, b.ty);
        let mut confidence = a.confidence.join(b.confidence);
        if ty == Ty::ANY {
            // That there may be tasks is forgotten: it has to hold for what they come to, too.
            confidence = confidence.join(self.behind_tasks(a)).join(self.behind_tasks(b));
        }
        let range = a.range().zip(b.range()).and_then(|(a, b)| Range::new(a.lo.min(b.lo), a.hi.max(b.hi)));
        let (vague, shut) = (a.vague || b.vague, shut(a) && shut(b) && (a.shut || b.shut));
        Value { vague, shut, ..Value::new(ty, confidence) }.with_range(range)
    }

    /// The confidence of what the tasks in a type come to.
    fn behind_tasks(&self, value: Value) -> Interval {
        self.members(value.ty).fold(Interval::EMPTY, |all, ty| match self.get(ty) {
            Data::Task(result) => all.join(result.confidence.product(value.confidence)),
            _ => all,
        })
    }

    /// `old` joined with `new`, what has moved going on to where it can't move much further.
    pub fn widen_values(&mut self, old: Value, new: Value, landmarks: &Landmarks) -> Value {
        let joined = self.join_values(old, new).stored();
        if joined == old || old.is_never() {
            return joined;
        }
        let ty = self.widen(old.ty, joined.ty, landmarks);
        Value { ty, confidence: old.confidence.widen(joined.confidence, landmarks), ..joined }
    }

    /// The type `new`, that came of joining something to `old`.
    fn widen(&mut self, old: Ty, new: Ty, landmarks: &Landmarks) -> Ty {
        if old == new {
            return new;
        }
        match (self.get(old).clone(), self.get(new).clone()) {
            (Data::Array { element: before, least: low, most: high }, Data::Array { element, least, most }) => {
                let element = self.widen_values(before, element, landmarks);
                let least = if least < low { 0 } else { least };
                self.array(element, least, if most == high { most } else { None })
            }
            (Data::Task(before), Data::Task(value)) => {
                let value = self.widen_values(before, value, landmarks);
                self.task(value)
            }
            (Data::Shape(before), Data::Shape(fields)) if before.len() == fields.len() => {
                let fields = before
                    .iter()
                    .zip(fields.iter())
                    .map(|(old, new)| Field {
                        value: self.widen_values(old.value, new.value, landmarks),
                        ..new.clone()
                    })
                    .collect();
                self.shape(fields)
            }
            (_, Data::Union(members)) => {
                let before: Vec<Ty> = self.members(old).collect();
                let mut widened = Vec::new();
                for ty in members.iter() {
                    let earlier = before.iter().copied().find(|old| self.alike(*old, *ty)).unwrap_or(*ty);
                    let ty = self.widen(earlier, *ty, landmarks);
                    self.add(&mut widened, ty);
                }
                self.of_members(widened)
            }
            _ => new,
        }
    }

    /// Notes that the functions in a type may be called by whoever.
    pub fn escape(&mut self, ty: Ty) {
        match self.get(ty).clone() {
            Data::Closures(functions) => self.escaped.extend(functions.iter().copied()),
            Data::Array { element: value, .. } | Data::Task(value) => self.escape(value.ty),
            Data::Shape(fields) => fields.iter().for_each(|field| self.escape(field.value.ty)),
            Data::Union(members) => members.iter().for_each(|ty| self.escape(*ty)),
            _ => {}
        }
    }

    /// The members for which `keep` holds.
    pub fn filter(&mut self, ty: Ty, keep: impl Fn(&Types, Ty) -> bool) -> Ty {
        let Data::Union(members) = self.get(ty) else {
            return if keep(self, ty) { ty } else { Ty::NEVER };
        };
        let kept: Vec<Ty> = members.iter().copied().filter(|ty| keep(self, *ty)).collect();
        if kept.len() == members.len() { ty } else { self.of_members(kept) }
    }

    fn kinds_of(&self, data: &Data) -> KindSet {
        match data {
            Data::Never => KindSet::default(),
            Data::Union(members) => {
                members.iter().fold(KindSet::default(), |kinds, member| kinds.union(self.kinds(*member)))
            }
            Data::Null => KindSet::NULL,
            Data::Boolean | Data::Literal(Literal::Bool(_)) => KindSet::BOOLEAN,
            Data::Number | Data::Bounded(_) | Data::Literal(Literal::Number(_)) => KindSet::NUMBER,
            Data::String | Data::Literal(Literal::String(_)) => KindSet::STRING,
            Data::Error => KindSet::ERROR,
            Data::Agent => KindSet::AGENT,
            Data::Any => KindSet::ANY,
            Data::Function | Data::Closures(_) | Data::Signature(_) => KindSet::FUNCTION,
            // A namespace is an object; one that can be called counts as a function.
            Data::Library(_) => KindSet::FUNCTION.union(KindSet::OBJECT),
            Data::Object | Data::Shape(_) | Data::Namespace(_) => KindSet::OBJECT,
            Data::Array { .. } => KindSet::ARRAY,
            Data::Task(_) => KindSet::TASK,
        }
    }

    /// The kinds of values of a type, as `typeof` tells them apart.
    pub fn kinds(&self, ty: Ty) -> KindSet {
        self.rows[ty.0 as usize].kinds
    }

    /// Whether a value of the type may be of that kind.
    pub fn may_be(&self, ty: Ty, kind: KindSet) -> bool {
        self.kinds(ty).intersects(kind)
    }

    /// Whether nothing is known of the type, or of one of its members.
    pub fn has_any(&self, ty: Ty) -> bool {
        self.rows[ty.0 as usize].has_any
    }
}

/// The members of a type.
#[derive(Clone)]
pub(crate) enum Members {
    None,
    One(Ty),
    Many(Rc<[Ty]>, usize),
}

impl Iterator for Members {
    type Item = Ty;

    fn next(&mut self) -> Option<Ty> {
        match self {
            Members::None => None,
            Members::One(ty) => {
                let ty = *ty;
                *self = Members::None;
                Some(ty)
            }
            Members::Many(members, at) => {
                *at += 1;
                members.get(*at - 1).copied()
            }
        }
    }
}

impl Literal {
    /// The kind of values it is one of.
    pub fn kind(&self) -> KindSet {
        match self {
            Literal::String(_) => KindSet::STRING,
            Literal::Number(_) => KindSet::NUMBER,
            Literal::Bool(_) => KindSet::BOOLEAN,
        }
    }

    pub fn is_truthy(&self) -> bool {
        match self {
            Literal::String(text) => !text.is_empty(),
            Literal::Number(bits) => {
                let value = f64::from_bits(*bits);
                value != 0.0 && !value.is_nan()
            }
            Literal::Bool(value) => *value,
        }
    }
}
