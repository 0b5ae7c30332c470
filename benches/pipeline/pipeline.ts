import { printInt } from "../common/wasi";

let r: i64 = 0;
let sum: i64 = 0;
for (; r < 10; r++) {
  const numbers = new Array<i64>();
  for (let x: i64 = 0; x < 1000000; x++) numbers.push(x);
  const even = numbers.map<i64>((x) => x * 3 + r).filter((x) => x % 2 == 0);
  sum = (sum + even.reduce<i64>((acc, x) => (acc + x) & 0xfffffff, 0)) & 0xfffffff;
}
printInt(sum);
