class Node {
  constructor(red, left, key, value, right) {
    this.red = red;
    this.left = left;
    this.key = key;
    this.value = value;
    this.right = right;
  }
}

const isRed = (t) => t !== null && t.red;

const balance = (red, l, key, value, r) => {
  if (!red) {
    if (isRed(l) && isRed(l.left))
      return new Node(true, new Node(false, l.left.left, l.left.key, l.left.value, l.left.right), l.key, l.value,
        new Node(false, l.right, key, value, r));
    if (isRed(l) && isRed(l.right))
      return new Node(true, new Node(false, l.left, l.key, l.value, l.right.left), l.right.key, l.right.value,
        new Node(false, l.right.right, key, value, r));
    if (isRed(r) && isRed(r.left))
      return new Node(true, new Node(false, l, key, value, r.left.left), r.left.key, r.left.value,
        new Node(false, r.left.right, r.key, r.value, r.right));
    if (isRed(r) && isRed(r.right))
      return new Node(true, new Node(false, l, key, value, r.left), r.key, r.value,
        new Node(false, r.right.left, r.right.key, r.right.value, r.right.right));
  }
  return new Node(red, l, key, value, r);
};

const insertBelow = (t, key, value) => {
  if (t === null) return new Node(true, null, key, value, null);
  if (key < t.key) return balance(t.red, insertBelow(t.left, key, value), t.key, t.value, t.right);
  if (key > t.key) return balance(t.red, t.left, t.key, t.value, insertBelow(t.right, key, value));
  return new Node(t.red, t.left, key, value, t.right);
};

const insert = (t, key, value) => {
  const r = insertBelow(t, key, value);
  return r.red ? new Node(false, r.left, r.key, r.value, r.right) : r;
};

const find = (t, key) => {
  while (t !== null && t.key !== key) t = key < t.key ? t.left : t.right;
  return t === null ? 0 : t.value;
};

const keyOf = (i) => (i * 7919 + 13) % 200003;
let t = null;
for (let i = 0; i < 200000; i++) t = insert(t, keyOf(i), i);
let sum = 0;
for (let i = 0; i < 200000; i++) sum = (sum + find(t, keyOf(i))) & 0xfffffff;
console.log(sum);
