// A list of a million numbers, mapped, filtered and folded, ten times.

#include "../common/wasi.h"

struct list { i64 head; struct list *tail; };

static struct list *push(i64 head, struct list ***last) {
  struct list *cell = arena(sizeof *cell);
  cell->head = head;
  cell->tail = 0;
  **last = cell;
  *last = &cell->tail;
  return cell;
}

static volatile i64 input = 1000000;

__attribute__((export_name("_start")))
void start(void) {
  i64 sum = 0;
  for (i64 r = 0; r < 10; r++) {
    struct list *numbers = 0, **last = &numbers;
    for (i64 x = 0; x < input; x++) push(x, &last);
    struct list *mapped = 0;
    last = &mapped;
    for (struct list *l = numbers; l; l = l->tail) push(l->head * 3 + r, &last);
    struct list *even = 0;
    last = &even;
    for (struct list *l = mapped; l; l = l->tail)
      if (l->head % 2 == 0) push(l->head, &last);
    i64 acc = 0;
    for (struct list *l = even; l; l = l->tail) acc = (acc + l->head) & 0xFFFFFFF;
    sum = (sum + acc) & 0xFFFFFFF;
  }
  print_int(sum);
}
