;; object: bytes and arrays, the two objects that the runtime itself makes.
;;
;;      bytes:    +0 header 5    +4 length u32    +8 bytes, zeroed up to the next multiple of 8
;;      array:    +0 header 13   +4 count u32     +8 value words, zeroed up to the next multiple of 8
;;
;; The zeros behind the bytes let texts be compared and counted eight bytes at a time.
(module
  (import "heap" "memory" (memory 1))
  (import "heap" "free" (global $free (mut i32)))
  (import "heap" "limit" (global $limit (mut i32)))
  (import "collect" "alloc" (func $alloc (param i32) (result i32)))
  (import "collect" "remember" (func $remember (param i32)))
  (import "fault" "memory_exhausted" (func $memory_exhausted))

  ;; A bytes object whose `length` bytes the caller fills. Lengths above 2^31 - 1 exhaust the memory, so that the sum
  ;; of two lengths never wraps.
  (func (export "bytes_new") (param $length i32) (result i32)
    (local $at i32)
    (local $size i32)
    (if (i32.lt_s (local.get $length) (i32.const 0))
      (then (call $memory_exhausted)))
    (local.set $size (i32.and (i32.add (local.get $length) (i32.const 15)) (i32.const -8)))
    ;; What fits needs no call, but the large objects of a collector have places of their own.
    (if (i32.and (i32.le_u (local.get $size) (i32.const 0x10000))
          (i32.le_u (local.get $size) (i32.sub (global.get $limit) (global.get $free))))
      (then
        (local.set $at (global.get $free))
        (global.set $free (i32.add (local.get $at) (local.get $size))))
      (else (local.set $at (call $alloc (local.get $size)))))
    ;; The last word first: of an empty object it is the header's.
    (i64.store (i32.sub (i32.add (local.get $at) (local.get $size)) (i32.const 8)) (i64.const 0))
    (i32.store (local.get $at) (i32.const 5))
    (i32.store offset=4 (local.get $at) (local.get $length))
    (local.get $at))

  ;; Copies `length` bytes between places that do not overlap. Most texts are short, and an engine's own copying is a
  ;; call out of the program: it pays for long ones only.
  (func (export "copy") (param $to i32) (param $from i32) (param $length i32)
    (if (i32.gt_u (local.get $length) (i32.const 64))
      (then
        (memory.copy (local.get $to) (local.get $from) (local.get $length))
        (return)))
    (block $done
      (loop $words
        (br_if $done (i32.lt_u (local.get $length) (i32.const 8)))
        (i64.store align=1 (local.get $to) (i64.load align=1 (local.get $from)))
        (local.set $to (i32.add (local.get $to) (i32.const 8)))
        (local.set $from (i32.add (local.get $from) (i32.const 8)))
        (local.set $length (i32.sub (local.get $length) (i32.const 8)))
        (br $words)))
    (if (i32.and (local.get $length) (i32.const 4))
      (then
        (i32.store align=1 (local.get $to) (i32.load align=1 (local.get $from)))
        (local.set $to (i32.add (local.get $to) (i32.const 4)))
        (local.set $from (i32.add (local.get $from) (i32.const 4)))))
    (if (i32.and (local.get $length) (i32.const 2))
      (then
        (i32.store16 align=1 (local.get $to) (i32.load16_u align=1 (local.get $from)))
        (local.set $to (i32.add (local.get $to) (i32.const 2)))
        (local.set $from (i32.add (local.get $from) (i32.const 2)))))
    (if (i32.and (local.get $length) (i32.const 1))
      (then (i32.store8 (local.get $to) (i32.load8_u (local.get $from))))))

  ;; An array of `count` null words. A count that is negative or too large exhausts the memory.
  (func (export "array_new") (param $count i64) (result i32)
    (local $at i32)
    (local $size i32)
    (if (i64.gt_u (local.get $count) (i64.const 0x1fff_ffff))
      (then (call $memory_exhausted)))
    (local.set $size
      (i32.and
        (i32.add (i32.shl (i32.wrap_i64 (local.get $count)) (i32.const 2)) (i32.const 15))
        (i32.const -8)))
    (local.set $at (call $alloc (local.get $size)))
    (memory.fill (local.get $at) (i32.const 0) (local.get $size))
    (i32.store (local.get $at) (i32.const 13))
    (i32.store offset=4 (local.get $at) (i32.wrap_i64 (local.get $count)))
    (local.get $at))

  (func (export "array_length") (param $array i32) (result i64)
    (i64.extend_i32_u (i32.load offset=4 (local.get $array))))

  ;; The word at an index that the caller knows to be inside.
  (func (export "array_get") (param $array i32) (param $index i64) (result i32)
    (i32.load offset=8
      (i32.add (local.get $array) (i32.shl (i32.wrap_i64 (local.get $index)) (i32.const 2)))))

  ;; Fills a slot of an array that nobody else sees yet, and returns the array, so that the calls form a chain.
  (func (export "array_set") (param $array i32) (param $index i64) (param $word i32) (result i32)
    (call $put (local.get $array) (i32.wrap_i64 (local.get $index)) (local.get $word))
    (local.get $array))

  ;; The same for functions of the runtime. The array may be older than the word, so the collector is told.
  (func $put (export "array_put") (param $array i32) (param $index i32) (param $word i32)
    (local.set $array
      (i32.add (local.get $array) (i32.shl (local.get $index) (i32.const 2))))
    (i32.store offset=8 (local.get $array) (local.get $word))
    (call $remember (i32.add (local.get $array) (i32.const 8))))
)
