;; collect: allocation by the mark-sweep collector (`--gc mark-sweep`): objects never move. To debug the moving one against.
;;
;;      area:   objects and fillers from its start to its end, without gaps
;;              +0 the next area   +4 start   +8 end.  The first lies in the memory that the program begins with, and
;;              its record in the zeroed area `first_area`; others are 4 pages that begin with their record
;;      filler: a bytes object of tag 1, for nothing
;;      large:  its own pages.  +0 the next large object   +4 how many pages   +16 the object: bytes, or an array
;;      stack of what is marked and not scanned: pages. +0 the page before, which is full   +8 addresses of objects
;;
;; An object's mark is bit 1 of its header. After marking, the areas are swept bit by bit, as room is needed: `reserve`
;; goes on from where it was to the next run of garbage that is large enough, which becomes `free` to `limit`. When all
;; is swept, a new area is taken, or all is marked again if there are more pages than twice what lived.
;;
;; "link" "stress" and "max_pages" are as in `collect-generational.wat`; "max_pages" is of no use here.
(module
  (import "heap" "memory" (memory 1))
  (import "heap" "free" (global $free (mut i32)))
  (import "heap" "limit" (global $limit (mut i32)))
  (import "heap" "stack" (global $stack (mut i32)))
  (import "link" "heap_base" (global $heap_base i32))
  (import "link" "heap_limit" (global $heap_limit i32))
  (import "link" "stack_top" (global $stack_top i32))
  (import "link" "stress" (global $stress i32))
  (import "zeroed 16" "first_area" (global $first_area i32))
  (import "pages" "take" (func $take (param i32) (result i32)))
  (import "pages" "give" (func $give (param i32 i32)))
  (import "fault" "memory_exhausted" (func $memory_exhausted))
  (import "program" "each_root" (func $each_root))

  (global $heap i32 (global.get $heap_base))
  (global $heap_end i32 (global.get $heap_limit))
  ;; The areas, the last taken first, and the large objects.
  (global $areas (mut i32) (i32.const 0))
  (global $larges (mut i32) (i32.const 0))
  ;; The area that is being swept, 0 if all is, and how far.
  (global $sweeping (mut i32) (i32.const 0))
  (global $swept (mut i32) (i32.const 0))
  ;; The pages of all areas and large objects, and how many there may be before the next collection.
  (global $used (mut i32) (i32.const 0))
  (global $budget (mut i32) (i32.const 64))
  ;; The bytes that were allocated since the last collection, but for large objects and the run in hand.
  (global $allocated (mut i32) (i32.const 0))
  ;; Where the run in hand begins, and where the room ends that it was cut from.
  (global $run (mut i32) (global.get $heap_base))
  (global $run_end (mut i32) (global.get $heap_limit))
  ;; The last page of the stack, and where its next entry goes; how many bytes have been marked.
  (global $marks (mut i32) (i32.const 0))
  (global $marks_next (mut i32) (i32.const 0))
  (global $marked (mut i32) (i32.const 0))
  ;; Whether the roots are being checked, not marked.
  (global $checking (mut i32) (i32.const 0))

  ;; What `--gc-stats` shows.
  (global $minor_collections (export "minor_collections") (mut i32) (i32.const 0))
  (global $major_collections (export "major_collections") (mut i32) (i32.const 0))
  (global $copied (export "copied") (mut i64) (i64.const 0))

  ;; ---------------------------------------------------------------- allocation

  ;; The address of `size` fresh bytes; `size` is a multiple of 8.
  (func $alloc (export "alloc") (param $size i32) (result i32)
    (local $at i32)
    (if (i32.gt_u (local.get $size) (i32.const 0x10000))
      (then (return (call $large (local.get $size)))))
    (if (i32.gt_u (local.get $size) (i32.sub (global.get $limit) (global.get $free)))
      (then (call $reserve (local.get $size))))
    (local.set $at (global.get $free))
    (global.set $free (i32.add (local.get $at) (local.get $size)))
    (local.get $at))

  ;; Makes `size` bytes available at `free`, or faults. `size` is less than an area.
  (func $reserve (export "reserve") (param $size i32)
    (if (i32.le_u (local.get $size) (i32.sub (global.get $limit) (global.get $free)))
      (then (return)))
    (if (global.get $stress)
      (then
        (if (call $is_due)
          (then
            (call $leave_run)
            (call $collect)
            (call $check_heap))
          (else
            (if (i32.le_u (local.get $size) (i32.sub (global.get $run_end) (global.get $free)))
              (then
                (global.set $limit (i32.add (global.get $free) (local.get $size)))
                (return)))))))
    (call $leave_run)
    (if (call $next_run (local.get $size)) (then (return)))
    (if (i32.gt_u (global.get $used) (global.get $budget))
      (then
        (call $collect)
        (if (call $next_run (local.get $size)) (then (return)))))
    (if (call $new_area (local.get $size)) (then (return)))
    (call $collect)
    (if (i32.eqz (call $next_run (local.get $size))) (then (call $memory_exhausted))))

  ;; Under stress: always while little lives and the program is young, then by what lives.
  (func $is_due (result i32)
    (i32.ge_u
      (i32.shl
        (i32.add (global.get $allocated) (i32.sub (global.get $free) (global.get $run)))
        (i32.const 3))
      (select (i32.const 0) (i32.or (global.get $marked) (i32.const 0x8000))
        (i32.and
          (i32.lt_u (global.get $marked) (i32.const 0x4000))
          (i32.lt_u (global.get $major_collections) (i32.const 0x2000))))))

  ;; Gives up the rest of the run in hand.
  (func $leave_run
    (call $ensure_first_area)
    (global.set $allocated
      (i32.add (global.get $allocated) (i32.sub (global.get $free) (global.get $run))))
    (call $fill (global.get $free) (global.get $run_end))
    (global.set $run (global.get $free))
    (global.set $run_end (global.get $free))
    (global.set $limit (global.get $free)))

  (func $ensure_first_area
    (if (i32.eqz (i32.load offset=4 (global.get $first_area)))
      (then
        (i32.store offset=4 (global.get $first_area) (global.get $heap))
        (i32.store offset=8 (global.get $first_area) (global.get $heap_end))
        (global.set $areas (global.get $first_area)))))

  ;; Makes a filler of what lies between two addresses.
  (func $fill (param $at i32) (param $end i32)
    (if (i32.lt_u (local.get $at) (local.get $end))
      (then
        (i32.store (local.get $at) (i32.const 0x15))
        (i32.store offset=4 (local.get $at)
          (i32.sub (i32.sub (local.get $end) (local.get $at)) (i32.const 8))))))

  ;; Sweeps on until there is a run of `size` bytes, which is then in hand; false if all is swept.
  (func $next_run (param $size i32) (result i32)
    (local $start i32)
    (local $at i32)
    (local $end i32)
    (loop $areas
      (if (i32.eqz (global.get $sweeping)) (then (return (i32.const 0))))
      (local.set $at (global.get $swept))
      (local.set $end (i32.load offset=8 (global.get $sweeping)))
      (loop $objects
        ;; Past what lives.
        (if (i32.lt_u (local.get $at) (local.get $end))
          (then
            (if (i32.and (i32.load (local.get $at)) (i32.const 2))
              (then
                (i32.store (local.get $at) (i32.xor (i32.load (local.get $at)) (i32.const 2)))
                (local.set $at (i32.add (local.get $at) (call $size (local.get $at))))
                (br $objects)))
            ;; Garbage, as far as it goes.
            (local.set $start (local.get $at))
            (loop $garbage
              (local.set $at (i32.add (local.get $at) (call $size (local.get $at))))
              (if (i32.lt_u (local.get $at) (local.get $end))
                (then
                  (br_if $garbage
                    (i32.eqz (i32.and (i32.load (local.get $at)) (i32.const 2)))))))
            (if (global.get $stress)
              (then
                (memory.fill (local.get $start) (i32.const 0xd8)
                  (i32.sub (local.get $at) (local.get $start)))))
            (call $fill (local.get $start) (local.get $at))
            (if (i32.lt_u (i32.sub (local.get $at) (local.get $start)) (local.get $size))
              (then (br $objects)))
            (global.set $swept (local.get $at))
            (global.set $run (local.get $start))
            (global.set $run_end (local.get $at))
            (call $begin_run (local.get $size))
            (return (i32.const 1)))))
      (global.set $sweeping (i32.load (global.get $sweeping)))
      (if (global.get $sweeping)
        (then (global.set $swept (i32.load offset=4 (global.get $sweeping)))))
      (br $areas))
    (unreachable))

  ;; Takes an area of 4 pages, all of it the run in hand; false if there are none. Everything else is swept.
  (func $new_area (param $size i32) (result i32)
    (local $area i32)
    (if (i32.eqz (local.tee $area (call $take (i32.const 4)))) (then (return (i32.const 0))))
    (global.set $used (i32.add (global.get $used) (i32.const 4)))
    (i32.store (local.get $area) (global.get $areas))
    (global.set $areas (local.get $area))
    (global.set $run (i32.add (local.get $area) (i32.const 16)))
    (global.set $run_end (i32.add (local.get $area) (i32.const 0x40000)))
    (i32.store offset=4 (local.get $area) (global.get $run))
    (i32.store offset=8 (local.get $area) (global.get $run_end))
    (call $begin_run (local.get $size))
    (i32.const 1))

  ;; Allocation goes on at the beginning of the run; under stress it has room for one object.
  (func $begin_run (param $size i32)
    (global.set $free (global.get $run))
    (global.set $limit (global.get $run_end))
    (if (global.get $stress)
      (then (global.set $limit (i32.add (global.get $run) (local.get $size))))))

  ;; An object with pages of its own.
  (func $large (param $size i32) (result i32)
    (local $pages i32)
    (local $at i32)
    (local.set $pages
      (i32.shr_u (i32.add (local.get $size) (i32.const 0x1000f)) (i32.const 16)))
    (if (i32.or (global.get $stress)
          (i32.gt_u (i32.add (global.get $used) (local.get $pages)) (global.get $budget)))
      (then
        (call $leave_run)
        (call $collect)))
    (if (i32.eqz (local.tee $at (call $take (local.get $pages))))
      (then
        (call $leave_run)
        (call $collect)
        (if (i32.eqz (local.tee $at (call $take (local.get $pages))))
          (then (call $memory_exhausted)))))
    (global.set $used (i32.add (global.get $used) (local.get $pages)))
    (i32.store (local.get $at) (global.get $larges))
    (i32.store offset=4 (local.get $at) (local.get $pages))
    (global.set $larges (local.get $at))
    (i32.add (local.get $at) (i32.const 16)))

  ;; The size of an object in bytes.
  (func $size (param $at i32) (result i32)
    (local $header i32)
    (local $count i32)
    (local.set $header (i32.load (local.get $at)))
    (if (i32.and (local.get $header) (i32.const 4))
      (then
        ;; Bytes count bytes, arrays words.
        (local.set $count
          (i32.shl (i32.load offset=4 (local.get $at))
            (i32.and (i32.shr_u (local.get $header) (i32.const 2)) (i32.const 2))))
        (return (i32.and (i32.add (local.get $count) (i32.const 15)) (i32.const -8)))))
    ;; A closure has its code word before its fields.
    (i32.add
      (i32.add (i32.const 4) (i32.shr_u (i32.and (local.get $header) (i32.const 8)) (i32.const 1)))
      (i32.add
        (i32.and (i32.shr_u (local.get $header) (i32.const 11)) (i32.const 0x3fc))
        (i32.shl (i32.shr_u (local.get $header) (i32.const 21)) (i32.const 2)))))

  ;; ---------------------------------------------------------------- roots

  ;; A word that a function of the runtime needs across an allocation, and the same word again.
  (func (export "push") (param $word i32)
    (global.set $stack (i32.sub (global.get $stack) (i32.const 4)))
    (i32.store (global.get $stack) (local.get $word)))

  (func (export "pop") (param $word i32) (result i32)
    (local.set $word (i32.load (global.get $stack)))
    (global.set $stack (i32.add (global.get $stack) (i32.const 4)))
    (local.get $word))

  ;; Called for each variable of the program that may hold a pointer; gives what it should hold.
  (func (export "root") (param $word i32) (result i32)
    (if (global.get $checking)
      (then (call $check_word (local.get $word)))
      (else (call $mark (local.get $word))))
    (local.get $word))

  ;; No word needs to be remembered: each collection marks everything.
  (func (export "remember") (param $at i32))

  ;; ---------------------------------------------------------------- collection

  ;; Marks what lives, and begins to sweep. No run is in hand.
  (func $collect
    ;; What the last collection has marked and nobody has swept.
    (loop $rest
      (br_if $rest (call $next_run (i32.const 8))))
    (call $leave_run)
    (global.set $marked (i32.const 0))
    (call $mark_words (global.get $stack) (global.get $stack_top))
    (call $each_root)
    (call $mark_all)
    (call $sweep_large)
    (global.set $allocated (i32.const 0))
    ;; Twice what lives, in pages, and a few more; not too few.
    (global.set $budget
      (call $maximum (i32.const 64)
        (i32.add (i32.shr_u (global.get $marked) (i32.const 15)) (i32.const 16))))
    (global.set $sweeping (global.get $areas))
    (global.set $swept (i32.load offset=4 (global.get $areas)))
    (global.set $major_collections (i32.add (global.get $major_collections) (i32.const 1))))

  (func $maximum (param $a i32) (param $b i32) (result i32)
    (select (local.get $a) (local.get $b) (i32.gt_u (local.get $a) (local.get $b))))

  (func $sweep_large
    (local $large i32)
    (local $next i32)
    (local $header i32)
    (local.set $large (global.get $larges))
    (global.set $larges (i32.const 0))
    (loop $each
      (if (local.get $large)
        (then
          (local.set $next (i32.load (local.get $large)))
          (local.set $header (i32.load offset=16 (local.get $large)))
          (if (i32.and (local.get $header) (i32.const 2))
            (then
              (i32.store offset=16 (local.get $large)
                (i32.xor (local.get $header) (i32.const 2)))
              (i32.store (local.get $large) (global.get $larges))
              (global.set $larges (local.get $large)))
            (else
              (global.set $used
                (i32.sub (global.get $used) (i32.load offset=4 (local.get $large))))
              (call $give (local.get $large) (i32.load offset=4 (local.get $large)))))
          (local.set $large (local.get $next))
          (br $each)))))

  ;; ---------------------------------------------------------------- marking

  ;; Marks the object at an address in the heap, and leaves it to be scanned.
  (func $mark (param $word i32)
    (local $header i32)
    (if (i32.or (i32.and (local.get $word) (i32.const 1))
          (i32.lt_u (local.get $word) (global.get $heap)))
      (then (return)))
    (local.set $header (i32.load (local.get $word)))
    (if (i32.and (local.get $header) (i32.const 2)) (then (return)))
    (i32.store (local.get $word) (i32.or (local.get $header) (i32.const 2)))
    (global.set $marked (i32.add (global.get $marked) (call $size (local.get $word))))
    ;; Bytes hold nothing.
    (if (i32.eq (i32.and (local.get $header) (i32.const 12)) (i32.const 4)) (then (return)))
    (if (i32.eqz (i32.and (global.get $marks_next) (i32.const 0xffff))) (then (call $extend_marks)))
    (i32.store (global.get $marks_next) (local.get $word))
    (global.set $marks_next (i32.add (global.get $marks_next) (i32.const 4))))

  (func $extend_marks
    (local $page i32)
    (if (i32.eqz (local.tee $page (call $take (i32.const 1)))) (then (call $memory_exhausted)))
    (i32.store (local.get $page) (global.get $marks))
    (global.set $marks (local.get $page))
    (global.set $marks_next (i32.add (local.get $page) (i32.const 8))))

  ;; Marks what the marked objects hold, until all are scanned.
  (func $mark_all
    (local $page i32)
    (if (i32.eqz (global.get $marks)) (then (return)))
    (loop $next
      (if (i32.gt_u (global.get $marks_next) (i32.add (global.get $marks) (i32.const 8)))
        (then
          (global.set $marks_next (i32.sub (global.get $marks_next) (i32.const 4)))
          (call $scan (i32.load (global.get $marks_next)))
          (br $next)))
      (if (local.tee $page (i32.load (global.get $marks)))
        (then
          (call $give (global.get $marks) (i32.const 1))
          (global.set $marks (local.get $page))
          (global.set $marks_next (i32.add (local.get $page) (i32.const 0x10000)))
          (br $next)))))

  (func $scan (param $at i32)
    (local $header i32)
    (local.set $header (i32.load (local.get $at)))
    (if (i32.and (local.get $header) (i32.const 4))
      (then
        (return
          (call $mark_words (i32.add (local.get $at) (i32.const 8))
            (i32.add (i32.add (local.get $at) (i32.const 8))
              (i32.shl (i32.load offset=4 (local.get $at)) (i32.const 2)))))))
    (local.set $at
      (i32.add (i32.add (local.get $at) (i32.const 4))
        (i32.shr_u (i32.and (local.get $header) (i32.const 8)) (i32.const 1))))
    (call $mark_words (local.get $at)
      (i32.add (local.get $at)
        (i32.and (i32.shr_u (local.get $header) (i32.const 11)) (i32.const 0x3fc)))))

  (func $mark_words (param $at i32) (param $end i32)
    (loop $next
      (if (i32.lt_u (local.get $at) (local.get $end))
        (then
          (call $mark (i32.load (local.get $at)))
          (local.set $at (i32.add (local.get $at) (i32.const 4)))
          (br $next)))))

  ;; ---------------------------------------------------------------- the check of the heap, under stress

  ;; Traps if a word is no immediate, nor null, nor the address of an object that lives.
  (func $check_word (param $word i32)
    (if (i32.or (i32.and (local.get $word) (i32.const 1)) (i32.eqz (local.get $word)))
      (then (return)))
    (if (i32.and (local.get $word) (i32.const 7)) (then (unreachable)))
    (if (i32.eqz (i32.and (i32.load (local.get $word)) (i32.const 1))) (then (unreachable)))
    (if (i32.eq (i32.load (local.get $word)) (i32.const 0x15)) (then (unreachable))))

  (func $check_words (param $at i32) (param $end i32)
    (loop $next
      (if (i32.lt_u (local.get $at) (local.get $end))
        (then
          (call $check_word (i32.load (local.get $at)))
          (local.set $at (i32.add (local.get $at) (i32.const 4)))
          (br $next)))))

  ;; Walks over the objects that are marked, and the roots. Nothing is swept yet.
  (func $check_heap
    (local $area i32)
    (local $at i32)
    (local $end i32)
    (local.set $area (global.get $areas))
    (loop $areas
      (if (local.get $area)
        (then
          (local.set $at (i32.load offset=4 (local.get $area)))
          (local.set $end (i32.load offset=8 (local.get $area)))
          (loop $objects
            (if (i32.lt_u (local.get $at) (local.get $end))
              (then
                (if (i32.eqz (i32.and (i32.load (local.get $at)) (i32.const 1)))
                  (then (unreachable)))
                (if (i32.eq (i32.and (i32.load (local.get $at)) (i32.const 6)) (i32.const 2))
                  (then (call $check_fields (local.get $at))))
                (local.set $at (i32.add (local.get $at) (call $size (local.get $at))))
                (br $objects))))
          (if (i32.ne (local.get $at) (local.get $end)) (then (unreachable)))
          (local.set $area (i32.load (local.get $area)))
          (br $areas))))
    (call $check_words (global.get $stack) (global.get $stack_top))
    (global.set $checking (i32.const 1))
    (call $each_root)
    (global.set $checking (i32.const 0)))

  ;; The value words of an object of fields or a closure.
  (func $check_fields (param $at i32)
    (local $header i32)
    (local.set $header (i32.load (local.get $at)))
    (local.set $at
      (i32.add (i32.add (local.get $at) (i32.const 4))
        (i32.shr_u (i32.and (local.get $header) (i32.const 8)) (i32.const 1))))
    (call $check_words (local.get $at)
      (i32.add (local.get $at)
        (i32.and (i32.shr_u (local.get $header) (i32.const 11)) (i32.const 0x3fc)))))
)
