const syllables = "babebibodadedidokakekikomamemimo";
const syllable = (n) => syllables.slice(2 * n, 2 * n + 2);
const word = (n) => syllable(Math.floor(n / 256) % 16) + syllable(Math.floor(n / 16) % 16) + syllable(n % 16);

const randomWords = (count, seed) => {
  const words = [];
  for (; count > 0; count--, seed = (seed * 16807) % 2147483647) words.push(word(seed));
  return words;
};

const counts = (words) => {
  const found = new Map();
  for (const w of words) found.set(w, (found.get(w) ?? 0) + 1);
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1));
};

const report = (found) => found.map(([w, n]) => `${w}: ${n}`).join("\n");

const round = (seed) => {
  const content = randomWords(50000, seed).join(" ").replaceAll("ba", "dodo");
  const found = counts(content.split(" "));
  const hash = found.reduce((sum, [, n]) => (sum * 31 + n) % 1000003, 7);
  return hash + content.length + report(found).length;
};

let sum = 0;
for (let seed = 1; seed <= 10; seed++) sum += round(seed);
console.log(sum);
