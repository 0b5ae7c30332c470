class Num { constructor(n) { this.n = n; } }
class Variable {}
class Add { constructor(a, b) { this.a = a; this.b = b; } }
class Multiply { constructor(a, b) { this.a = a; this.b = b; } }
class Power { constructor(a, n) { this.a = a; this.n = n; } }
class Sine { constructor(a) { this.a = a; } }
class Cosine { constructor(a) { this.a = a; } }

const x = new Variable();
const number = (n) => new Num(n);

const derive = (e) => {
  switch (e.constructor) {
    case Num: return number(0);
    case Variable: return number(1);
    case Add: return new Add(derive(e.a), derive(e.b));
    case Multiply: return new Add(new Multiply(derive(e.a), e.b), new Multiply(e.a, derive(e.b)));
    case Power: return new Multiply(new Multiply(number(e.n), new Power(e.a, e.n - 1)), derive(e.a));
    case Sine: return new Multiply(new Cosine(e.a), derive(e.a));
    case Cosine: return new Multiply(new Multiply(number(-1), new Sine(e.a)), derive(e.a));
  }
};

const simplify = (e) => {
  switch (e.constructor) {
    case Add: return add(simplify(e.a), simplify(e.b));
    case Multiply: return multiply(simplify(e.a), simplify(e.b));
    case Power: return power(simplify(e.a), e.n);
    case Sine: return new Sine(simplify(e.a));
    case Cosine: return new Cosine(simplify(e.a));
    default: return e;
  }
};

const equal = (e, f) => {
  if (e.constructor !== f.constructor) return false;
  switch (e.constructor) {
    case Num: return e.n === f.n;
    case Variable: return true;
    case Add: case Multiply: return equal(e.a, f.a) && equal(e.b, f.b);
    case Power: return e.n === f.n && equal(e.a, f.a);
    default: return equal(e.a, f.a);
  }
};

const isNumber = (e) => e instanceof Num;

const add = (a, b) => {
  if (isNumber(a)) {
    if (isNumber(b)) return number((a.n + b.n) % 10007);
    if (a.n === 0) return b;
    if (b instanceof Add && isNumber(b.a)) return add(number((a.n + b.a.n) % 10007), b.b);
  } else if (isNumber(b)) return add(b, a);
  return equal(a, b) ? multiply(number(2), a) : new Add(a, b);
};

const multiply = (a, b) => {
  if (isNumber(a)) {
    if (isNumber(b)) return number((a.n * b.n) % 10007);
    if (a.n === 0) return number(0);
    if (a.n === 1) return b;
    if (b instanceof Multiply && isNumber(b.a)) return multiply(number((a.n * b.a.n) % 10007), b.b);
  } else if (isNumber(b)) return multiply(b, a);
  else if (b instanceof Multiply && isNumber(b.a)) return multiply(b.a, multiply(a, b.b));
  return equal(a, b) ? new Power(a, 2) : new Multiply(a, b);
};

const power = (a, n) => (n === 0 ? number(1) : n === 1 ? a : new Power(a, n));

const size = (e) => {
  switch (e.constructor) {
    case Add: case Multiply: return 1 + size(e.a) + size(e.b);
    case Power: case Sine: case Cosine: return 1 + size(e.a);
    default: return 1;
  }
};

const raise = (base, n) => (n === 0 ? 1 : (base * raise(base, n - 1)) % 10007);

const evaluate = (x, e) => {
  switch (e.constructor) {
    case Num: return e.n;
    case Variable: return x;
    case Add: return (evaluate(x, e.a) + evaluate(x, e.b)) % 10007;
    case Multiply: return (evaluate(x, e.a) * evaluate(x, e.b)) % 10007;
    case Power: return raise(evaluate(x, e.a), e.n);
    case Sine: return (evaluate(x, e.a) + 3) % 10007;
    case Cosine: return (evaluate(x, e.a) * 5) % 10007;
  }
};

const start = (n) =>
  new Add(
    new Multiply(new Power(x, n), new Sine(new Add(new Power(x, 2), number(n)))),
    new Power(new Cosine(new Multiply(number(n), x)), 3),
  );

let sum = 0;
for (let n = 1; n <= 10; n++) {
  let e = start(n);
  for (let count = 9; count >= 0; count--) {
    sum += size(e) + evaluate(count, e);
    if (count > 0) e = simplify(derive(e));
  }
}
console.log(sum);
