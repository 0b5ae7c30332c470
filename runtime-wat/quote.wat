;; quote: texts and characters as the literals that denote them, for `toText` inside structures. Owns no memory.
;;
;; Escaped are `\n \t \r \0 \\`, the quote, in texts the braces of interpolation, and other control characters of
;; ASCII as `\u{1b}`. All of them are single bytes, so the rest is copied as it is.
(module
  (import "heap" "memory" (memory 1))
  (import "object" "bytes_new" (func $bytes_new (param i32) (result i32)))
  (import "collect" "push" (func $push (param i32)))
  (import "collect" "pop" (func $pop (param i32) (result i32)))
  (import "char" "width" (func $width (param i32) (result i32)))
  (import "char" "encode" (func $encode (param i32 i32)))

  (func (export "text") (param $text i32) (result i32)
    (local $from i32)
    (local $end i32)
    (local $to i32)
    (local $new i32)
    (local $length i32)
    (local $byte i32)
    (local.set $end (i32.add (local.get $text) (i32.load offset=4 (local.get $text))))
    (local.set $length (i32.const 2))
    (local.set $from (local.get $text))
    (loop $next
      (if (i32.lt_u (local.get $from) (local.get $end))
        (then
          (local.set $length
            (i32.add (local.get $length)
              (call $escaped_width (i32.load8_u offset=8 (local.get $from)) (i32.const 34))))
          ;; A text may become too long: then the length stays negative.
          (if (i32.lt_s (local.get $length) (i32.const 0)) (then (local.set $from (local.get $end))))
          (local.set $from (i32.add (local.get $from) (i32.const 1)))
          (br $next))))
    (call $push (local.get $text))
    (local.set $new (call $bytes_new (local.get $length)))
    (local.set $text (call $pop (local.get $text)))
    (local.set $end (i32.add (local.get $text) (i32.load offset=4 (local.get $text))))
    (local.set $to (i32.add (local.get $new) (i32.const 8)))
    (i32.store8 (local.get $to) (i32.const 34))
    (local.set $to (i32.add (local.get $to) (i32.const 1)))
    (local.set $from (local.get $text))
    (loop $next
      (if (i32.lt_u (local.get $from) (local.get $end))
        (then
          (local.set $byte (i32.load8_u offset=8 (local.get $from)))
          (call $escape (local.get $byte) (i32.const 34) (local.get $to))
          (local.set $to
            (i32.add (local.get $to) (call $escaped_width (local.get $byte) (i32.const 34))))
          (local.set $from (i32.add (local.get $from) (i32.const 1)))
          (br $next))))
    (i32.store8 (local.get $to) (i32.const 34))
    (local.get $new))

  (func (export "char") (param $char i32) (result i32)
    (local $new i32)
    (local $width i32)
    (local.set $width
      (if (result i32) (i32.lt_u (local.get $char) (i32.const 0x80))
        (then (call $escaped_width (local.get $char) (i32.const 39)))
        (else (call $width (local.get $char)))))
    (local.set $new (call $bytes_new (i32.add (local.get $width) (i32.const 2))))
    (i32.store8 offset=8 (local.get $new) (i32.const 39))
    (if (i32.lt_u (local.get $char) (i32.const 0x80))
      (then (call $escape (local.get $char) (i32.const 39) (i32.add (local.get $new) (i32.const 9))))
      (else (call $encode (local.get $char) (i32.add (local.get $new) (i32.const 9)))))
    (i32.store8 offset=9 (i32.add (local.get $new) (local.get $width)) (i32.const 39))
    (local.get $new))

  ;; How many bytes stand for this one between quotes of the kind `quote`.
  (func $escaped_width (param $byte i32) (param $quote i32) (result i32)
    (if (call $short (local.get $byte) (local.get $quote)) (then (return (i32.const 2))))
    (if (call $is_control (local.get $byte))
      (then
        (return
          (i32.add (i32.const 5) (i32.ge_u (local.get $byte) (i32.const 0x10))))))
    (i32.const 1))

  ;; Writes them to `at`.
  (func $escape (param $byte i32) (param $quote i32) (param $at i32)
    (local $letter i32)
    (local.set $letter (call $short (local.get $byte) (local.get $quote)))
    (if (local.get $letter)
      (then
        (i32.store8 (local.get $at) (i32.const 92))
        (i32.store8 offset=1 (local.get $at) (local.get $letter))
        (return)))
    (if (i32.eqz (call $is_control (local.get $byte)))
      (then
        (i32.store8 (local.get $at) (local.get $byte))
        (return)))
    ;; \u{
    (i32.store16 (local.get $at) (i32.const 0x755c))
    (i32.store8 offset=2 (local.get $at) (i32.const 0x7b))
    (local.set $at (i32.add (local.get $at) (i32.const 3)))
    (if (i32.ge_u (local.get $byte) (i32.const 0x10))
      (then
        (i32.store8 (local.get $at)
          (i32.add (i32.const 48) (i32.shr_u (local.get $byte) (i32.const 4))))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))))
    (local.set $byte (i32.and (local.get $byte) (i32.const 15)))
    (i32.store8 (local.get $at)
      (i32.add (local.get $byte)
        (select (i32.const 48) (i32.const 87) (i32.lt_u (local.get $byte) (i32.const 10)))))
    (i32.store8 offset=1 (local.get $at) (i32.const 0x7d)))

  ;; What follows the backslash of a two-byte escape, or 0.
  (func $short (param $byte i32) (param $quote i32) (result i32)
    (if (i32.eq (local.get $byte) (i32.const 10)) (then (return (i32.const 110))))
    (if (i32.eq (local.get $byte) (i32.const 9)) (then (return (i32.const 116))))
    (if (i32.eq (local.get $byte) (i32.const 13)) (then (return (i32.const 114))))
    (if (i32.eqz (local.get $byte)) (then (return (i32.const 48))))
    (if (i32.eq (local.get $byte) (i32.const 92)) (then (return (i32.const 92))))
    (if (i32.eq (local.get $byte) (local.get $quote)) (then (return (local.get $quote))))
    ;; { and }
    (if (i32.and
          (i32.eq (local.get $quote) (i32.const 34))
          (i32.or
            (i32.eq (local.get $byte) (i32.const 0x7b))
            (i32.eq (local.get $byte) (i32.const 0x7d))))
      (then (return (local.get $byte))))
    (i32.const 0))

  (func $is_control (param $byte i32) (result i32)
    (i32.or
      (i32.lt_u (local.get $byte) (i32.const 0x20))
      (i32.eq (local.get $byte) (i32.const 0x7f))))
)
