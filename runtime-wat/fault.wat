;; fault: what ends the program at once. A fault writes `fault[CODE]: MESSAGE` and the place in the source, and exits
;; with status 70; an uncaught failure writes `error: ` and its text, and exits with status 1.
;;
;;      static data: the words of the messages, each in a segment of its own, so that a program carries only those of
;;      the faults that it can have
;;
;; A place is a text such as `main.aivi:3:14`, or the null word where no source is to blame. `R0003`, stack exhausted,
;; is the engine's to report.
(module
  (import "heap" "memory" (memory 1))
  (import "host/stream" "write" (func $write (param i32 i32 i32)))
  (import "host/exit" "exit_with" (func $exit_with (param i32)))
  (import "data" "fault" (global $fault i32))
  (import "data" "division" (global $division i32))
  (import "data" "memory" (global $memory i32))
  (import "data" "arrow" (global $arrow i32))
  (import "data" "error" (global $error i32))
  (import "data" "newline" (global $newline i32))

  (data (global.get $fault) "fault[R0004]: ")
  (data (global.get $division) "fault[R0001]: division by zero")
  (data (global.get $memory) "fault[R0002]: memory exhausted")
  (data (global.get $arrow) "\n  --> ")
  (data (global.get $error) "error: ")
  (data (global.get $newline) "\n")

  (func (export "division_by_zero") (param $place i32)
    (call $write (i32.const 2) (global.get $division) (i32.const 30))
    (call $end (local.get $place)))

  (func (export "memory_exhausted")
    (call $write (i32.const 2) (global.get $memory) (i32.const 30))
    (call $write (i32.const 2) (global.get $newline) (i32.const 1))
    (call $exit_with (i32.const 70)))

  ;; `panic "message"`.
  (func (export "panic") (param $message i32) (param $place i32)
    (call $write (i32.const 2) (global.get $fault) (i32.const 14))
    (call $write_text (local.get $message))
    (call $end (local.get $place)))

  ;; A failure that reached the start: `text` is what `toText` made of it.
  (func (export "uncaught") (param $text i32)
    (call $write (i32.const 2) (global.get $error) (i32.const 7))
    (call $write_text (local.get $text))
    (call $write (i32.const 2) (global.get $newline) (i32.const 1))
    (call $exit_with (i32.const 1)))

  (func $end (param $place i32)
    (if (local.get $place)
      (then
        (call $write (i32.const 2) (global.get $arrow) (i32.const 7))
        (call $write_text (local.get $place))))
    (call $write (i32.const 2) (global.get $newline) (i32.const 1))
    (call $exit_with (i32.const 70)))

  (func $write_text (param $text i32)
    (call $write (i32.const 2)
      (i32.add (local.get $text) (i32.const 8))
      (i32.load offset=4 (local.get $text))))
)
