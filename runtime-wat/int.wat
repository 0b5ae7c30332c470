;; int: what WebAssembly's i64 lacks of `Int`. Owns no memory.
(module
  (import "heap" "memory" (memory 1))
  (import "object" "bytes_new" (func $bytes_new (param i32) (result i32)))
  (import "decimal" "width" (func $width (param i64) (result i32)))
  (import "decimal" "write" (func $write (param i64 i32 i32)))
  (import "fault" "division_by_zero" (func $division_by_zero (param i32)))

  ;; The quotient truncated toward zero; the smallest `Int` divided by -1 wraps. `place` is the place of the division
  ;; in the source.
  (func (export "divide") (param $a i64) (param $b i64) (param $place i32) (result i64)
    (if (i64.eqz (local.get $b)) (then (call $division_by_zero (local.get $place))))
    (if (i64.eq (local.get $b) (i64.const -1))
      (then (return (i64.sub (i64.const 0) (local.get $a)))))
    (i64.div_s (local.get $a) (local.get $b)))

  ;; What is left by that division; it has the sign of the dividend.
  (func (export "remainder") (param $a i64) (param $b i64) (param $place i32) (result i64)
    (if (i64.eqz (local.get $b)) (then (call $division_by_zero (local.get $place))))
    (i64.rem_s (local.get $a) (local.get $b)))

  (func (export "to_text") (param $n i64) (result i32)
    (local $text i32)
    (local $negative i32)
    (local $width i32)
    (local.set $negative (i64.lt_s (local.get $n) (i64.const 0)))
    ;; The magnitude, unsigned, which the smallest `Int` has, too.
    (if (local.get $negative) (then (local.set $n (i64.sub (i64.const 0) (local.get $n)))))
    (local.set $width (call $width (local.get $n)))
    (local.set $text (call $bytes_new (i32.add (local.get $width) (local.get $negative))))
    (if (local.get $negative) (then (i32.store8 offset=8 (local.get $text) (i32.const 45))))
    (call $write (local.get $n) (local.get $width)
      (i32.add (i32.add (local.get $text) (i32.const 8)) (local.get $negative)))
    (local.get $text))

  ;; Whether a text is an `Int`: an optional sign, decimal digits, a value in range.
  (func (export "parse_ok") (param $text i32) (result i32)
    (local $magnitude i64)
    (local.set $magnitude (call $magnitude (local.get $text)))
    (if (i64.gt_s (local.get $magnitude) (i64.const 0)) (then (return (i32.const 1))))
    ;; 2^63 has its sign bit set, and is in range only below zero.
    (if (i64.eqz (i64.shl (local.get $magnitude) (i64.const 1)))
      (then
        (return
          (i32.or (i64.eqz (local.get $magnitude)) (call $is_negative (local.get $text))))))
    (i32.const 0))

  ;; The value of a text that `parse_ok` accepts.
  (func (export "parse") (param $text i32) (result i64)
    (if (call $is_negative (local.get $text))
      (then (return (i64.sub (i64.const 0) (call $magnitude (local.get $text))))))
    (call $magnitude (local.get $text)))

  (func $is_negative (param $text i32) (result i32)
    (i32.and
      (i32.ne (i32.load offset=4 (local.get $text)) (i32.const 0))
      (i32.eq (i32.load8_u offset=8 (local.get $text)) (i32.const 45))))

  ;; The digits behind the sign as an unsigned number up to 2^63, or -1.
  (func $magnitude (param $text i32) (result i64)
    (local $at i32)
    (local $end i32)
    (local $digit i32)
    (local $n i64)
    (local.set $at (i32.add (local.get $text) (i32.const 8)))
    (local.set $end (i32.add (local.get $at) (i32.load offset=4 (local.get $text))))
    (if (i32.lt_u (local.get $at) (local.get $end))
      (then
        (local.set $digit (i32.load8_u (local.get $at)))
        (if (i32.or
              (i32.eq (local.get $digit) (i32.const 45))
              (i32.eq (local.get $digit) (i32.const 43)))
          (then (local.set $at (i32.add (local.get $at) (i32.const 1)))))))
    (if (i32.eq (local.get $at) (local.get $end)) (then (return (i64.const -1))))
    (loop $next
      (local.set $digit (i32.sub (i32.load8_u (local.get $at)) (i32.const 48)))
      (if (i32.gt_u (local.get $digit) (i32.const 9)) (then (return (i64.const -1))))
      (if (i64.gt_u (local.get $n) (i64.const 922337203685477580))
        (then (return (i64.const -1))))
      (local.set $n
        (i64.add (i64.mul (local.get $n) (i64.const 10)) (i64.extend_i32_u (local.get $digit))))
      (if (i64.gt_u (local.get $n) (i64.const 0x8000_0000_0000_0000))
        (then (return (i64.const -1))))
      (br_if $next
        (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 1))) (local.get $end))))
    (local.get $n))
)
