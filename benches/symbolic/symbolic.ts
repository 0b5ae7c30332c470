import { printInt } from "../common/wasi";

enum Kind { Number, Variable, Add, Multiply, Power, Sine, Cosine }

abstract class Expr {
  constructor(public kind: Kind) {}
}

class Num extends Expr {
  constructor(public n: i64) { super(Kind.Number); }
}

class Variable extends Expr {
  constructor() { super(Kind.Variable); }
}

class Binary extends Expr {
  constructor(kind: Kind, public a: Expr, public b: Expr) { super(kind); }
}

class Power extends Expr {
  constructor(public a: Expr, public n: i64) { super(Kind.Power); }
}

class Unary extends Expr {
  constructor(kind: Kind, public a: Expr) { super(kind); }
}

const x = new Variable();

function add2(a: Expr, b: Expr): Expr { return new Binary(Kind.Add, a, b); }
function multiply2(a: Expr, b: Expr): Expr { return new Binary(Kind.Multiply, a, b); }
function binary(e: Expr): Binary { return changetype<Binary>(e); }
function unary(e: Expr): Unary { return changetype<Unary>(e); }
function toPower(e: Expr): Power { return changetype<Power>(e); }
function value(e: Expr): i64 { return changetype<Num>(e).n; }

function derive(e: Expr): Expr {
  switch (e.kind) {
    case Kind.Number: return new Num(0);
    case Kind.Variable: return new Num(1);
    case Kind.Add: return add2(derive(binary(e).a), derive(binary(e).b));
    case Kind.Multiply: {
      const a = binary(e).a, b = binary(e).b;
      return add2(multiply2(derive(a), b), multiply2(a, derive(b)));
    }
    case Kind.Power: {
      const a = toPower(e).a, n = toPower(e).n;
      return multiply2(multiply2(new Num(n), new Power(a, n - 1)), derive(a));
    }
    case Kind.Sine: return multiply2(new Unary(Kind.Cosine, unary(e).a), derive(unary(e).a));
    default: return multiply2(multiply2(new Num(-1), new Unary(Kind.Sine, unary(e).a)), derive(unary(e).a));
  }
}

function simplify(e: Expr): Expr {
  switch (e.kind) {
    case Kind.Add: return add(simplify(binary(e).a), simplify(binary(e).b));
    case Kind.Multiply: return multiply(simplify(binary(e).a), simplify(binary(e).b));
    case Kind.Power: return power(simplify(toPower(e).a), toPower(e).n);
    case Kind.Sine:
    case Kind.Cosine: return new Unary(e.kind, simplify(unary(e).a));
    default: return e;
  }
}

function equal(e: Expr, f: Expr): bool {
  if (e.kind != f.kind) return false;
  switch (e.kind) {
    case Kind.Number: return value(e) == value(f);
    case Kind.Variable: return true;
    case Kind.Add:
    case Kind.Multiply: return equal(binary(e).a, binary(f).a) && equal(binary(e).b, binary(f).b);
    case Kind.Power: return toPower(e).n == toPower(f).n && equal(toPower(e).a, toPower(f).a);
    default: return equal(unary(e).a, unary(f).a);
  }
}

function isNumber(e: Expr): bool { return e.kind == Kind.Number; }

function add(a: Expr, b: Expr): Expr {
  if (isNumber(a)) {
    if (isNumber(b)) return new Num((value(a) + value(b)) % 10007);
    if (value(a) == 0) return b;
    if (b.kind == Kind.Add && isNumber(binary(b).a))
      return add(new Num((value(a) + value(binary(b).a)) % 10007), binary(b).b);
  } else if (isNumber(b)) return add(b, a);
  return equal(a, b) ? multiply(new Num(2), a) : add2(a, b);
}

function multiply(a: Expr, b: Expr): Expr {
  if (isNumber(a)) {
    if (isNumber(b)) return new Num(value(a) * value(b) % 10007);
    if (value(a) == 0) return new Num(0);
    if (value(a) == 1) return b;
    if (b.kind == Kind.Multiply && isNumber(binary(b).a))
      return multiply(new Num(value(a) * value(binary(b).a) % 10007), binary(b).b);
  } else if (isNumber(b)) return multiply(b, a);
  else if (b.kind == Kind.Multiply && isNumber(binary(b).a))
    return multiply(binary(b).a, multiply(a, binary(b).b));
  return equal(a, b) ? new Power(a, 2) : multiply2(a, b);
}

function power(a: Expr, n: i64): Expr {
  return n == 0 ? new Num(1) : n == 1 ? a : new Power(a, n);
}

function size(e: Expr): i64 {
  switch (e.kind) {
    case Kind.Add:
    case Kind.Multiply: return 1 + size(binary(e).a) + size(binary(e).b);
    case Kind.Power: return 1 + size(toPower(e).a);
    case Kind.Sine:
    case Kind.Cosine: return 1 + size(unary(e).a);
    default: return 1;
  }
}

function raise(base: i64, n: i64): i64 {
  return n == 0 ? 1 : base * raise(base, n - 1) % 10007;
}

function evaluate(x: i64, e: Expr): i64 {
  switch (e.kind) {
    case Kind.Number: return value(e);
    case Kind.Variable: return x;
    case Kind.Add: return (evaluate(x, binary(e).a) + evaluate(x, binary(e).b)) % 10007;
    case Kind.Multiply: return evaluate(x, binary(e).a) * evaluate(x, binary(e).b) % 10007;
    case Kind.Power: return raise(evaluate(x, toPower(e).a), toPower(e).n);
    case Kind.Sine: return (evaluate(x, unary(e).a) + 3) % 10007;
    default: return evaluate(x, unary(e).a) * 5 % 10007;
  }
}

function start(n: i64): Expr {
  return add2(
    multiply2(new Power(x, n), new Unary(Kind.Sine, add2(new Power(x, 2), new Num(n)))),
    new Power(new Unary(Kind.Cosine, multiply2(new Num(n), x)), 3),
  );
}

let sum: i64 = 0;
for (let n: i64 = 1; n <= 10; n++) {
  let e = start(n);
  for (let count: i64 = 9; count >= 0; count--) {
    sum += size(e) + evaluate(count, e);
    if (count > 0) e = simplify(derive(e));
  }
}
printInt(sum);
