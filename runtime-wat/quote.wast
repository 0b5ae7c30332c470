(module
  (import "heap" "memory" (memory 1))
  (import "test" "text" (func $t (param i32) (result i32)))
  (import "test" "is" (func $is (param i32 i32) (result i32)))
  (import "object" "bytes_new" (func $bytes_new (param i32) (result i32)))
  (import "quote" "text" (func $text (param i32) (result i32)))
  (import "quote" "char" (func $char (param i32) (result i32)))
  (data (i32.const 0x40000) "")                            ;; 0
  (data (i32.const 0x40020) "\22\22")                      ;; 1, ""
  (data (i32.const 0x40040) "a'\c3\a4")                    ;; 2
  (data (i32.const 0x40060) "\22a'\c3\a4\22")              ;; 3
  (data (i32.const 0x40080) "\n\t\r\\\22{}")               ;; 4
  (data (i32.const 0x400a0) "\22\\n\\t\\r\\\\\\\22\\{\\}\22") ;; 5
  (data (i32.const 0x400c0) "\01\1b\7f~")                  ;; 6
  (data (i32.const 0x400e0) "\22\\u{1}\\u{1b}\\u{7f}~\22") ;; 7
  (data (i32.const 0x40100) "'a'")                         ;; 8
  (data (i32.const 0x40120) "'\\''")                       ;; 9
  (data (i32.const 0x40140) "'\22'")                       ;; 10
  (data (i32.const 0x40160) "'{'")                         ;; 11
  (data (i32.const 0x40180) "'\\n'")                       ;; 12
  (data (i32.const 0x401a0) "'\\u{1f}'")                   ;; 13
  (data (i32.const 0x401c0) "'\f0\9f\a6\80'")              ;; 14
  (data (i32.const 0x401e0) "'\\0'")                       ;; 15
  (data (i32.const 0x40200) "\22\\0\22")                   ;; 16
  (func (export "text") (param i32 i32) (result i32)
    (call $is (call $text (call $t (local.get 0))) (local.get 1)))
  ;; A text of one zero byte.
  (func (export "nul") (param i32) (result i32)
    (call $is (call $text (call $bytes_new (i32.const 1))) (local.get 0)))
  (func (export "char") (param i32 i32) (result i32)
    (call $is (call $char (local.get 0)) (local.get 1)))
)
(assert_return (invoke "text" (i32.const 0) (i32.const 1)) (i32.const 1))
(assert_return (invoke "text" (i32.const 2) (i32.const 3)) (i32.const 1))
(assert_return (invoke "text" (i32.const 4) (i32.const 5)) (i32.const 1))
(assert_return (invoke "text" (i32.const 6) (i32.const 7)) (i32.const 1))
(assert_return (invoke "nul" (i32.const 16)) (i32.const 1))
(assert_return (invoke "char" (i32.const 0x61) (i32.const 8)) (i32.const 1))
(assert_return (invoke "char" (i32.const 0x27) (i32.const 9)) (i32.const 1))
(assert_return (invoke "char" (i32.const 0x22) (i32.const 10)) (i32.const 1))
(assert_return (invoke "char" (i32.const 0x7b) (i32.const 11)) (i32.const 1))
(assert_return (invoke "char" (i32.const 0x0a) (i32.const 12)) (i32.const 1))
(assert_return (invoke "char" (i32.const 0x1f) (i32.const 13)) (i32.const 1))
(assert_return (invoke "char" (i32.const 0x1f980) (i32.const 14)) (i32.const 1))
(assert_return (invoke "char" (i32.const 0) (i32.const 15)) (i32.const 1))
