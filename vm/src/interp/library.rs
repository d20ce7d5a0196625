//! Calling library functions: arguments counted and compared with the signature, confidences taken off and put back.

use crate::confidence::Conf;
use crate::raise::Raise;
use crate::runtime::Runtime;
use crate::value::{Kind, Task, Value};
use prism_bytecode::{ConfidenceRule, KindSet, LibraryId, Param, Role, Signature};
use prism_confidence::{Combination, Rule};

/// R0001 in the words of STDLIB L10.
pub(crate) fn wrong_arity(name: &str, least: usize, most: Option<usize>, given: usize) -> Raise {
    let plural = |count: usize| if count == 1 { "argument" } else { "arguments" };
    let expected = match most {
        Some(most) if most == least => format!("{least} {}", plural(least)),
        Some(most) => format!("{least} to {most} {}", plural(most)),
        None => format!("at least {least} {}", plural(least)),
    };
    Raise::arity(format!("{name} expects {expected}, got {given}"))
}

/// What a call's confidence is made of: what the result is multiplied by.
#[derive(Clone, Copy)]
pub(crate) struct Prepared {
    pub(crate) rule: ConfidenceRule,
    pub(crate) times: Conf,
}

impl Prepared {
    /// The result with the confidence that the signature's rule gives it.
    pub(crate) fn finish(self, result: Value) -> Value {
        match self.rule {
            ConfidenceRule::Never => result.bare(),
            ConfidenceRule::All => result.with_conf(self.times),
            _ => {
                let conf = result.conf().times(self.times, Rule::Subject);
                result.with_conf(conf)
            }
        }
    }
}

impl Runtime {
    /// The rule of a call whose arguments are all plain and of the kinds that the signature names: there is nothing to
    /// check, and nothing to take off.
    pub(crate) fn is_plain_call(&self, id: LibraryId, arguments: &[Value]) -> Option<ConfidenceRule> {
        let entry = self.catalog.get(id)?;
        let signature = entry.signature()?;
        let (receiver, arguments) = arguments.split_at_checked(usize::from(entry.is_method()))?;
        let params = &signature.params;
        let enough = arguments.len() >= params.len() || params[arguments.len()..].iter().all(|param| param.optional);
        let fits = |(argument, param): (&Value, &Param)| {
            argument.is_plain() && argument.kind() != Kind::Task && param.kinds.contains(argument.kind().set())
        };
        let plain = enough
            && arguments.len() <= params.len()
            && receiver.iter().all(|receiver| receiver.is_plain() && receiver.kind() != Kind::Task)
            && arguments.iter().zip(params).all(fits);
        plain.then_some(signature.confidence)
    }

    /// Checks the arguments of a call (the receiver of a method first) and makes them what the body sees.
    pub(crate) fn prepare(&self, id: LibraryId, arguments: &mut [Value]) -> Result<Prepared, Raise> {
        let Some(entry) = self.catalog.get(id) else { return Err(Raise::kind("no such library function")) };
        let Some(signature) = entry.signature() else {
            return Err(Raise::kind(format!("{} is not a function", entry.path)));
        };
        let name = entry.name();
        let mut prepared = Prepared { rule: signature.confidence, times: Conf::PLAIN };
        let own = matches!(signature.confidence, ConfidenceRule::Own | ConfidenceRule::Selected);
        let arguments = if entry.is_method() {
            let Some((receiver, rest)) = arguments.split_first_mut() else {
                return Err(Raise::kind(format!("{name} needs a receiver")));
            };
            *receiver = Task::settled(receiver)?;
            if !own {
                prepared.times = receiver.conf();
                *receiver = std::mem::take(receiver).bare();
            }
            rest
        } else {
            arguments
        };
        let (least, most) = signature.arity();
        if arguments.len() < least || most.is_some_and(|most| arguments.len() > most) {
            return Err(wrong_arity(name, least, most, arguments.len()));
        }
        let mut settings = Conf::PLAIN;
        for (index, argument) in arguments.iter_mut().enumerate() {
            let looked_at = self.check_argument(name, signature, index, argument)?;
            match looked_at {
                Role::Value | Role::Callback => {}
                Role::Setting if matches!(signature.confidence, ConfidenceRule::All | ConfidenceRule::Host) => {
                    prepared.times = prepared.times.combine(argument.conf(), Rule::Arithmetic, self.config.arithmetic);
                    *argument = std::mem::take(argument).bare();
                }
                Role::Setting => {
                    settings = settings.combine(argument.conf(), Rule::Setting, Combination::Min);
                    *argument = std::mem::take(argument).bare();
                }
                Role::Subject => {
                    prepared.times = argument.conf();
                    *argument = std::mem::take(argument).bare();
                }
            }
        }
        prepared.times = prepared.times.times(settings, Rule::Setting);
        Ok(prepared)
    }

    /// The arguments of a call that leaves out the subject, of a function that may be called so (STDLIB L8): those of
    /// the function that it gives.
    pub(crate) fn without_subject(&self, id: LibraryId, arguments: &[Value]) -> Result<Option<Vec<Value>>, Raise> {
        let signature = match self.catalog.get(id).and_then(|entry| entry.signature()) {
            Some(signature) if signature.curried => signature,
            _ => return Ok(None),
        };
        let (least, _) = signature.arity();
        if arguments.is_empty() || arguments.len() + 1 < least || arguments.len() >= signature.params.len() {
            return Ok(None);
        }
        let given = arguments.iter().map(Task::settled).collect::<Result<Vec<_>, _>>()?;
        let fits = |(argument, param): (&Value, &Param)| param.kinds.contains(argument.kind().set());
        let whole_call = given.len() >= least && given.iter().zip(&signature.params).all(fits);
        let rest_only = given.iter().zip(&signature.params[1..]).all(fits);
        Ok((!whole_call && rest_only).then_some(given))
    }

    fn check_argument(
        &self,
        name: &str,
        signature: &Signature,
        index: usize,
        argument: &mut Value,
    ) -> Result<Role, Raise> {
        let Some(param) = signature.param(index) else { return Ok(Role::Value) };
        let waits = param.role != Role::Value || !param.kinds.contains(KindSet::TASK);
        if waits && argument.kind() == Kind::Task && !(param.kinds == KindSet::TASK) {
            *argument = Task::settled(argument)?;
        }
        let kind = argument.kind();
        let fits = param.kinds.contains(kind.set())
            || (param.optional && kind == Kind::Null)
            // A namespace is an object, and `Number` and `String` are functions too.
            || (kind == Kind::Function && param.kinds.contains(KindSet::OBJECT) && argument.as_library().is_some());
        if !fits {
            return Err(Raise::kind(format!(
                "{name}: argument {} must be a {}, got {}",
                index + 1,
                param.kinds,
                kind.as_str()
            )));
        }
        // A text in the place of a callback, `sortBy("n")`, only steers.
        let steers = param.role == Role::Callback && kind != Kind::Function;
        Ok(if steers { Role::Setting } else { param.role })
    }
}
