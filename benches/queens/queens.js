const cons = (head, tail) => ({ head, tail });

const safe = (distance, column, board) => {
  for (; board; board = board.tail, distance++) {
    const q = board.head;
    if (q === column || q === column + distance || q === column - distance) return false;
  }
  return true;
};

const gen = (n, k) => {
  if (k === 0) return cons(null, null);
  const before = cons(null, null);
  let last = before;
  for (let boards = gen(n, k - 1); boards; boards = boards.tail)
    for (let column = 1; column <= n; column++)
      if (safe(1, column, boards.head)) last = last.tail = cons(cons(column, boards.head), null);
  return before.tail;
};

let sum = 0;
for (let round = 0; round < 10; round++) for (let boards = gen(10, 10); boards; boards = boards.tail) sum++;
console.log(sum);
