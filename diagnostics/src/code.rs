//! The catalog: everything that can be wrong with a program, its input or its run. One row a fault; its page is
//! `pages/CODE.md` (no page, no build), printed by `parallax explain CODE`.

use std::fmt;

/// Whether a fault keeps a program from running.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// The program is refused, or has failed.
    Error,
    /// It runs, but probably not as meant.
    Warning,
}

/// When a fault is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Before anything runs.
    Compile,
    /// When the input is held against the pattern's schema, or read.
    Input,
    /// While the program runs.
    Run,
}

macro_rules! codes {
    ($($group:literal { $($code:ident $rule:literal $severity:ident $phase:ident $title:literal;)* })*) => {
        /// A row of the catalog. Codes and rule names are stable: tools and `// prism: allow(…)` refer to them. A code is
        /// one row's own; a rule may be shared.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code {
            $($(#[doc = concat!("`", $rule, "`: ", $title)] $code,)*)*
        }

        impl Code {
            /// Every row, in order.
            pub const ALL: &'static [Code] = &[$($(Code::$code),*),*];

            /// The rows under the headings that they are listed with.
            pub const GROUPS: &'static [(&'static str, &'static [Code])] = &[$(($group, &[$(Code::$code),*])),*];

            /// The code as printed: `E0101`.
            pub fn as_str(self) -> &'static str {
                match self { $($(Code::$code => stringify!($code),)*)* }
            }

            /// The rule's name in kebab case.
            pub fn rule(self) -> &'static str {
                match self { $($(Code::$code => $rule,)*)* }
            }

            /// What a fault of this kind is worth unless its place says otherwise.
            pub fn severity(self) -> Severity {
                match self { $($(Code::$code => Severity::$severity,)*)* }
            }

            /// When it is found.
            pub fn phase(self) -> Phase {
                match self { $($(Code::$code => Phase::$phase,)*)* }
            }

            /// The fault in a few words.
            pub fn title(self) -> &'static str {
                match self { $($(Code::$code => $title,)*)* }
            }

            /// The manual page: what, why, a bad and a good example.
            pub fn page(self) -> &'static str {
                match self { $($(Code::$code => include_str!(concat!("../pages/", stringify!($code), ".md")),)*)* }
            }
        }
    };
}

codes! {
    "Text and grammar" {
        E0100 "syntax" Error Compile "the grammar is broken";
        E0101 "syntax" Error Compile "a character that means nothing in Prism";
        E0102 "syntax" Error Compile "a malformed number";
        E0103 "syntax" Error Compile "a malformed string or escape";
        E0104 "syntax" Error Compile "a string or comment that never ends";
        E0105 "syntax" Error Compile "brackets or operators nested too deep";
        E0106 "unreadable-source" Error Compile "a text that can't be read as Prism";
        E0107 "too-large" Error Compile "a function too large to compile";
    }
    "Names and scopes" {
        E0200 "unknown-name" Error Compile "a name that nothing declares";
        E0201 "use-before-declaration" Error Compile "a name used before its declaration";
        E0202 "already-declared" Error Compile "a name declared twice in one scope";
        E0203 "assign-to-const" Error Compile "a constant assigned anew";
        E0204 "const-without-value" Error Compile "a constant without a value";
        E0205 "duplicate-parameter" Error Compile "a parameter named twice";
        E0206 "not-assignable" Error Compile "something that can't be assigned to";
        E0207 "break-outside-loop" Error Compile "break or continue where no loop is";
        E0208 "placeholder-outside-pipeline" Error Compile "_ outside a pipeline";
    }
    "Confidence" {
        E0300 "confidence-out-of-range" Error Compile "a confidence outside 0…1";
        E0301 "bad-threshold" Error Compile "thresholds outside 0…1 or not falling";
        E0302 "duplicate-branch" Error Compile "a level given twice";
    }
    "Calls and types" {
        E0400 "wrong-arguments" Error Compile "a call with a number of arguments that can't be taken";
        E0401 "type-mismatch" Error Compile "an operation that would certainly fail";
    }
    "Modules and metadata" {
        E0500 "missing-module" Error Compile "an import of a file that is not there";
        E0501 "unknown-export" Error Compile "an import of a name that the module does not export";
        E0502 "import-cycle" Error Compile "modules that import each other";
        E0503 "import-outside-root" Error Compile "an import that leaves the root folder";
        E0504 "bad-metadata" Error Compile "metadata that does not parse";
    }
    "Input" {
        E0600 "bad-input" Error Input "input that can't be read";
        E0601 "input-mismatch" Error Input "input that does not fit the pattern's schema";
    }
    "Warnings: text, names and what is done with them" {
        W0100 "suspicious-template" Warning Compile "{{name}} where ${name} was probably meant";
        W0200 "shadows-library" Warning Compile "a library function's name declared anew";
        W0201 "unused-variable" Warning Compile "a variable or function that nothing uses";
        W0202 "unused-import" Warning Compile "an imported name that nothing uses";
        W0203 "unused-result" Warning Compile "a value computed and dropped";
        W0204 "lost-update" Warning Compile "a change made to a copy that nothing reads";
        W0205 "possibly-unassigned" Warning Compile "a name read where it may have no value yet";
    }
    "Warnings: confidence and the branches that it decides" {
        W0300 "unreachable-branch" Warning Compile "code that can never run";
        W0301 "forced-branch" Warning Compile "uncertain on a value that carries no confidence";
        W0302 "unhandled-level" Warning Compile "a level that may occur and has no block";
        W0303 "gate-never-passes" Warning Compile "a gate that nothing can pass";
        W0304 "gate-always-passes" Warning Compile "a gate that everything passes";
        W0305 "confidence-raised" Warning Compile "a confidence set above what was earned";
        W0306 "low-confidence-result" Warning Compile "a result that can't reach the pattern's minimum";
        W0307 "dropped-confidence" Warning Compile "a result returned without its confidence";
    }
    "Warnings: types, metadata, agents" {
        W0400 "missing-property" Warning Compile "a member that the value does not have";
        W0401 "non-exhaustive-match" Warning Compile "a match that misses a case";
        W0500 "unknown-metadata" Warning Compile "metadata that nothing reads";
        W0600 "unbounded-dispatch" Warning Compile "agents asked in a loop without a bound";
    }
    "Errors of a run, which a program can catch" {
        // The rule's name is the value of `e.code`.
        R0001 "arity" Error Run "a wrong number of arguments";
        R0002 "type" Error Run "a value of the wrong kind";
        R0003 "index" Error Run "an index that can't be used";
        R0004 "null" Error Run "a member of null";
        R0005 "empty" Error Run "nothing to choose from";
        R0006 "range" Error Run "a value outside its range";
        R0007 "json" Error Run "text that is no JSON";
        R0008 "division" Error Run "division by zero";
        R0009 "name" Error Run "a name used before its declaration ran";
        R0010 "agent" Error Run "an agent that failed or was missing";
        R0011 "throw" Error Run "an error that the program raised";
        R0012 "host" Error Run "a function of the host that failed";
    }
    "Limits and stops, which no program can catch" {
        R0100 "fuel" Error Run "the fuel is used up";
        R0101 "memory" Error Run "the memory limit is reached";
        R0102 "depth" Error Run "calls nested too deep";
        R0103 "deadline" Error Run "the deadline has passed";
        R0104 "cancelled" Error Run "the run was cancelled";
        R0105 "output" Error Run "too much output";
        R0106 "tasks" Error Run "too many tasks";
        R0107 "dispatches" Error Run "too many dispatches";
        R0108 "deadlock" Error Run "tasks that wait for each other";
        R0109 "budget" Error Run "the budget is spent";
        R0900 "internal" Error Run "a fault of the machine itself";
    }
}

impl Code {
    /// The row with that code (`E0100`), or those with that rule name (`syntax`), in any letter case.
    pub fn find_all(name: &str) -> Vec<Code> {
        let is_meant =
            |code: &&Code| code.as_str().eq_ignore_ascii_case(name) || code.rule().eq_ignore_ascii_case(name);
        Code::ALL.iter().filter(is_meant).copied().collect()
    }

    /// The row with that code (`E0100`), or the first with that rule name (`syntax`), in any letter case.
    pub fn find(name: &str) -> Option<Code> {
        Code::ALL
            .iter()
            .copied()
            .find(|code| code.as_str().eq_ignore_ascii_case(name) || code.rule().eq_ignore_ascii_case(name))
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
