//! `--watch`: checks again when a file changes.
//!
//! Watched are the folders, not the files: editors replace files, and one that is missing may come. Those are the named
//! folders with what is below them, and the folders of all files that a check asked for. News between a check and the
//! moment when its folders are watched would be lost, so a check that makes new folders known is done anew.

use super::args::Arguments;
use super::check::Checked;
use super::files::Named;
use super::{Format, merge, parallel, show};
use crate::console::Console;
use crate::exit::{Exit, Unusable};
use crate::search::EXTENSION;
use crate::stop::Requests;
use notify::event::ModifyKind;
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use prism_engine::Engine;
use std::collections::{BTreeSet, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::timeout;

/// So long nothing must happen before the next check: tools write several files, and each in several steps.
const QUIET: Duration = Duration::from_millis(40);
/// The file that marks a root.
const ROOT_MARK: &str = "prism.toml";
/// Clears a terminal and goes to its first line.
const CLEAR: &str = "\x1b[2J\x1b[3J\x1b[H";

type News = notify::Result<Event>;

/// Checks until Ctrl-C comes or nobody reads the output any more.
///
/// # Errors
/// If the operating system can't tell of changes.
#[tokio::main(flavor = "current_thread")]
pub async fn watch(arguments: &Arguments, console: &Console) -> Result<Exit, Unusable> {
    let mut requests =
        Requests::listen().map_err(|error| Unusable::program(format!("can't wait for Ctrl-C: {error}")))?;
    // The receiver lives as long as the watcher.
    let (sender, mut news) = unbounded_channel::<News>();
    let watcher = notify::recommended_watcher(move |event| sender.send(event).unwrap_or_default());
    let mut watch = Watch {
        watcher: watcher.map_err(|error| unwatchable(&error))?,
        folders: HashSet::new(),
        asked: HashSet::new(),
    };
    let engine = Engine::new();
    loop {
        let findings = merge::merge(watch.check(&engine, arguments)?, Vec::new());
        show(&findings, arguments, console);
        let changed = tokio::select! {
            () = requests.next() => return Ok(Exit::Completed),
            () = console.closed() => return Ok(Exit::Completed),
            changed = watch.change(&mut news, console) => changed,
        };
        if arguments.format == Format::Text {
            announce(&changed, console);
        }
    }
}

/// Says what the next check is for.
fn announce(changed: &BTreeSet<String>, console: &Console) {
    // Where colours are wanted, a person looks on.
    if console.colours_output() {
        console.write(CLEAR);
    }
    let names: Vec<_> = changed.iter().map(String::as_str).collect();
    console.say(&format!("── changed: {}", names.join(", ")));
}

struct Watch {
    watcher: RecommendedWatcher,
    /// The folders that are watched.
    folders: HashSet<PathBuf>,
    /// The files that the last check asked for.
    asked: HashSet<PathBuf>,
}

impl Watch {
    /// Checks, until every folder that matters was watched before the files were read.
    fn check(&mut self, engine: &Engine, arguments: &Arguments) -> Result<Vec<Checked>, Unusable> {
        loop {
            let named = Named::find(arguments);
            let targets = named.read(arguments.root.as_deref());
            let checked = parallel::map(&targets, |target| Checked::of(engine, target, arguments.wants_facts()));
            self.asked = checked.iter().flat_map(asked).collect();
            let asked: BTreeSet<PathBuf> =
                self.asked.iter().filter_map(|file| Some(file.parent()?.to_owned())).collect();
            let mut is_known = true;
            for folder in named.folders.iter().chain(&asked) {
                is_known &= !self.add(folder)?;
            }
            if is_known {
                return Ok(checked);
            }
        }
    }

    /// Watches a folder, or the nearest above it that is there; tells whether that is new.
    fn add(&mut self, folder: &Path) -> Result<bool, Unusable> {
        // The parent of a mere name is the empty path.
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let Some(folder) = folder.ancestors().find_map(|folder| fs::canonicalize(folder).ok()) else {
            return Ok(false);
        };
        if self.folders.contains(&folder) {
            return Ok(false);
        }
        self.watcher.watch(&folder, RecursiveMode::NonRecursive).map_err(|error| unwatchable(&error))?;
        Ok(self.folders.insert(folder))
    }

    /// Waits for changes that matter, and then until they cease; gives the names of what changed.
    async fn change(&mut self, news: &mut UnboundedReceiver<News>, console: &Console) -> BTreeSet<String> {
        let mut changed = BTreeSet::new();
        while changed.is_empty() {
            match news.recv().await {
                Some(event) => self.note(event, &mut changed, console),
                // The watcher, and with it the sender, lives as long as this.
                None => std::future::pending().await,
            }
        }
        while let Ok(Some(event)) = timeout(QUIET, news.recv()).await {
            self.note(event, &mut changed, console);
        }
        changed
    }

    fn note(&mut self, event: News, changed: &mut BTreeSet<String>, console: &Console) {
        let event = match event {
            Ok(event) => event,
            Err(error) => return console.say(&format!("a change may have been missed: {error}")),
        };
        if matches!(event.kind, EventKind::Access(_)) {
            return;
        }
        for path in &event.paths {
            let is_gone = matches!(event.kind, EventKind::Remove(_) | EventKind::Modify(ModifyKind::Name(_)));
            // A folder that comes again is another one, to be watched anew.
            if is_gone && self.folders.remove(path) {
                // Of one that was removed the watcher knows nothing any more.
                self.watcher.unwatch(path).unwrap_or_default();
            }
            if self.matters(path) {
                changed.insert(path.file_name().unwrap_or_default().to_string_lossy().into_owned());
            }
        }
    }

    /// Whether a change there can change what a check finds: a program, a root's mark, or a folder.
    fn matters(&self, path: &Path) -> bool {
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { return false };
        let extension = path.extension();
        self.asked.contains(path)
            || name == ROOT_MARK
            || !name.starts_with('.') && extension.is_none_or(|extension| extension == EXTENSION)
    }
}

/// The files that a check read or looked for.
fn asked(checked: &Checked) -> Vec<PathBuf> {
    let mut asked = checked.result.as_ref().map(|checks| checks.asked.clone()).unwrap_or_default();
    let own = Path::new(&checked.name);
    asked.push(fs::canonicalize(own).unwrap_or_else(|_| own.to_owned()));
    asked
}

fn unwatchable(error: &notify::Error) -> Unusable {
    Unusable::program(format!("can't watch for changes: {error}; check without --watch"))
}
