;; The heap begins where the linker says.
(module
  (import "heap" "memory" (memory 1))
  (import "heap" "free" (global $free (mut i32)))
  (import "heap" "limit" (global $limit (mut i32)))
  (func (export "aligned") (result i32) (i32.and (global.get $free) (i32.const 7)))
  ;; All of the memory is there for objects, or none under stress.
  (func (export "limit_is_the_end") (result i32)
    (i32.or
      (i32.eq (global.get $limit) (global.get $free))
      (i32.eq (global.get $limit) (i32.shl (memory.size) (i32.const 16)))))
)
(assert_return (invoke "aligned") (i32.const 0))
(assert_return (invoke "limit_is_the_end") (i32.const 1))
