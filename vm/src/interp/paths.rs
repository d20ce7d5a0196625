//! Updating parts of variables (§4, STDLIB L2): path assignment, and the methods that JavaScript knows as mutating.
//!
//! A container on the way that another handle could see is copied; one that is the variable's own is changed in place.
//! Nothing is changed before everything that can fail was looked at, copies apart, which no program can see.

use super::members::part;
use crate::confidence::Conf;
use crate::raise::Raise;
use crate::runtime::Runtime;
use crate::value::heap::{Ref, footprint, has_room};
use crate::value::{Array, Str, Task, Value};
use prism_bytecode::Mutator;
use prism_confidence::{Combination, Rule};

impl Runtime {
    /// The part at a path, with its own confidence only; null where there is none.
    pub(crate) fn get_path(&mut self, root: &Value, steps: &[Value]) -> Result<Value, Raise> {
        if root.as_task().is_some() {
            return self.get_path(&Task::settled(root)?, steps);
        }
        let Some((step, rest)) = steps.split_first() else { return Ok(root.clone()) };
        if step.as_task().is_some() {
            let settled = Task::settled(step)?;
            return self.get_step(root, &settled, rest);
        }
        self.get_step(root, step, rest)
    }

    fn get_step(&mut self, root: &Value, step: &Value, rest: &[Value]) -> Result<Value, Raise> {
        let found = match (root.as_array(), root.as_object()) {
            (Some(array), _) => self.array_step(step)?.and_then(|at| array.get(at)),
            (_, Some(object)) => match step.as_str() {
                Some(key) => {
                    self.take_text(key.as_str())?;
                    object.get(key.as_str())
                }
                None => object.get(self.object_step(step)?.as_str()),
            },
            _ => return Err(self.no_container(root, step)),
        };
        match found {
            Some(next) => self.get_path(next, rest),
            None if rest.is_empty() => Ok(Value::NULL),
            None => Err(self.no_container(&Value::NULL, &rest[0])),
        }
    }

    /// Changes the part at a path: `change` gets the slot, made if it is the last step that finds nothing. What fails has
    /// changed nothing that a program could see.
    fn update<R>(
        &mut self,
        root: &mut Value,
        steps: &[Value],
        change: impl FnOnce(&mut Value) -> R,
    ) -> Result<R, Raise> {
        if root.as_task().is_some() {
            *root = Task::settled(root)?;
        }
        let Some((step, rest)) = steps.split_first() else { return Ok(change(root)) };
        let settled;
        let step = if step.as_task().is_some() {
            settled = Task::settled(step)?;
            &settled
        } else {
            step
        };
        if root.as_array().is_some() {
            let at = self.array_step(step)?;
            let length = root.as_array().map_or(0, |array| array.len());
            let slot = match (at, root.as_array_mut()) {
                (Some(at), Some(array)) if at < length => array.get_mut(at),
                (Some(at), Some(array)) if at == length && rest.is_empty() => {
                    array.push(Value::NULL);
                    array.get_mut(at)
                }
                _ => None,
            };
            return match slot {
                Some(slot) => self.update(slot, rest, change),
                None if rest.is_empty() => {
                    let index = self.display_brief(step);
                    Err(Raise::index(format!("index {index} is out of range (length {length})")))
                }
                None => Err(self.no_container(&Value::NULL, &rest[0])),
            };
        }
        if root.as_object().is_none() {
            return Err(self.no_container(root, step));
        }
        let made;
        let key = match step.as_str() {
            Some(key) => key.as_str(),
            None => {
                made = self.object_step(step)?;
                made.as_str()
            }
        };
        self.take_text(key)?;
        let Some(object) = root.as_object_mut() else { return Err(Raise::kind("can only change parts of objects")) };
        if object.find(key).is_none() {
            if let Some(next) = rest.first() {
                return Err(self.no_container(&Value::NULL, next));
            }
            object.set(&step.to_ref::<Str>().unwrap_or_else(|| Ref::new(Str::new(key))), Value::NULL);
        }
        match object.get_mut(key) {
            Some(slot) => self.update(slot, rest, change),
            None => Err(Raise::kind("can only change parts of objects")),
        }
    }

    /// A position in an array; `None` for one that no array has.
    fn array_step(&self, step: &Value) -> Result<Option<usize>, Raise> {
        if step.as_str().is_some_and(|text| text.as_str() == "length") {
            return Err(Raise::kind("the length of an array can't be assigned"));
        }
        self.position(step, "array")
    }

    /// A key of an object that is no string.
    fn object_step(&self, step: &Value) -> Result<Ref<Str>, Raise> {
        self.key_of(step)
            .ok_or_else(|| Raise::index(format!("object index must be a string, got {}", step.kind().as_str())))
    }

    /// The error of a step into something that has no parts to change.
    fn no_container(&self, container: &Value, step: &Value) -> Raise {
        if container.is_null() {
            return Raise::null(format!("cannot access property '{}' on null", self.display_brief(step)));
        }
        Raise::kind(format!("can only change parts of arrays and objects, got {}", container.kind().as_str()))
    }

    /// `root.steps… = value`.
    pub(crate) fn set_path(&mut self, root: &mut Value, steps: &[Value], value: Value) -> Result<(), Raise> {
        self.update(root, steps, |slot| *slot = value)
    }

    /// `root.name = value`.
    pub(crate) fn set_field(&mut self, root: &mut Value, key: &Ref<Str>, value: Value) -> Result<(), Raise> {
        if let Some(object) = root.as_object_mut() {
            object.set(key, value);
            return Ok(());
        }
        self.set_path(root, &[Value::from(key.clone())], value)
    }

    /// `root[index] = value`.
    #[inline]
    pub(crate) fn set_index(&mut self, root: &mut Value, index: &Value, value: Value) -> Result<(), Raise> {
        if let (Some(key), Some(_)) = (index.to_ref::<Str>(), root.as_object()) {
            self.take_text(key.as_str())?;
            return self.set_field(root, &key, value);
        }
        if let (Some(number), Some(array)) = (index.as_number(), root.as_array_mut())
            && let Some(slot) = array.get_mut(if number >= 0.0 { number as usize } else { usize::MAX })
        {
            *slot = value;
            return Ok(());
        }
        self.set_path(root, std::slice::from_ref(index), value)
    }

    /// A mutating method on the array at a path: the result, with the confidence of the array as it is read there, and
    /// with the least of the settings', by product.
    pub(crate) fn mutate(
        &mut self,
        mutator: Mutator,
        root: &mut Value,
        steps: &[Value],
        arguments: Vec<Value>,
    ) -> Result<Value, Raise> {
        let mut subject = Task::settled(root)?.conf();
        for length in 1..=steps.len() {
            subject = subject.times(self.get_path(root, &steps[..length])?.conf(), Rule::Part);
        }
        let target = self.get_path(root, steps)?;
        let Some(length) = target.as_array().map(|array| array.len()) else {
            return Err(Raise::kind(format!("{} needs an array, got {}", mutator.as_str(), target.kind().as_str())));
        };
        let mut arguments = Arguments { name: mutator.as_str(), given: arguments, settings: Conf::PLAIN };
        let plan = Plan::new(self, mutator, &target, length, &mut arguments)?;
        // The handle would make the array look shared, and every update a copy.
        drop(target);
        let conf = subject.times(arguments.settings, Rule::Setting);
        self.update(root, steps, |slot| {
            if slot.is_task_done() {
                *slot = Task::settled(slot).unwrap_or_default();
            }
            match slot.as_array_mut().and_then(|array| plan.apply(array)) {
                Some(result) => part(&result, conf),
                None => slot.clone().with_conf(conf),
            }
        })
    }
}

/// What a mutating method was given.
struct Arguments {
    name: &'static str,
    given: Vec<Value>,
    /// The least confidence of those that only steer.
    settings: Conf,
}

impl Arguments {
    /// A setting: a number cut toward zero, if it was given.
    fn whole(&mut self, index: usize) -> Result<Option<f64>, Raise> {
        let Some(argument) = self.given.get(index) else { return Ok(None) };
        let argument = Task::settled(argument)?;
        self.settings = self.settings.combine(argument.conf(), Rule::Setting, Combination::Min);
        if argument.is_null() {
            return Ok(None);
        }
        let number = argument.as_number().ok_or_else(|| {
            Raise::kind(format!(
                "{}: argument {} must be a number, got {}",
                self.name,
                index + 1,
                argument.kind().as_str()
            ))
        })?;
        Ok(Some(if number.is_nan() { 0.0 } else { number.trunc() }))
    }

    /// What is stored: the arguments from that one on.
    fn items(&mut self, from: usize) -> Vec<Value> {
        self.given.split_off(from.min(self.given.len()))
    }
}

/// A mutation whose arguments were found right.
enum Plan {
    Insert { at: usize, remove: usize, items: Vec<Value>, gives_removed: bool },
    TakeAt { at: Option<usize> },
    Replace(Vec<Value>),
    Reverse,
    Fill { value: Value, from: usize, to: usize },
}

impl Plan {
    fn new(
        runtime: &mut Runtime,
        mutator: Mutator,
        target: &Value,
        length: usize,
        arguments: &mut Arguments,
    ) -> Result<Plan, Raise> {
        arity(mutator, arguments.given.len())?;
        Ok(match mutator {
            Mutator::Push => {
                runtime.take_fuel(1)?;
                Plan::Insert { at: length, remove: 0, items: arguments.items(0), gives_removed: false }
            }
            Mutator::Unshift => {
                runtime.take_fuel(length as u64 / 16 + 1)?;
                Plan::Insert { at: 0, remove: 0, items: arguments.items(0), gives_removed: false }
            }
            Mutator::Pop => Plan::TakeAt { at: length.checked_sub(1) },
            Mutator::Shift => {
                runtime.take_fuel(length as u64 / 16 + 1)?;
                Plan::TakeAt { at: (length > 0).then_some(0) }
            }
            Mutator::Splice => {
                let at = clamp(arguments.whole(0)?.unwrap_or(0.0), length);
                let remove = match arguments.whole(1)? {
                    None => length - at,
                    Some(count) => count.clamp(0.0, (length - at) as f64) as usize,
                };
                runtime.take_fuel(length as u64 / 16 + 1)?;
                Plan::Insert { at, remove, items: arguments.items(2), gives_removed: true }
            }
            Mutator::Reverse => {
                runtime.take_fuel(length as u64)?;
                Plan::Reverse
            }
            Mutator::Fill => {
                let from = clamp(arguments.whole(1)?.unwrap_or(0.0), length);
                let to = clamp(arguments.whole(2)?.unwrap_or(f64::INFINITY), length);
                runtime.take_fuel(length as u64)?;
                Plan::Fill { value: arguments.given.swap_remove(0), from, to }
            }
            Mutator::Sort => {
                let items = target.as_array().map_or(&[] as &[Value], |array| array);
                Plan::Replace(runtime.sorted(items)?)
            }
        })
    }

    /// Changes the array; gives the result, or nothing where that is the array after.
    fn apply(self, array: &mut Array) -> Option<Value> {
        match self {
            // A copy that had no room is empty, and the run is doomed; so is one that can't grow.
            Plan::Insert { at, remove, .. } if array.len() < at + remove => Some(Value::NULL),
            Plan::Insert { ref items, .. } if !array.reserve(items.len()) => Some(Value::NULL),
            Plan::Insert { remove, .. } if !has_room(footprint(remove * size_of::<Value>())) => Some(Value::NULL),
            Plan::TakeAt { at: Some(at) } if at >= array.len() => Some(Value::NULL),
            Plan::Insert { at, remove, items, gives_removed } => {
                if remove == 0 && at == array.len() {
                    items.into_iter().for_each(|item| array.push(item));
                    return gives_removed.then(|| Value::array(Vec::new()));
                }
                let removed: Vec<Value> = array.edit(|all| all.splice(at..at + remove, items).collect());
                gives_removed.then(|| Value::array(removed))
            }
            Plan::TakeAt { at: None } => Some(Value::NULL),
            Plan::TakeAt { at: Some(at) } => Some(array.edit(|all| all.remove(at))),
            Plan::Replace(items) => {
                array.edit(|all| *all = items);
                None
            }
            Plan::Reverse => {
                array.edit(|all| all.reverse());
                None
            }
            Plan::Fill { value, from, to } => {
                array.edit(|all| all.iter_mut().take(to).skip(from).for_each(|slot| *slot = value.clone()));
                None
            }
        }
    }
}

/// A position, negative from the end, within 0…length.
fn clamp(position: f64, length: usize) -> usize {
    let from_start = if position < 0.0 { position + length as f64 } else { position };
    from_start.clamp(0.0, length as f64) as usize
}

fn arity(mutator: Mutator, given: usize) -> Result<(), Raise> {
    let (least, most) = match mutator {
        Mutator::Push | Mutator::Unshift => (0, usize::MAX),
        Mutator::Pop | Mutator::Shift | Mutator::Reverse => (0, 0),
        Mutator::Splice => (1, usize::MAX),
        Mutator::Fill => (1, 3),
        Mutator::Sort => (0, 1),
    };
    if (least..=most).contains(&given) {
        return Ok(());
    }
    Err(super::library::wrong_arity(mutator.as_str(), least, (most != usize::MAX).then_some(most), given))
}
