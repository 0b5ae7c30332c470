;; What is kept lives, what is not gives its room back; what is written into an old object is remembered.
(module
  (import "heap" "memory" (memory 1))
  (import "heap" "free" (global $free (mut i32)))
  (import "heap" "limit" (global $limit (mut i32)))
  (import "collect" "alloc" (func $alloc (param i32) (result i32)))
  (import "collect" "reserve" (func $reserve (param i32)))
  (import "collect" "push" (func $push (param i32)))
  (import "collect" "pop" (func $pop (param i32) (result i32)))
  (import "object" "array_new" (func $array_new (param i64) (result i32)))
  (import "object" "array_put" (func $array_put (param i32 i32 i32)))
  (import "object" "bytes_new" (func $bytes_new (param i32) (result i32)))

  ;; A cell of a list: one value word, one number.
  (func $cons (param $head i64) (param $tail i32) (result i32)
    (local $cell i32)
    (call $push (local.get $tail))
    (local.set $cell (call $alloc (i32.const 16)))
    (i32.store (local.get $cell) (i32.const 4202497))
    (i32.store offset=4 (local.get $cell) (call $pop (local.get $tail)))
    (i64.store offset=8 (local.get $cell) (local.get $head))
    (local.get $cell))

  ;; The list of the numbers from 1 to `count`, the last first.
  (func $list (param $count i32) (result i32)
    (local $list i32)
    (local $number i32)
    (local.set $list (i32.const 1))
    (loop $next
      (if (i32.lt_u (local.get $number) (local.get $count))
        (then
          (local.set $number (i32.add (local.get $number) (i32.const 1)))
          (local.set $list (call $cons (i64.extend_i32_u (local.get $number)) (local.get $list)))
          (br $next))))
    (local.get $list))

  (func $sum (param $list i32) (result i64)
    (local $sum i64)
    (loop $next
      (if (i32.eqz (i32.and (local.get $list) (i32.const 1)))
        (then
          (local.set $sum (i64.add (local.get $sum) (i64.load offset=8 (local.get $list))))
          (local.set $list (i32.load offset=4 (local.get $list)))
          (br $next))))
    (local.get $sum))

  ;; Makes `megabytes` of lists that nobody keeps.
  (func $waste (param $megabytes i32)
    (loop $next
      (drop (call $list (i32.const 0x10000)))
      (br_if $next
        (local.tee $megabytes (i32.sub (local.get $megabytes) (i32.const 1))))))

  ;; A list lives through the making of garbage, if it is kept.
  (func (export "survives") (param $count i32) (param $megabytes i32) (result i64)
    (local $list i32)
    (local.set $list (call $list (local.get $count)))
    (call $push (local.get $list))
    (call $waste (local.get $megabytes))
    (call $sum (call $pop (local.get $list))))

  ;; Making garbage does not make the memory large: its pages afterwards are at most these.
  (func (export "stays_below") (param $megabytes i32) (param $pages i32) (result i32)
    (call $waste (local.get $megabytes))
    (i32.le_u (memory.size) (local.get $pages)))

  ;; An array that is filled while garbage is made holds what was written into it.
  (func (export "fills") (param $count i32) (result i64)
    (local $array i32)
    (local $cell i32)
    (local $index i32)
    (local $sum i64)
    (local.set $array (call $array_new (i64.extend_i32_u (local.get $count))))
    (loop $next
      (call $push (local.get $array))
      (local.set $cell (call $cons (i64.extend_i32_u (local.get $index)) (i32.const 1)))
      (local.set $array (call $pop (local.get $array)))
      (call $array_put (local.get $array) (local.get $index) (local.get $cell))
      (br_if $next
        (i32.lt_u (local.tee $index (i32.add (local.get $index) (i32.const 1)))
          (local.get $count))))
    (call $push (local.get $array))
    (call $waste (i32.const 20))
    (local.set $array (call $pop (local.get $array)))
    (loop $next
      (local.set $index (i32.sub (local.get $index) (i32.const 1)))
      (local.set $cell
        (i32.load offset=8 (i32.add (local.get $array) (i32.shl (local.get $index) (i32.const 2)))))
      (local.set $sum (i64.add (local.get $sum) (i64.load offset=8 (local.get $cell))))
      (br_if $next (local.get $index)))
    (local.get $sum))

  ;; Large objects that nobody keeps give their room back: `count` times a text of this length.
  (func (export "large_stay_below") (param $length i32) (param $count i32) (param $pages i32) (result i32)
    (loop $next
      (drop (call $bytes_new (local.get $length)))
      (br_if $next (local.tee $count (i32.sub (local.get $count) (i32.const 1)))))
    (i32.le_u (memory.size) (local.get $pages)))

  ;; A large object does not move.
  (func (export "large_is_fixed") (result i32)
    (local $large i32)
    (local.set $large (call $bytes_new (i32.const 200000)))
    (i32.store8 offset=1000 (local.get $large) (i32.const 42))
    (call $push (local.get $large))
    (call $waste (i32.const 50))
    (i32.and
      (i32.eq (call $pop (local.get $large)) (local.get $large))
      (i32.eq (i32.load8_u offset=1000 (local.get $large)) (i32.const 42))))

  ;; There is room after `reserve`, and nothing moves while there is.
  (func (export "reserve") (param $size i32) (result i32)
    (local $before i32)
    (call $reserve (local.get $size))
    (local.set $before (global.get $free))
    (call $reserve (local.get $size))
    (i32.and
      (i32.eq (local.get $before) (global.get $free))
      (i32.ge_u (i32.sub (global.get $limit) (global.get $free)) (local.get $size))))

  ;; Pages that somebody else has taken are left alone.
  (func (export "leaves_foreign_pages") (result i32)
    (local $foreign i32)
    (local $pages i32)
    (local.set $foreign (i32.shl (memory.grow (i32.const 2)) (i32.const 16)))
    (memory.fill (local.get $foreign) (i32.const 0xee) (i32.const 0x20000))
    (call $push (call $list (i32.const 100000)))
    (call $waste (i32.const 50))
    (drop (call $sum (call $pop (i32.const 1))))
    (local.set $pages (i32.const 0x20000))
    (loop $next
      (local.set $pages (i32.sub (local.get $pages) (i32.const 8)))
      (if (i64.ne (i64.load (i32.add (local.get $foreign) (local.get $pages)))
            (i64.const 0xeeee_eeee_eeee_eeee))
        (then (return (i32.const 0))))
      (br_if $next (local.get $pages)))
    (i32.const 1))

  ;; Makes cells that nobody keeps.
  (func $litter (param $count i32)
    (loop $next
      (drop (call $cons (i64.const 0) (i32.const 1)))
      (br_if $next (local.tee $count (i32.sub (local.get $count) (i32.const 1))))))

  ;; What survives is moved, and then stays where it is until the old space has doubled.
  (func (export "moves_once") (result i32)
    (local $first i32)
    (local $second i32)
    (local.set $first (call $cons (i64.const 1) (i32.const 1)))
    (call $push (local.get $first))
    (call $litter (i32.const 300000))
    (local.set $second (call $pop (i32.const 1)))
    (call $push (local.get $second))
    (call $litter (i32.const 300000))
    (i32.and
      (i32.ne (local.get $first) (local.get $second))
      (i32.eq (call $pop (i32.const 1)) (local.get $second))))
)
;; Before the nursery has its size, so that it cannot have it where it is.
(assert_return (invoke "leaves_foreign_pages") (i32.const 1))
(assert_return (invoke "moves_once") (i32.const 1))
(assert_return (invoke "survives" (i32.const 1) (i32.const 1)) (i64.const 1))
(assert_return (invoke "survives" (i32.const 1000) (i32.const 50)) (i64.const 500500))
;; Some of it is garbage before it is all made.
(assert_return (invoke "survives" (i32.const 300000) (i32.const 1)) (i64.const 45000150000))
(assert_return (invoke "survives" (i32.const 300000) (i32.const 60)) (i64.const 45000150000))
(assert_return (invoke "fills" (i32.const 10)) (i64.const 45))
(assert_return (invoke "fills" (i32.const 10000)) (i64.const 49995000))
;; An array with pages of its own, larger than the nursery.
(assert_return (invoke "fills" (i32.const 400000)) (i64.const 79999800000))
(assert_return (invoke "large_is_fixed") (i32.const 1))
(assert_return (invoke "reserve" (i32.const 8)) (i32.const 1))
(assert_return (invoke "reserve" (i32.const 4096)) (i32.const 1))
(assert_return (invoke "reserve" (i32.const 32768)) (i32.const 1))
;; 64 pages are 4 MiB.
(assert_return (invoke "stays_below" (i32.const 200) (i32.const 640)) (i32.const 1))
(assert_return (invoke "large_stay_below" (i32.const 1000000) (i32.const 1000) (i32.const 640)) (i32.const 1))
(assert_return (invoke "large_stay_below" (i32.const 65530) (i32.const 10000) (i32.const 640)) (i32.const 1))
