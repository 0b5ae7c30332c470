;; host/random, for WASI preview 1: numbers that nobody can foresee.
;;
;;      random:  +0 eight random bytes
(module
  (import "wasi_snapshot_preview1" "random_get" (func $random_get (param i32 i32) (result i32)))
  (import "heap" "memory" (memory 1))
  (import "zeroed 8" "random" (global $random i32))

  ;; 64 random bits. A host without them must not be taken for one that has: the program ends by a trap.
  (func (export "bits") (result i64)
    (if (call $random_get (global.get $random) (i32.const 8))
      (then (unreachable)))
    (i64.load (global.get $random)))
)
