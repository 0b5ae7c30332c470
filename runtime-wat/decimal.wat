;; decimal: unsigned numbers as decimal digits. Owns no memory.
(module
  (import "heap" "memory" (memory 1))

  ;; How many digits a number has, at least one.
  (func (export "width") (param $n i64) (result i32)
    (local $width i32)
    (local $power i64)
    (local.set $width (i32.const 1))
    (local.set $power (i64.const 10))
    (loop $next
      (if (i64.lt_u (local.get $n) (local.get $power)) (then (return (local.get $width))))
      (local.set $power (i64.mul (local.get $power) (i64.const 10)))
      ;; 10^20 is more than 64 bits hold.
      (br_if $next
        (i32.lt_u (local.tee $width (i32.add (local.get $width) (i32.const 1)))
          (i32.const 20))))
    (local.get $width))

  ;; Writes the lowest `width` digits of a number to `at`.
  (func (export "write") (param $n i64) (param $width i32) (param $at i32)
    (local $last i32)
    (local.set $last (i32.add (local.get $at) (local.get $width)))
    (loop $next
      (if (i32.gt_u (local.get $last) (local.get $at))
        (then
          (local.set $last (i32.sub (local.get $last) (i32.const 1)))
          (i64.store8 (local.get $last)
            (i64.add (i64.const 48) (i64.rem_u (local.get $n) (i64.const 10))))
          (local.set $n (i64.div_u (local.get $n) (i64.const 10)))
          (br $next)))))
)
