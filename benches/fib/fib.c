// The naive recursion: calls and arithmetic, nothing else.

#include "../common/wasi.h"

__attribute__((noinline))
static i64 fib(i64 n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }

// Volatile, so that the compiler does not compute the result.
static volatile i64 input = 35;

__attribute__((export_name("_start")))
void start(void) { print_int(fib(input)); }
