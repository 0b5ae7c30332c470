;; text: operations on texts. A text is a bytes object of valid UTF-8.
;;
;;      bytes:    +0 header 5    +4 length u32    +8 bytes, zeroed up to the next multiple of 8
;;
;; `Int` parameters and results are i64. An *index* counts Unicode scalar values, an *offset* counts bytes and lies
;; before a scalar value or at the end. What does not count scalar values works on any bytes.
(module
  (import "heap" "memory" (memory 1))
  (import "object" "bytes_new" (func $bytes_new (param i32) (result i32)))
  (import "object" "copy" (func $copy (param i32 i32 i32)))
  (import "collect" "push" (func $push (param i32)))
  (import "collect" "pop" (func $pop (param i32) (result i32)))

  (func (export "eq") (param $a i32) (param $b i32) (result i32)
    (local $end i32)
    (if (i32.eq (local.get $a) (local.get $b)) (then (return (i32.const 1))))
    (if (i32.ne (i32.load offset=4 (local.get $a)) (i32.load offset=4 (local.get $b)))
      (then (return (i32.const 0))))
    ;; Lengths are equal, and so are the zeros behind the bytes.
    (local.set $end (i32.add (local.get $a) (i32.load offset=4 (local.get $a))))
    (loop $next
      (if (i32.ge_u (local.get $a) (local.get $end)) (then (return (i32.const 1))))
      (if (i64.ne (i64.load offset=8 (local.get $a)) (i64.load offset=8 (local.get $b)))
        (then (return (i32.const 0))))
      (local.set $a (i32.add (local.get $a) (i32.const 8)))
      (local.set $b (i32.add (local.get $b) (i32.const 8)))
      (br $next))
    (unreachable))

  ;; 0 for less, 1 for equal, 2 for greater. The order of UTF-8 bytes is the order of code points. Zeros behind the
  ;; bytes stand before all other bytes, so only where whole words agree are lengths compared.
  (func (export "compare") (param $a i32) (param $b i32) (result i32)
    (local $at i32)
    (local $common i32)
    (local $word i64)
    (local $other i64)
    (local $place i64)
    (local $first i32)
    (local $second i32)
    (local.set $first (i32.load offset=4 (local.get $a)))
    (local.set $second (i32.load offset=4 (local.get $b)))
    (local.set $common
      (select (local.get $first) (local.get $second)
        (i32.lt_u (local.get $first) (local.get $second))))
    (block $lengths
      (loop $next
        (br_if $lengths (i32.ge_u (local.get $at) (local.get $common)))
        (local.set $word (i64.load offset=8 (i32.add (local.get $a) (local.get $at))))
        (local.set $other (i64.load offset=8 (i32.add (local.get $b) (local.get $at))))
        (local.set $at (i32.add (local.get $at) (i32.const 8)))
        (br_if $next (i64.eq (local.get $word) (local.get $other))))
      ;; The lowest byte that differs is the first.
      (local.set $place
        (i64.and (i64.ctz (i64.xor (local.get $word) (local.get $other))) (i64.const 56)))
      (return
        (i32.shl
          (i64.gt_u
            (i64.and (i64.shr_u (local.get $word) (local.get $place)) (i64.const 255))
            (i64.and (i64.shr_u (local.get $other) (local.get $place)) (i64.const 255)))
          (i32.const 1))))
    (i32.add (i32.gt_u (local.get $first) (local.get $second))
      (i32.ge_u (local.get $first) (local.get $second))))

  (func (export "concat") (param $a i32) (param $b i32) (result i32)
    (local $new i32)
    (local $length i32)
    (local.set $length (i32.load offset=4 (local.get $a)))
    (if (i32.eqz (local.get $length)) (then (return (local.get $b))))
    (if (i32.eqz (i32.load offset=4 (local.get $b))) (then (return (local.get $a))))
    (call $push (local.get $a))
    (call $push (local.get $b))
    (local.set $new
      (call $bytes_new (i32.add (local.get $length) (i32.load offset=4 (local.get $b)))))
    (local.set $b (call $pop (local.get $b)))
    (local.set $a (call $pop (local.get $a)))
    (call $copy (i32.add (local.get $new) (i32.const 8))
      (i32.add (local.get $a) (i32.const 8))
      (local.get $length))
    (call $copy (i32.add (i32.add (local.get $new) (i32.const 8)) (local.get $length))
      (i32.add (local.get $b) (i32.const 8))
      (i32.load offset=4 (local.get $b)))
    (local.get $new))

  ;; The texts of an array, one after the other; null words count for nothing.
  (func (export "concat_all") (param $array i32) (result i32)
    (local $new i32)
    (local $to i32)
    (local $slot i32)
    (local $end i32)
    (local $text i32)
    (local $length i64)
    (local.set $slot (local.get $array))
    (local.set $end (call $array_end (local.get $array)))
    (loop $next
      (if (i32.lt_u (local.get $slot) (local.get $end))
        (then
          (if (local.tee $text (i32.load offset=8 (local.get $slot)))
            (then
              (local.set $length
                (i64.add (local.get $length) (i64.load32_u offset=4 (local.get $text))))))
          (local.set $slot (i32.add (local.get $slot) (i32.const 4)))
          (br $next))))
    ;; The same text may occur often, so the sum may be more than a memory holds: -1 exhausts it.
    (call $push (local.get $array))
    (local.set $new
      (call $bytes_new
        (select (i32.const -1) (i32.wrap_i64 (local.get $length))
          (i64.gt_u (local.get $length) (i64.const 0x7fff_ffff)))))
    (local.set $slot (call $pop (local.get $array)))
    (local.set $end (call $array_end (local.get $slot)))
    (local.set $to (i32.add (local.get $new) (i32.const 8)))
    (loop $next
      (if (i32.lt_u (local.get $slot) (local.get $end))
        (then
          (if (local.tee $text (i32.load offset=8 (local.get $slot)))
            (then
              (call $copy (local.get $to)
                (i32.add (local.get $text) (i32.const 8))
                (i32.load offset=4 (local.get $text)))
              (local.set $to (i32.add (local.get $to) (i32.load offset=4 (local.get $text))))))
          (local.set $slot (i32.add (local.get $slot) (i32.const 4)))
          (br $next))))
    (local.get $new))

  ;; Eight bytes before the end of an array.
  (func $array_end (param $array i32) (result i32)
    (i32.add (local.get $array) (i32.shl (i32.load offset=4 (local.get $array)) (i32.const 2))))

  ;; A text `count` times; no times if `count` is negative.
  (func (export "repeat") (param $text i32) (param $count i64) (result i32)
    (local $new i32)
    (local $at i32)
    (local $end i32)
    (local $length i32)
    (local.set $length (i32.load offset=4 (local.get $text)))
    (if (i32.or (i64.le_s (local.get $count) (i64.const 0)) (i32.eqz (local.get $length)))
      (then (return (call $bytes_new (i32.const 0)))))
    (if (i64.eq (local.get $count) (i64.const 1)) (then (return (local.get $text))))
    ;; The product is too large exactly if the count is above the quotient: -1 exhausts the memory.
    (call $push (local.get $text))
    (local.set $new
      (call $bytes_new
        (select (i32.const -1)
          (i32.mul (local.get $length) (i32.wrap_i64 (local.get $count)))
          (i64.gt_u (local.get $count)
            (i64.div_u (i64.const 0x7fff_ffff) (i64.extend_i32_u (local.get $length)))))))
    (local.set $text (call $pop (local.get $text)))
    (local.set $at (i32.add (local.get $new) (i32.const 8)))
    (local.set $end (i32.add (local.get $at) (i32.load offset=4 (local.get $new))))
    (loop $next
      (memory.copy (local.get $at) (i32.add (local.get $text) (i32.const 8)) (local.get $length))
      (br_if $next
        (i32.lt_u (local.tee $at (i32.add (local.get $at) (local.get $length))) (local.get $end))))
    (local.get $new))

  ;; How many scalar values the text has.
  (func (export "length") (param $text i32) (result i64)
    (call $count (local.get $text) (i32.load offset=4 (local.get $text))))

  ;; The index of an offset: how many scalar values lie before it.
  (func (export "index") (param $text i32) (param $offset i64) (result i64)
    (call $count (local.get $text) (call $clamp (local.get $text) (local.get $offset))))

  ;; The offset of an index; the length in bytes if it is too large, 0 if it is negative.
  (func (export "slice") (param $text i32) (param $from i64) (param $to i64) (result i32)
    (local $start i32)
    (local $first i32)
    (local $count i32)
    (local.set $first (call $clamp (local.get $text) (local.get $from)))
    (local.set $count
      (i32.sub (call $clamp (local.get $text) (local.get $to)) (local.get $first)))
    (if (i32.lt_s (local.get $count) (i32.const 0)) (then (local.set $count (i32.const 0))))
    (local.set $start (call $offset (local.get $text) (i32.const 0) (local.get $first)))
    (call $cut (local.get $text) (local.get $start)
      (call $offset (local.get $text) (local.get $start) (local.get $count))))

  (func (export "sub") (param $text i32) (param $from i64) (param $to i64) (result i32)
    (call $cut (local.get $text)
      (call $clamp (local.get $text) (local.get $from))
      (call $clamp (local.get $text) (local.get $to))))

  (func $cut (param $text i32) (param $from i32) (param $to i32) (result i32)
    (local $new i32)
    (local $length i32)
    (local $word i64)
    (if (i32.lt_u (local.get $from) (local.get $to))
      (then (local.set $length (i32.sub (local.get $to) (local.get $from)))))
    (if (i32.eq (local.get $length) (i32.load offset=4 (local.get $text)))
      (then (return (local.get $text))))
    ;; What fits into a word is read before the allocation, so that the text need not be kept.
    (if (i32.lt_u (i32.sub (local.get $length) (i32.const 1)) (i32.const 8))
      (then
        (local.set $word
          (i64.and (call $word (local.get $text) (local.get $from))
            (i64.shr_u (i64.const -1)
              (i64.extend_i32_u
                (i32.shl (i32.sub (i32.const 8) (local.get $length)) (i32.const 3))))))
        (local.set $new (call $bytes_new (local.get $length)))
        (i64.store offset=8 (local.get $new) (local.get $word))
        (return (local.get $new))))
    (call $push (local.get $text))
    (local.set $new (call $bytes_new (local.get $length)))
    (local.set $text (call $pop (local.get $text)))
    (call $copy (i32.add (local.get $new) (i32.const 8))
      (i32.add (i32.add (local.get $text) (i32.const 8)) (local.get $from))
      (local.get $length))
    (local.get $new))

  ;; Brings an index or offset into the range from 0 to the text's length in bytes, which no index exceeds.
  (func $clamp (param $text i32) (param $n i64) (result i32)
    (if (i64.lt_s (local.get $n) (i64.const 0)) (then (return (i32.const 0))))
    (if (i64.gt_s (local.get $n) (i64.load32_u offset=4 (local.get $text)))
      (then (return (i32.load offset=4 (local.get $text)))))
    (i32.wrap_i64 (local.get $n)))

  ;; How many scalar values begin in the first `length` bytes.
  (func $count (param $text i32) (param $length i32) (result i64)
    (local $at i32)
    (local $continuations i64)
    (loop $next
      (if (i32.le_u (i32.add (local.get $at) (i32.const 8)) (local.get $length))
        (then
          (local.set $continuations
            (i64.add (local.get $continuations)
              (call $continuations (i64.load offset=8 (i32.add (local.get $text) (local.get $at))))))
          (local.set $at (i32.add (local.get $at) (i32.const 8)))
          (br $next))))
    ;; Of the last word, which the object's padding completes, only the bytes below `length` count.
    (if (i32.lt_u (local.get $at) (local.get $length))
      (then
        (local.set $continuations
          (i64.add (local.get $continuations)
            (call $continuations
              (i64.and
                (i64.load offset=8 (i32.add (local.get $text) (local.get $at)))
                (i64.sub
                  (i64.shl (i64.const 1)
                    (i64.extend_i32_u
                      (i32.shl (i32.sub (local.get $length) (local.get $at)) (i32.const 3))))
                  (i64.const 1))))))))
    (i64.sub (i64.extend_i32_u (local.get $length)) (local.get $continuations)))

  ;; How many of the eight bytes have the form 10xxxxxx.
  (func $continuations (param $word i64) (result i64)
    (i64.popcnt
      (i64.and
        (i64.and (i64.shr_u (local.get $word) (i64.const 7))
          (i64.xor (i64.shr_u (local.get $word) (i64.const 6)) (i64.const -1)))
        (i64.const 0x0101_0101_0101_0101))))

  ;; The offset of an index, or the text's length.
  ;; The eight bytes from an offset on, which lies inside the text; zeros stand for what lies behind the text.
  (func $word (param $text i32) (param $at i32) (result i64)
    (local $over i32)
    ;; How far the word reaches over the padding.
    (local.set $over
      (i32.sub (i32.add (local.get $at) (i32.const 8))
        (i32.and (i32.add (i32.load offset=4 (local.get $text)) (i32.const 7)) (i32.const -8))))
    (if (result i64) (i32.gt_s (local.get $over) (i32.const 0))
      (then
        (i64.shr_u
          (i64.load offset=8
            (i32.add (local.get $text) (i32.sub (local.get $at) (local.get $over))))
          (i64.extend_i32_u (i32.shl (local.get $over) (i32.const 3)))))
      (else (i64.load offset=8 align=1 (i32.add (local.get $text) (local.get $at))))))

  ;; The offset of the scalar value that comes so many after the one at an offset, or the length.
  (func $offset (param $text i32) (param $at i32) (param $index i32) (result i32)
    (local $length i32)
    (local $begun i32)
    (local.set $length (i32.load offset=4 (local.get $text)))
    (if (i32.ge_u (local.get $index) (i32.sub (local.get $length) (local.get $at)))
      (then (return (local.get $length))))
    ;; Most offsets lie in ASCII, where each byte is a scalar value.
    (block $others
      (loop $next
        (br_if $others
          (i64.ne
            (i64.and (call $word (local.get $text) (local.get $at))
              (i64.const 0x8080_8080_8080_8080))
            (i64.const 0)))
        (if (i32.lt_u (local.get $index) (i32.const 8))
          (then (return (i32.add (local.get $at) (local.get $index)))))
        (local.set $at (i32.add (local.get $at) (i32.const 8)))
        (local.set $index (i32.sub (local.get $index) (i32.const 8)))
        (br $next)))
    ;; Whole words, as long as no more scalar values begin in them than are still to pass.
    (block $done
      (loop $next
        (br_if $done
          (i32.gt_u (i32.add (local.get $at) (i32.const 8)) (local.get $length)))
        (local.set $begun
          (i32.sub (i32.const 8)
            (i32.wrap_i64
              (call $continuations (i64.load offset=8 (i32.add (local.get $text) (local.get $at)))))))
        (br_if $done (i32.gt_u (local.get $begun) (local.get $index)))
        (local.set $index (i32.sub (local.get $index) (local.get $begun)))
        (local.set $at (i32.add (local.get $at) (i32.const 8)))
        (br $next)))
    (block $found
      (loop $next
        (br_if $found (i32.ge_u (local.get $at) (local.get $length)))
        (if (call $begins (i32.load8_u offset=8 (i32.add (local.get $text) (local.get $at))))
          (then
            (br_if $found (i32.eqz (local.get $index)))
            (local.set $index (i32.sub (local.get $index) (i32.const 1)))))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $next)))
    (local.get $at))

  ;; Whether a scalar value begins with this byte.
  (func $begins (param $byte i32) (result i32)
    (i32.ne (i32.and (local.get $byte) (i32.const 0xc0)) (i32.const 0x80)))

  ;; The offset at or after `from` where `needle` first occurs in `text`, or -1. Where its first two bytes stand, all are
  ;; compared. When more has been compared than passed, rolling hashes of Karp and Rabin (1987) go on, with arithmetic
  ;; modulo 2^32: only where the hashes agree are bytes compared.
  (func (export "find") (param $text i32) (param $needle i32) (param $from i64) (result i64)
    (local $at i32)
    (local $last i32)
    (local $length i32)
    (local $power i32)
    (local $wanted i32)
    (local $hash i32)
    (local $compared i32)
    (local.set $length (i32.load offset=4 (local.get $needle)))
    (local.set $at (call $clamp (local.get $text) (local.get $from)))
    (if (i32.gt_u (local.get $length)
          (i32.sub (i32.load offset=4 (local.get $text)) (local.get $at)))
      (then (return (i64.const -1))))
    (local.set $last (i32.sub (i32.load offset=4 (local.get $text)) (local.get $length)))
    (if (i32.eq (local.get $length) (i32.const 1))
      (then
        (return
          (call $find_byte (local.get $text) (local.get $at)
            (i64.load8_u offset=8 (local.get $needle))))))
    (if (i32.eqz (local.get $length)) (then (return (i64.extend_i32_u (local.get $at)))))
    (loop $next
      (local.set $at
        (call $find_pair (local.get $text) (local.get $at)
          (i64.load8_u offset=8 (local.get $needle))
          (i64.load8_u offset=9 (local.get $needle))))
      (if (i32.gt_u (local.get $at) (local.get $last)) (then (return (i64.const -1))))
      (if (call $same
            (i32.add (local.get $text) (local.get $at)) (local.get $needle) (local.get $length))
        (then (return (i64.extend_i32_u (local.get $at)))))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (local.set $compared (i32.add (local.get $compared) (local.get $length)))
      (br_if $next
        (i64.le_u (i64.extend_i32_u (local.get $compared))
          (i64.add (i64.const 64)
            (i64.sub (i64.extend_i32_u (local.get $at)) (local.get $from))))))
    (if (i32.gt_u (local.get $at) (local.get $last)) (then (return (i64.const -1))))
    (local.set $wanted (call $hash (local.get $needle) (local.get $length)))
    (local.set $hash (call $hash (i32.add (local.get $text) (local.get $at)) (local.get $length)))
    (local.set $power (call $power (local.get $length)))
    (loop $next
      (if (i32.eq (local.get $hash) (local.get $wanted))
        (then
          (if (call $same
                (i32.add (local.get $text) (local.get $at)) (local.get $needle) (local.get $length))
            (then (return (i64.extend_i32_u (local.get $at)))))))
      (if (i32.lt_u (local.get $at) (local.get $last))
        (then
          (local.set $hash
            (i32.sub
              (i32.add
                (i32.mul (local.get $hash) (i32.const 0x0100_0193))
                (i32.load8_u offset=8
                  (i32.add (i32.add (local.get $text) (local.get $at)) (local.get $length))))
              (i32.mul (local.get $power)
                (i32.load8_u offset=8 (i32.add (local.get $text) (local.get $at))))))
          (local.set $at (i32.add (local.get $at) (i32.const 1)))
          (br $next))))
    (i64.const -1))

  ;; An offset at or after `at` before which two bytes do not stand one after the other. They stand there, or at a byte
  ;; a little above, or it is near the end of the text or behind it.
  (func $find_pair (param $text i32) (param $at i32) (param $first i64) (param $second i64)
    (result i32)
    (local $end i32)
    (local $word i64)
    (local.set $end (i32.load offset=4 (local.get $text)))
    (local.set $first (i64.mul (local.get $first) (i64.const 0x0101_0101_0101_0101)))
    (local.set $second (i64.mul (local.get $second) (i64.const 0x0101_0101_0101_0101)))
    (loop $next
      (if (i32.le_u (i32.add (local.get $at) (i32.const 9)) (local.get $end))
        (then
          (local.set $word
            (i64.and
              (call $zeros
                (i64.xor (local.get $first)
                  (i64.load offset=8 align=1 (i32.add (local.get $text) (local.get $at)))))
              (call $zeros
                (i64.xor (local.get $second)
                  (i64.load offset=9 align=1 (i32.add (local.get $text) (local.get $at)))))))
          (if (i64.ne (local.get $word) (i64.const 0))
            (then
              (return
                (i32.add (local.get $at)
                  (i32.wrap_i64 (i64.shr_u (i64.ctz (local.get $word)) (i64.const 3)))))))
          (local.set $at (i32.add (local.get $at) (i32.const 8)))
          (br $next))))
    (local.get $at))

  ;; The highest bit of each byte that is zero. Above a zero, that of a byte that is 1 may be there, too.
  (func $zeros (param $word i64) (result i64)
    (i64.and
      (i64.and (i64.sub (local.get $word) (i64.const 0x0101_0101_0101_0101))
        (i64.xor (local.get $word) (i64.const -1)))
      (i64.const 0x8080_8080_8080_8080)))

  ;; The offset at or after `at` of a byte, or -1. Eight bytes at a time: in a word without its bits that the byte has,
  ;; and with those that it lacks, the lowest byte that is zero is the first that is wanted. Behind the text lie zeros.
  (func $find_byte (param $text i32) (param $at i32) (param $byte i64) (result i64)
    (local $length i32)
    (local $word i64)
    (local.set $length (i32.load offset=4 (local.get $text)))
    (local.set $byte (i64.mul (local.get $byte) (i64.const 0x0101_0101_0101_0101)))
    (loop $next
      (if (i32.le_u (i32.add (local.get $at) (i32.const 8)) (local.get $length))
        (then
          (local.set $word
            (call $zeros
              (i64.xor (local.get $byte)
                (i64.load offset=8 align=1 (i32.add (local.get $text) (local.get $at))))))
          (if (i64.ne (local.get $word) (i64.const 0))
            (then
              (return
                (i64.add (i64.extend_i32_u (local.get $at))
                  (i64.shr_u (i64.ctz (local.get $word)) (i64.const 3))))))
          (local.set $at (i32.add (local.get $at) (i32.const 8)))
          (br $next))))
    (local.set $byte (i64.and (local.get $byte) (i64.const 255)))
    (loop $next
      (if (i32.ge_u (local.get $at) (local.get $length)) (then (return (i64.const -1))))
      (if (i64.eq (local.get $byte)
            (i64.load8_u offset=8 (i32.add (local.get $text) (local.get $at))))
        (then (return (i64.extend_i32_u (local.get $at)))))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br $next))
    (unreachable))

  ;; Whether `part` stands at an offset of `text`; nothing stands outside.
  (func (export "holds") (param $text i32) (param $part i32) (param $at i64) (result i32)
    (local $length i32)
    (local.set $length (i32.load offset=4 (local.get $part)))
    (if (i64.gt_u (local.get $at)
          (i64.sub (i64.load32_u offset=4 (local.get $text))
            (i64.extend_i32_u (local.get $length))))
      (then (return (i32.const 0))))
    (if (i32.gt_u (local.get $length) (i32.load offset=4 (local.get $text)))
      (then (return (i32.const 0))))
    (call $same (i32.add (local.get $text) (i32.wrap_i64 (local.get $at))) (local.get $part)
      (local.get $length)))

  ;; The last offset where `needle` occurs in `text`, or -1.
  (func (export "find_last") (param $text i32) (param $needle i32) (result i64)
    (local $at i32)
    (if (i32.gt_u (i32.load offset=4 (local.get $needle)) (i32.load offset=4 (local.get $text)))
      (then (return (i64.const -1))))
    (local.set $at
      (i32.sub (i32.load offset=4 (local.get $text)) (i32.load offset=4 (local.get $needle))))
    (loop $next
      (if (call $same
            (i32.add (local.get $text) (local.get $at))
            (local.get $needle)
            (i32.load offset=4 (local.get $needle)))
        (then (return (i64.extend_i32_u (local.get $at)))))
      (local.set $at (i32.sub (local.get $at) (i32.const 1)))
      (br_if $next (i32.ge_s (local.get $at) (i32.const 0))))
    (i64.const -1))

  ;; The bytes as digits of a number to the base 0x0100_0193. `at` is eight bytes before the first of them.
  (func $hash (param $at i32) (param $length i32) (result i32)
    (local $hash i32)
    (local $end i32)
    (local.set $end (i32.add (local.get $at) (local.get $length)))
    (loop $next
      (if (i32.lt_u (local.get $at) (local.get $end))
        (then
          (local.set $hash
            (i32.add (i32.mul (local.get $hash) (i32.const 0x0100_0193))
              (i32.load8_u offset=8 (local.get $at))))
          (local.set $at (i32.add (local.get $at) (i32.const 1)))
          (br $next))))
    (local.get $hash))

  ;; The base to the power of `exponent`.
  (func $power (param $exponent i32) (result i32)
    (local $result i32)
    (local $square i32)
    (local.set $result (i32.const 1))
    (local.set $square (i32.const 0x0100_0193))
    (loop $next
      (if (local.get $exponent)
        (then
          (if (i32.and (local.get $exponent) (i32.const 1))
            (then (local.set $result (i32.mul (local.get $result) (local.get $square)))))
          (local.set $square (i32.mul (local.get $square) (local.get $square)))
          (local.set $exponent (i32.shr_u (local.get $exponent) (i32.const 1)))
          (br $next))))
    (local.get $result))

  ;; Whether `length` bytes agree. Both addresses are eight bytes before the first of them.
  (func $same (param $a i32) (param $b i32) (param $length i32) (result i32)
    (local $end i32)
    (local.set $end (i32.add (local.get $a) (local.get $length)))
    (loop $next
      (if (i32.ge_u (local.get $a) (local.get $end)) (then (return (i32.const 1))))
      (if (i32.ne (i32.load8_u offset=8 (local.get $a)) (i32.load8_u offset=8 (local.get $b)))
        (then (return (i32.const 0))))
      (local.set $a (i32.add (local.get $a) (i32.const 1)))
      (local.set $b (i32.add (local.get $b) (i32.const 1)))
      (br $next))
    (unreachable))
)
