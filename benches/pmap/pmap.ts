import { printInt } from "../common/wasi";

class Tree {
  constructor(
    public red: bool,
    public left: Tree | null,
    public key: i64,
    public value: i64,
    public right: Tree | null,
  ) {}
}


function balance(red: bool, l: Tree | null, key: i64, value: i64, r: Tree | null): Tree {
  if (!red) {
    if (l && l.red) {
      const ll = l.left;
      const lr = l.right;
      if (ll && ll.red)
        return new Tree(true, new Tree(false, ll.left, ll.key, ll.value, ll.right), l.key, l.value,
          new Tree(false, lr, key, value, r));
      if (lr && lr.red)
        return new Tree(true, new Tree(false, ll, l.key, l.value, lr.left), lr.key, lr.value,
          new Tree(false, lr.right, key, value, r));
    }
    if (r && r.red) {
      const rl = r.left;
      const rr = r.right;
      if (rl && rl.red)
        return new Tree(true, new Tree(false, l, key, value, rl.left), rl.key, rl.value,
          new Tree(false, rl.right, r.key, r.value, rr));
      if (rr && rr.red)
        return new Tree(true, new Tree(false, l, key, value, rl), r.key, r.value,
          new Tree(false, rr.left, rr.key, rr.value, rr.right));
    }
  }
  return new Tree(red, l, key, value, r);
}

function insertBelow(t: Tree | null, key: i64, value: i64): Tree {
  if (!t) return new Tree(true, null, key, value, null);
  if (key < t.key) return balance(t.red, insertBelow(t.left, key, value), t.key, t.value, t.right);
  if (key > t.key) return balance(t.red, t.left, t.key, t.value, insertBelow(t.right, key, value));
  return new Tree(t.red, t.left, key, value, t.right);
}

function insert(t: Tree | null, key: i64, value: i64): Tree {
  const r = insertBelow(t, key, value);
  return r.red ? new Tree(false, r.left, r.key, r.value, r.right) : r;
}

function find(t: Tree | null, key: i64): i64 {
  while (t) {
    if (t.key == key) return t.value;
    t = key < t.key ? t.left : t.right;
  }
  return 0;
}

function keyOf(i: i64): i64 {
  return (i * 7919 + 13) % 200003;
}

let t: Tree | null = null;
for (let i: i64 = 0; i < 200000; i++) t = insert(t, keyOf(i), i);
let sum: i64 = 0;
for (let i: i64 = 0; i < 200000; i++) sum = (sum + find(t, keyOf(i))) & 0xfffffff;
printInt(sum);
