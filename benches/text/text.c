// Generated texts: one part of each is replaced, its words are counted, and the counts are joined to a report.

#include "../common/wasi.h"

struct text { const char *bytes; unsigned length; };

static char *buffer(unsigned bytes) { return arena((bytes + 7) & ~7u); }

static void copy(char *to, const char *from, unsigned length) { __builtin_memcpy(to, from, length); }

static int same(const char *a, const char *b, unsigned length) {
  for (unsigned i = 0; i < length; i++)
    if (a[i] != b[i]) return 0;
  return 1;
}

static int compare(struct text a, struct text b) {
  unsigned common = a.length < b.length ? a.length : b.length;
  for (unsigned i = 0; i < common; i++)
    if (a.bytes[i] != b.bytes[i]) return (unsigned char)a.bytes[i] < (unsigned char)b.bytes[i] ? -1 : 1;
  return a.length == b.length ? 0 : a.length < b.length ? -1 : 1;
}

static const char syllables[] = "babebibodadedidokakekikomamemimo";

static struct text word(i64 n) {
  char *bytes = buffer(6);
  copy(bytes, syllables + 2 * (n / 256 % 16), 2);
  copy(bytes + 2, syllables + 2 * (n / 16 % 16), 2);
  copy(bytes + 4, syllables + 2 * (n % 16), 2);
  return (struct text){ bytes, 6 };
}

static struct text join(const struct text *words, unsigned count, char between) {
  unsigned length = count ? count - 1 : 0;
  for (unsigned i = 0; i < count; i++) length += words[i].length;
  char *bytes = buffer(length), *to = bytes;
  for (unsigned i = 0; i < count; i++) {
    if (i) *to++ = between;
    copy(to, words[i].bytes, words[i].length);
    to += words[i].length;
  }
  return (struct text){ bytes, length };
}

// The new part is at most twice as long as the old one.
static struct text replace_all(struct text old, struct text new, struct text text) {
  char *bytes = buffer(2 * text.length), *to = bytes;
  for (unsigned at = 0; at < text.length;) {
    if (at + old.length <= text.length && same(text.bytes + at, old.bytes, old.length)) {
      copy(to, new.bytes, new.length);
      to += new.length;
      at += old.length;
    } else {
      *to++ = text.bytes[at++];
    }
  }
  return (struct text){ bytes, (unsigned)(to - bytes) };
}

static unsigned split(struct text text, char separator, struct text *words) {
  unsigned count = 0, start = 0;
  for (unsigned at = 0; at <= text.length; at++) {
    if (at < text.length && text.bytes[at] != separator) continue;
    words[count++] = (struct text){ text.bytes + start, at - start };
    start = at + 1;
  }
  return count;
}

// A search tree, which the order of the words keeps shallow.
struct counts { struct text word; i64 count; struct counts *smaller, *larger; };

static void add(struct counts **place, struct text word) {
  while (*place) {
    int order = compare(word, (*place)->word);
    if (order == 0) {
      (*place)->count++;
      return;
    }
    place = order < 0 ? &(*place)->smaller : &(*place)->larger;
  }
  struct counts *found = arena((sizeof *found + 7) & ~7u);
  *found = (struct counts){ word, 1, 0, 0 };
  *place = found;
}

static struct text line(struct text word, i64 n) {
  char digits[20];
  unsigned count = 0;
  for (; n > 0; n /= 10) digits[count++] = (char)('0' + n % 10);
  char *bytes = buffer(word.length + 2 + count), *to = bytes + word.length;
  copy(bytes, word.bytes, word.length);
  *to++ = ':';
  *to++ = ' ';
  while (count) *to++ = digits[--count];
  return (struct text){ bytes, (unsigned)(to - bytes) };
}

struct summary { i64 hash; struct text *lines; unsigned count; };

static void summarize(const struct counts *found, struct summary *summary) {
  if (!found) return;
  summarize(found->smaller, summary);
  summary->hash = (summary->hash * 31 + found->count) % 1000003;
  summary->lines[summary->count++] = line(found->word, found->count);
  summarize(found->larger, summary);
}

static i64 round(unsigned count, i64 seed) {
  struct text *words = (struct text *)buffer(count * sizeof *words);
  for (unsigned i = 0; i < count; i++, seed = seed * 16807 % 2147483647) words[i] = word(seed);
  struct text content = join(words, count, ' ');
  content = replace_all((struct text){ "ba", 2 }, (struct text){ "dodo", 4 }, content);
  unsigned parts = split(content, ' ', words);
  struct counts *found = 0;
  for (unsigned i = 0; i < parts; i++) add(&found, words[i]);
  struct summary summary = { 7, words, 0 };
  summarize(found, &summary);
  return summary.hash + content.length + join(summary.lines, summary.count, '\n').length;
}

static volatile i64 input = 50000;

__attribute__((export_name("_start")))
void start(void) {
  i64 sum = 0;
  for (i64 seed = 1; seed <= 10; seed++) sum += round((unsigned)input, seed);
  print_int(sum);
}
