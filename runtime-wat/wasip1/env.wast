(module
  (import "heap" "memory" (memory 1))
  (import "test" "is" (func $is (param i32 i32) (result i32)))
  (import "test/host" "variable" (func $variable (param i32)))
  (import "text" "sub" (func $sub (param i32 i64 i64) (result i32)))
  (import "host/env" "count" (func $count (result i64)))
  (import "host/env" "block" (func $block (result i32)))
  (data (i32.const 0x40000) "")                ;; 0
  (data (i32.const 0x40020) "NAME=a value")    ;; 1
  (data (i32.const 0x40040) "EMPTY=")          ;; 2
  (func (export "variable") (param i32) (call $variable (local.get 0)))
  (func (export "count") (result i64) (call $count))
  (func (export "size") (result i32) (i32.load offset=4 (call $block)))
  (func (export "is") (param $from i64) (param $to i64) (param $text i32) (result i32)
    (call $is (call $sub (call $block) (local.get $from) (local.get $to)) (local.get $text)))
)
(assert_return (invoke "count") (i64.const 0))
(assert_return (invoke "size") (i32.const 0))
(invoke "variable" (i32.const 1))
(invoke "variable" (i32.const 2))
(assert_return (invoke "count") (i64.const 2))
(assert_return (invoke "size") (i32.const 28))
(assert_return (invoke "is" (i64.const 8) (i64.const 20) (i32.const 1)) (i32.const 1))
(assert_return (invoke "is" (i64.const 21) (i64.const 27) (i32.const 2)) (i32.const 1))
