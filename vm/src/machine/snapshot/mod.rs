//! Machines that stand still as bytes, which another process can go on with.
//!
//! A machine that [`Machine::run`] has given back stands between instructions, compiled code or not, so what the
//! interpreter knows of it is all of it: its heap, its fibers, what they wait for, its counters. A snapshot has exactly
//! that. A machine read back takes the same course to the same end, with the same fuel.
//!
//! # Layout
//! Behind the [`Seal`] stand the fingerprints of the program and of the library, then:
//!
//! | part | what |
//! |---|---|
//! | rules | confidence rules, seed, whether confidences are traced: they are the run's, not the reader's |
//! | ledger | where confidences came from, if traced |
//! | library | whether the library's functions are loaded |
//! | knots | how many cells and tasks there are, and the tasks' numbers |
//! | nodes | every other object of the heap and every shape, once, parts before wholes |
//! | state | the machine's tables, fibers with their frames and registers ([`tables`], [`fibers`], [`work`]) |
//! | contents | what is in the cells, and what the tasks came to |
//!
//! Objects that several handles see are one node, so sharing is kept, and with it what an update copies. Wholes refer
//! back to parts; only cells and tasks can be part of what they hold, since they alone are changed where others see it: so
//! they are made first and filled last. Texts that are constants of the program or the library are not written at all.
//!
//! Not in it: limits and the programs, which the reader brings; compiled code and what instructions have seen, which come
//! again; effects, which the host must have taken; what the host itself knows of open requests. Slots of a stack above
//! the innermost frame hold nothing that could be read.
//!
//! # Trust
//! A reader believes nothing, whoever made the sum: kinds, places, lengths and texts are checked when they are read
//! ([`read`]); numbers of fibers, tasks, requests, registers and instructions when all is there ([`check`]). What is checked is
//! what the machine relies on without looking. The rest, say a task that nobody works on, leads to an ordinary end of
//! the run. Memory is asked for under the run's own limit, and nothing recurses.

mod check;
mod fibers;
mod read;
mod tables;
mod work;
mod write;

use super::{Machine, OpId, Settings};
use crate::native::Library;
use crate::value::heap::is_doomed;
use prism_bytecode::Program;
use prism_bytecode::codec::{Decoder, Malformed};
use prism_bytecode::seal::{Fingerprint, Seal, SealError};
use read::Reader;
use std::sync::Arc;
use write::Writer;

/// How snapshots of machines begin. The version is raised whenever the layout changes, or what a machine keeps between
/// instructions.
pub const SNAPSHOT: Seal = Seal { magic: *b"PrSn", version: 1 };

/// Why no snapshot is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotSuspended {
    /// There are effects that the host has not taken; they would happen twice, or never.
    #[error("the machine has effects that were not taken: take them first")]
    Effects,
    /// The run is over, was told to stop, or is out of memory, which ends it at its next step.
    #[error("the run has ended: there is nothing to go on with")]
    Ended,
}

/// Why a snapshot gives no machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SnapshotError {
    /// It is none that this build reads, or it is damaged.
    #[error("the snapshot: {0}")]
    Sealed(#[from] SealError),
    /// It was made of another program, or by a build with another library.
    #[error("the snapshot is of another {what}: go on with that which it was made with")]
    Foreign {
        /// What differs.
        what: &'static str,
    },
    /// It says what no machine can be.
    #[error("the snapshot holds no machine: {0}")]
    Malformed(#[from] Malformed),
    /// The machine would be beyond its limits.
    #[error("the snapshot needs more {what} than the limits allow: raise that limit")]
    Limit {
        /// Of what.
        what: &'static str,
    },
}

impl Machine {
    /// The machine as bytes, for [`Machine::restore`]. It goes on as if nothing had been.
    ///
    /// Requests that are open keep their numbers ([`Machine::open_requests`]); who was asked what, the host keeps. The same
    /// machine gives the same bytes.
    ///
    /// # Errors
    /// If there are effects that were not taken, or the run has ended.
    pub fn snapshot(&self) -> Result<Vec<u8>, NotSuspended> {
        if self.outcome.is_some() || self.stopped.is_some() || is_doomed(self.live) {
            return Err(NotSuspended::Ended);
        }
        if !self.effects.is_empty() || !self.runtime.lines.is_empty() {
            return Err(NotSuspended::Effects);
        }
        let body = Writer::new(self).write();
        Ok(SNAPSHOT.close(&body))
    }

    /// The machine of a snapshot of that program, which must have been verified as for [`Machine::new`].
    ///
    /// Of the settings only limits, texts and whether to compile count; what was used before counts against the limits.
    /// Confidence rules, seed and tracing are those of the run.
    ///
    /// # Errors
    /// If it is damaged, of another version, program or library, beyond the limits, or says what no machine can be.
    pub fn restore(
        program: Arc<Program>,
        library: Arc<Library>,
        settings: Settings,
        snapshot: &[u8],
    ) -> Result<Machine, SnapshotError> {
        let mut body = Decoder::new(SNAPSHOT.open(snapshot)?);
        for (own, what) in [(program.fingerprint(), "program"), (library.fingerprint(), "library")] {
            if body.raw(Fingerprint::BYTES)? != own.0 {
                return Err(SnapshotError::Foreign { what });
            }
        }
        let settings = tables::read_rules(&mut body, settings)?;
        let mut machine = Machine::new(program, library, settings);
        let ledger = machine.inside(|machine| Reader::new(machine, body).read())?;
        machine.ledger = ledger;
        Ok(machine)
    }

    /// How it runs.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The requests that wait for an answer, in order of asking.
    pub fn open_requests(&self) -> impl Iterator<Item = OpId> {
        self.ops.keys().copied()
    }
}

impl Library {
    /// What it is told apart by in other processes: names, signatures, and the bodies in Prism.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of([&self.catalog.fingerprint().0[..], &self.program.fingerprint().0[..]])
    }
}

/// What reading comes to.
type Read<T> = Result<T, SnapshotError>;
