let sum = 0;
for (let r = 0; r < 10; r++) {
  sum =
    (sum +
      Array.from({ length: 1000000 }, (_, x) => x)
        .map((x) => x * 3 + r)
        .filter((x) => x % 2 === 0)
        .reduce((acc, x) => (acc + x) & 0xfffffff, 0)) &
    0xfffffff;
}
console.log(sum);
