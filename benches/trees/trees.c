// Binary trees: many short-lived ones beside one that lives long.

#include "../common/wasi.h"

struct tree { struct tree *left, *right; };

static struct tree *make(i64 depth) {
  if (depth == 0) return 0;
  struct tree *tree = arena(sizeof *tree);
  tree->left = make(depth - 1);
  tree->right = make(depth - 1);
  return tree;
}

static i64 check(const struct tree *tree) { return tree ? 1 + check(tree->left) + check(tree->right) : 1; }

static volatile i64 input = 16;

__attribute__((export_name("_start")))
void start(void) {
  i64 depth = input;
  i64 sum = check(make(depth + 1));
  struct tree *kept = make(depth);
  for (i64 d = 4; d <= depth; d += 4)
    for (i64 n = 1ll << (depth - d + 4); n > 0; n--) sum += check(make(d));
  print_int(sum + check(kept));
}
