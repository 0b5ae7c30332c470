(module
  (import "heap" "memory" (memory 1))
  (import "test" "text" (func $t (param i32) (result i32)))
  (import "test" "is" (func $is (param i32 i32) (result i32)))
  (import "char" "to_text" (func $to_text (param i32) (result i32)))
  (import "char" "width" (func $width (param i32) (result i32)))
  (import "char" "at" (func $at (param i32 i64) (result i32)))
  (import "char" "next" (func $next (param i32 i64) (result i64)))
  (import "char" "previous" (func $previous (param i32 i64) (result i64)))
  (data (i32.const 0x40000) "a")                                   ;; 0
  (data (i32.const 0x40020) "\c3\a4")                              ;; 1, ä
  (data (i32.const 0x40040) "\e2\82\ac")                           ;; 2, €
  (data (i32.const 0x40060) "\f0\9f\a6\80")                        ;; 3, 🦀
  (data (i32.const 0x40080) "a\c3\a4\e2\82\ac\f0\9f\a6\80z")       ;; 4
  (data (i32.const 0x400a0) "\f4\8f\bf\bf")                        ;; 5, U+10FFFF
  (data (i32.const 0x400c0) "\df\bf")                              ;; 6, U+07FF
  (data (i32.const 0x400e0) "\e0\a0\80")                           ;; 7, U+0800
  (data (i32.const 0x40100) "\ef\bf\bf")                           ;; 8, U+FFFF
  (data (i32.const 0x40120) "\f0\90\80\80")                        ;; 9, U+10000
  (func (export "to_text") (param i32 i32) (result i32)
    (call $is (call $to_text (local.get 0)) (local.get 1)))
  (func (export "nul") (result i64) (i64.load (call $to_text (i32.const 0))))
  (func (export "width") (param i32) (result i32) (call $width (local.get 0)))
  (func (export "at") (param i32 i64) (result i32) (call $at (call $t (local.get 0)) (local.get 1)))
  (func (export "next") (param i32 i64) (result i64) (call $next (call $t (local.get 0)) (local.get 1)))
  (func (export "previous") (param i32 i64) (result i64)
    (call $previous (call $t (local.get 0)) (local.get 1)))
)
(assert_return (invoke "to_text" (i32.const 0x61) (i32.const 0)) (i32.const 1))
(assert_return (invoke "to_text" (i32.const 0xe4) (i32.const 1)) (i32.const 1))
(assert_return (invoke "to_text" (i32.const 0x20ac) (i32.const 2)) (i32.const 1))
(assert_return (invoke "to_text" (i32.const 0x1f980) (i32.const 3)) (i32.const 1))
(assert_return (invoke "to_text" (i32.const 0x10ffff) (i32.const 5)) (i32.const 1))
(assert_return (invoke "to_text" (i32.const 0x7ff) (i32.const 6)) (i32.const 1))
(assert_return (invoke "to_text" (i32.const 0x800) (i32.const 7)) (i32.const 1))
(assert_return (invoke "to_text" (i32.const 0xffff) (i32.const 8)) (i32.const 1))
(assert_return (invoke "to_text" (i32.const 0x10000) (i32.const 9)) (i32.const 1))
(assert_return (invoke "nul") (i64.const 0x00000001_00000005))
(assert_return (invoke "width" (i32.const 0x7f)) (i32.const 1))
(assert_return (invoke "width" (i32.const 0x80)) (i32.const 2))
(assert_return (invoke "width" (i32.const 0x10ffff)) (i32.const 4))

(assert_return (invoke "at" (i32.const 4) (i64.const 0)) (i32.const 0x61))
(assert_return (invoke "at" (i32.const 4) (i64.const 1)) (i32.const 0xe4))
(assert_return (invoke "at" (i32.const 4) (i64.const 3)) (i32.const 0x20ac))
(assert_return (invoke "at" (i32.const 4) (i64.const 6)) (i32.const 0x1f980))
(assert_return (invoke "at" (i32.const 4) (i64.const 10)) (i32.const 0x7a))
(assert_return (invoke "at" (i32.const 5) (i64.const 0)) (i32.const 0x10ffff))

(assert_return (invoke "next" (i32.const 4) (i64.const 0)) (i64.const 1))
(assert_return (invoke "next" (i32.const 4) (i64.const 1)) (i64.const 3))
(assert_return (invoke "next" (i32.const 4) (i64.const 3)) (i64.const 6))
(assert_return (invoke "next" (i32.const 4) (i64.const 6)) (i64.const 10))

(assert_return (invoke "previous" (i32.const 4) (i64.const 11)) (i64.const 10))
(assert_return (invoke "previous" (i32.const 4) (i64.const 10)) (i64.const 6))
(assert_return (invoke "previous" (i32.const 4) (i64.const 6)) (i64.const 3))
(assert_return (invoke "previous" (i32.const 4) (i64.const 3)) (i64.const 1))
(assert_return (invoke "previous" (i32.const 4) (i64.const 1)) (i64.const 0))
