;; heap: the one memory of the program, and the pointers of its heap.
;;
;;      0 ┬
;;        │ nothing; the null word lies here, and no object ever does
;;     16 ┼ shadow stack, where something needs one; grows down from `stack_top`, so that overflow wraps below 0 and
;;        │ traps by itself. `stack` is the address of the last word that was pushed
;;        ┼ static data: texts, constant objects, tables. The linker places it
;;        │ zeroed areas: buffers and scratch memory. The linker places them
;;        ┼ heap_base, 8-aligned
;;        │ objects
;;        ┼ free          the next object goes here, 8-aligned
;;        │ unused; a function that allocates nothing meanwhile may scribble here after `reserve`
;;        ┼ limit         the end of what may be used, a multiple of the page size
;;        │
;;
;; What only the linker knows is imported from three modules that are no files:
;;
;;      "link" "heap_base", "heap_limit"  the addresses above, at the start of the program
;;      "link" "first_limit"              `limit` at the start: the end of the memory, but `heap_base` under `--gc-stress`
;;      "link" "stack_top"                the end of the shadow stack; to name it is to have one
;;      "link" "stress", "max_pages"      see the collectors
;;      "data" NAME                       the address of the data segment that begins at this global, 8-aligned
;;      "zeroed SIZE" NAME                the address of SIZE zeroed bytes, 8-aligned, the same for every file that
;;                                        says NAME
;;
;; Objects, as docs/runtime.md lays them out: an object is 8-aligned, its size a multiple of 8.
;;
;;      bytes:    +0 header 5    +4 length u32    +8 bytes, zeroed up to the next multiple of 8
;;      array:    +0 header 13   +4 count u32     +8 value words
(module
  (import "link" "heap_base" (global $heap_base i32))
  (import "link" "first_limit" (global $first_limit i32))
  (import "link" "stack_top" (global $stack_top i32))

  (memory (export "memory") 1)

  (global (export "free") (mut i32) (global.get $heap_base))
  (global (export "limit") (mut i32) (global.get $first_limit))
  (global (export "stack") (mut i32) (global.get $stack_top))
)
