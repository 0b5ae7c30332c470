// Functions made at run time: long compositions, Church numerals, and a parser of combinators. A closure is a struct
// that begins with a pointer to its code.

#include "../common/wasi.h"

static i64 next(i64 seed) { return seed * 16807 % 2147483647; }

static void *closure(unsigned bytes) { return arena((bytes + 7) & ~7u); }

// Functions from numbers to numbers.
struct function { i64 (*call)(const struct function *self, i64 x); };
typedef const struct function *function;

static i64 call(function f, i64 x) { return f->call(f, x); }

struct composed { struct function head; function f, g; };

static i64 call_composed(function self, i64 x) {
  const struct composed *c = (const struct composed *)self;
  return call(c->f, call(c->g, x));
}

static function compose(function f, function g) {
  struct composed *c = closure(sizeof *c);
  *c = (struct composed){ { call_composed }, f, g };
  return &c->head;
}

struct step { struct function head; i64 seed; };

static i64 call_add(function self, i64 x) { return (x + ((const struct step *)self)->seed) % 1000003; }
static i64 call_triple(function self, i64 x) { return (x * 3 + ((const struct step *)self)->seed) % 1000003; }
static i64 call_subtract(function self, i64 x) { return (((const struct step *)self)->seed - x) % 1000003; }
static i64 call_identity(function self, i64 x) { return x; }
static i64 call_increment(function self, i64 x) { return x + 1; }

static const struct function identity = { call_identity }, increment = { call_increment };

static function step(i64 seed) {
  struct step *s = closure(sizeof *s);
  s->head.call = seed % 3 == 0 ? call_add : seed % 3 == 1 ? call_triple : call_subtract;
  s->seed = seed;
  return &s->head;
}

static function chain(i64 count, i64 seed) {
  if (count == 0) return &identity;
  function first = step(seed);
  return compose(first, chain(count - 1, next(seed)));
}

// Church numerals: functions of a function and a number.
struct church { i64 (*call)(const struct church *self, function f, i64 x); const struct church *m, *n; };
typedef const struct church *church;

static i64 call_zero(church self, function f, i64 x) { return x; }
static i64 call_successor(church self, function f, i64 x) { return call(f, self->n->call(self->n, f, x)); }
static i64 call_plus(church self, function f, i64 x) {
  return self->m->call(self->m, f, self->n->call(self->n, f, x));
}

struct applied { struct function head; church n; function f; };

static i64 call_applied(function self, i64 x) {
  const struct applied *a = (const struct applied *)self;
  return a->n->call(a->n, a->f, x);
}

static i64 call_times(church self, function f, i64 x) {
  struct applied *a = closure(sizeof *a);
  *a = (struct applied){ { call_applied }, self->n, f };
  return self->m->call(self->m, &a->head, x);
}

static church numeral(i64 (*code)(church, function, i64), church m, church n) {
  struct church *c = closure(sizeof *c);
  *c = (struct church){ code, m, n };
  return c;
}

static church from_int(i64 n) {
  return n == 0 ? numeral(call_zero, 0, 0) : numeral(call_successor, 0, from_int(n - 1));
}

static i64 to_int(i64 n) {
  church square = numeral(call_times, from_int(n), from_int(n));
  church sum = numeral(call_plus, square, from_int(n));
  return sum->call(sum, &increment, 0);
}

// Parsers: they say whether they have read something, what, and move the place behind it.
struct parser { int (*run)(const struct parser *self, const char **at, i64 *value); };
typedef const struct parser *parser;

static int run(parser p, const char **at, i64 *value) { return p->run(p, at, value); }

struct char_parser { struct parser head; char wanted; };

static int run_char(parser self, const char **at, i64 *value) {
  if (**at != ((const struct char_parser *)self)->wanted) return 0;
  ++*at;
  *value = 0;
  return 1;
}

static parser character(char wanted) {
  struct char_parser *p = closure(sizeof *p);
  *p = (struct char_parser){ { run_char }, wanted };
  return &p->head;
}

static int run_digit(parser self, const char **at, i64 *value) {
  if (**at < '0' || **at > '9') return 0;
  *value = *(*at)++ - '0';
  return 1;
}

static const struct parser digit = { run_digit };

struct pair_parser { struct parser head; i64 (*f)(i64, i64); parser first, second; };

static parser pair(int (*code)(parser, const char **, i64 *), i64 (*f)(i64, i64), parser first, parser second) {
  struct pair_parser *p = closure(sizeof *p);
  *p = (struct pair_parser){ { code }, f, first, second };
  return &p->head;
}

static int run_both(parser self, const char **at, i64 *value) {
  const struct pair_parser *p = (const struct pair_parser *)self;
  i64 a, b;
  if (!run(p->first, at, &a) || !run(p->second, at, &b)) return 0;
  *value = p->f(a, b);
  return 1;
}

static int run_either(parser self, const char **at, i64 *value) {
  const struct pair_parser *p = (const struct pair_parser *)self;
  const char *start = *at;
  if (run(p->first, at, value)) return 1;
  *at = start;
  return run(p->second, at, value);
}

static int run_some(parser self, const char **at, i64 *value) {
  const struct pair_parser *p = (const struct pair_parser *)self;
  if (!run(p->first, at, value)) return 0;
  for (;;) {
    const char *start = *at;
    i64 a;
    if (!run(p->second, at, &a)) {
      *at = start;
      return 1;
    }
    *value = p->f(*value, a);
  }
}

static i64 decimal(i64 n, i64 d) { return (n * 10 + d) % 1000003; }
static i64 plus(i64 a, i64 b) { return (a + b) % 1000003; }
static i64 times(i64 a, i64 b) { return a * b % 1000003; }
static i64 left(i64 a, i64 b) { return a; }
static i64 right(i64 a, i64 b) { return b; }

static parser after(char c, parser p) { return pair(run_both, right, character(c), p); }

static int run_sum(parser self, const char **at, i64 *value);
static int run_product(parser self, const char **at, i64 *value);
static int run_atom(parser self, const char **at, i64 *value);
static const struct parser sum = { run_sum }, product = { run_product }, atom = { run_atom };

static int run_sum(parser self, const char **at, i64 *value) {
  return run(pair(run_some, plus, &product, after('+', &product)), at, value);
}

static int run_product(parser self, const char **at, i64 *value) {
  return run(pair(run_some, times, &atom, after('*', &atom)), at, value);
}

static int run_atom(parser self, const char **at, i64 *value) {
  parser number = pair(run_some, decimal, &digit, &digit);
  return run(pair(run_either, 0, number, after('(', pair(run_both, left, &sum, character(')')))), at, value);
}

static char *formula(i64 depth, i64 seed, char *to) {
  if (depth == 0) {
    i64 n = seed % 1000;
    if (n >= 100) *to++ = (char)('0' + n / 100);
    if (n >= 10) *to++ = (char)('0' + n / 10 % 10);
    *to++ = (char)('0' + n % 10);
    return to;
  }
  if (seed % 3 == 0) *to++ = '(';
  to = formula(depth - 1, next(seed), to);
  *to++ = seed % 3 == 2 ? '*' : '+';
  to = formula(depth - 1, next(seed + depth), to);
  if (seed % 3 == 0) *to++ = ')';
  return to;
}

static i64 parsed(i64 depth, i64 seed) {
  char *text = closure(6u << depth);
  char *end = formula(depth, seed, text);
  *end = 0;
  const char *at = text;
  i64 value;
  return run(&sum, &at, &value) && at == end ? value : 0;
}

static volatile i64 input = 2000;

__attribute__((export_name("_start")))
void start(void) {
  i64 total = 0;
  for (i64 seed = 1; seed <= 20; seed++) {
    function f = chain(input, seed);
    for (i64 x = 1; x <= 200; x++) total += call(f, x);
  }
  for (i64 n = 1; n <= 1500; n++) total += to_int(n % 100);
  for (i64 seed = 1; seed <= 20; seed++) total += parsed(13, seed);
  print_int(total);
}
