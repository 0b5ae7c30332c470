(module
  (import "heap" "memory" (memory 1))
  (import "test" "text" (func $t (param i32) (result i32)))
  (import "test" "is" (func $is (param i32 i32) (result i32)))
  (import "test/host" "input" (func $input (param i32)))
  (import "test/host" "output_is" (func $output_is (param i32 i32) (result i32)))
  (import "text" "repeat" (func $repeat (param i32 i64) (result i32)))
  (import "object" "array_length" (func $array_length (param i32) (result i64)))
  (import "object" "array_get" (func $array_get (param i32 i64) (result i32)))
  (import "host/console" "print" (func $print (param i32)))
  (import "host/console" "print_line" (func $print_line (param i32)))
  (import "host/console" "error_line" (func $error_line (param i32)))
  (import "host/console" "read_line" (func $read_line (result i32)))
  (import "host/console" "read_all" (func $read_all (result i32)))
  (data (i32.const 0x40000) "")                                    ;; 0
  (data (i32.const 0x40020) "hello\c3\a4\n")                       ;; 1
  (data (i32.const 0x40040) "hello\c3\a4")                         ;; 2
  (data (i32.const 0x40060) "\n")                                  ;; 3
  (data (i32.const 0x40080) "first\nsecond\r\n\n\r\nla\ffst\r")    ;; 4
  (data (i32.const 0x400a0) "first")                               ;; 5
  (data (i32.const 0x400c0) "second")                              ;; 6
  (data (i32.const 0x400e0) "la\ef\bf\bdst\r")                     ;; 7
  (data (i32.const 0x40100) "a longer input than seven\n")         ;; 8
  (data (i32.const 0x40120) "x")                                   ;; 9
  (data (i32.const 0x40200) "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx") ;; 16
  (func (export "print") (param i32) (call $print (call $t (local.get 0))))
  (func (export "print_line") (param i32) (call $print_line (call $t (local.get 0))))
  (func (export "error_line") (param i32) (call $error_line (call $t (local.get 0))))
  ;; Lines around the size of the line buffer.
  (func (export "long_line") (param $length i64)
    (call $print_line (call $repeat (call $t (i32.const 9)) (local.get $length)))
    (memory.fill (i32.const 0x40400) (i32.const 0x78) (i32.wrap_i64 (local.get $length)))
    (i32.store (i32.add (i32.const 0x40400) (i32.wrap_i64 (local.get $length))) (i32.const 10)))
  (func (export "said") (param i32 i32) (result i32) (call $output_is (local.get 0) (local.get 1)))
  (func (export "input") (param i32) (call $input (local.get 0)))
  ;; Whether the next line is this text.
  (func (export "line_is") (param i32) (result i32)
    (local $line i32)
    (local.set $line (call $read_line))
    (i32.and
      (i64.eq (call $array_length (local.get $line)) (i64.const 1))
      (call $is (call $array_get (local.get $line) (i64.const 0)) (local.get 0))))
  (func (export "line_count") (result i64) (call $array_length (call $read_line)))
  (func (export "all_is") (param i32) (result i32) (call $is (call $read_all) (local.get 0)))
)
(invoke "print" (i32.const 2))
(invoke "print" (i32.const 3))
(assert_return (invoke "said" (i32.const 1) (i32.const 1)) (i32.const 1))
(invoke "print" (i32.const 0))
(assert_return (invoke "said" (i32.const 1) (i32.const 0)) (i32.const 1))
(invoke "print_line" (i32.const 2))
(assert_return (invoke "said" (i32.const 1) (i32.const 1)) (i32.const 1))
(invoke "print_line" (i32.const 0))
(assert_return (invoke "said" (i32.const 1) (i32.const 3)) (i32.const 1))
(invoke "error_line" (i32.const 2))
(assert_return (invoke "said" (i32.const 2) (i32.const 1)) (i32.const 1))
(invoke "long_line" (i64.const 511))
(assert_return (invoke "said" (i32.const 1) (i32.const 32)) (i32.const 1))
(invoke "long_line" (i64.const 512))
(assert_return (invoke "said" (i32.const 1) (i32.const 32)) (i32.const 1))
(invoke "long_line" (i64.const 3000))
(assert_return (invoke "said" (i32.const 1) (i32.const 32)) (i32.const 1))

(assert_return (invoke "line_count") (i64.const 0))
(assert_return (invoke "all_is" (i32.const 0)) (i32.const 1))
(invoke "input" (i32.const 4))
(assert_return (invoke "line_is" (i32.const 5)) (i32.const 1))
(assert_return (invoke "line_is" (i32.const 6)) (i32.const 1))
(assert_return (invoke "line_is" (i32.const 0)) (i32.const 1))
(assert_return (invoke "line_is" (i32.const 0)) (i32.const 1))
(assert_return (invoke "line_is" (i32.const 7)) (i32.const 1))
(assert_return (invoke "line_count") (i64.const 0))
(invoke "input" (i32.const 8))
(invoke "input" (i32.const 0))
(assert_return (invoke "all_is" (i32.const 8)) (i32.const 1))
(assert_return (invoke "all_is" (i32.const 0)) (i32.const 1))
;; The rest of the input behind a line, and enough pieces to need a longer list of them.
(invoke "input" (i32.const 3))
(invoke "input" (i32.const 16))
(assert_return (invoke "line_is" (i32.const 0)) (i32.const 1))
(assert_return (invoke "all_is" (i32.const 16)) (i32.const 1))
