import { printInt } from "../common/wasi";

class List {
  constructor(public head: i64, public tail: List | null) {}
}

function numbers(count: i32, seed: i64): List | null {
  const before = new List(0, null);
  for (let last = before; count > 0; count--, seed = seed * 16807 % 2147483647) {
    const cell = new List(seed, null);
    last.tail = cell;
    last = cell;
  }
  return before.tail;
}

function merge(left: List | null, right: List | null): List | null {
  const before = new List(0, null);
  let last = before;
  while (left && right) {
    let cell: List;
    if (left.head <= right.head) {
      cell = new List(left.head, null);
      left = left.tail;
    } else {
      cell = new List(right.head, null);
      right = right.tail;
    }
    last.tail = cell;
    last = cell;
  }
  last.tail = left ? left : right;
  return before.tail;
}

function mergeSort(items: List | null): List | null {
  if (!items || !items.tail) return items;
  let left: List | null = null;
  let right: List | null = null;
  while (items) {
    const other = left;
    left = new List(items.head, right);
    right = other;
    items = items.tail;
  }
  return merge(mergeSort(left), mergeSort(right));
}

function hash(sum: i64, n: i64): i64 {
  return (sum * 31 + n) % 1000003;
}

let total: i64 = 0;
for (let seed: i64 = 1; seed <= 5; seed++) {
  const items = numbers(100000, seed);
  let sum: i64 = 7;
  let sorted = mergeSort(items);
  while (sorted) {
    sum = hash(sum, sorted.head);
    sorted = sorted.tail;
  }
  // The library's sort is not stable, so the place is a part of the key.
  const array = new Array<i64>();
  const places = new Array<i64>();
  let item = items;
  while (item) {
    places.push(item.head % 1000 << 32 | array.length);
    array.push(item.head);
    item = item.tail;
  }
  places.sort((a: i64, b: i64) => a < b ? -1 : <i32>(a > b));
  let byKey: i64 = 7;
  for (let i = 0; i < places.length; i++) byKey = hash(byKey, array[<i32>places[i]]);
  total += sum + byKey;
}
printInt(total);
