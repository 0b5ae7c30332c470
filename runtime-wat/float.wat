;; float: order and remainder of `Float`, and its text in both directions.
;;
;;      powers:  10^-297, 10^-270, … 10^324, the first 160 bits of each, rounded down:
;;               +0 the highest 64 bits   +8 the next 64   +16 the next 32
;;      nan, infinity, minus_infinity:   static texts
;;      numerator, denominator:          two numbers of "bignum"
(module
  (import "heap" "memory" (memory 1))
  (import "object" "bytes_new" (func $bytes_new (param i32) (result i32)))
  (import "decimal" "width" (func $width (param i64) (result i32)))
  (import "decimal" "write" (func $write (param i64 i32 i32)))
  (import "int" "to_text" (func $int_to_text (param i64) (result i32)))
  (import "bignum" "set_zero" (func $set_zero (param i32)))
  (import "bignum" "multiply_add" (func $multiply_add (param i32 i64 i64)))
  (import "bignum" "shift_left" (func $shift_left (param i32 i32)))
  (import "bignum" "subtract" (func $subtract (param i32 i32)))
  (import "bignum" "compare" (func $compare (param i32 i32) (result i32)))
  (import "bignum" "bit_length" (func $bit_length (param i32) (result i32)))
  (import "data" "powers" (global $powers i32))
  (import "data" "nan" (global $nan i32))
  (import "data" "infinity" (global $infinity i32))
  (import "data" "minus_infinity" (global $minus_infinity i32))
  (import "zeroed 520" "numerator" (global $numerator i32))
  (import "zeroed 520" "denominator" (global $denominator i32))

  (data (global.get $nan) "\05\00\00\00\03\00\00\00NaN\00\00\00\00\00")
  (data (global.get $infinity) "\05\00\00\00\08\00\00\00Infinity")
  (data (global.get $minus_infinity) "\05\00\00\00\09\00\00\00-Infinity\00\00\00\00\00\00\00")
  (data (global.get $powers)
    "\21\26\ed\38\23\58\6c\a7\4e\f2\f6\0a\b8\f2\2a\af\4d\8f\7c\65"
    "\68\4e\22\e2\75\4f\3e\87\91\a2\04\e8\a6\44\77\5a\df\ed\35\cc"
    "\48\68\96\90\f5\5b\7f\da\9e\89\6a\50\75\a4\39\af\cc\94\02\a3"
    "\ec\9d\34\c4\2c\39\80\b0\b3\cf\aa\96\4d\79\8d\bd\c8\a5\13\fe"
    "\3e\f5\2a\88\62\86\93\8e\9c\ee\82\72\7b\b4\7e\54\0e\23\b0\41"
    "\fa\0a\6b\04\b3\29\58\e6\12\51\2a\11\a3\a5\b4\0c\b1\61\b5\a3"
    "\eb\dd\e4\50\46\1a\12\ba\13\e4\6c\61\62\4d\f3\92\3e\18\a0\21"
    "\55\26\ba\91\8c\85\4e\96\6f\f8\10\d5\f8\07\6a\3a\25\2f\08\e9"
    "\a2\c2\41\ab\90\67\d5\f2\c3\b9\3f\42\99\72\e2\fa\d7\da\95\36"
    "\4c\1e\75\a4\5a\d0\28\c4\86\b8\26\3c\4c\e1\97\aa\c9\2d\84\96"
    "\48\7e\e0\91\b7\d1\74\9e\7d\34\55\cf\64\a2\5e\77\c0\f1\49\ca"
    "\00\00\00\00\00\00\00\80\00\00\00\00\00\00\00\00\00\00\00\00"
    "\3a\0f\20\f4\27\8f\cb\ce\00\00\00\00\00\00\00\00\00\00\00\00"
    "\51\6c\4e\a6\40\3c\0c\a7\24\d9\67\5f\b6\90\90\99\00\00\00\00"
    "\fd\da\e8\b4\99\ac\f0\86\a3\71\ed\3d\bb\28\a0\69\56\91\9f\df"
    "\e9\8d\70\1a\64\ee\01\da\95\94\cc\20\48\6f\0e\e8\d0\aa\4b\d7"
    "\e4\e9\01\b1\45\e7\1a\b0\8f\7f\2e\f7\cf\5d\c0\5e\ff\79\4c\c0"
    "\7d\c2\eb\fb\e9\ad\41\8e\07\73\84\be\13\8f\58\14\20\6a\bd\23"
    "\81\2e\24\2a\28\ef\d3\e5\fa\a5\6d\a8\c8\68\16\8f\f5\cc\b5\f0"
    "\e1\2e\ce\37\06\4a\a7\b9\92\36\17\d7\2b\3e\95\6d\03\b0\ef\88"
    "\d9\9c\b6\1f\0a\3d\f8\95\8e\f9\64\15\10\af\bd\4a\f7\4a\5a\0d"
    "\cf\dc\f2\3c\a7\01\4a\f2\ec\8c\3c\67\39\3b\63\bc\cd\44\9c\3d"
    "\07\4f\e8\09\81\35\b8\c3\c8\00\47\ec\80\2f\86\0a\a0\6e\60\02"
    "\a9\1b\e3\b4\92\db\19\9e\d1\46\83\6a\c2\a2\07\6c\f5\d9\44\49")

  ;; Results of `power` and `shortest` beside the one that they return.
  (global $power_low (mut i64) (i64.const 0))
  (global $exponent (mut i32) (i32.const 0))

  ;; 0 for less, 1 for equal, 2 for greater in a total order: NaN equals itself and is above all, -0 equals 0.
  (func (export "compare") (param $a f64) (param $b f64) (result i32)
    (i32.add (i32.const 1)
      (i32.add
        (i32.sub
          (f64.gt (local.get $a) (local.get $b))
          (f64.lt (local.get $a) (local.get $b)))
        (i32.sub
          (f64.ne (local.get $a) (local.get $a))
          (f64.ne (local.get $b) (local.get $b))))))

  ;; The exact remainder of the division truncated toward zero, with the sign of the dividend (C's fmod): subtracts
  ;; shifted divisors, from the highest down.
  (func (export "rem") (param $a f64) (param $b f64) (result f64)
    (local $x i64)
    (local $y i64)
    (local $x_exponent i32)
    (local $y_exponent i32)
    (local.set $x (i64.reinterpret_f64 (f64.abs (local.get $a))))
    (local.set $y (i64.reinterpret_f64 (f64.abs (local.get $b))))
    (if (i32.or
          (i32.or
            (i64.eqz (local.get $y))
            (i64.gt_u (local.get $y) (i64.const 0x7ff0_0000_0000_0000)))
          (i64.ge_u (local.get $x) (i64.const 0x7ff0_0000_0000_0000)))
      (then (return (f64.const nan))))
    (if (i64.lt_u (local.get $x) (local.get $y)) (then (return (local.get $a))))
    (local.set $x_exponent (call $biased_exponent (local.get $x)))
    (local.set $y_exponent (call $biased_exponent (local.get $y)))
    (local.set $x (call $significand (local.get $x)))
    (local.set $y (call $significand (local.get $y)))
    (loop $next
      (if (i64.ge_u (local.get $x) (local.get $y))
        (then (local.set $x (i64.sub (local.get $x) (local.get $y)))))
      (if (i32.gt_s (local.get $x_exponent) (local.get $y_exponent))
        (then
          (local.set $x (i64.shl (local.get $x) (i64.const 1)))
          (local.set $x_exponent (i32.sub (local.get $x_exponent) (i32.const 1)))
          (br $next))))
    (if (i64.eqz (local.get $x))
      (then (return (f64.copysign (f64.const 0) (local.get $a)))))
    (local.set $y_exponent
      (i32.sub (local.get $y_exponent)
        (i32.sub (i32.wrap_i64 (i64.clz (local.get $x))) (i32.const 11))))
    (local.set $x (i64.shl (local.get $x) (i64.sub (i64.clz (local.get $x)) (i64.const 11))))
    (f64.copysign
      (f64.reinterpret_i64
        (if (result i64) (i32.gt_s (local.get $y_exponent) (i32.const 0))
          (then
            ;; The hidden bit adds the one that is missing in the exponent.
            (i64.add (local.get $x)
              (i64.shl
                (i64.extend_i32_u (i32.sub (local.get $y_exponent) (i32.const 1)))
                (i64.const 52))))
          (else
            (i64.shr_u (local.get $x)
              (i64.extend_i32_u (i32.sub (i32.const 1) (local.get $y_exponent)))))))
      (local.get $a)))

  ;; The biased exponent that the bits of a positive number would have if no exponent were too small.
  (func $biased_exponent (param $bits i64) (result i32)
    (if (i64.lt_u (local.get $bits) (i64.const 0x10_0000_0000_0000))
      (then
        (return (i32.sub (i32.const 12) (i32.wrap_i64 (i64.clz (local.get $bits)))))))
    (i32.wrap_i64 (i64.shr_u (local.get $bits) (i64.const 52))))

  ;; The 53 bits of its significand, the highest one set.
  (func $significand (param $bits i64) (result i64)
    (if (i64.lt_u (local.get $bits) (i64.const 0x10_0000_0000_0000))
      (then
        (return
          (i64.shl (local.get $bits) (i64.sub (i64.clz (local.get $bits)) (i64.const 11))))))
    (i64.or
      (i64.and (local.get $bits) (i64.const 0xf_ffff_ffff_ffff))
      (i64.const 0x10_0000_0000_0000)))

  ;; ---------------------------------------------------------------- to text

  ;; The shortest decimal number that reads back as `x`, the closest to it among those, written as ECMAScript's
  ;; Number::toString does.
  (func (export "to_text") (param $x f64) (result i32)
    (local $digits i64)
    (if (f64.ne (local.get $x) (local.get $x)) (then (return (global.get $nan))))
    (if (f64.eq (f64.abs (local.get $x)) (f64.const inf))
      (then
        (return
          (select (global.get $infinity) (global.get $minus_infinity)
            (f64.gt (local.get $x) (f64.const 0))))))
    ;; Whole numbers below 2^53 are their own shortest form.
    (if (i32.and
          (f64.eq (f64.trunc (local.get $x)) (local.get $x))
          (f64.lt (f64.abs (local.get $x)) (f64.const 0x1p53)))
      (then (return (call $int_to_text (i64.trunc_f64_s (local.get $x))))))
    (local.set $digits
      (call $shortest (i64.reinterpret_f64 (f64.abs (local.get $x)))))
    (loop $next
      (if (i64.eqz (i64.rem_u (local.get $digits) (i64.const 10)))
        (then
          (local.set $digits (i64.div_u (local.get $digits) (i64.const 10)))
          (global.set $exponent (i32.add (global.get $exponent) (i32.const 1)))
          (br $next))))
    (call $lay_out (local.get $digits) (global.get $exponent)
      (f64.lt (local.get $x) (f64.const 0))))

  ;; digits * 10^exponent as text: with a point where one to twenty-one digits, or at most six zeros behind it, lead to
  ;; it; with an exponent else.
  (func $lay_out (param $digits i64) (param $exponent i32) (param $negative i32) (result i32)
    (local $count i32)
    (local $point i32)
    (local $text i32)
    (local $at i32)
    (local.set $count (call $width (local.get $digits)))
    ;; How many digits stand before the point.
    (local.set $point (i32.add (local.get $count) (local.get $exponent)))
    (if (i32.gt_u (i32.add (local.get $point) (i32.const 5)) (i32.const 26))
      (then
        (return
          (call $lay_out_scientific
            (local.get $digits) (local.get $count)
            (i32.sub (local.get $point) (i32.const 1)) (local.get $negative)))))
    (local.set $text
      (call $bytes_new
        (i32.add (local.get $negative)
          (if (result i32) (i32.le_s (local.get $point) (i32.const 0))
            (then (i32.add (i32.const 2) (i32.sub (local.get $count) (local.get $point))))
            (else
              (select (local.get $point) (i32.add (local.get $count) (i32.const 1))
                (i32.ge_s (local.get $point) (local.get $count))))))))
    (local.set $at (call $sign (local.get $text) (local.get $negative)))
    (if (i32.le_s (local.get $point) (i32.const 0))
      (then
        ;; 0.000digits
        (memory.fill (local.get $at) (i32.const 48) (i32.sub (i32.const 2) (local.get $point)))
        (i32.store8 offset=1 (local.get $at) (i32.const 46))
        (call $write (local.get $digits) (local.get $count)
          (i32.sub (i32.add (local.get $at) (i32.const 2)) (local.get $point)))
        (return (local.get $text))))
    (if (i32.ge_s (local.get $point) (local.get $count))
      (then
        ;; digits000
        (call $write (local.get $digits) (local.get $count) (local.get $at))
        (memory.fill (i32.add (local.get $at) (local.get $count)) (i32.const 48) (local.get $exponent)))
      (else
        ;; dig.its
        (call $write (local.get $digits) (local.get $count) (i32.add (local.get $at) (i32.const 1)))
        (memory.copy (local.get $at) (i32.add (local.get $at) (i32.const 1)) (local.get $point))
        (i32.store8 (i32.add (local.get $at) (local.get $point)) (i32.const 46))))
    (local.get $text))

  ;; d.igitse+exponent
  (func $lay_out_scientific
    (param $digits i64) (param $count i32) (param $exponent i32) (param $negative i32) (result i32)
    (local $text i32)
    (local $at i32)
    (local $magnitude i64)
    (local $has_point i32)
    (local.set $magnitude
      (i64.extend_i32_u
        (select (local.get $exponent) (i32.sub (i32.const 0) (local.get $exponent))
          (i32.gt_s (local.get $exponent) (i32.const 0)))))
    (local.set $has_point (i32.gt_u (local.get $count) (i32.const 1)))
    (local.set $text
      (call $bytes_new
        (i32.add
          (i32.add (local.get $negative) (i32.add (local.get $count) (local.get $has_point)))
          (i32.add (i32.const 2) (call $width (local.get $magnitude))))))
    (local.set $at (call $sign (local.get $text) (local.get $negative)))
    (call $write (local.get $digits) (local.get $count) (i32.add (local.get $at) (local.get $has_point)))
    (if (local.get $has_point)
      (then
        (i32.store8 (local.get $at) (i32.load8_u offset=1 (local.get $at)))
        (i32.store8 offset=1 (local.get $at) (i32.const 46))))
    (local.set $at
      (i32.add (local.get $at) (i32.add (local.get $count) (local.get $has_point))))
    (i32.store8 (local.get $at) (i32.const 101))
    (i32.store8 offset=1 (local.get $at)
      (select (i32.const 43) (i32.const 45) (i32.gt_s (local.get $exponent) (i32.const 0))))
    (call $write (local.get $magnitude) (call $width (local.get $magnitude))
      (i32.add (local.get $at) (i32.const 2)))
    (local.get $text))

  ;; Writes a minus if one is needed, and returns the address behind it.
  (func $sign (param $text i32) (param $negative i32) (result i32)
    (local.set $text (i32.add (local.get $text) (i32.const 8)))
    (if (local.get $negative) (then (i32.store8 (local.get $text) (i32.const 45))))
    (i32.add (local.get $text) (local.get $negative)))

  ;; The shortest digits of the finite positive number with these bits; sets `$exponent` to the power of ten that they
  ;; count. They may end in zeros. Schubfach (Raffaello Giulietti, "The Schubfach way to render doubles", 2020): with
  ;; k the largest power of ten that leaves at least one candidate in the interval of what reads back as the number,
  ;; at most one multiple of 10^(k+1) and two of 10^k have to be looked at.
  (func $shortest (param $bits i64) (result i64)
    (local $c i64)
    (local $q i32)
    (local $odd i64)
    (local $closer i32)
    (local $k i32)
    (local $h i64)
    (local $high i64)
    (local $value i64)
    (local $lower i64)
    (local $upper i64)
    (local $s i64)
    (local $below i32)
    (local $above i32)
    ;; The number is c * 2^q.
    (local.set $c (i64.and (local.get $bits) (i64.const 0xf_ffff_ffff_ffff)))
    (local.set $q (i32.wrap_i64 (i64.shr_u (local.get $bits) (i64.const 52))))
    ;; Below a power of two, numbers are closer by half.
    (local.set $closer
      (i32.and (i64.eqz (local.get $c)) (i32.gt_u (local.get $q) (i32.const 1))))
    (if (local.get $q)
      (then (local.set $c (i64.or (local.get $c) (i64.const 0x10_0000_0000_0000))))
      (else (local.set $q (i32.const 1))))
    (local.set $q (i32.sub (local.get $q) (i32.const 1075)))
    ;; The bounds of the interval read back as the number only if it is even.
    (local.set $odd (i64.and (local.get $c) (i64.const 1)))
    ;; floor(log10(2^q)), or of 3/4 * 2^q.
    (local.set $k
      (i32.shr_s
        (i32.sub
          (i32.mul (local.get $q) (i32.const 1262611))
          (select (i32.const 524031) (i32.const 0) (local.get $closer)))
        (i32.const 22)))
    (local.set $high (call $power (i32.sub (i32.const 0) (local.get $k))))
    (local.set $h
      (i64.extend_i32_u
        (i32.add (i32.const 1)
          (i32.add (local.get $q) (call $log2_of_power (i32.sub (i32.const 0) (local.get $k)))))))
    ;; Four times the number and the bounds, in units of 10^k.
    (local.set $c (i64.shl (local.get $c) (i64.const 2)))
    (local.set $value (call $scale (local.get $high) (i64.shl (local.get $c) (local.get $h))))
    (local.set $lower
      (i64.add (local.get $odd)
        (call $scale (local.get $high)
          (i64.shl
            (i64.add
              (i64.sub (local.get $c) (i64.const 2))
              (i64.extend_i32_u (local.get $closer)))
            (local.get $h)))))
    (local.set $upper
      (i64.sub
        (call $scale (local.get $high)
          (i64.shl (i64.add (local.get $c) (i64.const 2)) (local.get $h)))
        (local.get $odd)))
    (if (i64.ge_u (local.get $value) (i64.const 40))
      (then
        (local.set $s (i64.div_u (local.get $value) (i64.const 40)))
        (local.set $below (i64.le_u (local.get $lower) (i64.mul (local.get $s) (i64.const 40))))
        (local.set $above
          (i64.le_u
            (i64.mul (i64.add (local.get $s) (i64.const 1)) (i64.const 40))
            (local.get $upper)))
        (if (i32.ne (local.get $below) (local.get $above))
          (then
            (global.set $exponent (i32.add (local.get $k) (i32.const 1)))
            (return (i64.add (local.get $s) (i64.extend_i32_u (local.get $above))))))))
    (global.set $exponent (local.get $k))
    (local.set $s (i64.shr_u (local.get $value) (i64.const 2)))
    (local.set $below (i64.le_u (local.get $lower) (i64.shl (local.get $s) (i64.const 2))))
    (local.set $above
      (i64.le_u
        (i64.shl (i64.add (local.get $s) (i64.const 1)) (i64.const 2))
        (local.get $upper)))
    (if (i32.ne (local.get $below) (local.get $above))
      (then (return (i64.add (local.get $s) (i64.extend_i32_u (local.get $above))))))
    ;; Both are inside or both outside: the closer one, the even one of two.
    (i64.add (local.get $s)
      (i64.extend_i32_u
        (i64.gt_u
          (i64.add
            (i64.and (local.get $value) (i64.const 3))
            (i64.and (local.get $s) (i64.const 1)))
          (i64.const 2)))))

  ;; high:$power_low times x, without the lowest 128 bits, the last bit set if it or what is left out is not zero
  ;; ("round to odd").
  (func $scale (param $high i64) (param $x i64) (result i64)
    (local $middle i64)
    (local $carry i64)
    (local.set $middle (i64.mul (local.get $high) (local.get $x)))
    (local.set $carry (call $multiply_high (global.get $power_low) (local.get $x)))
    (local.set $middle (i64.add (local.get $middle) (local.get $carry)))
    (i64.or
      (i64.add
        (call $multiply_high (local.get $high) (local.get $x))
        (i64.extend_i32_u (i64.lt_u (local.get $middle) (local.get $carry))))
      (i64.extend_i32_u (i64.gt_u (local.get $middle) (i64.const 1)))))

  ;; floor(log2(10^k))
  (func $log2_of_power (param $k i32) (result i32)
    (i32.shr_s (i32.mul (local.get $k) (i32.const 1741647)) (i32.const 19)))

  ;; The first 128 bits of 10^k, rounded up, for -292 <= k <= 324: the higher half, and the lower one in `$power_low`.
  ;; The table has every 27th power; times at most 5^26, which fits 61 bits, its 160 bits are enough to be exact.
  (func $power (param $k i32) (result i64)
    (local $entry i32)
    (local $factor i64)
    (local $a i64)
    (local $b i64)
    (local $c i64)
    (local $d i64)
    (local $low i64)
    (local.set $k (i32.add (local.get $k) (i32.const 297)))
    (local.set $entry
      (i32.add (global.get $powers)
        (i32.mul (i32.div_u (local.get $k) (i32.const 27)) (i32.const 20))))
    (local.set $k (i32.rem_u (local.get $k) (i32.const 27)))
    (local.set $factor (i64.const 1))
    (loop $next
      (if (local.get $k)
        (then
          (local.set $factor (i64.mul (local.get $factor) (i64.const 5)))
          (local.set $k (i32.sub (local.get $k) (i32.const 1)))
          (br $next))))
    (local.set $factor (i64.shl (local.get $factor) (i64.clz (local.get $factor))))
    ;; The entry as three words, times the factor, is four words a b c d.
    (local.set $low (i64.shl (i64.load32_u offset=16 (local.get $entry)) (i64.const 32)))
    (local.set $d (i64.mul (local.get $low) (local.get $factor)))
    (local.set $c (call $multiply_high (local.get $low) (local.get $factor)))
    (local.set $low (i64.load offset=8 align=4 (local.get $entry)))
    (local.set $b (call $multiply_high (local.get $low) (local.get $factor)))
    (local.set $low (i64.mul (local.get $low) (local.get $factor)))
    (local.set $c (i64.add (local.get $c) (local.get $low)))
    (local.set $b
      (i64.add (local.get $b) (i64.extend_i32_u (i64.lt_u (local.get $c) (local.get $low)))))
    (local.set $low (i64.load align=4 (local.get $entry)))
    (local.set $a (call $multiply_high (local.get $low) (local.get $factor)))
    (local.set $low (i64.mul (local.get $low) (local.get $factor)))
    (local.set $b (i64.add (local.get $b) (local.get $low)))
    (local.set $a
      (i64.add (local.get $a) (i64.extend_i32_u (i64.lt_u (local.get $b) (local.get $low)))))
    ;; Two normalised numbers lose one bit at most.
    (if (i64.ge_s (local.get $a) (i64.const 0))
      (then
        (local.set $a
          (i64.or (i64.shl (local.get $a) (i64.const 1)) (i64.shr_u (local.get $b) (i64.const 63))))
        (local.set $b
          (i64.or (i64.shl (local.get $b) (i64.const 1)) (i64.shr_u (local.get $c) (i64.const 63))))
        (local.set $c (i64.shl (local.get $c) (i64.const 1)))))
    (if (i64.ne (i64.or (local.get $c) (local.get $d)) (i64.const 0))
      (then
        (local.set $b (i64.add (local.get $b) (i64.const 1)))
        (local.set $a (i64.add (local.get $a) (i64.extend_i32_u (i64.eqz (local.get $b)))))))
    (global.set $power_low (local.get $b))
    (local.get $a))

  ;; The higher 64 bits of an unsigned product.
  (func $multiply_high (param $x i64) (param $y i64) (result i64)
    (local $low_high i64)
    (local $high_low i64)
    (local.set $low_high
      (i64.add
        (i64.mul
          (i64.and (local.get $x) (i64.const 0xffff_ffff))
          (i64.shr_u (local.get $y) (i64.const 32)))
        (i64.shr_u
          (i64.mul
            (i64.and (local.get $x) (i64.const 0xffff_ffff))
            (i64.and (local.get $y) (i64.const 0xffff_ffff)))
          (i64.const 32))))
    (local.set $high_low
      (i64.add
        (i64.mul
          (i64.shr_u (local.get $x) (i64.const 32))
          (i64.and (local.get $y) (i64.const 0xffff_ffff)))
        (i64.and (local.get $low_high) (i64.const 0xffff_ffff))))
    (i64.add
      (i64.add
        (i64.mul
          (i64.shr_u (local.get $x) (i64.const 32))
          (i64.shr_u (local.get $y) (i64.const 32)))
        (i64.shr_u (local.get $low_high) (i64.const 32)))
      (i64.shr_u (local.get $high_low) (i64.const 32))))

  ;; ---------------------------------------------------------------- from text

  ;; Whether a text is a `Float`: an optional sign, then digits with at most one point and at least one digit, an
  ;; optional exponent; or `NaN` or `Infinity`.
  (func $parse_ok (export "parse_ok") (param $text i32) (result i32)
    (local $at i32)
    (local $end i32)
    (local $digits i32)
    (local $next i32)
    (local.set $at (i32.add (local.get $text) (i32.const 8)))
    (local.set $end (i32.add (local.get $at) (i32.load offset=4 (local.get $text))))
    (local.set $at (call $skip_sign (local.get $at) (local.get $end)))
    (if (call $is_word (local.get $at) (local.get $end)) (then (return (i32.const 1))))
    (local.set $next (call $skip_digits (local.get $at) (local.get $end)))
    (local.set $digits (i32.sub (local.get $next) (local.get $at)))
    (local.set $at (local.get $next))
    (if (i32.eq (call $byte (local.get $at) (local.get $end)) (i32.const 46))
      (then
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (local.set $next (call $skip_digits (local.get $at) (local.get $end)))
        (local.set $digits
          (i32.add (local.get $digits) (i32.sub (local.get $next) (local.get $at))))
        (local.set $at (local.get $next))))
    (if (i32.eqz (local.get $digits)) (then (return (i32.const 0))))
    (if (i32.eq (i32.or (call $byte (local.get $at) (local.get $end)) (i32.const 32)) (i32.const 101))
      (then
        (local.set $at
          (call $skip_sign (i32.add (local.get $at) (i32.const 1)) (local.get $end)))
        (local.set $next (call $skip_digits (local.get $at) (local.get $end)))
        (if (i32.eq (local.get $next) (local.get $at)) (then (return (i32.const 0))))
        (local.set $at (local.get $next))))
    (i32.eq (local.get $at) (local.get $end)))

  ;; The `Float` closest to a text that `parse_ok` accepts, the even one of two; NaN for any other text.
  (func (export "parse") (param $text i32) (result f64)
    (local $at i32)
    (local $end i32)
    (local $x f64)
    (if (i32.eqz (call $parse_ok (local.get $text))) (then (return (f64.const nan))))
    (local.set $at (i32.add (local.get $text) (i32.const 8)))
    (local.set $end (i32.add (local.get $at) (i32.load offset=4 (local.get $text))))
    (local.set $x
      (call $magnitude (call $skip_sign (local.get $at) (local.get $end)) (local.get $end)))
    (if (i32.eq (i32.load8_u (local.get $at)) (i32.const 45))
      (then (return (f64.neg (local.get $x)))))
    (local.get $x))

  ;; The value of what follows the sign.
  (func $magnitude (param $at i32) (param $end i32) (result f64)
    (local $start i32)
    (local $byte i32)
    (local $after_point i32)
    (local $count i64)
    (local $exponent i64)
    (local $digits i64)
    (if (call $is_word (local.get $at) (local.get $end))
      (then
        (return
          (select (f64.const nan) (f64.const inf)
            (i32.eq (i32.load8_u (local.get $at)) (i32.const 78))))))
    ;; The text is an integer of `count` digits, from the first that is not zero, times 10^exponent.
    (local.set $start (local.get $at))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $byte (i32.load8_u (local.get $at)))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (if (i32.eq (local.get $byte) (i32.const 46))
          (then
            (local.set $after_point (i32.const 1))
            (br $next)))
        (if (i32.gt_u (local.get $byte) (i32.const 57))
          (then
            (local.set $exponent
              (i64.add (local.get $exponent) (call $read_exponent (local.get $at) (local.get $end))))
            (br $done)))
        (local.set $exponent
          (i64.sub (local.get $exponent) (i64.extend_i32_u (local.get $after_point))))
        (if (i32.or (i64.ne (local.get $count) (i64.const 0)) (i32.ne (local.get $byte) (i32.const 48)))
          (then
            (local.set $count (i64.add (local.get $count) (i64.const 1)))
            (local.set $digits
              (i64.add
                (i64.mul (local.get $digits) (i64.const 10))
                (i64.extend_i32_u (i32.sub (local.get $byte) (i32.const 48)))))))
        (br $next)))
    ;; All is in the position of the first digit: no number is as large as 10^309, or as small as half the smallest.
    (if (i32.or
          (i64.eqz (local.get $count))
          (i64.le_s (i64.add (local.get $count) (local.get $exponent)) (i64.const -324)))
      (then (return (f64.const 0))))
    (if (i64.gt_s (i64.add (local.get $count) (local.get $exponent)) (i64.const 309))
      (then (return (f64.const inf))))
    (if (i32.and
          (i64.le_u (local.get $count) (i64.const 15))
          (i64.le_u (i64.add (local.get $exponent) (i64.const 22)) (i64.const 44)))
      (then
        (return
          (call $from_exact
            (f64.convert_i64_u (local.get $digits)) (i32.wrap_i64 (local.get $exponent))))))
    (call $from_digits (local.get $start)
      (i32.wrap_i64 (local.get $count)) (i32.wrap_i64 (local.get $exponent))))

  ;; x * 10^exponent where x is whole and below 10^15, and the power at most 10^22 either way: both are exact, so one
  ;; operation rounds once (Clinger 1990).
  (func $from_exact (param $x f64) (param $exponent i32) (result f64)
    (local $power f64)
    (local $left i32)
    (local.set $power (f64.const 1))
    (local.set $left
      (select (local.get $exponent) (i32.sub (i32.const 0) (local.get $exponent))
        (i32.gt_s (local.get $exponent) (i32.const 0))))
    (loop $next
      (if (local.get $left)
        (then
          (local.set $power (f64.mul (local.get $power) (f64.const 10)))
          (local.set $left (i32.sub (local.get $left) (i32.const 1)))
          (br $next))))
    (if (i32.lt_s (local.get $exponent) (i32.const 0))
      (then (return (f64.div (local.get $x) (local.get $power)))))
    (f64.mul (local.get $x) (local.get $power)))

  ;; The same for any number, by long division of integers: numerator / denominator = digits * 10^exponent, both
  ;; shifted until the quotient lies between 1 and 2, gives one bit after the other; what is left says how to round.
  (func $from_digits (param $at i32) (param $count i32) (param $exponent i32) (result f64)
    (local $scale i32)
    (local $bits i32)
    (local $m i64)
    (call $read_digits (local.get $at) (local.get $count))
    ;; Digits behind the 768th only decide between more and not more; one digit stands for them.
    (if (i32.gt_u (local.get $count) (i32.const 768))
      (then
        (local.set $exponent
          (i32.add (local.get $exponent) (i32.sub (local.get $count) (i32.const 769))))))
    (call $set_zero (global.get $denominator))
    (call $multiply_add (global.get $denominator) (i64.const 0) (i64.const 1))
    (if (i32.lt_s (local.get $exponent) (i32.const 0))
      (then
        (call $multiply_by_power (global.get $denominator)
          (i32.sub (i32.const 0) (local.get $exponent))))
      (else (call $multiply_by_power (global.get $numerator) (local.get $exponent))))
    (local.set $scale
      (i32.sub (call $bit_length (global.get $numerator)) (call $bit_length (global.get $denominator))))
    (if (i32.gt_s (local.get $scale) (i32.const 0))
      (then (call $shift_left (global.get $denominator) (local.get $scale)))
      (else
        (call $shift_left (global.get $numerator) (i32.sub (i32.const 0) (local.get $scale)))))
    (if (i32.lt_s (call $compare (global.get $numerator) (global.get $denominator)) (i32.const 0))
      (then
        (local.set $scale (i32.sub (local.get $scale) (i32.const 1)))
        (call $shift_left (global.get $numerator) (i32.const 1))))
    ;; Numbers below 2^-1022 have fewer bits.
    (local.set $bits (i32.add (local.get $scale) (i32.const 1075)))
    (if (i32.gt_s (local.get $bits) (i32.const 53)) (then (local.set $bits (i32.const 53))))
    (if (i32.lt_s (local.get $bits) (i32.const 0)) (then (return (f64.const 0))))
    (loop $next
      (if (local.get $bits)
        (then
          (local.set $bits (i32.sub (local.get $bits) (i32.const 1)))
          (local.set $m (i64.shl (local.get $m) (i64.const 1)))
          (if (i32.ge_s
                (call $compare (global.get $numerator) (global.get $denominator)) (i32.const 0))
            (then
              (call $subtract (global.get $numerator) (global.get $denominator))
              (local.set $m (i64.or (local.get $m) (i64.const 1)))))
          (call $shift_left (global.get $numerator) (i32.const 1))
          (br $next))))
    ;; The numerator is twice what is left: more than half rounds up, half to the even number.
    (local.set $m
      (i64.add (local.get $m)
        (i64.extend_i32_u
          (i32.gt_s
            (i32.add
              (i32.shl (call $compare (global.get $numerator) (global.get $denominator)) (i32.const 1))
              (i32.wrap_i64 (i64.and (local.get $m) (i64.const 1))))
            (i32.const 0)))))
    ;; The hidden bit, or a carry into it, adds to the exponent.
    (f64.reinterpret_i64
      (if (result i64) (i32.gt_s (local.get $scale) (i32.const -1023))
        (then
          (if (result i64) (i32.gt_s (local.get $scale) (i32.const 1023))
            (then (i64.const 0x7ff0_0000_0000_0000))
            (else
              (i64.add (local.get $m)
                (i64.shl
                  (i64.extend_i32_u (i32.add (local.get $scale) (i32.const 1022)))
                  (i64.const 52))))))
        (else (local.get $m)))))

  ;; Sets the numerator to the `count` digits from the first one that is not zero, or to the first 768 of them and a 1
  ;; if any other is not zero.
  (func $read_digits (param $at i32) (param $count i32)
    (local $digit i32)
    (local $kept i32)
    (local $rest i32)
    (call $set_zero (global.get $numerator))
    (loop $next
      (local.set $digit (i32.sub (i32.load8_u (local.get $at)) (i32.const 48)))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      ;; Skips the point and leading zeros.
      (br_if $next (i32.eq (local.get $digit) (i32.const -2)))
      (br_if $next (i32.eqz (i32.or (local.get $kept) (local.get $digit))))
      (if (i32.lt_u (local.get $kept) (i32.const 768))
        (then
          (call $multiply_add (global.get $numerator)
            (i64.const 10) (i64.extend_i32_u (local.get $digit))))
        (else (local.set $rest (i32.or (local.get $rest) (local.get $digit)))))
      (br_if $next
        (i32.lt_u (local.tee $kept (i32.add (local.get $kept) (i32.const 1)))
          (local.get $count))))
    (if (i32.gt_u (local.get $count) (i32.const 768))
      (then
        (call $multiply_add (global.get $numerator)
          (i64.const 10) (i64.extend_i32_u (i32.ne (local.get $rest) (i32.const 0)))))))

  (func $multiply_by_power (param $x i32) (param $exponent i32)
    (loop $next
      (if (i32.ge_s (local.get $exponent) (i32.const 9))
        (then
          (call $multiply_add (local.get $x) (i64.const 1000000000) (i64.const 0))
          (local.set $exponent (i32.sub (local.get $exponent) (i32.const 9)))
          (br $next)))
      (if (local.get $exponent)
        (then
          (call $multiply_add (local.get $x) (i64.const 10) (i64.const 0))
          (local.set $exponent (i32.sub (local.get $exponent) (i32.const 1)))
          (br $next)))))

  ;; The exponent at `at`, with an optional sign. Beyond 10^12 its digits no longer matter.
  (func $read_exponent (param $at i32) (param $end i32) (result i64)
    (local $n i64)
    (local $negative i32)
    (local.set $negative (i32.eq (i32.load8_u (local.get $at)) (i32.const 45)))
    (local.set $at (call $skip_sign (local.get $at) (local.get $end)))
    (loop $next
      (if (i64.lt_u (local.get $n) (i64.const 1_000_000_000_000))
        (then
          (local.set $n
            (i64.add
              (i64.mul (local.get $n) (i64.const 10))
              (i64.extend_i32_u (i32.sub (i32.load8_u (local.get $at)) (i32.const 48)))))))
      (br_if $next
        (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 1))) (local.get $end))))
    (if (local.get $negative) (then (return (i64.sub (i64.const 0) (local.get $n)))))
    (local.get $n))

  ;; Whether all that is left is `NaN` or `Infinity`.
  (func $is_word (param $at i32) (param $end i32) (result i32)
    (if (i32.eq (i32.sub (local.get $end) (local.get $at)) (i32.const 3))
      (then
        (return
          (i32.and
            (i32.eq (i32.load16_u align=1 (local.get $at)) (i32.const 0x614e))
            (i32.eq (i32.load8_u offset=2 (local.get $at)) (i32.const 0x4e))))))
    (if (i32.eq (i32.sub (local.get $end) (local.get $at)) (i32.const 8))
      (then
        (return (i64.eq (i64.load align=1 (local.get $at)) (i64.const 0x7974_696e_6966_6e49)))))
    (i32.const 0))

  (func $skip_sign (param $at i32) (param $end i32) (result i32)
    (local $byte i32)
    (local.set $byte (call $byte (local.get $at) (local.get $end)))
    (i32.add (local.get $at)
      (i32.or
        (i32.eq (local.get $byte) (i32.const 43))
        (i32.eq (local.get $byte) (i32.const 45)))))

  (func $skip_digits (param $at i32) (param $end i32) (result i32)
    (loop $next
      (if (i32.le_u
            (i32.sub (call $byte (local.get $at) (local.get $end)) (i32.const 48))
            (i32.const 9))
        (then
          (local.set $at (i32.add (local.get $at) (i32.const 1)))
          (br $next))))
    (local.get $at))

  ;; The byte at `at`, or 0 at the end.
  (func $byte (param $at i32) (param $end i32) (result i32)
    (if (i32.ge_u (local.get $at) (local.get $end)) (then (return (i32.const 0))))
    (i32.load8_u (local.get $at)))
)
