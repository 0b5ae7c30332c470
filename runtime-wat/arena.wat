;; arena: memory for what passes between the program and its host, in the layout of the canonical ABI. No collector
;; knows it. A call takes what it needs from its beginning, and leaves it empty behind.
;;
;;      start ┬
;;            │ taken
;;         at ┼
;;            │ free
;;        end ┴
;;
;; When a chunk is too small, another of at least twice the size takes its place; the old one stays where it is until
;; the program ends, because what is in it is still in use.
(module
  (import "heap" "memory" (memory 1))
  (import "object" "bytes_new" (func $bytes_new (param i32) (result i32)))
  (import "fault" "memory_exhausted" (func $memory_exhausted))

  (global $start (mut i32) (i32.const 0))
  (global $at (mut i32) (i32.const 0))
  (global $end (mut i32) (i32.const 0))

  ;; The address of `size` bytes, a multiple of `align`, which is a power of two.
  (func $take (param $size i32) (param $align i32) (result i32)
    (local $place i32)
    (local.set $place (call $aligned (local.get $align)))
    ;; Subtracting cannot overflow: the place lies before the end, or right behind it.
    (if (i32.or
          (i32.gt_u (local.get $place) (global.get $end))
          (i32.gt_u (local.get $size) (i32.sub (global.get $end) (local.get $place))))
      (then
        (call $grow (local.get $size))
        (local.set $place (call $aligned (local.get $align)))))
    (global.set $at (i32.add (local.get $place) (local.get $size)))
    (local.get $place))

  (func $aligned (param $align i32) (result i32)
    (i32.and
      (i32.add (global.get $at) (i32.sub (local.get $align) (i32.const 1)))
      (i32.sub (i32.const 0) (local.get $align))))

  ;; Another chunk, with room for so many bytes at any alignment up to that of a page.
  (func $grow (param $size i32)
    (local $pages i32)
    (local $page i32)
    (local.set $pages
      (i32.add
        (i32.add (i32.shr_u (local.get $size) (i32.const 16)) (i32.const 1))
        (i32.shl (i32.shr_u (i32.sub (global.get $end) (global.get $start)) (i32.const 16)) (i32.const 1))))
    (local.set $page (memory.grow (local.get $pages)))
    (if (i32.eq (local.get $page) (i32.const -1))
      (then (call $memory_exhausted)))
    (global.set $start (i32.shl (local.get $page) (i32.const 16)))
    (global.set $at (global.get $start))
    ;; The last page of all memory ends where numbers do; a page less is enough of it.
    (global.set $end
      (i32.add (global.get $start) (i32.shl (local.get $pages) (i32.const 16))))
    (if (i32.eqz (global.get $end))
      (then (global.set $end (i32.const -65536)))))

  (func (export "reserve") (param $size i64) (param $align i64) (result i64)
    ;; What is larger than the memory cannot be had.
    (if (i64.gt_u (local.get $size) (i64.const 0x7fff_ffff))
      (then (call $memory_exhausted)))
    (i64.extend_i32_u
      (call $take (i32.wrap_i64 (local.get $size)) (i32.wrap_i64 (local.get $align)))))

  (func (export "reset")
    (global.set $at (global.get $start)))

  ;; `cabi_realloc`: how the host gets room for what it gives. It never collects.
  (func (export "realloc") (param $old i32) (param $old_size i32) (param $align i32) (param $size i32) (result i32)
    (local $new i32)
    (if (i32.eqz (local.get $size)) (then (return (local.get $align))))
    (if (i32.lt_s (local.get $size) (i32.const 0)) (then (call $memory_exhausted)))
    (local.set $new (call $take (local.get $size) (local.get $align)))
    (memory.copy (local.get $new) (local.get $old)
      (select (local.get $old_size) (local.get $size)
        (i32.lt_u (local.get $old_size) (local.get $size))))
    (local.get $new))

  (func (export "store8") (param $at i64) (param $value i64)
    (i64.store8 (i32.wrap_i64 (local.get $at)) (local.get $value)))
  (func (export "store16") (param $at i64) (param $value i64)
    (i64.store16 (i32.wrap_i64 (local.get $at)) (local.get $value)))
  (func (export "store32") (param $at i64) (param $value i64)
    (i64.store32 (i32.wrap_i64 (local.get $at)) (local.get $value)))
  (func (export "store64") (param $at i64) (param $value i64)
    (i64.store (i32.wrap_i64 (local.get $at)) (local.get $value)))
  (func (export "store_float") (param $at i64) (param $value f64)
    (f64.store (i32.wrap_i64 (local.get $at)) (local.get $value)))
  (func (export "store_bytes") (param $at i64) (param $bytes i32)
    (memory.copy (i32.wrap_i64 (local.get $at))
      (i32.add (local.get $bytes) (i32.const 8))
      (i32.load offset=4 (local.get $bytes))))

  (func (export "load8") (param $at i64) (result i64)
    (i64.load8_u (i32.wrap_i64 (local.get $at))))
  (func (export "load16") (param $at i64) (result i64)
    (i64.load16_u (i32.wrap_i64 (local.get $at))))
  (func (export "load32") (param $at i64) (result i64)
    (i64.load32_u (i32.wrap_i64 (local.get $at))))
  (func (export "load64") (param $at i64) (result i64)
    (i64.load (i32.wrap_i64 (local.get $at))))
  (func (export "load_float") (param $at i64) (result f64)
    (f64.load (i32.wrap_i64 (local.get $at))))
  (func (export "load_bytes") (param $at i64) (param $length i64) (result i32)
    (local $bytes i32)
    (local.set $bytes (call $bytes_new (i32.wrap_i64 (local.get $length))))
    (memory.copy (i32.add (local.get $bytes) (i32.const 8))
      (i32.wrap_i64 (local.get $at))
      (i32.wrap_i64 (local.get $length)))
    (local.get $bytes))
)
