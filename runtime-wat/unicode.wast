;; A few of each kind; engine/tests/runtime/unicode.rs compares all characters with Rust's.
(module
  (import "heap" "memory" (memory 1))
  (import "test" "is" (func $is (param i32 i32) (result i32)))
  (import "unicode" "to_upper" (func $to_upper (param i32) (result i32)))
  (import "unicode" "to_lower" (func $to_lower (param i32) (result i32)))
  (data (i32.const 0x40000) "A")                   ;; 0
  (data (i32.const 0x40020) "a")                   ;; 1
  (data (i32.const 0x40040) "SS")                  ;; 2
  (data (i32.const 0x40060) "\c3\84")              ;; 3, Ä
  (data (i32.const 0x40080) "\ef\ac\83")           ;; 4, ﬃ
  (data (i32.const 0x400a0) "FFI")                 ;; 5
  (data (i32.const 0x400c0) "i\cc\87")             ;; 6, i̇
  (data (i32.const 0x400e0) "0")                   ;; 7
  (data (i32.const 0x40100) "\c3\9f")              ;; 8, ß
  (func (export "upper") (param i32 i32) (result i32)
    (call $is (call $to_upper (local.get 0)) (local.get 1)))
  (func (export "lower") (param i32 i32) (result i32)
    (call $is (call $to_lower (local.get 0)) (local.get 1)))
)
(assert_return (invoke "upper" (i32.const 0x61) (i32.const 0)) (i32.const 1))
(assert_return (invoke "upper" (i32.const 0x41) (i32.const 0)) (i32.const 1))
(assert_return (invoke "upper" (i32.const 0xe4) (i32.const 3)) (i32.const 1))
(assert_return (invoke "upper" (i32.const 0xdf) (i32.const 2)) (i32.const 1))
(assert_return (invoke "upper" (i32.const 0xfb03) (i32.const 5)) (i32.const 1))
(assert_return (invoke "upper" (i32.const 0x30) (i32.const 7)) (i32.const 1))
(assert_return (invoke "lower" (i32.const 0x41) (i32.const 1)) (i32.const 1))
(assert_return (invoke "lower" (i32.const 0x130) (i32.const 6)) (i32.const 1))
(assert_return (invoke "lower" (i32.const 0x1e9e) (i32.const 8)) (i32.const 1))
(assert_return (invoke "lower" (i32.const 0xfb03) (i32.const 4)) (i32.const 1))

(assert_return (invoke $unicode "class" (i32.const 0x41)) (i64.const 3))
(assert_return (invoke $unicode "class" (i32.const 0x61)) (i64.const 5))
(assert_return (invoke $unicode "class" (i32.const 0x31)) (i64.const 8))
(assert_return (invoke $unicode "class" (i32.const 0x20)) (i64.const 16))
(assert_return (invoke $unicode "class" (i32.const 0x0a)) (i64.const 48))
(assert_return (invoke $unicode "class" (i32.const 0x4e00)) (i64.const 1))
(assert_return (invoke $unicode "class" (i32.const 0x10ffff)) (i64.const 0))
