// What a freestanding C program needs of the system interface that compiled AIVI programs use: printing, and an arena
// that never frees.

typedef long long i64;
typedef unsigned long size;

struct iovec { const void *base; unsigned length; };

__attribute__((import_module("wasi_snapshot_preview1"), import_name("fd_write")))
int fd_write(int fd, const struct iovec *vectors, int count, unsigned *written);

static void print_text(char *text, unsigned length) {
  struct iovec vector = { text, length };
  unsigned written;
  fd_write(1, &vector, 1, &written);
}

// Prints a number that is not negative, with `decimals` of its last digits behind a point.
static void print_decimal(i64 n, int decimals) {
  char text[32];
  int at = sizeof text;
  text[--at] = '\n';
  for (int digits = 0; n > 0 || digits <= decimals; digits++, n /= 10) {
    if (digits == decimals && decimals > 0) text[--at] = '.';
    text[--at] = (char)('0' + n % 10);
  }
  print_text(text + at, (unsigned)(sizeof text - at));
}

static void print_int(i64 n) { print_decimal(n, 0); }

extern unsigned char __heap_base;
static unsigned arena_next, arena_end;

// `bytes` is a multiple of eight.
static inline void *arena(unsigned bytes) {
  if (arena_next + bytes > arena_end) {
    if (arena_end == 0) {
      arena_next = ((unsigned)&__heap_base + 7) & ~7u;
      arena_end = (unsigned)__builtin_wasm_memory_size(0) << 16;
    }
    if (arena_next + bytes > arena_end) {
      if (__builtin_wasm_memory_grow(0, 256) == (size)-1) __builtin_trap();
      arena_end += 256u << 16;
    }
  }
  void *object = (void *)arena_next;
  arena_next += bytes;
  return object;
}
