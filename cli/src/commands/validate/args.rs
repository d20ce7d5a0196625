//! The flags of `parallax pattern validate`.

use clap::ValueEnum;

/// Checks patterns and shows all of their faults.
///
/// Modules that the patterns import are checked along; what is wrong in them is shown once.
#[derive(Debug, clap::Args)]
#[command(after_help = DETAILS)]
pub struct Arguments {
    /// The patterns; folders are searched for *.prism; `-` is standard input.
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<String>,
    /// How faults are printed.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    /// Prints the type and the confidence of every name that the files declare.
    #[arg(long)]
    pub types: bool,
    /// Prints how often each file, run as a pattern, asks agents and models at most.
    #[arg(long)]
    pub cost: bool,
    /// Lets warnings fail the check as errors do.
    #[arg(long, value_enum, value_name = "WHAT")]
    pub deny: Option<Denied>,
    /// Mends in the files what can be mended, and writes them in the one style.
    ///
    /// A fix that would bring new errors is not made. A text from standard input is printed as it is then, and what is
    /// left to say goes to standard error.
    #[arg(long)]
    pub fix: bool,
    /// Shows what --fix would change, and writes nothing.
    #[arg(long)]
    pub diff: bool,
    /// Checks again whenever one of the files, or a module that they import, changes; Ctrl-C ends it.
    #[arg(long, conflicts_with_all = ["fix", "diff"])]
    pub watch: bool,
    /// The folder that imports may not leave.
    #[arg(long, value_name = "FOLDER")]
    pub root: Option<String>,
}

impl Arguments {
    /// Whether more is to be shown than faults.
    pub fn wants_facts(&self) -> bool {
        self.types || self.cost
    }
}

const DETAILS: &str = "\
Exit status:
  0  clean, or warnings only
  1  errors, or with --deny warnings warnings
  2  wrong usage, a file that can't be read or written, or a fault of the checker itself

Examples:
  parallax pattern validate triage.prism patterns/     files, and all in folders
  parallax pattern validate --fix --diff patterns/     what could be mended
  parallax pattern validate --types triage.prism       what is known of each name
  parallax pattern validate --format sarif . > prism.sarif";

/// How faults are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// One JSON object on standard output, as docs/validate.schema.json has it.
    Json,
    /// A SARIF 2.1.0 log on standard output.
    Sarif,
}

/// What --deny can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Denied {
    /// All warnings.
    Warnings,
}
