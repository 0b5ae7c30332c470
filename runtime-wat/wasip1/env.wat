;; host/env, for WASI preview 1: the variables of the environment.
;;
;;      sizes:  +0 how many variables   +4 bytes that their texts take, each with a zero
;;
;; The library takes the texts apart, so that only one object is made here.
(module
  (import "wasi_snapshot_preview1" "environ_sizes_get" (func $environ_sizes_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "environ_get" (func $environ_get (param i32 i32) (result i32)))
  (import "heap" "memory" (memory 1))
  (import "object" "bytes_new" (func $bytes_new (param i32) (result i32)))
  (import "zeroed 8" "sizes" (global $sizes i32))

  ;; How many variables there are.
  (func (export "count") (result i64)
    (drop (call $environ_sizes_get (global.get $sizes) (i32.add (global.get $sizes) (i32.const 4))))
    (i64.load32_u (global.get $sizes)))

  ;; Four bytes for each variable, of no use to anybody, then their texts `NAME=VALUE`, each with a zero behind it.
  (func (export "block") (result i32)
    (local $block i32)
    (local $texts i32)
    (drop (call $environ_sizes_get (global.get $sizes) (i32.add (global.get $sizes) (i32.const 4))))
    (local.set $texts (i32.shl (i32.load (global.get $sizes)) (i32.const 2)))
    (local.set $block
      (call $bytes_new (i32.add (local.get $texts) (i32.load offset=4 (global.get $sizes)))))
    (drop
      (call $environ_get
        (i32.add (local.get $block) (i32.const 8))
        (i32.add (i32.add (local.get $block) (i32.const 8)) (local.get $texts))))
    (local.get $block))
)
