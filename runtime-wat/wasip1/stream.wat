;; host/stream, for WASI preview 1: bytes to and from the standard streams. Unbuffered, so that what was written to
;; standard output and standard error is seen in that order, and a trap loses nothing.
;;
;;      call:   +0 address   +4 length   of the bytes (an iovec)
;;      moved:  +0 how many of them the host has taken or given
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "heap" "memory" (memory 1))
  (import "zeroed 8" "call" (global $call i32))
  (import "zeroed 4" "moved" (global $moved i32))

  ;; Writes all of the bytes. When nobody reads them any more, the program ends by a trap here, which the engine reads
  ;; as a quiet end: an endless writer must stop.
  (func (export "write") (param $file i32) (param $at i32) (param $length i32)
    (loop $again
      (i32.store (global.get $call) (local.get $at))
      (i32.store offset=4 (global.get $call) (local.get $length))
      (if (call $fd_write (local.get $file) (global.get $call) (i32.const 1) (global.get $moved))
        (then (unreachable)))
      ;; A host may take only a part.
      (local.set $at (i32.add (local.get $at) (i32.load (global.get $moved))))
      (br_if $again
        (local.tee $length (i32.sub (local.get $length) (i32.load (global.get $moved)))))))

  ;; Reads at most `size` bytes from standard input to `at`; 0 means its end. What cannot be read ends there, too.
  (func (export "read") (param $at i32) (param $size i32) (result i32)
    (i32.store (global.get $call) (local.get $at))
    (i32.store offset=4 (global.get $call) (local.get $size))
    (if (result i32)
      (call $fd_read (i32.const 0) (global.get $call) (i32.const 1) (global.get $moved))
      (then (i32.const 0))
      (else (i32.load (global.get $moved)))))
)
