(module
  (import "heap" "memory" (memory 1))
  (import "test" "text" (func $t (param i32) (result i32)))
  (import "test" "is" (func $is (param i32 i32) (result i32)))
  (import "int" "divide" (func $divide (param i64 i64 i32) (result i64)))
  (import "int" "remainder" (func $remainder (param i64 i64 i32) (result i64)))
  (import "int" "to_text" (func $to_text (param i64) (result i32)))
  (import "int" "parse_ok" (func $parse_ok (param i32) (result i32)))
  (import "int" "parse" (func $parse (param i32) (result i64)))
  (data (i32.const 0x40000) "0")                           ;; 0
  (data (i32.const 0x40020) "-1")                          ;; 1
  (data (i32.const 0x40040) "9223372036854775807")         ;; 2
  (data (i32.const 0x40060) "-9223372036854775808")        ;; 3
  (data (i32.const 0x40080) "9223372036854775808")         ;; 4, too large
  (data (i32.const 0x400a0) "-9223372036854775809")        ;; 5, too small
  (data (i32.const 0x400c0) "+0042")                       ;; 6
  (data (i32.const 0x400e0) "-")                           ;; 7
  (data (i32.const 0x40100) "")                            ;; 8
  (data (i32.const 0x40120) "12a")                         ;; 9
  (data (i32.const 0x40140) " 1")                          ;; 10
  (data (i32.const 0x40160) "99999999999999999999")        ;; 11
  (data (i32.const 0x40180) "1_000")                       ;; 12
  (data (i32.const 0x401a0) "--1")                         ;; 13
  (data (i32.const 0x401c0) "-0")                          ;; 14
  (func (export "divide") (param i64 i64) (result i64)
    (call $divide (local.get 0) (local.get 1) (i32.const 0)))
  (func (export "remainder") (param i64 i64) (result i64)
    (call $remainder (local.get 0) (local.get 1) (i32.const 0)))
  (func (export "to_text") (param i64 i32) (result i32)
    (call $is (call $to_text (local.get 0)) (local.get 1)))
  (func (export "ok") (param i32) (result i32) (call $parse_ok (call $t (local.get 0))))
  (func (export "parse") (param i32) (result i64) (call $parse (call $t (local.get 0))))
)
(assert_return (invoke "divide" (i64.const 7) (i64.const 2)) (i64.const 3))
(assert_return (invoke "divide" (i64.const -7) (i64.const 2)) (i64.const -3))
(assert_return (invoke "divide" (i64.const 7) (i64.const -1)) (i64.const -7))
(assert_return (invoke "divide" (i64.const 0x8000_0000_0000_0000) (i64.const -1)) (i64.const 0x8000_0000_0000_0000))
(assert_trap (invoke "divide" (i64.const 7) (i64.const 0)) "exit 70")
(assert_return (invoke "remainder" (i64.const 7) (i64.const 2)) (i64.const 1))
(assert_return (invoke "remainder" (i64.const -7) (i64.const 2)) (i64.const -1))
(assert_return (invoke "remainder" (i64.const 7) (i64.const -2)) (i64.const 1))
(assert_return (invoke "remainder" (i64.const 0x8000_0000_0000_0000) (i64.const -1)) (i64.const 0))
(assert_trap (invoke "remainder" (i64.const 7) (i64.const 0)) "exit 70")

(assert_return (invoke "to_text" (i64.const 0) (i32.const 0)) (i32.const 1))
(assert_return (invoke "to_text" (i64.const -1) (i32.const 1)) (i32.const 1))
(assert_return (invoke "to_text" (i64.const 0x7fff_ffff_ffff_ffff) (i32.const 2)) (i32.const 1))
(assert_return (invoke "to_text" (i64.const 0x8000_0000_0000_0000) (i32.const 3)) (i32.const 1))

(assert_return (invoke "ok" (i32.const 0)) (i32.const 1))
(assert_return (invoke "ok" (i32.const 1)) (i32.const 1))
(assert_return (invoke "ok" (i32.const 2)) (i32.const 1))
(assert_return (invoke "ok" (i32.const 3)) (i32.const 1))
(assert_return (invoke "ok" (i32.const 4)) (i32.const 0))
(assert_return (invoke "ok" (i32.const 5)) (i32.const 0))
(assert_return (invoke "ok" (i32.const 6)) (i32.const 1))
(assert_return (invoke "ok" (i32.const 7)) (i32.const 0))
(assert_return (invoke "ok" (i32.const 8)) (i32.const 0))
(assert_return (invoke "ok" (i32.const 9)) (i32.const 0))
(assert_return (invoke "ok" (i32.const 10)) (i32.const 0))
(assert_return (invoke "ok" (i32.const 11)) (i32.const 0))
(assert_return (invoke "ok" (i32.const 12)) (i32.const 0))
(assert_return (invoke "ok" (i32.const 13)) (i32.const 0))
(assert_return (invoke "ok" (i32.const 14)) (i32.const 1))

(assert_return (invoke "parse" (i32.const 0)) (i64.const 0))
(assert_return (invoke "parse" (i32.const 1)) (i64.const -1))
(assert_return (invoke "parse" (i32.const 2)) (i64.const 0x7fff_ffff_ffff_ffff))
(assert_return (invoke "parse" (i32.const 3)) (i64.const 0x8000_0000_0000_0000))
(assert_return (invoke "parse" (i32.const 6)) (i64.const 42))
(assert_return (invoke "parse" (i32.const 14)) (i64.const 0))
