// Merge sort of a list, and a stable sort of an array by a key.

#include "../common/wasi.h"

struct list { i64 head; struct list *tail; };

static struct list *cons(i64 head, struct list *tail) {
  struct list *cell = arena((sizeof *cell + 7) & ~7u);
  cell->head = head;
  cell->tail = tail;
  return cell;
}

static struct list *numbers(i64 count, i64 seed) {
  struct list *first = 0, **last = &first;
  for (; count > 0; count--, seed = seed * 16807 % 2147483647) {
    *last = cons(seed, 0);
    last = &(*last)->tail;
  }
  return first;
}

static struct list *merge(struct list *left, struct list *right) {
  struct list *first = 0, **last = &first;
  while (left && right) {
    struct list **smaller = left->head <= right->head ? &left : &right;
    *last = cons((*smaller)->head, 0);
    last = &(*last)->tail;
    *smaller = (*smaller)->tail;
  }
  *last = left ? left : right;
  return first;
}

static struct list *merge_sort(struct list *items) {
  if (!items || !items->tail) return items;
  struct list *left = 0, *right = 0;
  for (; items; items = items->tail) {
    struct list *other = left;
    left = cons(items->head, right);
    right = other;
  }
  left = merge_sort(left);
  return merge(left, merge_sort(right));
}

// Merges from `items` into `other` and back, with runs of twice the length each time.
static i64 *sort_by(i64 (*key)(i64), i64 *items, i64 *other, unsigned count) {
  for (unsigned width = 1; width < count; width *= 2) {
    for (unsigned start = 0; start < count; start += 2 * width) {
      unsigned middle = start + width < count ? start + width : count;
      unsigned end = middle + width < count ? middle + width : count;
      unsigned left = start, right = middle, to = start;
      while (left < middle && right < end)
        other[to++] = key(items[left]) <= key(items[right]) ? items[left++] : items[right++];
      while (left < middle) other[to++] = items[left++];
      while (right < end) other[to++] = items[right++];
    }
    i64 *swap = items;
    items = other;
    other = swap;
  }
  return items;
}

static i64 last_digits(i64 n) { return n % 1000; }

static i64 hash(i64 sum, i64 n) { return (sum * 31 + n) % 1000003; }

static volatile i64 input = 100000;

__attribute__((export_name("_start")))
void start(void) {
  i64 total = 0;
  for (i64 seed = 1; seed <= 5; seed++) {
    unsigned count = (unsigned)input;
    struct list *items = numbers(count, seed);
    i64 by_hand = 7, by_key = 7;
    for (struct list *sorted = merge_sort(items); sorted; sorted = sorted->tail) by_hand = hash(by_hand, sorted->head);
    i64 *array = arena(count * sizeof *array), *to = array;
    for (; items; items = items->tail) *to++ = items->head;
    array = sort_by(last_digits, array, arena(count * sizeof *array), count);
    for (unsigned i = 0; i < count; i++) by_key = hash(by_key, array[i]);
    total += by_hand + by_key;
  }
  print_int(total);
}
