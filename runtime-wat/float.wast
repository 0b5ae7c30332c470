;; A few of each kind; engine/tests/runtime/floats.rs compares millions with Rust's.
(module
  (import "heap" "memory" (memory 1))
  (import "test" "text" (func $t (param i32) (result i32)))
  (import "test" "is" (func $is (param i32 i32) (result i32)))
  (import "float" "to_text" (func $to_text (param f64) (result i32)))
  (import "float" "parse" (func $parse (param i32) (result f64)))
  (import "float" "parse_ok" (func $parse_ok (param i32) (result i32)))
  (data (i32.const 0x40000) "0")                           ;; 0
  (data (i32.const 0x40020) "-1.5")                        ;; 1
  (data (i32.const 0x40040) "1e+21")                       ;; 2
  (data (i32.const 0x40060) "123456789012345680000")       ;; 3
  (data (i32.const 0x40080) "0.000001")                    ;; 4
  (data (i32.const 0x400a0) "1.5e-7")                      ;; 5
  (data (i32.const 0x400c0) "5e-324")                      ;; 6
  (data (i32.const 0x400e0) "1.7976931348623157e+308")     ;; 7
  (data (i32.const 0x40100) "NaN")                         ;; 8
  (data (i32.const 0x40120) "-Infinity")                   ;; 9
  (data (i32.const 0x40140) "0.30000000000000004")         ;; 10
  (data (i32.const 0x40160) "12.")                         ;; 11
  (data (i32.const 0x40180) ".")                           ;; 12
  (data (i32.const 0x401a0) "1e")                          ;; 13
  (func (export "to_text") (param f64 i32) (result i32)
    (call $is (call $to_text (local.get 0)) (local.get 1)))
  (func (export "parse") (param i32) (result f64) (call $parse (call $t (local.get 0))))
  (func (export "ok") (param i32) (result i32) (call $parse_ok (call $t (local.get 0))))
)
(assert_return (invoke "to_text" (f64.const 0) (i32.const 0)) (i32.const 1))
(assert_return (invoke "to_text" (f64.const -0) (i32.const 0)) (i32.const 1))
(assert_return (invoke "to_text" (f64.const -1.5) (i32.const 1)) (i32.const 1))
(assert_return (invoke "to_text" (f64.const 1e21) (i32.const 2)) (i32.const 1))
(assert_return (invoke "to_text" (f64.const 123456789012345680000) (i32.const 3)) (i32.const 1))
(assert_return (invoke "to_text" (f64.const 1e-6) (i32.const 4)) (i32.const 1))
(assert_return (invoke "to_text" (f64.const 1.5e-7) (i32.const 5)) (i32.const 1))
(assert_return (invoke "to_text" (f64.const 5e-324) (i32.const 6)) (i32.const 1))
(assert_return (invoke "to_text" (f64.const 0x1.fffffffffffffp1023) (i32.const 7)) (i32.const 1))
(assert_return (invoke "to_text" (f64.const nan) (i32.const 8)) (i32.const 1))
(assert_return (invoke "to_text" (f64.const -inf) (i32.const 9)) (i32.const 1))
(assert_return (invoke "to_text" (f64.const 0.30000000000000004) (i32.const 10)) (i32.const 1))
(assert_return (invoke "parse" (i32.const 1)) (f64.const -1.5))
(assert_return (invoke "parse" (i32.const 3)) (f64.const 123456789012345680000))
(assert_return (invoke "parse" (i32.const 6)) (f64.const 5e-324))
(assert_return (invoke "parse" (i32.const 7)) (f64.const 0x1.fffffffffffffp1023))
(assert_return (invoke "parse" (i32.const 8)) (f64.const nan:canonical))
(assert_return (invoke "parse" (i32.const 9)) (f64.const -inf))
(assert_return (invoke "parse" (i32.const 10)) (f64.const 0.30000000000000004))
(assert_return (invoke "parse" (i32.const 11)) (f64.const 12))
(assert_return (invoke "ok" (i32.const 11)) (i32.const 1))
(assert_return (invoke "ok" (i32.const 12)) (i32.const 0))
(assert_return (invoke "ok" (i32.const 13)) (i32.const 0))
(assert_return (invoke "parse" (i32.const 13)) (f64.const nan:canonical))

(assert_return (invoke $float "compare" (f64.const 1) (f64.const 2)) (i32.const 0))
(assert_return (invoke $float "compare" (f64.const 2) (f64.const 2)) (i32.const 1))
(assert_return (invoke $float "compare" (f64.const 0) (f64.const -0)) (i32.const 1))
(assert_return (invoke $float "compare" (f64.const 3) (f64.const 2)) (i32.const 2))
(assert_return (invoke $float "compare" (f64.const nan) (f64.const nan)) (i32.const 1))
(assert_return (invoke $float "compare" (f64.const nan) (f64.const inf)) (i32.const 2))
(assert_return (invoke $float "compare" (f64.const -inf) (f64.const nan)) (i32.const 0))

(assert_return (invoke $float "rem" (f64.const 7.5) (f64.const 2)) (f64.const 1.5))
(assert_return (invoke $float "rem" (f64.const -7.5) (f64.const 2)) (f64.const -1.5))
(assert_return (invoke $float "rem" (f64.const -4) (f64.const 2)) (f64.const -0))
(assert_return (invoke $float "rem" (f64.const 1) (f64.const inf)) (f64.const 1))
(assert_return (invoke $float "rem" (f64.const 1) (f64.const 0)) (f64.const nan:canonical))
