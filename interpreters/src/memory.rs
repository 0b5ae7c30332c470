//! What the values of a run take of the machine's memory, and the limit to that.
//!
//! Values are shared, captured and dropped in so many places that only the allocator knows what they take. A process
//! whose allocator is a [`Counted`] one has the limit; another has none but the machine's.

use std::alloc::{GlobalAlloc, Layout};
use std::cell::Cell;

use crate::Stop;

/// What a run may take, unless it is told: as much as the memory of a compiled program can have.
const LIMIT: usize = 4 << 30;

thread_local! {
    /// What this thread has allocated and not freed, in bytes. Below zero where it frees what others allocated.
    static USED: Cell<isize> = const { Cell::new(0) };
}

/// An allocator that counts, for each thread, what it gives.
pub struct Counted<A>(
    /// The one that does the work.
    pub A,
);

/// A layout is never larger than `isize::MAX`. A thread that is ending counts no more.
fn count(bytes: isize) {
    let _ = USED.try_with(|used| used.set(used.get().wrapping_add(bytes)));
}

// SAFETY: every method is the one of the allocator inside, whose contract the caller keeps. Counting touches nothing but
// a cell of the thread, which needs no allocation.
#[allow(unsafe_code)]
unsafe impl<A: GlobalAlloc> GlobalAlloc for Counted<A> {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size().cast_signed());
        unsafe { self.0.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size().cast_signed());
        unsafe { self.0.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        count(-layout.size().cast_signed());
        unsafe { self.0.dealloc(at, layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size.cast_signed().wrapping_sub(layout.size().cast_signed()));
        unsafe { self.0.realloc(at, layout, size) }
    }
}

fn used() -> isize {
    USED.with(Cell::get)
}

/// What was in use when the run began, and how much may be in use beside that.
#[derive(Clone, Copy, Debug)]
pub struct Memory {
    before: isize,
    limit: usize,
}

impl Default for Memory {
    fn default() -> Memory {
        Memory::limited(LIMIT)
    }
}

impl Memory {
    /// At most so many bytes from here on.
    pub fn limited(limit: usize) -> Memory {
        Memory {
            before: used(),
            limit,
        }
    }

    /// Stops a program that has taken too much, or would with so many bytes more.
    ///
    /// # Errors
    ///
    /// [`Stop::MemoryExhausted`] above the limit.
    pub(crate) fn check(&self, more: usize) -> Result<(), Stop> {
        let taken = usize::try_from(used().wrapping_sub(self.before)).unwrap_or(0);
        match taken.checked_add(more) {
            Some(all) if all <= self.limit => Ok(()),
            _ => Err(Stop::MemoryExhausted),
        }
    }
}
