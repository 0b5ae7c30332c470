const next = (seed) => (seed * 16807) % 2147483647;

const compose = (f, g) => (x) => f(g(x));

const step = (seed) =>
  seed % 3 === 0 ? (x) => (x + seed) % 1000003 : seed % 3 === 1 ? (x) => (x * 3 + seed) % 1000003 : (x) => (seed - x) % 1000003;

const chain = (count, seed) => (count === 0 ? (x) => x : compose(step(seed), chain(count - 1, next(seed))));

const church = (n) => {
  if (n === 0) return (f) => (x) => x;
  const before = church(n - 1);
  return (f) => (x) => f(before(f)(x));
};

const plus = (m, n) => (f) => (x) => m(f)(n(f)(x));
const times = (m, n) => (f) => m(n(f));
const numeral = (n) => plus(times(church(n), church(n)), church(n))((x) => x + 1)(0);

// A parser gives what it has read and where it has stopped, or null.
const char = (wanted) => (text, at) => (text[at] === wanted ? { value: 0, at: at + 1 } : null);

const digit = (text, at) => (text[at] >= "0" && text[at] <= "9" ? { value: text.charCodeAt(at) - 48, at: at + 1 } : null);

const both = (f, first, second) => (text, at) => {
  const a = first(text, at);
  if (a === null) return null;
  const b = second(text, a.at);
  return b === null ? null : { value: f(a.value, b.value), at: b.at };
};

const either = (first, second) => (text, at) => first(text, at) ?? second(text, at);

const some = (f, first, more) => (text, at) => {
  let done = first(text, at);
  while (done !== null) {
    const a = more(text, done.at);
    if (a === null) break;
    done = { value: f(done.value, a.value), at: a.at };
  }
  return done;
};

const number = some((n, d) => (n * 10 + d) % 1000003, digit, digit);
const after = (c, parser) => both((_, a) => a, char(c), parser);
const sum = (text, at) => some((a, b) => (a + b) % 1000003, product, after("+", product))(text, at);
const product = (text, at) => some((a, b) => (a * b) % 1000003, atom, after("*", atom))(text, at);
const atom = (text, at) => either(number, after("(", both((a) => a, sum, char(")"))))(text, at);

const formula = (depth, seed) => {
  if (depth === 0) return `${seed % 1000}`;
  const left = formula(depth - 1, next(seed));
  const right = formula(depth - 1, next(seed + depth));
  return seed % 3 === 0 ? `(${left}+${right})` : seed % 3 === 1 ? `${left}+${right}` : `${left}*${right}`;
};

const parsed = (seed) => {
  const text = formula(13, seed);
  const done = sum(text, 0);
  return done !== null && done.at === text.length ? done.value : 0;
};

let total = 0;
for (let seed = 1; seed <= 20; seed++) {
  const f = chain(2000, seed);
  for (let x = 1; x <= 200; x++) total += f(x);
}
for (let n = 1; n <= 1500; n++) total += numeral(n % 100);
for (let seed = 1; seed <= 20; seed++) total += parsed(seed);
console.log(total);
