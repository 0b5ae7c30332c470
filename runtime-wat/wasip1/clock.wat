;; host/clock, for WASI preview 1: the time, and waiting.
;;
;;      time:    +0 nanoseconds u64
;;      wait:    the subscription to one clock
;;               +0 user's data   +8 tag u8, 0 for a clock   +16 clock u32   +24 nanoseconds u64   +32 precision u64
;;               +40 flags u16, 0 for a time that counts from here
;;      event:   32 bytes that say what happened, and behind them how many events there were
(module
  (import "wasi_snapshot_preview1" "clock_time_get" (func $clock_time_get (param i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll_oneoff (param i32 i32 i32 i32) (result i32)))
  (import "heap" "memory" (memory 1))
  (import "zeroed 8" "time" (global $time i32))
  (import "zeroed 48" "wait" (global $wait i32))
  (import "zeroed 40" "event" (global $event i32))

  ;; Nanoseconds since 1970-01-01T00:00:00Z; 0 where the host has no clock.
  (func (export "now") (result i64)
    (call $read (i32.const 0)))

  ;; Nanoseconds since some moment, never less than before.
  (func (export "monotonic") (result i64)
    (call $read (i32.const 1)))

  (func $read (param $clock i32) (result i64)
    (if (result i64)
      (call $clock_time_get (local.get $clock) (i64.const 1) (global.get $time))
      (then (i64.const 0))
      (else (i64.load (global.get $time)))))

  ;; Waits for so many nanoseconds; not at all if they are none.
  (func (export "sleep") (param $nanoseconds i64)
    (if (i64.le_s (local.get $nanoseconds) (i64.const 0)) (then (return)))
    (i32.store offset=16 (global.get $wait) (i32.const 1))
    (i64.store offset=24 (global.get $wait) (local.get $nanoseconds))
    ;; A host that cannot wait goes on at once.
    (drop
      (call $poll_oneoff (global.get $wait) (global.get $event) (i32.const 1)
        (i32.add (global.get $event) (i32.const 32)))))
)
