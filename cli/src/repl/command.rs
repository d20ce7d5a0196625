//! The `:` commands, a row each: everything that is said of them is derived from the table.

use super::Repl;

/// What comes after an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// The next one.
    On,
    /// The next one; this one failed.
    Failed,
    /// Nothing: the user leaves.
    Leave,
}

impl Flow {
    /// After something that went well or did not.
    pub fn of(went_well: bool) -> Flow {
        if went_well { Flow::On } else { Flow::Failed }
    }
}

/// A command.
struct Command {
    /// Its name, without the colon.
    name: &'static str,
    /// What follows it; empty if nothing does.
    argument: &'static str,
    /// What it does, on a line.
    help: &'static str,
    handler: fn(&mut Repl, &str) -> Flow,
}

const COMMANDS: &[Command] = &[
    Command {
        name: "type",
        argument: "EXPRESSION",
        help: "what kind of value it gives; agents are not asked",
        handler: |repl, text| Flow::of(repl.show_kind(text)),
    },
    Command {
        name: "explain",
        argument: "EXPRESSION",
        help: "its value, and where its confidence comes from",
        handler: |repl, text| Flow::of(repl.explain(text)),
    },
    Command {
        name: "load",
        argument: "FILE",
        help: "runs a file as an input",
        handler: |repl, file| Flow::of(repl.load(file)),
    },
    Command {
        name: "agents",
        argument: "",
        help: "who can be asked",
        handler: |repl, _| {
            repl.list_agents();
            Flow::On
        },
    },
    Command {
        name: "reset",
        argument: "",
        help: "forgets all names",
        handler: |repl, _| {
            repl.reset();
            Flow::On
        },
    },
    Command {
        name: "help",
        argument: "",
        help: "this list",
        handler: |repl, _| {
            repl.console().print(&help());
            Flow::On
        },
    },
    Command { name: "quit", argument: "", help: "leaves, as Ctrl-D does", handler: |_, _| Flow::Leave },
];

/// The names of all commands, without their colons.
pub fn names() -> impl Iterator<Item = &'static str> {
    COMMANDS.iter().map(|command| command.name)
}

/// Whether the command of that name takes an expression.
pub fn takes_expression(name: &str) -> bool {
    find(name).is_some_and(|command| command.argument == "EXPRESSION")
}

/// Whether the command of that name takes a file.
pub fn takes_file(name: &str) -> bool {
    find(name).is_some_and(|command| command.argument == "FILE")
}

/// A line without its colon in name and argument.
pub fn split(line: &str) -> (&str, &str) {
    let line = line.trim();
    let (name, argument) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    (name, argument.trim())
}

/// The command of that name, or the only one whose name begins so.
fn find(name: &str) -> Option<&'static Command> {
    let exact = COMMANDS.iter().find(|command| command.name == name);
    exact.or_else(|| {
        let mut begun = COMMANDS.iter().filter(|command| !name.is_empty() && command.name.starts_with(name));
        begun.next().filter(|_| begun.next().is_none())
    })
}

/// Does what a line without its colon says.
pub fn perform(repl: &mut Repl, line: &str) -> Flow {
    let (name, argument) = split(line);
    let fault = match find(name) {
        None => unknown(name),
        Some(command) if command.argument.is_empty() && !argument.is_empty() => {
            format!("`:{}` stands alone", command.name)
        }
        Some(command) if !command.argument.is_empty() && argument.is_empty() => {
            format!("`:{}` needs more: write `:{0} {}`", command.name, command.argument)
        }
        Some(command) => return (command.handler)(repl, argument),
    };
    repl.console().say(&fault);
    Flow::Failed
}

fn unknown(name: &str) -> String {
    let nearest = names().map(|known| (strsim::damerau_levenshtein(known, name), known)).min();
    let help = match nearest {
        Some((distance, nearest)) if distance * 2 <= name.chars().count() => format!("did you mean `:{nearest}`?"),
        _ => "`:help` lists them".to_owned(),
    };
    format!("there is no command `:{name}`; {help}")
}

fn help() -> String {
    let head = |command: &Command| format!(":{} {}", command.name, command.argument).trim_end().to_owned();
    let width = COMMANDS.iter().map(|command| head(command).len()).max().unwrap_or_default();
    let rows = COMMANDS.iter().map(|command| format!("{:width$}  {}", head(command), command.help));
    let keys = [
        "",
        "Everything else is run, and its value shown. A name may be cut short: `:t` is `:type`.",
        "TAB completes, Ctrl-C stops what runs, Ctrl-D leaves.",
    ];
    rows.chain(keys.map(str::to_owned)).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_may_be_cut_short() {
        for name in names() {
            assert_eq!(find(name).map(|command| command.name), Some(name));
        }
        assert_eq!(find("t").map(|command| command.name), Some("type"));
        assert!(find("").is_none() && find("x").is_none());
    }

    #[test]
    fn the_manual_has_every_command() {
        let page = include_str!("../../../docs/command-line.md");
        for Command { name, argument, .. } in COMMANDS {
            let written = format!(":{name} {argument}");
            assert!(
                page.contains(&format!("`{}`", written.trim_end())),
                "docs/command-line.md does not tell of {written}"
            );
        }
    }

    #[test]
    fn unknown_commands_bring_the_nearest() {
        assert_eq!(unknown("tpye"), "there is no command `:tpye`; did you mean `:type`?");
        assert_eq!(unknown("zzzzz"), "there is no command `:zzzzz`; `:help` lists them");
    }

    #[test]
    fn help_has_a_row_a_command() {
        let help = help();
        assert!(names().all(|name| help.contains(&format!(":{name}"))), "{help}");
    }
}
