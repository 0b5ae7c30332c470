// Derivatives of expressions, simplified after each step, as a computer algebra system makes them.

#include "../common/wasi.h"

enum kind { NUMBER, VARIABLE, ADD, MULTIPLY, POWER, SINE, COSINE };

struct expr { enum kind kind; i64 n; const struct expr *a, *b; };
typedef const struct expr *expr;

static expr node(enum kind kind, i64 n, expr a, expr b) {
  struct expr *e = arena((sizeof *e + 7) & ~7u);
  *e = (struct expr){ kind, n, a, b };
  return e;
}

static const struct expr variable = { VARIABLE, 0, 0, 0 };

static expr number(i64 n) { return node(NUMBER, n, 0, 0); }

static expr derive(expr e) {
  switch (e->kind) {
    case NUMBER: return number(0);
    case VARIABLE: return number(1);
    case ADD: {
      expr a = derive(e->a);
      return node(ADD, 0, a, derive(e->b));
    }
    case MULTIPLY: {
      expr left = node(MULTIPLY, 0, derive(e->a), e->b);
      return node(ADD, 0, left, node(MULTIPLY, 0, e->a, derive(e->b)));
    }
    case POWER: {
      expr factor = node(MULTIPLY, 0, number(e->n), node(POWER, e->n - 1, e->a, 0));
      return node(MULTIPLY, 0, factor, derive(e->a));
    }
    case SINE: return node(MULTIPLY, 0, node(COSINE, 0, e->a, 0), derive(e->a));
    case COSINE: {
      expr factor = node(MULTIPLY, 0, number(-1), node(SINE, 0, e->a, 0));
      return node(MULTIPLY, 0, factor, derive(e->a));
    }
  }
  __builtin_unreachable();
}

static int equal(expr e, expr f) {
  if (e->kind != f->kind || e->n != f->n) return 0;
  switch (e->kind) {
    case NUMBER:
    case VARIABLE: return 1;
    case ADD:
    case MULTIPLY: return equal(e->a, f->a) && equal(e->b, f->b);
    default: return equal(e->a, f->a);
  }
}

static expr multiply(expr a, expr b) {
  if (a->kind == NUMBER) {
    if (b->kind == NUMBER) return number(a->n * b->n % 10007);
    if (a->n == 0) return number(0);
    if (a->n == 1) return b;
    if (b->kind == MULTIPLY && b->a->kind == NUMBER) return multiply(number(a->n * b->a->n % 10007), b->b);
  } else if (b->kind == NUMBER) {
    return multiply(b, a);
  } else if (b->kind == MULTIPLY && b->a->kind == NUMBER) {
    return multiply(b->a, multiply(a, b->b));
  }
  return equal(a, b) ? node(POWER, 2, a, 0) : node(MULTIPLY, 0, a, b);
}

static expr add(expr a, expr b) {
  if (a->kind == NUMBER) {
    if (b->kind == NUMBER) return number((a->n + b->n) % 10007);
    if (a->n == 0) return b;
    if (b->kind == ADD && b->a->kind == NUMBER) return add(number((a->n + b->a->n) % 10007), b->b);
  } else if (b->kind == NUMBER) {
    return add(b, a);
  }
  return equal(a, b) ? multiply(number(2), a) : node(ADD, 0, a, b);
}

static expr power(expr a, i64 n) { return n == 0 ? number(1) : n == 1 ? a : node(POWER, n, a, 0); }

static expr simplify(expr e) {
  switch (e->kind) {
    case ADD: {
      expr a = simplify(e->a);
      return add(a, simplify(e->b));
    }
    case MULTIPLY: {
      expr a = simplify(e->a);
      return multiply(a, simplify(e->b));
    }
    case POWER: return power(simplify(e->a), e->n);
    case SINE:
    case COSINE: return node(e->kind, 0, simplify(e->a), 0);
    default: return e;
  }
}

static i64 size_of(expr e) {
  switch (e->kind) {
    case ADD:
    case MULTIPLY: return 1 + size_of(e->a) + size_of(e->b);
    case POWER:
    case SINE:
    case COSINE: return 1 + size_of(e->a);
    default: return 1;
  }
}

static i64 raise(i64 base, i64 n) { return n == 0 ? 1 : base * raise(base, n - 1) % 10007; }

static i64 evaluate(i64 x, expr e) {
  switch (e->kind) {
    case NUMBER: return e->n;
    case VARIABLE: return x;
    case ADD: return (evaluate(x, e->a) + evaluate(x, e->b)) % 10007;
    case MULTIPLY: return evaluate(x, e->a) * evaluate(x, e->b) % 10007;
    case POWER: return raise(evaluate(x, e->a), e->n);
    case SINE: return (evaluate(x, e->a) + 3) % 10007;
    case COSINE: return evaluate(x, e->a) * 5 % 10007;
  }
  __builtin_unreachable();
}

static expr begin(i64 n) {
  expr sine = node(SINE, 0, node(ADD, 0, node(POWER, 2, &variable, 0), number(n)), 0);
  expr cosine = node(COSINE, 0, node(MULTIPLY, 0, number(n), &variable), 0);
  return node(ADD, 0, node(MULTIPLY, 0, node(POWER, n, &variable, 0), sine), node(POWER, 3, cosine, 0));
}

static volatile i64 input = 9;

__attribute__((export_name("_start")))
void start(void) {
  i64 sum = 0;
  for (i64 n = 1; n <= 10; n++) {
    expr e = begin(n);
    for (i64 count = input; count >= 0; count--) {
      sum += size_of(e) + evaluate(count, e);
      if (count > 0) e = simplify(derive(e));
    }
  }
  print_int(sum);
}
