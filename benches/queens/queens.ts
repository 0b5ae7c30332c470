import { printInt } from "../common/wasi";

class Board {
  constructor(public column: i64, public rest: Board | null) {}
}

class Boards {
  rest: Boards | null = null;
  constructor(public board: Board | null) {}
}

function safe(distance: i64, column: i64, board: Board | null): bool {
  while (board) {
    const q = board.column;
    if (q == column || q == column + distance || q == column - distance) return false;
    board = board.rest;
    distance++;
  }
  return true;
}

function gen(n: i64, k: i64): Boards | null {
  if (k == 0) return new Boards(null);
  const before = new Boards(null);
  let last = before;
  let boards = gen(n, k - 1);
  while (boards) {
    for (let column: i64 = 1; column <= n; column++) {
      if (safe(1, column, boards.board)) {
        const cell = new Boards(new Board(column, boards.board));
        last.rest = cell;
        last = cell;
      }
    }
    boards = boards.rest;
  }
  return before.rest;
}

let sum: i64 = 0;
for (let round = 0; round < 10; round++) {
  let boards = gen(10, 10);
  while (boards) {
    sum++;
    boards = boards.rest;
  }
}
printInt(sum);
