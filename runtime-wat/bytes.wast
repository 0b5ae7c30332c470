(module
  (import "heap" "memory" (memory 1))
  (import "test" "text" (func $t (param i32) (result i32)))
  (import "test" "is" (func $is (param i32 i32) (result i32)))
  (import "bytes" "pack" (func $pack (param i64 i64) (result i32)))
  (import "bytes" "to_text" (func $to_text (param i32) (result i32)))
  (data (i32.const 0x40000) "")                          ;; 0
  (data (i32.const 0x40020) "abc")                       ;; 1
  (data (i32.const 0x40040) "abcdefgh")                  ;; 2
  (data (i32.const 0x40060) "bytes.fromList []")         ;; 3
  (data (i32.const 0x40080) "bytes.fromList [97]")       ;; 4
  (data (i32.const 0x400a0) "\01\0a\ff")                 ;; 5
  (data (i32.const 0x400c0) "bytes.fromList [1, 10, 255]") ;; 6
  (func (export "pack") (param i64 i64 i32) (result i32)
    (call $is (call $pack (local.get 0) (local.get 1)) (local.get 2)))
  (func (export "to_text") (param i32 i32) (result i32)
    (call $is (call $to_text (call $t (local.get 0))) (local.get 1)))
  (func (export "packed_text") (param i64 i64 i32) (result i32)
    (call $is (call $to_text (call $pack (local.get 0) (local.get 1))) (local.get 2)))
)
(assert_return (invoke "pack" (i64.const 0x68676665_64636261) (i64.const 0) (i32.const 0)) (i32.const 1))
(assert_return (invoke "pack" (i64.const 0x68676665_64636261) (i64.const 3) (i32.const 1)) (i32.const 1))
(assert_return (invoke "pack" (i64.const 0x68676665_64636261) (i64.const 8) (i32.const 2)) (i32.const 1))
(assert_return (invoke "to_text" (i32.const 0) (i32.const 3)) (i32.const 1))
(assert_return (invoke "packed_text" (i64.const 97) (i64.const 1) (i32.const 4)) (i32.const 1))
(assert_return (invoke "to_text" (i32.const 5) (i32.const 6)) (i32.const 1))
