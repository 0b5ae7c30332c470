// All solutions for ten queens, by lists of boards that grow row by row.

#include "../common/wasi.h"

struct board { i64 column; struct board *rest; };
struct boards { struct board *board; struct boards *rest; };

static int safe(i64 distance, i64 column, const struct board *board) {
  for (; board; board = board->rest, distance++) {
    i64 q = board->column;
    if (q == column || q == column + distance || q == column - distance) return 0;
  }
  return 1;
}

static struct boards *gen(i64 n, i64 k) {
  if (k == 0) {
    struct boards *one = arena(sizeof *one);
    one->board = 0;
    one->rest = 0;
    return one;
  }
  struct boards *first = 0, **last = &first;
  for (struct boards *shorter = gen(n, k - 1); shorter; shorter = shorter->rest) {
    for (i64 column = 1; column <= n; column++) {
      if (!safe(1, column, shorter->board)) continue;
      struct board *board = arena(sizeof *board);
      board->column = column;
      board->rest = shorter->board;
      struct boards *cell = arena(sizeof *cell);
      cell->board = board;
      cell->rest = 0;
      *last = cell;
      last = &cell->rest;
    }
  }
  return first;
}

static volatile i64 input = 10;

__attribute__((export_name("_start")))
void start(void) {
  i64 sum = 0;
  for (int round = 0; round < 10; round++)
    for (struct boards *boards = gen(input, input); boards; boards = boards->rest) sum++;
  print_int(sum);
}
