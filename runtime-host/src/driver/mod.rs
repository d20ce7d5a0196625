//! Runs machines. [`core`] decides: it takes what has happened and says what to do, without doing it. [`drive`] is the
//! loop around it that lets a [`World`] do it. Both are the same for real and for virtual time.

mod core;
mod exchange;
mod record;

pub(crate) use self::core::{Core, Finished, Setting};
pub(crate) use self::exchange::{Completed, Failed, agents};

use self::core::{Action, Now, Pace};
use crate::clock::World;
use prism_vm::limits::Stop;
use std::future::Future;
use std::pin::Pin;

/// Ends when the run is to be cancelled.
pub(crate) type Cancel = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Runs to the end. What agents are still doing then is cancelled.
pub(crate) async fn drive<W: World>(mut core: Core<'_>, mut world: W, mut cancel: Cancel) -> Finished {
    /// Steps that end in requests which are answered at once, before a look at the cancellation.
    const MOST_REQUESTS: u32 = 100;
    let (mut cancelled, mut requests) = (false, 0);
    loop {
        loop {
            let pace = core.step(now(&world));
            perform(&mut core, &mut world);
            match pace {
                Pace::Idle => break,
                Pace::Going => requests += 1,
                Pace::SliceOver => requests = MOST_REQUESTS,
            }
            if requests >= MOST_REQUESTS {
                requests = 0;
                tokio::select! {
                    biased;
                    () = &mut cancel, if !cancelled => {
                        cancelled = true;
                        core.stop(Stop::Cancelled);
                    }
                    () = tokio::task::yield_now() => {}
                }
            }
            core.expire(world.elapsed());
        }
        if core.has_ended() {
            return core.finish(now(&world));
        }
        tokio::select! {
            biased;
            () = &mut cancel, if !cancelled => {
                cancelled = true;
                core.stop(Stop::Cancelled);
            }
            event = world.next(core.deadline()) => match event {
                Some(event) => core.happened(event, now(&world)),
                None if core.deadline().is_some_and(|at| at <= world.elapsed()) => core.expire(world.elapsed()),
                // All that is waited for are delays without end.
                None => core.stop(Stop::Deadlock),
            },
        }
    }
}

fn now(world: &impl World) -> Now {
    Now { elapsed: world.elapsed(), epoch_ms: world.epoch_ms() }
}

fn perform(core: &mut Core<'_>, world: &mut impl World) {
    for action in core.take_actions() {
        match action {
            Action::Ask { ticket, agent, question, limit } => world.ask(ticket, agent, question, limit),
            Action::Sleep { ticket, ms } => world.sleep(ticket, ms),
            Action::Call { ticket, call } => world.call(ticket, call),
            Action::Forget(ticket) => world.forget(ticket),
        }
    }
}
