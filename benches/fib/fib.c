// The naive recursion: calls and arithmetic, nothing else.
// Freestanding, on the same system interface as the compiled AIVI program.

typedef long long i64;

struct iovec { const void *base; unsigned size; };

__attribute__((import_module("wasi_snapshot_preview1"), import_name("fd_write")))
int fd_write(int fd, const struct iovec *vectors, int count, unsigned *written);

__attribute__((noinline))
static i64 fib(i64 n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }

// Volatile, so that the compiler does not compute the result.
static volatile i64 input = 35;

__attribute__((export_name("_start")))
void start(void) {
  char text[24];
  int at = sizeof text;
  text[--at] = '\n';
  for (i64 n = fib(input); n > 0 || at == sizeof text - 1; n /= 10) text[--at] = (char)('0' + n % 10);
  struct iovec vector = { text + at, (unsigned)(sizeof text - at) };
  unsigned written;
  fd_write(1, &vector, 1, &written);
}
