//! The regular expressions of schemas: bounded in memory and time, whatever their texts.

use super::options::Options;
use crate::arguments::spend;
use prism_vm::native::Native;
use prism_vm::raise::{Raise, brief};
use prism_vm::runtime::TEXT_STEP;
use prism_vm::value::heap::Charge;
use regex_automata::Input;
use regex_automata::meta::{BuildError, Config, Regex};

/// A regular expression; it may match any part of a text unless it says otherwise.
#[derive(Debug)]
pub struct Pattern {
    regex: Regex,
    _charge: Charge,
}

impl Pattern {
    /// Bytes that the automaton of an expression may take: those of most, and those of any.
    const MOST: [usize; 2] = [64 << 10, 2 << 20];
    /// How often the limit an automaton takes while it is made.
    const MAKING: usize = 4;
    /// Bytes that a byte of an expression takes while it is read.
    const READING: usize = 128;
    /// Bytes that the states of a search may take, in each direction.
    const SEARCH: usize = 64 << 10;
    /// Bytes of the automaton for which a byte of text takes a step.
    const STEP: usize = 8 << 10;

    /// Reads the option `pattern`.
    ///
    /// # Errors
    /// If it is no expression, or too large a one; when the fuel is used up or the heap is full.
    pub fn read(native: &mut Native, options: &Options) -> Result<Option<Pattern>, Raise> {
        let Some(text) = options.text("pattern")? else { return Ok(None) };
        let mut made = Self::made(native, text, Self::MOST[0])?;
        if made.as_ref().is_err_and(|error| error.size_limit().is_some()) {
            made = Self::made(native, text, Self::MOST[1])?;
        }
        let regex = made.map_err(|error| {
            let why = if error.size_limit().is_some() { "that is not too large" } else { "that can be used" };
            options.out_of_range(format_args!("`pattern` is no regular expression {why}: {}", brief(text)))
        })?;
        let charge = native.runtime.hold(regex.memory_usage() + 2 * Self::SEARCH)?;
        spend(native, regex.memory_usage() / TEXT_STEP)?;
        Ok(Some(Pattern { regex, _charge: charge }))
    }

    fn made(native: &mut Native, text: &str, most: usize) -> Result<Result<Regex, BuildError>, Raise> {
        spend(native, text.len())?;
        let _held = native.runtime.hold((text.len() * Self::READING).saturating_add(most * Self::MAKING))?;
        // Automatons that are made ahead of need are faster, and much larger.
        let config =
            Config::new().nfa_size_limit(Some(most)).hybrid_cache_capacity(Self::SEARCH).onepass(false).dfa(false);
        Ok(Regex::builder().configure(config).build(text))
    }

    /// What looking for it costs, in steps: at worst each part of the automaton is tried at each byte.
    pub fn cost(&self, text: &str) -> usize {
        text.len().saturating_mul(self.regex.memory_usage()) / Self::STEP
    }

    /// Whether it matches.
    pub fn fits(&self, text: &str) -> bool {
        self.regex.is_match(Input::new(text).earliest(true))
    }
}
