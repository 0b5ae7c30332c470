;; bytes: bytes made of numbers, and their text. Owns no memory.
;;
;;      bytes:    +0 header 5    +4 length u32    +8 bytes, zeroed up to the next multiple of 8
(module
  (import "heap" "memory" (memory 1))
  (import "object" "bytes_new" (func $bytes_new (param i32) (result i32)))
  (import "collect" "push" (func $push (param i32)))
  (import "collect" "pop" (func $pop (param i32) (result i32)))
  (import "decimal" "width" (func $width (param i64) (result i32)))
  (import "decimal" "write" (func $write (param i64 i32 i32)))
  (import "data" "opening" (global $opening i32))

  (data (global.get $opening) "bytes.fromList [")

  ;; The `count` lowest bytes of a number, the lowest first; `count` is at most 8.
  (func (export "pack") (param $number i64) (param $count i64) (result i32)
    (local $bytes i32)
    (local.set $bytes (call $bytes_new (i32.wrap_i64 (local.get $count))))
    ;; An object of no bytes has no room for them.
    (if (i64.eqz (local.get $count)) (then (return (local.get $bytes))))
    ;; What is above is cut off, for zeros stand behind the bytes.
    (i64.store offset=8 (local.get $bytes)
      (i64.and (local.get $number)
        (i64.shr_u (i64.const -1) (i64.sub (i64.const 64) (i64.shl (local.get $count) (i64.const 3))))))
    (local.get $bytes))

  ;; The source that would make the bytes: `bytes.fromList [1, 255]`.
  (func (export "to_text") (param $bytes i32) (result i32)
    (local $text i32)
    (local $at i32)
    (local $from i32)
    (local $end i32)
    (local $byte i64)
    (local $digits i32)
    (call $push (local.get $bytes))
    (local.set $text (call $bytes_new (call $text_size (local.get $bytes))))
    (local.set $bytes (call $pop (local.get $bytes)))
    (local.set $at (i32.add (local.get $text) (i32.const 8)))
    (memory.copy (local.get $at) (global.get $opening) (i32.const 16))
    (local.set $at (i32.add (local.get $at) (i32.const 16)))
    (local.set $from (local.get $bytes))
    (local.set $end (i32.add (local.get $bytes) (i32.load offset=4 (local.get $bytes))))
    (loop $next
      (if (i32.lt_u (local.get $from) (local.get $end))
        (then
          (if (i32.ne (local.get $from) (local.get $bytes))
            (then
              ;; A comma and a space.
              (i32.store16 (local.get $at) (i32.const 0x202c))
              (local.set $at (i32.add (local.get $at) (i32.const 2)))))
          (local.set $byte (i64.load8_u offset=8 (local.get $from)))
          (local.set $digits (call $width (local.get $byte)))
          (call $write (local.get $byte) (local.get $digits) (local.get $at))
          (local.set $at (i32.add (local.get $at) (local.get $digits)))
          (local.set $from (i32.add (local.get $from) (i32.const 1)))
          (br $next))))
    (i32.store8 (local.get $at) (i32.const 93))
    (local.get $text))

  (func $text_size (param $bytes i32) (result i32)
    (local $size i32)
    (local $end i32)
    (local.set $end (i32.add (local.get $bytes) (i32.load offset=4 (local.get $bytes))))
    (local.set $size (i32.const 17))
    ;; One separator less than there are bytes.
    (if (i32.ne (local.get $bytes) (local.get $end))
      (then (local.set $size (i32.const 15))))
    (loop $next
      (if (i32.lt_u (local.get $bytes) (local.get $end))
        (then
          (local.set $size
            (i32.add (i32.add (local.get $size) (i32.const 2))
              (call $width (i64.load8_u offset=8 (local.get $bytes)))))
          (local.set $bytes (i32.add (local.get $bytes) (i32.const 1)))
          (br $next))))
    (local.get $size))
)
