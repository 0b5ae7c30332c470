(module
  (import "heap" "memory" (memory 1))
  (import "test" "is" (func $is (param i32 i32) (result i32)))
  (import "test/host" "argument" (func $argument (param i32)))
  (import "object" "array_length" (func $array_length (param i32) (result i64)))
  (import "object" "array_get" (func $array_get (param i32 i64) (result i32)))
  (import "host/args" "all" (func $all (result i32)))
  (data (i32.const 0x40000) "")                    ;; 0
  (data (i32.const 0x40020) "program")             ;; 1
  (data (i32.const 0x40040) "an argument")         ;; 2
  (data (i32.const 0x40060) "\ff")                 ;; 3
  (data (i32.const 0x40080) "\ef\bf\bd")           ;; 4
  (func (export "argument") (param i32) (call $argument (local.get 0)))
  (func (export "count") (result i64) (call $array_length (call $all)))
  (func (export "is") (param $index i64) (param $text i32) (result i32)
    (call $is (call $array_get (call $all) (local.get $index)) (local.get $text)))
)
(assert_return (invoke "count") (i64.const 0))
(invoke "argument" (i32.const 1))
(assert_return (invoke "count") (i64.const 0))
(invoke "argument" (i32.const 2))
(invoke "argument" (i32.const 0))
(invoke "argument" (i32.const 3))
(assert_return (invoke "count") (i64.const 3))
(assert_return (invoke "is" (i64.const 0) (i32.const 2)) (i32.const 1))
(assert_return (invoke "is" (i64.const 1) (i32.const 0)) (i32.const 1))
(assert_return (invoke "is" (i64.const 2) (i32.const 4)) (i32.const 1))
