const cons = (head, tail) => ({ head, tail });

const numbers = (count, seed) => {
  const before = cons(0, null);
  for (let last = before; count > 0; count--, seed = (seed * 16807) % 2147483647) last = last.tail = cons(seed, null);
  return before.tail;
};

const merge = (left, right) => {
  const before = cons(0, null);
  let last = before;
  while (left !== null && right !== null) {
    if (left.head <= right.head) {
      last = last.tail = cons(left.head, null);
      left = left.tail;
    } else {
      last = last.tail = cons(right.head, null);
      right = right.tail;
    }
  }
  last.tail = left ?? right;
  return before.tail;
};

const mergeSort = (items) => {
  if (items === null || items.tail === null) return items;
  let left = null, right = null;
  for (; items !== null; items = items.tail) [left, right] = [cons(items.head, right), left];
  return merge(mergeSort(left), mergeSort(right));
};

const hash = (sum, n) => (sum * 31 + n) % 1000003;

let total = 0;
for (let seed = 1; seed <= 5; seed++) {
  const items = numbers(100000, seed);
  let sum = 7;
  for (let sorted = mergeSort(items); sorted !== null; sorted = sorted.tail) sum = hash(sum, sorted.head);
  const array = [];
  for (let item = items; item !== null; item = item.tail) array.push(item.head);
  total += sum + array.sort((a, b) => (a % 1000) - (b % 1000)).reduce(hash, 7);
}
console.log(total);
