;; utf8: bytes from outside become texts. Owns no memory.
;;
;; The Unicode Standard, table 3-7, says which sequences are well-formed; what is not is replaced by U+FFFD, one for
;; each maximal part of a sequence, as the WHATWG Encoding Standard has it.
(module
  (import "heap" "memory" (memory 1))
  (import "object" "bytes_new" (func $bytes_new (param i32) (result i32)))
  (import "collect" "push" (func $push (param i32)))
  (import "collect" "pop" (func $pop (param i32) (result i32)))

  (func (export "is_valid") (param $bytes i32) (result i32)
    (i32.eq (call $measure (local.get $bytes) (i32.const -1))
      (i32.load offset=4 (local.get $bytes))))

  ;; The bytes as a text, the same object if they are valid.
  (func (export "lossy") (param $bytes i32) (result i32)
    (local $length i32)
    (local $from i32)
    (local $end i32)
    (local $to i32)
    (local $width i32)
    (local $text i32)
    (if (i32.eq (call $measure (local.get $bytes) (i32.const -1))
          (i32.load offset=4 (local.get $bytes)))
      (then (return (local.get $bytes))))
    (call $push (local.get $bytes))
    (local.set $text (call $bytes_new (call $measure (local.get $bytes) (i32.const 3))))
    (local.set $bytes (call $pop (local.get $bytes)))
    (local.set $from (i32.add (local.get $bytes) (i32.const 8)))
    (local.set $end (i32.add (local.get $from) (i32.load offset=4 (local.get $bytes))))
    (local.set $to (i32.add (local.get $text) (i32.const 8)))
    (loop $next
      (if (i32.lt_u (local.get $from) (local.get $end))
        (then
          (local.set $width (call $sequence (local.get $from) (local.get $end)))
          (if (i32.gt_s (local.get $width) (i32.const 0))
            (then
              (memory.copy (local.get $to) (local.get $from) (local.get $width))
              (local.set $length (local.get $width)))
            (else
              ;; U+FFFD is EF BF BD.
              (i32.store16 (local.get $to) (i32.const 0xbfef))
              (i32.store8 offset=2 (local.get $to) (i32.const 0xbd))
              (local.set $length (i32.const 3))
              (local.set $width (i32.sub (i32.const 0) (local.get $width)))))
          (local.set $from (i32.add (local.get $from) (local.get $width)))
          (local.set $to (i32.add (local.get $to) (local.get $length)))
          (br $next))))
    (local.get $text))

  ;; How many bytes the text has when each part that is not well-formed takes `replacement` bytes; -1 at the first
  ;; such part if `replacement` is negative.
  (func $measure (param $bytes i32) (param $replacement i32) (result i32)
    (local $at i32)
    (local $end i32)
    (local $width i32)
    (local $length i32)
    (local.set $at (i32.add (local.get $bytes) (i32.const 8)))
    (local.set $end (i32.add (local.get $at) (i32.load offset=4 (local.get $bytes))))
    (loop $next
      ;; Eight ASCII bytes at once.
      (if (i32.le_u (i32.add (local.get $at) (i32.const 8)) (local.get $end))
        (then
          (if (i64.eqz (i64.and (i64.load align=1 (local.get $at)) (i64.const 0x8080_8080_8080_8080)))
            (then
              (local.set $at (i32.add (local.get $at) (i32.const 8)))
              (local.set $length (i32.add (local.get $length) (i32.const 8)))
              (br $next)))))
      (if (i32.lt_u (local.get $at) (local.get $end))
        (then
          (local.set $width (call $sequence (local.get $at) (local.get $end)))
          (if (i32.gt_s (local.get $width) (i32.const 0))
            (then
              (local.set $at (i32.add (local.get $at) (local.get $width)))
              (local.set $length (i32.add (local.get $length) (local.get $width))))
            (else
              (if (i32.lt_s (local.get $replacement) (i32.const 0))
                (then (return (i32.const -1))))
              (local.set $at (i32.sub (local.get $at) (local.get $width)))
              (local.set $length (i32.add (local.get $length) (local.get $replacement)))
              ;; A text may become too long: then the length stays negative.
              (if (i32.lt_s (local.get $length) (i32.const 0)) (then (return (local.get $length))))))
          (br $next))))
    (local.get $length))

  ;; The length of the well-formed sequence at `at`, or minus the length of the part to replace.
  (func $sequence (param $at i32) (param $end i32) (result i32)
    (local $lead i32)
    (local $width i32)
    (local $low i32)
    (local $high i32)
    (local $index i32)
    (local.set $lead (i32.load8_u (local.get $at)))
    (if (i32.lt_u (local.get $lead) (i32.const 0x80)) (then (return (i32.const 1))))
    (if (i32.gt_u (i32.sub (local.get $lead) (i32.const 0xc2)) (i32.const 0x32))
      (then (return (i32.const -1))))
    (local.set $width
      (i32.add (i32.const 2)
        (i32.add
          (i32.ge_u (local.get $lead) (i32.const 0xe0))
          (i32.ge_u (local.get $lead) (i32.const 0xf0)))))
    ;; The second byte rules out overlong forms, surrogates, and what is above U+10FFFF.
    (local.set $low (i32.const 0x80))
    (local.set $high (i32.const 0xbf))
    (if (i32.eq (local.get $lead) (i32.const 0xe0)) (then (local.set $low (i32.const 0xa0))))
    (if (i32.eq (local.get $lead) (i32.const 0xed)) (then (local.set $high (i32.const 0x9f))))
    (if (i32.eq (local.get $lead) (i32.const 0xf0)) (then (local.set $low (i32.const 0x90))))
    (if (i32.eq (local.get $lead) (i32.const 0xf4)) (then (local.set $high (i32.const 0x8f))))
    (local.set $index (i32.const 1))
    (loop $next
      (if (i32.eq (local.get $index) (local.get $width)) (then (return (local.get $width))))
      (if (i32.or
            (i32.ge_u (i32.add (local.get $at) (local.get $index)) (local.get $end))
            (i32.gt_u
              (i32.sub (i32.load8_u (i32.add (local.get $at) (local.get $index))) (local.get $low))
              (i32.sub (local.get $high) (local.get $low))))
        (then (return (i32.sub (i32.const 0) (local.get $index)))))
      (local.set $low (i32.const 0x80))
      (local.set $high (i32.const 0xbf))
      (local.set $index (i32.add (local.get $index) (i32.const 1)))
      (br $next))
    (unreachable))
)
