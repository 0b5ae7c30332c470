(module
  (import "heap" "memory" (memory 1))
  (import "test" "text" (func $t (param i32) (result i32)))
  (import "test" "is" (func $is (param i32 i32) (result i32)))
  (import "utf8" "is_valid" (func $is_valid (param i32) (result i32)))
  (import "utf8" "lossy" (func $lossy (param i32) (result i32)))
  (data (i32.const 0x40000) "")                                    ;; 0
  (data (i32.const 0x40020) "plain ASCII, long enough")            ;; 1
  (data (i32.const 0x40040) "a\c3\a4\e2\82\ac\f0\9f\a6\80z")       ;; 2
  (data (i32.const 0x40060) "\ed\9f\bf\ee\80\80\f4\8f\bf\bf")      ;; 3, around the surrogates, the last
  (data (i32.const 0x40080) "\80")                                 ;; 4, a continuation
  (data (i32.const 0x400a0) "\c1\81")                              ;; 5, overlong
  (data (i32.const 0x400c0) "\e0\9f\bf")                           ;; 6, overlong
  (data (i32.const 0x400e0) "\f0\8f\bf\bf")                        ;; 7, overlong
  (data (i32.const 0x40100) "\ed\a0\80")                           ;; 8, a surrogate
  (data (i32.const 0x40120) "\f4\90\80\80")                        ;; 9, above U+10FFFF
  (data (i32.const 0x40140) "\f5")                                 ;; 10
  (data (i32.const 0x40160) "abcdefgh\e2\82")                      ;; 11, cut off
  (data (i32.const 0x40180) "abcdefgh\ef\bf\bd")                   ;; 12, what becomes of it
  (data (i32.const 0x401a0) "a\f0\9f\a6b")                         ;; 13
  (data (i32.const 0x401c0) "a\ef\bf\bdb")                         ;; 14
  (data (i32.const 0x401e0) "\ef\bf\bd\ef\bf\bd")                  ;; 15
  (data (i32.const 0x40200) "\ef\bf\bd\ef\bf\bd\ef\bf\bd")         ;; 16
  (data (i32.const 0x40220) "\ef\bf\bd\ef\bf\bd\ef\bf\bd\ef\bf\bd") ;; 17
  (data (i32.const 0x40240) "\ef\bf\bd")                           ;; 18
  (func (export "is_valid") (param i32) (result i32) (call $is_valid (call $t (local.get 0))))
  (func (export "lossy") (param i32 i32) (result i32)
    (call $is (call $lossy (call $t (local.get 0))) (local.get 1)))
  (func (export "same_object") (param i32) (result i32)
    (local $text i32)
    (local.set $text (call $t (local.get 0)))
    (i32.eq (local.get $text) (call $lossy (local.get $text))))
)
(assert_return (invoke "is_valid" (i32.const 0)) (i32.const 1))
(assert_return (invoke "is_valid" (i32.const 1)) (i32.const 1))
(assert_return (invoke "is_valid" (i32.const 2)) (i32.const 1))
(assert_return (invoke "is_valid" (i32.const 3)) (i32.const 1))
(assert_return (invoke "is_valid" (i32.const 4)) (i32.const 0))
(assert_return (invoke "is_valid" (i32.const 5)) (i32.const 0))
(assert_return (invoke "is_valid" (i32.const 6)) (i32.const 0))
(assert_return (invoke "is_valid" (i32.const 7)) (i32.const 0))
(assert_return (invoke "is_valid" (i32.const 8)) (i32.const 0))
(assert_return (invoke "is_valid" (i32.const 9)) (i32.const 0))
(assert_return (invoke "is_valid" (i32.const 10)) (i32.const 0))
(assert_return (invoke "is_valid" (i32.const 11)) (i32.const 0))
(assert_return (invoke "same_object" (i32.const 2)) (i32.const 1))
(assert_return (invoke "lossy" (i32.const 4) (i32.const 18)) (i32.const 1))
(assert_return (invoke "lossy" (i32.const 5) (i32.const 15)) (i32.const 1))
(assert_return (invoke "lossy" (i32.const 6) (i32.const 16)) (i32.const 1))
(assert_return (invoke "lossy" (i32.const 7) (i32.const 17)) (i32.const 1))
(assert_return (invoke "lossy" (i32.const 8) (i32.const 16)) (i32.const 1))
(assert_return (invoke "lossy" (i32.const 9) (i32.const 17)) (i32.const 1))
(assert_return (invoke "lossy" (i32.const 10) (i32.const 18)) (i32.const 1))
(assert_return (invoke "lossy" (i32.const 11) (i32.const 12)) (i32.const 1))
(assert_return (invoke "lossy" (i32.const 13) (i32.const 14)) (i32.const 1))
