(module
  (import "heap" "memory" (memory 1))
  (import "test" "text" (func $t (param i32) (result i32)))
  (import "test/host" "output_is" (func $output_is (param i32 i32) (result i32)))
  (import "fault" "division_by_zero" (func $division_by_zero (param i32)))
  (import "fault" "panic" (func $panic (param i32 i32)))
  (import "fault" "uncaught" (func $uncaught (param i32)))
  (data (i32.const 0x40000) "a.aivi:1:2")                                          ;; 0
  (data (i32.const 0x40020) "fault[R0001]: division by zero\n  --> a.aivi:1:2\n")  ;; 1 and 2
  (data (i32.const 0x40060) "fault[R0001]: division by zero\n")                    ;; 3
  (data (i32.const 0x40080) "oh no")                                               ;; 4
  (data (i32.const 0x400a0) "fault[R0004]: oh no\n  --> a.aivi:1:2\n")             ;; 5 and 6
  (data (i32.const 0x400e0) "error: oh no\n")                                      ;; 7
  (data (i32.const 0x40100) "fault[R0002]: memory exhausted\n")                    ;; 8
  (func (export "division") (call $division_by_zero (call $t (i32.const 0))))
  (func (export "division_nowhere") (call $division_by_zero (i32.const 0)))
  (func (export "panic") (call $panic (call $t (i32.const 4)) (call $t (i32.const 0))))
  (func (export "uncaught") (call $uncaught (call $t (i32.const 4))))
  (func (export "said") (param i32) (result i32) (call $output_is (i32.const 2) (local.get 0)))
)
(assert_trap (invoke "division") "exit 70")
(assert_return (invoke "said" (i32.const 1)) (i32.const 1))
(assert_trap (invoke "division_nowhere") "exit 70")
(assert_return (invoke "said" (i32.const 3)) (i32.const 1))
(assert_trap (invoke "panic") "exit 70")
(assert_return (invoke "said" (i32.const 5)) (i32.const 1))
(assert_trap (invoke $fault "memory_exhausted") "exit 70")
(assert_return (invoke "said" (i32.const 8)) (i32.const 1))
(assert_trap (invoke "uncaught") "exit 1")
(assert_return (invoke "said" (i32.const 7)) (i32.const 1))
