import { printInt } from "../common/wasi";

// Functions capture nothing in this language, so closures are objects with one method.

function next(seed: i64): i64 {
  return seed * 16807 % 2147483647;
}

abstract class Fun {
  abstract call(x: i64): i64;
}

class Compose extends Fun {
  constructor(private f: Fun, private g: Fun) { super(); }
  call(x: i64): i64 { return this.f.call(this.g.call(x)); }
}

class Identity extends Fun {
  call(x: i64): i64 { return x; }
}

class Increment extends Fun {
  call(x: i64): i64 { return x + 1; }
}

class Plus extends Fun {
  constructor(private seed: i64) { super(); }
  call(x: i64): i64 { return (x + this.seed) % 1000003; }
}

class Triple extends Fun {
  constructor(private seed: i64) { super(); }
  call(x: i64): i64 { return (x * 3 + this.seed) % 1000003; }
}

class Minus extends Fun {
  constructor(private seed: i64) { super(); }
  call(x: i64): i64 { return (this.seed - x) % 1000003; }
}

function step(seed: i64): Fun {
  if (seed % 3 == 0) return new Plus(seed);
  if (seed % 3 == 1) return new Triple(seed);
  return new Minus(seed);
}

function chain(count: i64, seed: i64): Fun {
  return count == 0 ? new Identity() : new Compose(step(seed), chain(count - 1, next(seed)));
}

abstract class Church {
  abstract call(f: Fun, x: i64): i64;
}

class Zero extends Church {
  call(f: Fun, x: i64): i64 { return x; }
}

class Successor extends Church {
  constructor(private before: Church) { super(); }
  call(f: Fun, x: i64): i64 { return f.call(this.before.call(f, x)); }
}

class Sum extends Church {
  constructor(private m: Church, private n: Church) { super(); }
  call(f: Fun, x: i64): i64 { return this.m.call(f, this.n.call(f, x)); }
}

class Applied extends Fun {
  constructor(private n: Church, private f: Fun) { super(); }
  call(x: i64): i64 { return this.n.call(this.f, x); }
}

class Product extends Church {
  constructor(private m: Church, private n: Church) { super(); }
  call(f: Fun, x: i64): i64 { return this.m.call(new Applied(this.n, f), x); }
}

function church(n: i64): Church {
  return n == 0 ? new Zero() : new Successor(church(n - 1));
}

function numeral(n: i64): i64 {
  return new Sum(new Product(church(n), church(n)), church(n)).call(new Increment(), 0);
}

class Parsed {
  constructor(public value: i64, public at: i32) {}
}

abstract class Parser {
  abstract run(text: string, at: i32): Parsed | null;
}

class CharParser extends Parser {
  constructor(private wanted: i32) { super(); }
  run(text: string, at: i32): Parsed | null {
    return at < text.length && text.charCodeAt(at) == this.wanted ? new Parsed(0, at + 1) : null;
  }
}

class Digit extends Parser {
  run(text: string, at: i32): Parsed | null {
    if (at >= text.length) return null;
    const c = text.charCodeAt(at);
    return c >= 48 && c <= 57 ? new Parsed(c - 48, at + 1) : null;
  }
}

class Both extends Parser {
  constructor(private f: (a: i64, b: i64) => i64, private first: Parser, private second: Parser) { super(); }
  run(text: string, at: i32): Parsed | null {
    const a = this.first.run(text, at);
    if (!a) return null;
    const b = this.second.run(text, a.at);
    return b ? new Parsed(this.f(a.value, b.value), b.at) : null;
  }
}

class Either extends Parser {
  constructor(private first: Parser, private second: Parser) { super(); }
  run(text: string, at: i32): Parsed | null {
    const a = this.first.run(text, at);
    return a ? a : this.second.run(text, at);
  }
}

class Some extends Parser {
  constructor(private f: (a: i64, b: i64) => i64, private first: Parser, private more: Parser) { super(); }
  run(text: string, at: i32): Parsed | null {
    let done = this.first.run(text, at);
    while (done) {
      const a = this.more.run(text, done.at);
      if (!a) break;
      done = new Parsed(this.f(done.value, a.value), a.at);
    }
    return done;
  }
}

function after(c: i32, parser: Parser): Parser {
  return new Both((_: i64, a: i64) => a, new CharParser(c), parser);
}

const number: Parser = new Some((n: i64, d: i64) => (n * 10 + d) % 1000003, new Digit(), new Digit());

class SumParser extends Parser {
  run(text: string, at: i32): Parsed | null {
    return new Some((a: i64, b: i64) => (a + b) % 1000003, new ProductParser(), after(43, new ProductParser())).run(text, at);
  }
}

class ProductParser extends Parser {
  run(text: string, at: i32): Parsed | null {
    return new Some((a: i64, b: i64) => a * b % 1000003, new Atom(), after(42, new Atom())).run(text, at);
  }
}

class Atom extends Parser {
  run(text: string, at: i32): Parsed | null {
    const inner = new Both((a: i64, _: i64) => a, new SumParser(), new CharParser(41));
    return new Either(number, after(40, inner)).run(text, at);
  }
}

function formula(depth: i64, seed: i64): string {
  if (depth == 0) return (seed % 1000).toString();
  const left = formula(depth - 1, next(seed));
  const right = formula(depth - 1, next(seed + depth));
  if (seed % 3 == 0) return "(" + left + "+" + right + ")";
  return seed % 3 == 1 ? left + "+" + right : left + "*" + right;
}

function parsed(seed: i64): i64 {
  const text = formula(13, seed);
  const done = new SumParser().run(text, 0);
  return done && done.at == text.length ? done.value : 0;
}

let total: i64 = 0;
for (let seed: i64 = 1; seed <= 20; seed++) {
  const f = chain(2000, seed);
  for (let x: i64 = 1; x <= 200; x++) total += f.call(x);
}
for (let n: i64 = 1; n <= 1500; n++) total += numeral(n % 100);
for (let seed: i64 = 1; seed <= 20; seed++) total += parsed(seed);
printInt(total);
