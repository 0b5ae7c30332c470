;; pages: runs of whole pages of 64 KiB, for the collectors.
;;
;;      free run:   +0 the next free run, 0 after the last   +4 how many pages
;;
;; Free runs form a list in the order of their addresses, and neighbours are one run. What is taken is the caller's until
;; it is given back. Memory that is grown by somebody else is never in the list.
(module
  (import "heap" "memory" (memory 1))

  ;; The first free run.
  (global $free (mut i32) (i32.const 0))

  ;; The address of so many pages, or 0 if the memory cannot grow by what is missing.
  (func $take (export "take") (param $count i32) (result i32)
    (local $at i32)
    (if (local.tee $at (call $find (local.get $count))) (then (return (local.get $at))))
    ;; A chunk at least, so that single pages do not make the memory grow each; near its end, what is needed must do.
    (if (i32.eqz (call $grow (call $maximum (local.get $count) (i32.const 4))))
      (then
        (if (i32.eqz (call $grow (local.get $count))) (then (return (i32.const 0))))))
    (call $find (local.get $count)))

  (func $maximum (param $a i32) (param $b i32) (result i32)
    (select (local.get $a) (local.get $b) (i32.gt_u (local.get $a) (local.get $b))))

  ;; Adds so many new pages to the free ones; whether that was possible.
  (func $grow (param $count i32) (result i32)
    (local $first i32)
    (local.set $first (memory.grow (local.get $count)))
    (if (i32.eq (local.get $first) (i32.const -1)) (then (return (i32.const 0))))
    (call $give (i32.shl (local.get $first) (i32.const 16)) (local.get $count))
    (i32.const 1))

  ;; Takes pages from the first free run that is large enough, from its front; 0 if there is none.
  (func $find (param $count i32) (result i32)
    (local $before i32)
    (local $run i32)
    (local $rest i32)
    (local.set $run (global.get $free))
    (loop $next
      (if (i32.eqz (local.get $run)) (then (return (i32.const 0))))
      (if (i32.lt_u (i32.load offset=4 (local.get $run)) (local.get $count))
        (then
          (local.set $before (local.get $run))
          (local.set $run (i32.load (local.get $run)))
          (br $next))))
    (local.set $rest (i32.load (local.get $run)))
    (if (i32.gt_u (i32.load offset=4 (local.get $run)) (local.get $count))
      (then
        (local.set $rest
          (i32.add (local.get $run) (i32.shl (local.get $count) (i32.const 16))))
        (i32.store (local.get $rest) (i32.load (local.get $run)))
        (i32.store offset=4 (local.get $rest)
          (i32.sub (i32.load offset=4 (local.get $run)) (local.get $count)))))
    (call $link (local.get $before) (local.get $rest))
    (local.get $run))

  ;; Makes `run` the one behind `before`, which is 0 for the beginning of the list.
  (func $link (param $before i32) (param $run i32)
    (if (local.get $before)
      (then (i32.store (local.get $before) (local.get $run)))
      (else (global.set $free (local.get $run)))))

  ;; Gives pages back.
  (func $give (export "give") (param $at i32) (param $count i32)
    (local $before i32)
    (local $behind i32)
    (local.set $behind (global.get $free))
    (loop $next
      (if (i32.and (i32.ne (local.get $behind) (i32.const 0))
            (i32.lt_u (local.get $behind) (local.get $at)))
        (then
          (local.set $before (local.get $behind))
          (local.set $behind (i32.load (local.get $behind)))
          (br $next))))
    ;; One run with its neighbours, if nothing lies between.
    (if (i32.and (i32.ne (local.get $behind) (i32.const 0))
          (i32.eq (call $end (local.get $at) (local.get $count)) (local.get $behind)))
      (then
        (local.set $count (i32.add (local.get $count) (i32.load offset=4 (local.get $behind))))
        (local.set $behind (i32.load (local.get $behind)))))
    (if (local.get $before)
      (then
        (if (i32.eq
              (call $end (local.get $before) (i32.load offset=4 (local.get $before)))
              (local.get $at))
          (then
            (local.set $count (i32.add (local.get $count) (i32.load offset=4 (local.get $before))))
            (i32.store offset=4 (local.get $before) (local.get $count))
            (i32.store (local.get $before) (local.get $behind))
            (return)))))
    (i32.store (local.get $at) (local.get $behind))
    (i32.store offset=4 (local.get $at) (local.get $count))
    (call $link (local.get $before) (local.get $at)))

  (func $end (param $at i32) (param $count i32) (result i32)
    (i32.add (local.get $at) (i32.shl (local.get $count) (i32.const 16))))
)
