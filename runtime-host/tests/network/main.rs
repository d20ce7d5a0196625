//! Agents on a network, each on a free loopback port of this machine.

mod calls;
mod runs;
mod served;
