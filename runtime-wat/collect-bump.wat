;; collect: allocation by the collector that never collects (`--gc bump`). For tests, and for programs that end soon.
;;
;;      heap_base ┬
;;                │ objects, never moved, never freed
;;           free ┼
;;                │ room; `reserve` makes it large enough by growing the memory
;;          limit ┼
;;
;; Every collector is imported as "collect" and has these exports. Compiled code allocates inline: it compares `size`
;; with `limit - free`, calls `reserve` when that is too little, and moves `free` up. What calls `reserve` or `alloc`
;; holds no pointer across the call that it has not saved: compiled code in frames of the shadow stack, functions of the
;; runtime by `push` and `pop`. Here nothing need be saved.
(module
  (import "heap" "memory" (memory 1))
  (import "heap" "free" (global $free (mut i32)))
  (import "heap" "limit" (global $limit (mut i32)))
  (import "fault" "memory_exhausted" (func $memory_exhausted))

  ;; The address of `size` fresh bytes; `size` is a multiple of 8.
  (func $alloc (export "alloc") (param $size i32) (result i32)
    (local $at i32)
    ;; Comparing with the room that is left cannot overflow, adding to `free` could.
    (if (i32.gt_u (local.get $size) (i32.sub (global.get $limit) (global.get $free)))
      (then (call $reserve (local.get $size))))
    (local.set $at (global.get $free))
    (global.set $free (i32.add (local.get $at) (local.get $size)))
    (local.get $at))

  ;; A word that a function of the runtime needs across an allocation, and where it is then: the same as before.
  (func (export "push") (param $word i32))

  (func (export "pop") (param $word i32) (result i32)
    (local.get $word))

  ;; Called for each variable of the program that may hold a pointer, if anybody asked for them.
  (func (export "root") (param $word i32) (result i32)
    (local.get $word))

  ;; Called with the address of a word in an object, behind a write.
  (func (export "remember") (param $at i32))

  ;; Makes `size` bytes available at `free`, or faults.
  (func $reserve (export "reserve") (param $size i32)
    (local $pages i32)
    (local $old i32)
    (if (i32.le_u (local.get $size) (i32.sub (global.get $limit) (global.get $free)))
      (then (return)))
    (local.set $pages
      (i32.add (i32.shr_u (local.get $size) (i32.const 16))
        (i32.ne (i32.and (local.get $size) (i32.const 0xffff)) (i32.const 0))))
    ;; Doubling keeps the number of growths small; near the end of the memory, what is needed must do.
    (if (i32.gt_u (memory.size) (local.get $pages))
      (then (local.set $old (memory.grow (memory.size))))
      (else (local.set $old (i32.const -1))))
    (if (i32.eq (local.get $old) (i32.const -1))
      (then
        (local.set $old (memory.grow (local.get $pages)))
        (if (i32.eq (local.get $old) (i32.const -1))
          (then (call $memory_exhausted)))))
    ;; Somebody else may have grown the memory: then the room starts anew at the pages that we got.
    (if (i32.ne (i32.shl (local.get $old) (i32.const 16)) (global.get $limit))
      (then (global.set $free (i32.shl (local.get $old) (i32.const 16)))))
    (global.set $limit (i32.shl (memory.size) (i32.const 16)))))
