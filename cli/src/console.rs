//! The two streams: data to standard output, talk to standard error, and lines that live while something goes on.
//!
//! Everything is written through [`Console`], so that live lines and printed ones do not overwrite each other, and a
//! closed pipe ends the command instead of breaking it.

use anstyle::Style;
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::fmt;
use std::io::{self, IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::Notify;

/// Both streams; clones share them.
#[derive(Clone, Debug)]
pub struct Console {
    live: MultiProgress,
    is_live: bool,
    colours_output: bool,
    closed: Arc<Closed>,
}

/// That nobody reads standard output any more.
#[derive(Debug, Default)]
struct Closed {
    is_so: AtomicBool,
    news: Notify,
}

impl Console {
    /// Colours and live lines where the streams are terminals and `NO_COLOR` is unset.
    pub fn new() -> Self {
        let wanted = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
            && std::env::var_os("TERM").is_none_or(|name| name != "dumb");
        let is_live = wanted && io::stderr().is_terminal();
        let target = if is_live { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        Console {
            live: MultiProgress::with_draw_target(target),
            is_live,
            colours_output: wanted && io::stdout().is_terminal(),
            closed: Arc::default(),
        }
    }

    /// Whether standard error takes colours.
    pub fn colour(&self) -> bool {
        self.is_live
    }

    /// Whether standard output is a terminal that takes colours.
    pub fn colours_output(&self) -> bool {
        self.colours_output
    }

    /// Writes a line of data.
    pub fn print(&self, text: &str) {
        self.put(format_args!("{text}\n"));
    }

    /// Writes data as it is.
    pub fn write(&self, text: &str) {
        self.put(format_args!("{text}"));
    }

    fn put(&self, text: fmt::Arguments<'_>) {
        let written = self.live.suspend(|| {
            let mut output = io::stdout().lock();
            output.write_fmt(text).and_then(|()| output.flush())
        });
        if written.is_err() {
            self.closed.is_so.store(true, Ordering::Relaxed);
            self.closed.news.notify_one();
        }
    }

    /// Writes a line of talk.
    pub fn say(&self, text: &str) {
        // Nobody is left who could be told that standard error is closed.
        self.live.suspend(|| writeln!(io::stderr().lock(), "{text}")).unwrap_or_default();
    }

    /// Ends when nobody reads standard output any more.
    pub async fn closed(&self) {
        self.closed.news.notified().await;
    }

    /// Whether nobody reads standard output any more.
    pub fn is_closed(&self) -> bool {
        self.closed.is_so.load(Ordering::Relaxed)
    }

    /// A line that shows until it is dropped that something goes on; `None` where lines can't live.
    pub fn activity(&self, text: String) -> Option<Activity> {
        if !self.is_live {
            return None;
        }
        let style = ProgressStyle::with_template("{spinner} {wide_msg} {elapsed:>4}")
            .unwrap_or_else(|_| ProgressStyle::default_spinner());
        let bar = self.live.add(ProgressBar::new_spinner().with_style(style).with_message(text));
        bar.enable_steady_tick(Duration::from_millis(100));
        Some(Activity(bar))
    }
}

/// A line that lives on standard error.
#[derive(Debug)]
pub struct Activity(ProgressBar);

impl Drop for Activity {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

/// `text` in a style, if colours are wanted.
pub fn paint(text: &str, style: Style, colour: bool) -> String {
    if colour { format!("{style}{text}{style:#}") } else { text.to_owned() }
}
