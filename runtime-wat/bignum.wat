;; bignum: natural numbers of up to 4096 bits, for decimal numbers that 64 bits do not decide. The caller owns their
;; memory, 520 zeroed bytes each.
;;
;;      +0 how many limbs, no leading zeros, 0 for zero   +8 limbs of 32 bits, least significant first
(module
  (import "heap" "memory" (memory 1))

  (func (export "set_zero") (param $x i32)
    (i32.store (local.get $x) (i32.const 0)))

  ;; x = x * factor + addend; both are below 2^32.
  (func (export "multiply_add") (param $x i32) (param $factor i64) (param $addend i64)
    (local $at i32)
    (local $end i32)
    (local.set $at (local.get $x))
    (local.set $end (i32.add (local.get $x) (i32.shl (i32.load (local.get $x)) (i32.const 2))))
    (loop $next
      (if (i32.lt_u (local.get $at) (local.get $end))
        (then
          (local.set $addend
            (i64.add (local.get $addend)
              (i64.mul (local.get $factor) (i64.load32_u offset=8 (local.get $at)))))
          (i64.store32 offset=8 (local.get $at) (local.get $addend))
          (local.set $addend (i64.shr_u (local.get $addend) (i64.const 32)))
          (local.set $at (i32.add (local.get $at) (i32.const 4)))
          (br $next))))
    (if (i64.ne (local.get $addend) (i64.const 0))
      (then
        (i64.store32 offset=8 (local.get $at) (local.get $addend))
        (i32.store (local.get $x) (i32.add (i32.load (local.get $x)) (i32.const 1))))))

  (func (export "shift_left") (param $x i32) (param $bits i32)
    (local $limbs i32)
    (local $index i32)
    (local $from i32)
    (local.set $limbs (i32.shr_u (local.get $bits) (i32.const 5)))
    ;; From the top, so that each limb is read before it is written.
    (local.set $index (i32.add (i32.add (i32.load (local.get $x)) (local.get $limbs)) (i32.const 1)))
    (loop $next
      (local.set $index (i32.sub (local.get $index) (i32.const 1)))
      (local.set $from (i32.sub (local.get $index) (local.get $limbs)))
      (i64.store32 offset=8
        (i32.add (local.get $x) (i32.shl (local.get $index) (i32.const 2)))
        (i64.shr_u
          (i64.shl
            (i64.or
              (i64.shl (call $limb (local.get $x) (local.get $from)) (i64.const 32))
              (call $limb (local.get $x) (i32.sub (local.get $from) (i32.const 1))))
            (i64.extend_i32_u (i32.and (local.get $bits) (i32.const 31))))
          (i64.const 32)))
      (br_if $next (local.get $index)))
    (i32.store (local.get $x)
      (i32.add (i32.add (i32.load (local.get $x)) (local.get $limbs)) (i32.const 1)))
    (call $normalise (local.get $x)))

  ;; x = x - y, where x is not below y.
  (func (export "subtract") (param $x i32) (param $y i32)
    (local $index i32)
    (local $difference i64)
    (loop $next
      (if (i32.lt_u (local.get $index) (i32.load (local.get $x)))
        (then
          ;; The borrow, 0 or -1, is what the last difference leaves above its 32 bits.
          (local.set $difference
            (i64.add
              (i64.shr_s (local.get $difference) (i64.const 32))
              (i64.sub
                (call $limb (local.get $x) (local.get $index))
                (call $limb (local.get $y) (local.get $index)))))
          (i64.store32 offset=8
            (i32.add (local.get $x) (i32.shl (local.get $index) (i32.const 2)))
            (local.get $difference))
          (local.set $index (i32.add (local.get $index) (i32.const 1)))
          (br $next))))
    (call $normalise (local.get $x)))

  ;; Below 0, 0 or above 0, as x is below y, equal, or above.
  (func (export "compare") (param $x i32) (param $y i32) (result i32)
    (local $index i32)
    (local $a i64)
    (local $b i64)
    (local.set $index (i32.load (local.get $x)))
    (if (i32.ne (local.get $index) (i32.load (local.get $y)))
      (then (return (i32.sub (local.get $index) (i32.load (local.get $y))))))
    (loop $next
      (if (local.get $index)
        (then
          (local.set $index (i32.sub (local.get $index) (i32.const 1)))
          (local.set $a (call $limb (local.get $x) (local.get $index)))
          (local.set $b (call $limb (local.get $y) (local.get $index)))
          (br_if $next (i64.eq (local.get $a) (local.get $b))))))
    (i32.sub (i64.gt_u (local.get $a) (local.get $b)) (i64.lt_u (local.get $a) (local.get $b))))

  ;; The number of bits up to the highest that is set.
  (func (export "bit_length") (param $x i32) (result i32)
    (i32.sub
      (i32.shl (i32.load (local.get $x)) (i32.const 5))
      (i32.sub
        (i32.wrap_i64
          (i64.clz
            (call $limb (local.get $x) (i32.sub (i32.load (local.get $x)) (i32.const 1)))))
        (i32.const 32))))

  ;; The limb at an index, 0 outside of the number.
  (func $limb (param $x i32) (param $index i32) (result i64)
    (if (i32.ge_u (local.get $index) (i32.load (local.get $x))) (then (return (i64.const 0))))
    (i64.load32_u offset=8 (i32.add (local.get $x) (i32.shl (local.get $index) (i32.const 2)))))

  ;; Drops leading zeros.
  (func $normalise (param $x i32)
    (local $limbs i32)
    (local.set $limbs (i32.load (local.get $x)))
    (loop $next
      (if (local.get $limbs)
        (then
          (if (i32.eqz
                (i32.load offset=4 (i32.add (local.get $x) (i32.shl (local.get $limbs) (i32.const 2)))))
            (then
              (local.set $limbs (i32.sub (local.get $limbs) (i32.const 1)))
              (br $next))))))
    (i32.store (local.get $x) (local.get $limbs)))
)
