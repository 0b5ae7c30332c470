import { printInt } from "../common/wasi";

const syllables = "babebibodadedidokakekikomamemimo";

function syllable(n: i64): string {
  return syllables.substr(<i32>(2 * n), 2);
}

function word(n: i64): string {
  return syllable(n / 256 % 16) + syllable(n / 16 % 16) + syllable(n % 16);
}

function randomWords(count: i32, seed: i64): string[] {
  const words = new Array<string>();
  for (; count > 0; count--, seed = seed * 16807 % 2147483647) words.push(word(seed));
  return words;
}

function counts(words: string[]): Map<string, i32> {
  const found = new Map<string, i32>();
  for (let i = 0; i < words.length; i++) {
    const w = words[i];
    found.set(w, found.has(w) ? found.get(w) + 1 : 1);
  }
  return found;
}

function round(seed: i64): i64 {
  const content = randomWords(50000, seed).join(" ").replaceAll("ba", "dodo");
  const found = counts(content.split(" "));
  const keys = found.keys().sort();
  let hash: i64 = 7;
  const lines = new Array<string>();
  for (let i = 0; i < keys.length; i++) {
    const n = found.get(keys[i]);
    hash = (hash * 31 + n) % 1000003;
    lines.push(keys[i] + ": " + n.toString());
  }
  return hash + content.length + lines.join("\n").length;
}

let sum: i64 = 0;
for (let seed = 1; seed <= 10; seed++) sum += round(seed);
printInt(sum);
