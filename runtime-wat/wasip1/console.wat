;; host/console, for WASI preview 1: texts to standard output and standard error, texts from standard input.
;;
;;      line:   a text and its newline, so that a line that fits goes out in one piece
;;      input:  what was read from standard input
;;              0 ┬ taken already
;;        $taken ┼
;;               │ not yet asked for
;;       $filled ┼
;;               │ free
;;         32768 ┴
(module
  (import "heap" "memory" (memory 1))
  (import "host/stream" "write" (func $write (param i32 i32 i32)))
  (import "host/stream" "read" (func $read (param i32 i32) (result i32)))
  (import "object" "bytes_new" (func $bytes_new (param i32) (result i32)))
  (import "object" "array_new" (func $array_new (param i64) (result i32)))
  (import "object" "array_put" (func $set (param i32 i32 i32)))
  (import "collect" "push" (func $push (param i32)))
  (import "collect" "pop" (func $pop (param i32) (result i32)))
  (import "text" "concat" (func $concat (param i32 i32) (result i32)))
  (import "text" "sub" (func $sub (param i32 i64 i64) (result i32)))
  (import "text" "concat_all" (func $concat_all (param i32) (result i32)))
  (import "utf8" "lossy" (func $lossy (param i32) (result i32)))
  (import "zeroed 512" "line" (global $line i32))
  (import "zeroed 32768" "input" (global $input i32))

  (global $taken (mut i32) (i32.const 0))
  (global $filled (mut i32) (i32.const 0))

  (func $print (export "print") (param $text i32)
    (call $write (i32.const 1)
      (i32.add (local.get $text) (i32.const 8))
      (i32.load offset=4 (local.get $text))))

  (func (export "print_line") (param $text i32)
    (call $write_line (i32.const 1) (local.get $text)))

  ;; A line on standard error.
  (func (export "error_line") (param $text i32)
    (call $write_line (i32.const 2) (local.get $text)))

  (func $write_line (param $file i32) (param $text i32)
    (local $length i32)
    (local.set $length (i32.load offset=4 (local.get $text)))
    (local.set $text (i32.add (local.get $text) (i32.const 8)))
    (if (i32.ge_u (local.get $length) (i32.const 512))
      (then
        (call $write (local.get $file) (local.get $text) (local.get $length))
        (local.set $length (i32.const 0))))
    (memory.copy (global.get $line) (local.get $text) (local.get $length))
    (i32.store8 (i32.add (global.get $line) (local.get $length)) (i32.const 10))
    (call $write (local.get $file) (global.get $line) (i32.add (local.get $length) (i32.const 1))))

  ;; An array of the next line without its end (`\n` or `\r\n`), empty at the end of the input.
  (func (export "read_line") (result i32)
    (local $line i32)
    (local $stop i32)
    (local $found i32)
    (loop $more
      (if (i32.eqz (call $fill)) (then (return (call $array_of (local.get $line)))))
      (local.set $stop (call $find_newline))
      (local.set $found (i32.lt_u (local.get $stop) (global.get $filled)))
      (local.set $line (call $append (local.get $line) (local.get $stop)))
      (br_if $more (i32.eqz (local.get $found))))
    (global.set $taken (i32.add (global.get $taken) (i32.const 1)))
    (call $array_of (call $drop_return (local.get $line))))

  ;; An array of the text that the bytes make, or of nothing for the null word.
  (func $array_of (param $bytes i32) (result i32)
    (local $array i32)
    (if (i32.eqz (local.get $bytes)) (then (return (call $array_new (i64.const 0)))))
    (local.set $bytes (call $lossy (local.get $bytes)))
    (call $push (local.get $bytes))
    (local.set $array (call $array_new (i64.const 1)))
    (local.set $bytes (call $pop (local.get $bytes)))
    (i32.store offset=8 (local.get $array) (local.get $bytes))
    (local.get $array))

  ;; All that is left of the input.
  (func (export "read_all") (result i32)
    (local $chunks i32)
    (local $count i32)
    (local $chunk i32)
    (local.set $chunks (call $array_new (i64.const 8)))
    (loop $more
      (if (call $fill)
        (then
          (if (i32.eq (local.get $count) (i32.load offset=4 (local.get $chunks)))
            (then (local.set $chunks (call $double (local.get $chunks)))))
          (call $push (local.get $chunks))
          (local.set $chunk (call $take (global.get $filled)))
          (local.set $chunks (call $pop (local.get $chunks)))
          (call $set (local.get $chunks) (local.get $count) (local.get $chunk))
          (local.set $count (i32.add (local.get $count) (i32.const 1)))
          (br $more))))
    (call $lossy (call $concat_all (local.get $chunks))))

  ;; Reads on when all is taken; false at the end of the input.
  (func $fill (result i32)
    (if (i32.ge_u (global.get $taken) (global.get $filled))
      (then
        (global.set $taken (i32.const 0))
        (global.set $filled (call $read (global.get $input) (i32.const 32768)))))
    (i32.ne (global.get $filled) (i32.const 0)))

  ;; The offset of the next newline in `input`, or `$filled`.
  (func $find_newline (result i32)
    (local $at i32)
    (local.set $at (global.get $taken))
    (loop $next
      (if (i32.lt_u (local.get $at) (global.get $filled))
        (then
          (if (i32.ne (i32.load8_u (i32.add (global.get $input) (local.get $at))) (i32.const 10))
            (then
              (local.set $at (i32.add (local.get $at) (i32.const 1)))
              (br $next))))))
    (local.get $at))

  ;; Bytes of `input` up to the offset `stop`.
  (func $take (param $stop i32) (result i32)
    (local $bytes i32)
    (local $length i32)
    (local.set $length (i32.sub (local.get $stop) (global.get $taken)))
    (local.set $bytes (call $bytes_new (local.get $length)))
    (memory.copy (i32.add (local.get $bytes) (i32.const 8))
      (i32.add (global.get $input) (global.get $taken))
      (local.get $length))
    (global.set $taken (local.get $stop))
    (local.get $bytes))

  ;; The line, or nothing if that is the null word, and behind it the bytes of `input` up to the offset `stop`.
  (func $append (param $line i32) (param $stop i32) (result i32)
    (local $bytes i32)
    (call $push (local.get $line))
    (local.set $bytes (call $take (local.get $stop)))
    (local.set $line (call $pop (local.get $line)))
    (if (result i32) (local.get $line)
      (then (call $concat (local.get $line) (local.get $bytes)))
      (else (local.get $bytes))))

  ;; A line without a `\r` at its end.
  (func $drop_return (param $line i32) (result i32)
    (local $length i32)
    (local.set $length (i32.load offset=4 (local.get $line)))
    (if (i32.eqz (local.get $length)) (then (return (local.get $line))))
    (if (i32.ne
          (i32.load8_u offset=7 (i32.add (local.get $line) (local.get $length)))
          (i32.const 13))
      (then (return (local.get $line))))
    (call $sub (local.get $line) (i64.const 0)
      (i64.extend_i32_u (i32.sub (local.get $length) (i32.const 1)))))

  ;; An array of twice the length that begins with the words of this one.
  (func $double (param $array i32) (result i32)
    (local $new i32)
    (local $count i32)
    (local.set $count (i32.load offset=4 (local.get $array)))
    (call $push (local.get $array))
    (local.set $new
      (call $array_new (i64.extend_i32_u (i32.shl (local.get $count) (i32.const 1)))))
    (local.set $array (call $pop (local.get $array)))
    (loop $next
      (local.set $count (i32.sub (local.get $count) (i32.const 1)))
      (call $set (local.get $new) (local.get $count)
        (i32.load offset=8
          (i32.add (local.get $array) (i32.shl (local.get $count) (i32.const 2)))))
      (br_if $next (local.get $count)))
    (local.get $new))
)
