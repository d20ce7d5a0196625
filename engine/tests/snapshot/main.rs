//! Machines that go on elsewhere: from snapshots, in another process, and from bytes that are no snapshots.

mod host;
mod moves;
mod mutations;
