import { printInt } from "../common/wasi";

class Tree {
  constructor(public left: Tree | null, public right: Tree | null) {}
}

function make(depth: i64): Tree | null {
  return depth == 0 ? null : new Tree(make(depth - 1), make(depth - 1));
}

function check(tree: Tree | null): i64 {
  return tree ? 1 + check(tree.left) + check(tree.right) : 1;
}

let sum = check(make(17));
const kept = make(16);
for (let d: i64 = 4; d <= 16; d += 4) {
  for (let n: i64 = (<i64>1) << (20 - d); n > 0; n--) sum += check(make(d));
}
printInt(sum + check(kept));
