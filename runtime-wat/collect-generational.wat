;; collect: allocation by the generational collector (`--gc generational`, the default).
;;
;;      heap_base ┬ young
;;                │ new objects
;;           free ┼
;;                │ room
;;      young_end ┼ the same as `limit`, but under stress
;;                │ pages: chunks of old objects, large objects, pages of the log
;;                ┴
;;
;;      chunk:  4 pages.  +0 the next chunk   +4 where its objects end, but for the last chunk   +8 objects
;;      large:  its own pages.  +0 the next large object   +4 how many pages   +8 marked   +12 the next grey one
;;                              +16 the object: bytes, or an array
;;      log:    one page. +0 the page before, which is full   +8 addresses of words
;;
;; When the nursery is full, a *minor* collection copies what lives in it behind the old objects, all of it (Cheney 1970:
;; what has been copied and not been scanned is the queue). Data is immutable, so an old object does not point to a young
;; one, with these exceptions: what is written into an object that may be old, an array or a hole, is written to the log,
;; by `remember`; top-level values and the payload of a failure are roots each time. When the old space has doubled, a
;; *major* collection follows, which copies what lives there into new chunks. Objects of more than LARGE bytes are marked
;; and never move.
;;
;; All of the old space lies above `young_end`, so that compiled code can tell it by one comparison.
;;
;; "link" "stress" is 1 under `--gc-stress`: then every allocation collects, both spaces, as long as little lives and the
;; program is young, and in proportion to what lives after that; what was left behind is overwritten, and the whole heap checked. "link"
;; "max_pages" is the most that the memory may have, 0 if it is not limited.
(module
  (import "heap" "memory" (memory 1))
  (import "heap" "free" (global $free (mut i32)))
  (import "heap" "limit" (global $limit (mut i32)))
  (import "heap" "stack" (global $stack (mut i32)))
  (import "link" "heap_base" (global $heap_base i32))
  (import "link" "heap_limit" (global $heap_limit i32))
  (import "link" "stack_top" (global $stack_top i32))
  (import "link" "stress" (global $stress i32))
  (import "link" "max_pages" (global $max_pages i32))
  (import "zeroed 65536" "page_kinds" (global $page_kinds i32))
  (import "pages" "take" (func $take (param i32) (result i32)))
  (import "pages" "give" (func $give (param i32 i32)))
  (import "fault" "memory_exhausted" (func $memory_exhausted))
  (import "program" "each_root" (func $each_root))

  ;; The nursery grows by FIRST pages when a program has filled its first one, then by SECOND; CHUNK is 4 pages; LARGE is
  ;; 0x10000 bytes; LEAST is the old space that is left alone, in pages.
  (global $first_growth i32 (i32.const 16))
  (global $second_growth i32 (i32.const 48))
  (global $least i32 (i32.const 48))

  (global $heap i32 (global.get $heap_base))
  (global $young (mut i32) (global.get $heap_base))
  (global $young_end (export "young_end") (mut i32) (global.get $heap_limit))
  ;; How many times the nursery may still grow.
  (global $growths (mut i32) (i32.const 2))

  ;; The chunks: the first, the last, where the next old object goes in that, and its end.
  (global $first (mut i32) (i32.const 0))
  (global $chunk (mut i32) (i32.const 0))
  (global $to (mut i32) (i32.const 0))
  (global $to_end (mut i32) (i32.const 0))
  ;; The large objects, and those of them that are marked and not scanned.
  (global $larges (mut i32) (i32.const 0))
  (global $grey (mut i32) (i32.const 0))
  ;; The pages of all chunks and large objects, and how many there may be before a major collection.
  (global $used (mut i32) (i32.const 0))
  (global $budget (mut i32) (i32.const 48))
  ;; The last page of the log, and where its next entry goes.
  (global $log (mut i32) (i32.const 0))
  (global $log_next (mut i32) (i32.const 0))

  ;; During a collection: what moves lies in so many bytes from here; whether it is a major one; the scanned end.
  (global $from (mut i32) (i32.const 0))
  (global $from_size (mut i32) (i32.const 0))
  (global $is_major (mut i32) (i32.const 0))
  (global $scan_chunk (mut i32) (i32.const 0))
  (global $scan (mut i32) (i32.const 0))
  ;; Whether the roots are being checked, not moved.
  (global $checking (mut i32) (i32.const 0))

  ;; What `--gc-stats` shows: collections, and kilobytes that they copied.
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

  ;; Makes `size` bytes available at `free`, or faults. `size` is less than the nursery.
  (func $reserve (export "reserve") (param $size i32)
    (if (global.get $stress) (then (return (call $reserve_under_stress (local.get $size)))))
    (if (call $fits (local.get $size)) (then (return)))
    (if (global.get $growths)
      (then
        (call $grow)
        (if (call $fits (local.get $size)) (then (return)))))
    ;; What survives lies above the nursery, which grows no more.
    (global.set $growths (i32.const 0))
    (call $collect (i32.const 0))
    (if (i32.eqz (call $fits (local.get $size))) (then (call $memory_exhausted))))

  (func $fits (param $size i32) (result i32)
    (i32.le_u (local.get $size) (i32.sub (global.get $limit) (global.get $free))))

  ;; Room for this allocation and no other.
  (func $reserve_under_stress (param $size i32)
    (local $live i32)
    (call $grow_whole)
    (local.set $live
      (i32.add (i32.sub (global.get $to) (global.get $chunk))
        (i32.shl (global.get $used) (i32.const 14))))
    (if (i32.or
          (i32.gt_u (local.get $size) (i32.sub (global.get $young_end) (global.get $free)))
          (i32.ge_u (i32.shl (i32.sub (global.get $free) (global.get $young)) (i32.const 3))
            (select (i32.const 0) (i32.or (local.get $live) (i32.const 0x8000))
              (i32.and
                (i32.lt_u (local.get $live) (i32.const 0x14000))
                (i32.lt_u (global.get $major_collections) (i32.const 0x10000))))))
      (then
        (call $collect (i32.const 1))
        (call $check_heap)))
    (if (i32.gt_u (local.get $size) (i32.sub (global.get $young_end) (global.get $free)))
      (then (call $memory_exhausted)))
    (global.set $limit (i32.add (global.get $free) (local.get $size))))

  ;; Lets the nursery grow, as far as the memory can; of a limited memory it takes no more than a quarter of what is left.
  (func $grow
    (local $pages i32)
    (local $at i32)
    (local.set $pages
      (select (global.get $first_growth) (global.get $second_growth)
        (i32.eq (global.get $growths) (i32.const 2))))
    (global.set $growths (i32.sub (global.get $growths) (i32.const 1)))
    (if (global.get $max_pages)
      (then
        (local.set $at
          (i32.shr_u (i32.sub (global.get $max_pages) (memory.size)) (i32.const 2)))
        (if (i32.lt_u (local.get $at) (local.get $pages))
          (then (local.set $pages (local.get $at))))))
    (loop $smaller
      (if (i32.eqz (local.get $pages)) (then (return)))
      (local.set $at (memory.grow (local.get $pages)))
      (if (i32.eq (local.get $at) (i32.const -1))
        (then
          (local.set $pages (i32.shr_u (local.get $pages) (i32.const 1)))
          (br $smaller))))
    (local.set $at (i32.shl (local.get $at) (i32.const 16)))
    ;; If somebody else has grown the memory, the nursery moves, and leaves a gap.
    (if (i32.ne (local.get $at) (global.get $young_end))
      (then
        (global.set $growths (i32.const 0))
        (call $minor)
        (global.set $young (local.get $at))
        (global.set $free (local.get $at))))
    (global.set $young_end
      (i32.add (local.get $at) (i32.shl (local.get $pages) (i32.const 16))))
    (global.set $limit (global.get $young_end)))

  ;; Gives the nursery its whole size, before something lies above it.
  (func $grow_whole
    (loop $next
      (if (global.get $growths)
        (then
          (call $grow)
          (br $next)))))

  ;; An object with pages of its own.
  (func $large (param $size i32) (result i32)
    (local $pages i32)
    (local $at i32)
    (call $grow_whole)
    (local.set $pages
      (i32.shr_u (i32.add (local.get $size) (i32.const 0x1000f)) (i32.const 16)))
    (if (i32.or (global.get $stress)
          (i32.gt_u (i32.add (global.get $used) (local.get $pages)) (global.get $budget)))
      (then (call $collect (i32.const 1))))
    (if (i32.eqz (local.tee $at (call $take (local.get $pages))))
      (then
        (call $collect (i32.const 1))
        (if (i32.eqz (local.tee $at (call $take (local.get $pages))))
          (then (call $memory_exhausted)))))
    (call $set_kind (local.get $at) (i32.const 2))
    (global.set $used (i32.add (global.get $used) (local.get $pages)))
    (i32.store (local.get $at) (global.get $larges))
    (i32.store offset=4 (local.get $at) (local.get $pages))
    (i32.store offset=8 (local.get $at) (i32.const 0))
    (global.set $larges (local.get $at))
    (i32.add (local.get $at) (i32.const 16)))

  ;; ---------------------------------------------------------------- roots

  ;; A word that a function of the runtime needs across an allocation. `pop` gives it back, where it is then; what was
  ;; pushed last is popped first.
  (func (export "push") (param $word i32)
    (global.set $stack (i32.sub (global.get $stack) (i32.const 4)))
    (i32.store (global.get $stack) (local.get $word)))

  (func (export "pop") (param $word i32) (result i32)
    (local.set $word (i32.load (global.get $stack)))
    (global.set $stack (i32.add (global.get $stack) (i32.const 4)))
    (local.get $word))

  ;; Called for each variable of the program that may hold a pointer; gives what it should hold.
  (func $root (export "root") (param $word i32) (result i32)
    (if (global.get $checking) (then (call $check_word (local.get $word))))
    (if (result i32) (call $moves (local.get $word))
      (then (call $move (local.get $word)))
      (else (local.get $word))))

  ;; Called with the address of a word in an object, behind a write.
  (func $remember (export "remember") (param $at i32)
    (local $word i32)
    (local.set $word (i32.load (local.get $at)))
    ;; Immediates and old objects need no memory, and what lies in a young object is found without. So the log takes no
    ;; page before something is old, when the nursery has its size: pages lie above it.
    (if (i32.or
          (i32.or (i32.and (local.get $word) (i32.const 1))
            (call $is_young (local.get $at)))
          (i32.eqz (call $is_young (local.get $word))))
      (then (return)))
    ;; At the beginning, and behind the last entry of a page.
    (if (i32.eqz (i32.and (global.get $log_next) (i32.const 0xffff)))
      (then (call $extend_log)))
    (i32.store (global.get $log_next) (local.get $at))
    (global.set $log_next (i32.add (global.get $log_next) (i32.const 4))))

  (func $is_young (param $at i32) (result i32)
    (i32.lt_u (i32.sub (local.get $at) (global.get $young))
      (i32.sub (global.get $young_end) (global.get $young))))

  (func $extend_log
    (local $page i32)
    (if (i32.eqz (local.tee $page (call $take (i32.const 1)))) (then (call $memory_exhausted)))
    (i32.store (local.get $page) (global.get $log))
    (global.set $log (local.get $page))
    (global.set $log_next (i32.add (local.get $page) (i32.const 8))))

  ;; Moves what the words of the log point to, and empties it.
  (func $move_remembered
    (local $at i32)
    (local $page i32)
    (if (i32.eqz (global.get $log)) (then (return)))
    (loop $pages
      (local.set $at (i32.add (global.get $log) (i32.const 8)))
      (loop $entries
        (if (i32.lt_u (local.get $at) (global.get $log_next))
          (then
            (call $scan_words (i32.load (local.get $at))
              (i32.add (i32.load (local.get $at)) (i32.const 4)))
            (local.set $at (i32.add (local.get $at) (i32.const 4)))
            (br $entries))))
      (local.set $page (i32.load (global.get $log)))
      (if (local.get $page)
        (then
          (call $give (global.get $log) (i32.const 1))
          (global.set $log (local.get $page))
          (global.set $log_next (i32.add (local.get $page) (i32.const 0x10000)))
          (br $pages))))
    (global.set $log_next (i32.add (global.get $log) (i32.const 8))))

  (func $roots
    (call $scan_words (global.get $stack) (global.get $stack_top))
    (call $each_root))

  ;; ---------------------------------------------------------------- collection

  ;; A minor collection, and a major one if it is `full` or the old space has doubled.
  (func $collect (param $full i32)
    (call $minor)
    (if (i32.or (local.get $full) (i32.gt_u (global.get $used) (global.get $budget)))
      (then (call $major))))

  (func $minor
    (global.set $from (global.get $young))
    (global.set $from_size (i32.sub (global.get $free) (global.get $young)))
    (global.set $scan_chunk (global.get $chunk))
    (global.set $scan (global.get $to))
    (call $roots)
    (call $move_remembered)
    (call $scan_chunks)
    (if (global.get $stress)
      (then
        (memory.fill (global.get $from) (i32.const 0xd8) (global.get $from_size))))
    (global.set $from_size (i32.const 0))
    (global.set $free (global.get $young))
    (global.set $limit (global.get $young_end))
    (global.set $minor_collections (i32.add (global.get $minor_collections) (i32.const 1))))

  ;; The nursery is empty. Everything above it moves, but for large objects.
  (func $major
    (local $chunk i32)
    (local $next i32)
    (local $large i32)
    (local.set $chunk (global.get $first))
    ;; The last chunk is one of the others now.
    (if (local.get $chunk)
      (then (i32.store offset=4 (global.get $chunk) (global.get $to))))
    (global.set $first (i32.const 0))
    (global.set $chunk (i32.const 0))
    (global.set $to (i32.const 0))
    (global.set $to_end (i32.const 0))
    (global.set $scan_chunk (i32.const 0))
    (global.set $from (global.get $young_end))
    (global.set $from_size (i32.sub (i32.const 0) (global.get $young_end)))
    (global.set $is_major (i32.const 1))
    (call $roots)
    (loop $more
      (call $scan_chunks)
      (if (local.tee $large (global.get $grey))
        (then
          (global.set $grey (i32.load offset=12 (local.get $large)))
          (call $scan_large (i32.add (local.get $large) (i32.const 16)))
          (br $more))))
    (global.set $is_major (i32.const 0))
    (global.set $from_size (i32.const 0))
    (loop $chunks
      (if (local.get $chunk)
        (then
          (local.set $next (i32.load (local.get $chunk)))
          (if (global.get $stress)
            (then
              (memory.fill (i32.add (local.get $chunk) (i32.const 8)) (i32.const 0xd8)
                (i32.sub (i32.load offset=4 (local.get $chunk))
                  (i32.add (local.get $chunk) (i32.const 8))))))
          (i32.store align=1
            (i32.add (global.get $page_kinds) (i32.shr_u (local.get $chunk) (i32.const 16)))
            (i32.const 0))
          (call $give (local.get $chunk) (i32.const 4))
          (global.set $used (i32.sub (global.get $used) (i32.const 4)))
          (local.set $chunk (local.get $next))
          (br $chunks))))
    (call $sweep_large)
    (call $set_budget)
    (global.set $major_collections (i32.add (global.get $major_collections) (i32.const 1))))

  ;; Twice what lives, so that with the copy the memory stays within three times of that; less by what chunks that are
  ;; not full and the last survivors take, which counts while little lives, but at least a quarter as much again as lives.
  ;; Copying takes as much again as lives, and where the memory is limited, that must be left.
  (func $set_budget
    (local $most i32)
    (global.set $budget
      (i32.add (global.get $used)
        (call $maximum
          (i32.sub (global.get $used) (i32.const 32))
          (i32.shr_u (global.get $used) (i32.const 2)))))
    (if (i32.lt_u (global.get $budget) (global.get $least))
      (then (global.set $budget (global.get $least))))
    (if (global.get $max_pages)
      (then
        (local.set $most
          (i32.sub (global.get $max_pages)
            (i32.add (global.get $used) (i32.shr_u (global.get $young_end) (i32.const 16)))))
        (if (i32.lt_s (local.get $most) (global.get $used))
          (then (local.set $most (global.get $used))))
        (if (i32.gt_u (global.get $budget) (local.get $most))
          (then (global.set $budget (local.get $most)))))))

  (func $maximum (param $a i32) (param $b i32) (result i32)
    (select (local.get $a) (local.get $b) (i32.gt_s (local.get $a) (local.get $b))))

  (func $sweep_large
    (local $large i32)
    (local $next i32)
    (local.set $large (global.get $larges))
    (global.set $larges (i32.const 0))
    (loop $each
      (if (local.get $large)
        (then
          (local.set $next (i32.load (local.get $large)))
          (if (i32.load offset=8 (local.get $large))
            (then
              (i32.store offset=8 (local.get $large) (i32.const 0))
              (i32.store (local.get $large) (global.get $larges))
              (global.set $larges (local.get $large)))
            (else
              (call $set_kind (local.get $large) (i32.const 0))
              (global.set $used
                (i32.sub (global.get $used) (i32.load offset=4 (local.get $large))))
              (call $give (local.get $large) (i32.load offset=4 (local.get $large)))))
          (local.set $large (local.get $next))
          (br $each)))))

  ;; ---------------------------------------------------------------- moving

  ;; Whether a word is the address of something that moves in this collection.
  (func $moves (param $word i32) (result i32)
    (i32.and
      (i32.eqz (i32.and (local.get $word) (i32.const 1)))
      (i32.lt_u (i32.sub (local.get $word) (global.get $from)) (global.get $from_size))))

  ;; Where an object is now: it is moved if it has not been, and leaves its new address in its header.
  (func $move (param $at i32) (result i32)
    (local $header i32)
    (local $size i32)
    (local $new i32)
    (local.set $header (i32.load (local.get $at)))
    (if (i32.eqz (i32.and (local.get $header) (i32.const 1)))
      (then (return (local.get $header))))
    (if (i32.and (local.get $header) (i32.const 4))
      (then
        ;; Only bytes and arrays may be large.
        (if (global.get $is_major)
          (then
            (if (i32.eq (call $kind (local.get $at)) (i32.const 2))
              (then
                (call $mark_large (i32.sub (local.get $at) (i32.const 16)))
                (return (local.get $at))))))
        (local.set $size (call $size (local.get $at) (local.get $header))))
      (else
        (local.set $size
          (i32.add
            (i32.add (i32.const 4)
              (i32.shr_u (i32.and (local.get $header) (i32.const 8)) (i32.const 1)))
            (i32.add
              (i32.and (i32.shr_u (local.get $header) (i32.const 11)) (i32.const 0x3fc))
              (i32.shl (i32.shr_u (local.get $header) (i32.const 21)) (i32.const 2)))))))
    (if (i32.gt_u (local.get $size) (i32.sub (global.get $to_end) (global.get $to)))
      (then (call $new_chunk)))
    (local.set $new (global.get $to))
    (global.set $to (i32.add (local.get $new) (local.get $size)))
    (global.set $copied (i64.add (global.get $copied) (i64.extend_i32_u (local.get $size))))
    (loop $words
      (local.set $size (i32.sub (local.get $size) (i32.const 8)))
      (i64.store
        (i32.add (local.get $new) (local.get $size))
        (i64.load (i32.add (local.get $at) (local.get $size))))
      (br_if $words (local.get $size)))
    (i32.store (local.get $at) (local.get $new))
    (local.get $new))

  ;; The size of an object in bytes.
  (func $size (param $at i32) (param $header i32) (result i32)
    (local $count i32)
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

  (func $new_chunk
    (local $chunk i32)
    (if (i32.eqz (local.tee $chunk (call $take (i32.const 4)))) (then (call $memory_exhausted)))
    (i32.store align=1
      (i32.add (global.get $page_kinds) (i32.shr_u (local.get $chunk) (i32.const 16)))
      (i32.const 0x0101_0101))
    (global.set $used (i32.add (global.get $used) (i32.const 4)))
    (if (global.get $chunk)
      (then
        (i32.store (global.get $chunk) (local.get $chunk))
        (i32.store offset=4 (global.get $chunk) (global.get $to)))
      (else (global.set $first (local.get $chunk))))
    (i32.store (local.get $chunk) (i32.const 0))
    (global.set $chunk (local.get $chunk))
    (global.set $to (i32.add (local.get $chunk) (i32.const 8)))
    (global.set $to_end (i32.add (local.get $chunk) (i32.const 0x40000))))

  (func $mark_large (param $large i32)
    (if (i32.load offset=8 (local.get $large)) (then (return)))
    (i32.store offset=8 (local.get $large) (i32.const 1))
    (i32.store offset=12 (local.get $large) (global.get $grey))
    (global.set $grey (local.get $large)))

  ;; What the page of an address holds: 1 old objects, 2 the beginning of a large one.
  (func $kind (param $at i32) (result i32)
    (i32.load8_u
      (i32.add (global.get $page_kinds) (i32.shr_u (local.get $at) (i32.const 16)))))

  (func $set_kind (param $at i32) (param $kind i32)
    (i32.store8
      (i32.add (global.get $page_kinds) (i32.shr_u (local.get $at) (i32.const 16)))
      (local.get $kind)))

  ;; ---------------------------------------------------------------- scanning

  ;; Moves what these words point to.
  (func $scan_words (param $at i32) (param $end i32)
    (local $word i32)
    (loop $next
      (if (i32.lt_u (local.get $at) (local.get $end))
        (then
          (local.set $word (i32.load (local.get $at)))
          (if (call $moves (local.get $word))
            (then (i32.store (local.get $at) (call $move (local.get $word)))))
          (local.set $at (i32.add (local.get $at) (i32.const 4)))
          (br $next)))))

  (func $scan_large (param $at i32)
    (if (i32.and (i32.load (local.get $at)) (i32.const 8))
      (then
        (call $scan_words (i32.add (local.get $at) (i32.const 8))
          (i32.add (local.get $at)
            (i32.add (i32.const 8) (i32.shl (i32.load offset=4 (local.get $at)) (i32.const 2))))))))

  ;; Moves what is pointed to by the objects that have been moved and not been scanned, until there are none.
  (func $scan_chunks
    (local $at i32)
    (local $stop i32)
    (local $header i32)
    (local $word i32)
    (local $end i32)
    (local $next i32)
    (local $from i32)
    (local $from_size i32)
    (if (i32.eqz (global.get $scan_chunk))
      (then
        (if (i32.eqz (global.get $first)) (then (return)))
        (global.set $scan_chunk (global.get $first))
        (global.set $scan (i32.add (global.get $first) (i32.const 8)))))
    (local.set $from (global.get $from))
    (local.set $from_size (global.get $from_size))
    (local.set $at (global.get $scan))
    (local.set $stop (local.get $at))
    (loop $objects
      (if (i32.eq (local.get $at) (local.get $stop))
        (then
          (if (i32.eq (global.get $scan_chunk) (global.get $chunk))
            (then
              (if (i32.eq (local.get $at) (global.get $to))
                (then
                  (global.set $scan (local.get $at))
                  (return)))
              (local.set $stop (global.get $to)))
            (else
              (local.set $stop (i32.load offset=4 (global.get $scan_chunk)))
              (if (i32.eq (local.get $at) (local.get $stop))
                (then
                  (global.set $scan_chunk (i32.load (global.get $scan_chunk)))
                  (local.set $at (i32.add (global.get $scan_chunk) (i32.const 8)))
                  (local.set $stop (local.get $at))
                  (br $objects)))))))
      (local.set $header (i32.load (local.get $at)))
      (if (i32.eq (i32.and (local.get $header) (i32.const 12)) (i32.const 4))
        (then
          ;; Bytes.
          (local.set $at
            (i32.add (local.get $at)
              (i32.and (i32.add (i32.load offset=4 (local.get $at)) (i32.const 15)) (i32.const -8))))
          (br $objects)))
      (if (i32.and (local.get $header) (i32.const 4))
        (then
          (local.set $end
            (i32.add (i32.add (local.get $at) (i32.const 8))
              (i32.shl (i32.load offset=4 (local.get $at)) (i32.const 2))))
          (local.set $next (i32.and (i32.add (local.get $end) (i32.const 7)) (i32.const -8)))
          (local.set $at (i32.add (local.get $at) (i32.const 8))))
        (else
          (local.set $at
            (i32.add (i32.add (local.get $at) (i32.const 4))
              (i32.shr_u (i32.and (local.get $header) (i32.const 8)) (i32.const 1))))
          (local.set $end
            (i32.add (local.get $at)
              (i32.and (i32.shr_u (local.get $header) (i32.const 11)) (i32.const 0x3fc))))
          (local.set $next
            (i32.add (local.get $end)
              (i32.shl (i32.shr_u (local.get $header) (i32.const 21)) (i32.const 2))))))
      (loop $words
        (if (i32.lt_u (local.get $at) (local.get $end))
          (then
            (local.set $word (i32.load (local.get $at)))
            (if (i32.and
                  (i32.eqz (i32.and (local.get $word) (i32.const 1)))
                  (i32.lt_u (i32.sub (local.get $word) (local.get $from)) (local.get $from_size)))
              (then (i32.store (local.get $at) (call $move (local.get $word)))))
            (local.set $at (i32.add (local.get $at) (i32.const 4)))
            (br $words))))
      (local.set $at (local.get $next))
      (br $objects)))

  ;; ---------------------------------------------------------------- the check of the heap, under stress

  ;; Traps if a word is no immediate, nor null, nor the address of an object that is not young.
  (func $check_word (param $word i32)
    (if (i32.or (i32.and (local.get $word) (i32.const 1)) (i32.eqz (local.get $word)))
      (then (return)))
    (if (i32.and (local.get $word) (i32.const 7)) (then (unreachable)))
    ;; Static objects lie below the heap.
    (if (i32.ge_u (local.get $word) (global.get $heap))
      (then
        (if (i32.eqz (call $kind (local.get $word))) (then (unreachable)))))
    (if (i32.eqz (i32.and (i32.load (local.get $word)) (i32.const 1))) (then (unreachable))))

  (func $check_words (param $at i32) (param $end i32)
    (loop $next
      (if (i32.lt_u (local.get $at) (local.get $end))
        (then
          (call $check_word (i32.load (local.get $at)))
          (local.set $at (i32.add (local.get $at) (i32.const 4)))
          (br $next)))))

  ;; Checks an object; gives its end.
  (func $check_object (param $at i32) (result i32)
    (local $header i32)
    (local $first i32)
    (local.set $header (i32.load (local.get $at)))
    (if (i32.ne (i32.and (local.get $header) (i32.const 3)) (i32.const 1)) (then (unreachable)))
    (local.set $first
      (i32.add (i32.add (local.get $at) (i32.const 4))
        (select (i32.const 4) (i32.const 0)
          (i32.and (local.get $header) (i32.const 8)))))
    (if (i32.eq (i32.and (local.get $header) (i32.const 12)) (i32.const 12))
      (then
        (call $check_words (local.get $first)
          (i32.add (local.get $first) (i32.shl (i32.load offset=4 (local.get $at)) (i32.const 2)))))
      (else
        (call $check_words (local.get $first)
          (i32.add (local.get $first)
            (i32.and (i32.shr_u (local.get $header) (i32.const 11)) (i32.const 0x3fc))))))
    (i32.add (local.get $at) (call $size (local.get $at) (local.get $header))))

  ;; Walks over all objects and roots.
  (func $check_heap
    (local $chunk i32)
    (local $at i32)
    (local $end i32)
    (local.set $chunk (global.get $first))
    (loop $chunks
      (if (local.get $chunk)
        (then
          (if (i32.lt_u (local.get $chunk) (global.get $young_end)) (then (unreachable)))
          (local.set $at (i32.add (local.get $chunk) (i32.const 8)))
          (local.set $end
            (if (result i32) (i32.eq (local.get $chunk) (global.get $chunk))
              (then (global.get $to))
              (else (i32.load offset=4 (local.get $chunk)))))
          (loop $objects
            (if (i32.lt_u (local.get $at) (local.get $end))
              (then
                (local.set $at (call $check_object (local.get $at)))
                (br $objects))))
          (if (i32.ne (local.get $at) (local.get $end)) (then (unreachable)))
          (local.set $chunk (i32.load (local.get $chunk)))
          (br $chunks))))
    (local.set $chunk (global.get $larges))
    (loop $larges
      (if (local.get $chunk)
        (then
          (if (i32.lt_u (local.get $chunk) (global.get $young_end)) (then (unreachable)))
          (drop (call $check_object (i32.add (local.get $chunk) (i32.const 16))))
          (local.set $chunk (i32.load (local.get $chunk)))
          (br $larges))))
    (call $check_words (global.get $stack) (global.get $stack_top))
    (global.set $checking (i32.const 1))
    (call $each_root)
    (global.set $checking (i32.const 0)))
)
