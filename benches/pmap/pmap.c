// A persistent map as a red-black tree, balanced after Okasaki: insertions, then lookups.

#include "../common/wasi.h"

struct tree { int red; i64 key, value; const struct tree *left, *right; };
typedef const struct tree *map;

static map node(int red, map left, i64 key, i64 value, map right) {
  struct tree *tree = arena((sizeof *tree + 7) & ~7u);
  tree->red = red;
  tree->key = key;
  tree->value = value;
  tree->left = left;
  tree->right = right;
  return tree;
}

static int is_red(map t) { return t && t->red; }

static map balance(int red, map left, i64 key, i64 value, map right) {
  if (!red) {
    if (is_red(left) && is_red(left->left))
      return node(1, node(0, left->left->left, left->left->key, left->left->value, left->left->right), left->key,
                  left->value, node(0, left->right, key, value, right));
    if (is_red(left) && is_red(left->right))
      return node(1, node(0, left->left, left->key, left->value, left->right->left), left->right->key,
                  left->right->value, node(0, left->right->right, key, value, right));
    if (is_red(right) && is_red(right->left))
      return node(1, node(0, left, key, value, right->left->left), right->left->key, right->left->value,
                  node(0, right->left->right, right->key, right->value, right->right));
    if (is_red(right) && is_red(right->right))
      return node(1, node(0, left, key, value, right->left), right->key, right->value,
                  node(0, right->right->left, right->right->key, right->right->value, right->right->right));
  }
  return node(red, left, key, value, right);
}

static map insert_below(map t, i64 key, i64 value) {
  if (!t) return node(1, 0, key, value, 0);
  if (key < t->key) return balance(t->red, insert_below(t->left, key, value), t->key, t->value, t->right);
  if (key > t->key) return balance(t->red, t->left, t->key, t->value, insert_below(t->right, key, value));
  return node(t->red, t->left, key, value, t->right);
}

static map insert(map t, i64 key, i64 value) {
  map r = insert_below(t, key, value);
  return r->red ? node(0, r->left, r->key, r->value, r->right) : r;
}

static i64 find(map t, i64 key) {
  while (t && t->key != key) t = key < t->key ? t->left : t->right;
  return t ? t->value : 0;
}

static volatile i64 input = 200000;

__attribute__((export_name("_start")))
void start(void) {
  map t = 0;
  for (i64 i = 0; i < input; i++) t = insert(t, (i * 7919 + 13) % 200003, i);
  i64 sum = 0;
  for (i64 i = 0; i < input; i++) sum = (sum + find(t, (i * 7919 + 13) % 200003)) & 0xFFFFFFF;
  print_int(sum);
}
