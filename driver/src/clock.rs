//! The time that a computation takes of a processor.

use std::time::{Duration, Instant};

/// A point in the time that this thread has spent on a processor, where the system tells it, or else in the time of day:
/// other work on the machine is not to be measured.
pub struct Clock(Start);

enum Start {
    Processor(Duration),
    Day(Instant),
}

impl Clock {
    /// The point that is reached.
    pub fn now() -> Clock {
        Clock(processor().map_or_else(|| Start::Day(Instant::now()), Start::Processor))
    }

    /// What has been spent since then.
    pub fn spent(&self) -> Duration {
        match self.0 {
            Start::Processor(start) => processor().unwrap_or(start).saturating_sub(start),
            Start::Day(start) => start.elapsed(),
        }
    }
}

/// What this thread has spent on a processor.
#[cfg(unix)]
fn processor() -> Option<Duration> {
    rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime)
        .try_into()
        .ok()
}

#[cfg(not(unix))]
fn processor() -> Option<Duration> {
    None
}
