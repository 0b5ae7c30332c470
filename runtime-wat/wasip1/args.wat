;; host/args, for WASI preview 1: the arguments of the command line.
;;
;;      sizes:  +0 how many arguments, the program's name included   +4 bytes that their texts take, each with a zero
;;
;; The host writes its table of pointers and the texts into a bytes object; each argument is copied from there.
(module
  (import "wasi_snapshot_preview1" "args_sizes_get" (func $args_sizes_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_get" (func $args_get (param i32 i32) (result i32)))
  (import "heap" "memory" (memory 1))
  (import "object" "array_new" (func $array_new (param i64) (result i32)))
  (import "object" "array_put" (func $put (param i32 i32 i32)))
  (import "collect" "push" (func $push (param i32)))
  (import "collect" "pop" (func $pop (param i32) (result i32)))
  (import "object" "bytes_new" (func $bytes_new (param i32) (result i32)))
  (import "utf8" "lossy" (func $lossy (param i32) (result i32)))
  (import "zeroed 8" "sizes" (global $sizes i32))

  ;; An array of texts, the program's name left out.
  (func (export "all") (result i32)
    (local $table i32)
    (local $written i32)
    (local $text i32)
    (local $count i32)
    (local $index i32)
    (local $array i32)
    (drop (call $args_sizes_get (global.get $sizes) (i32.add (global.get $sizes) (i32.const 4))))
    (local.set $count (i32.load (global.get $sizes)))
    (if (i32.le_u (local.get $count) (i32.const 1))
      (then (return (call $array_new (i64.const 0)))))
    ;; The table and the texts live in a bytes object, which a collection may move and drops afterwards: its pointers
    ;; count from where the table was when the host wrote it.
    (local.set $table
      (call $bytes_new
        (i32.add (i32.shl (local.get $count) (i32.const 2))
          (i32.load offset=4 (global.get $sizes)))))
    (drop
      (call $args_get (i32.add (local.get $table) (i32.const 8))
        (i32.add (i32.add (local.get $table) (i32.const 8))
          (i32.shl (local.get $count) (i32.const 2)))))
    (local.set $written (local.get $table))
    (call $push (local.get $table))
    (local.set $array
      (call $array_new (i64.extend_i32_u (i32.sub (local.get $count) (i32.const 1)))))
    (local.set $table (call $pop (local.get $table)))
    (local.set $index (i32.const 1))
    (loop $next
      (call $push (local.get $table))
      (call $push (local.get $array))
      (local.set $text
        (call $text (local.get $table)
          (i32.sub
            (i32.load offset=8
              (i32.add (local.get $table) (i32.shl (local.get $index) (i32.const 2))))
            (local.get $written))))
      (local.set $array (call $pop (local.get $array)))
      (local.set $table (call $pop (local.get $table)))
      (call $put (local.get $array) (i32.sub (local.get $index) (i32.const 1)) (local.get $text))
      (br_if $next
        (i32.lt_u (local.tee $index (i32.add (local.get $index) (i32.const 1)))
          (local.get $count))))
    (local.get $array))

  ;; A text of the bytes from an offset in an object to the next zero.
  (func $text (param $table i32) (param $offset i32) (result i32)
    (local $length i32)
    (local $bytes i32)
    (loop $next
      (if (i32.load8_u
            (i32.add (i32.add (local.get $table) (local.get $offset)) (local.get $length)))
        (then
          (local.set $length (i32.add (local.get $length) (i32.const 1)))
          (br $next))))
    (call $push (local.get $table))
    (local.set $bytes (call $bytes_new (local.get $length)))
    (local.set $table (call $pop (local.get $table)))
    (memory.copy (i32.add (local.get $bytes) (i32.const 8))
      (i32.add (local.get $table) (local.get $offset))
      (local.get $length))
    (call $lossy (local.get $bytes)))
)
