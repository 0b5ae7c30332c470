class Tree {
  constructor(left, right) {
    this.left = left;
    this.right = right;
  }
}

const make = (depth) => (depth === 0 ? null : new Tree(make(depth - 1), make(depth - 1)));
const check = (tree) => (tree ? 1 + check(tree.left) + check(tree.right) : 1);

let sum = check(make(17));
const kept = make(16);
for (let d = 4; d <= 16; d += 4) for (let n = 1 << (20 - d); n > 0; n--) sum += check(make(d));
console.log(sum + check(kept));
