;; Objects lie one behind the other; the memory grows when there is no room.
(module
  (import "heap" "memory" (memory 1))
  (import "heap" "free" (global $free (mut i32)))
  (import "heap" "limit" (global $limit (mut i32)))
  (import "collect" "alloc" (func $alloc (param i32) (result i32)))
  (import "collect" "reserve" (func $reserve (param i32)))
  ;; How far the second of two allocations lies behind the first.
  (func (export "distance") (param $size i32) (result i32)
    (local $first i32)
    (local.set $first (call $alloc (local.get $size)))
    (i32.sub (call $alloc (i32.const 8)) (local.get $first)))
  ;; Whether the last byte of a large allocation can be written and read.
  (func (export "usable") (param $size i32) (result i32)
    (local $last i32)
    (local.set $last
      (i32.sub (i32.add (call $alloc (local.get $size)) (local.get $size)) (i32.const 1)))
    (i32.store8 (local.get $last) (i32.const 42))
    (i32.load8_u (local.get $last)))
  ;; Reserving moves nothing while there is room.
  (func (export "reserve") (param $size i32) (result i32)
    (local $before i32)
    (local.set $before (global.get $free))
    (call $reserve (local.get $size))
    (i32.and
      (i32.eq (local.get $before) (global.get $free))
      (i32.ge_u (i32.sub (global.get $limit) (global.get $free)) (local.get $size))))
  ;; Pages that somebody else took are left alone.
  (func (export "after_foreign_growth") (param $size i32) (result i32)
    (local $foreign i32)
    (local.set $foreign (i32.shl (memory.grow (i32.const 2)) (i32.const 16)))
    (i32.ge_u (call $alloc (local.get $size)) (i32.add (local.get $foreign) (i32.const 0x20000))))
)
(assert_return (invoke "distance" (i32.const 8)) (i32.const 8))
(assert_return (invoke "distance" (i32.const 4096)) (i32.const 4096))
(assert_return (invoke "reserve" (i32.const 1000)) (i32.const 1))
(assert_return (invoke "usable" (i32.const 0x100000)) (i32.const 42))
(assert_return (invoke "usable" (i32.const 0x1000000)) (i32.const 42))
(assert_return (invoke "after_foreign_growth" (i32.const 0x4000000)) (i32.const 1))
(assert_trap (invoke "usable" (i32.const 0xffff_fff8)) "exit 70")
