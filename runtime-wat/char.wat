;; char: Unicode scalar values and their UTF-8. Owns no memory. A `Char` is an i32, the code point.
;;
;;      0xxxxxxx                                U+0000 to U+007F
;;      110xxxxx 10xxxxxx                       up to U+07FF
;;      1110xxxx 10xxxxxx 10xxxxxx              up to U+FFFF
;;      11110xxx 10xxxxxx 10xxxxxx 10xxxxxx     up to U+10FFFF
(module
  (import "heap" "memory" (memory 1))
  (import "object" "bytes_new" (func $bytes_new (param i32) (result i32)))

  ;; The text of one character.
  (func (export "to_text") (param $char i32) (result i32)
    (local $text i32)
    (local.set $text (call $bytes_new (call $width (local.get $char))))
    (call $encode (local.get $char) (i32.add (local.get $text) (i32.const 8)))
    (local.get $text))

  ;; How many bytes a character takes.
  (func $width (export "width") (param $char i32) (result i32)
    (i32.add
      (i32.add (i32.const 1) (i32.ge_u (local.get $char) (i32.const 0x80)))
      (i32.add
        (i32.ge_u (local.get $char) (i32.const 0x800))
        (i32.ge_u (local.get $char) (i32.const 0x1_0000)))))

  ;; Writes the bytes of a character to `at`.
  (func $encode (export "encode") (param $char i32) (param $at i32)
    (local $width i32)
    (local $last i32)
    (local.set $width (call $width (local.get $char)))
    (if (i32.eq (local.get $width) (i32.const 1))
      (then
        (i32.store8 (local.get $at) (local.get $char))
        (return)))
    (local.set $last (i32.add (local.get $at) (i32.sub (local.get $width) (i32.const 1))))
    (loop $next
      (i32.store8 (local.get $last)
        (i32.or (i32.const 0x80) (i32.and (local.get $char) (i32.const 0x3f))))
      (local.set $char (i32.shr_u (local.get $char) (i32.const 6)))
      (br_if $next
        (i32.gt_u (local.tee $last (i32.sub (local.get $last) (i32.const 1))) (local.get $at))))
    ;; As many ones at the top as there are bytes.
    (i32.store8 (local.get $at)
      (i32.or (local.get $char) (i32.shr_u (i32.const 0xf00) (local.get $width)))))

  ;; The character at an offset of a text; the offset is before its end.
  (func (export "at") (param $text i32) (param $offset i64) (result i32)
    (local $at i32)
    (local $char i32)
    (local $left i32)
    (local.set $at (i32.add (local.get $text) (i32.wrap_i64 (local.get $offset))))
    (local.set $char (i32.load8_u offset=8 (local.get $at)))
    (if (i32.lt_u (local.get $char) (i32.const 0x80)) (then (return (local.get $char))))
    (local.set $left (i32.sub (call $width_of_lead (local.get $char)) (i32.const 1)))
    (local.set $char (i32.and (local.get $char) (i32.shr_u (i32.const 0x3f) (local.get $left))))
    (loop $next
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (local.set $char
        (i32.or (i32.shl (local.get $char) (i32.const 6))
          (i32.and (i32.load8_u offset=8 (local.get $at)) (i32.const 0x3f))))
      (br_if $next (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
    (local.get $char))

  ;; The offset behind the character at an offset.
  (func (export "next") (param $text i32) (param $offset i64) (result i64)
    (i64.add (local.get $offset)
      (i64.extend_i32_u
        (call $width_of_lead
          (i32.load8_u offset=8
            (i32.add (local.get $text) (i32.wrap_i64 (local.get $offset))))))))

  ;; The offset of the character that ends before an offset, which is above 0.
  (func (export "previous") (param $text i32) (param $offset i64) (result i64)
    (loop $next
      (local.set $offset (i64.sub (local.get $offset) (i64.const 1)))
      (br_if $next
        (i32.eq
          (i32.and (i32.const 0xc0)
            (i32.load8_u offset=8
              (i32.add (local.get $text) (i32.wrap_i64 (local.get $offset)))))
          (i32.const 0x80))))
    (local.get $offset))

  ;; How many bytes a character has that begins with this one.
  (func $width_of_lead (param $lead i32) (result i32)
    (i32.add
      (i32.add (i32.const 1) (i32.ge_u (local.get $lead) (i32.const 0xc0)))
      (i32.add
        (i32.ge_u (local.get $lead) (i32.const 0xe0))
        (i32.ge_u (local.get $lead) (i32.const 0xf0)))))
)
