;; host/file, for WASI preview 1: files and directories. A path belongs to the directory that the host has granted
;; under the longest name which the path begins with; what no such directory holds is not permitted.
;;
;;      granted:  +0 tag u8, 0 for a directory   +4 the length of its name
;;      name:     the name of a granted directory; longer ones are not known here
;;      call:     +0 address   +4 length   of the bytes to move (an iovec)
;;      moved:    +0 how many of them were moved, or a descriptor, or a position u64
;;      stat:     +16 kind u8: 3 directory, 4 file   +32 size u64   +48 nanoseconds of the last change u64
;;      chunk:    what was read, before it is known how much
;;      entries:  of a directory: +0 the place of the next u64   +16 length of the name u32   +24 name
;;              0 ┬ taken already
;;          $next ┼
;;                │ entries, the last of which may be cut off
;;     $entry_end ┼
;;
;; Each function says with `error` how it ended: 0, or the number that WASI gives. No object is read after one was made.
(module
  (import "wasi_snapshot_preview1" "fd_prestat_get" (func $fd_prestat_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_prestat_dir_name" (func $fd_prestat_dir_name (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_filestat_get" (func $path_filestat_get (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_create_directory" (func $path_create_directory (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_unlink_file" (func $path_unlink_file (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_remove_directory" (func $path_remove_directory (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_rename" (func $path_rename (param i32 i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_fdstat_get" (func $fd_fdstat_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_seek" (func $fd_seek (param i32 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_close" (func $fd_close (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_readdir" (func $fd_readdir (param i32 i32 i32 i64 i32) (result i32)))
  (import "heap" "memory" (memory 1))
  (import "object" "bytes_new" (func $bytes_new (param i32) (result i32)))
  (import "zeroed 8" "granted" (global $granted i32))
  (import "zeroed 4096" "name" (global $name i32))
  (import "zeroed 8" "file_call" (global $call i32))
  (import "zeroed 8" "file_moved" (global $moved i32))
  (import "zeroed 64" "stat" (global $stat i32))
  (import "zeroed 32768" "chunk" (global $chunk i32))
  (import "zeroed 4096" "entries" (global $entries i32))

  ;; How the last call ended.
  (global $error (mut i32) (i32.const 0))
  ;; The granted directory that a path was found in, or -1, and the rest of the path.
  (global $directory (mut i32) (i32.const -1))
  (global $rest (mut i32) (i32.const 0))
  (global $rest_size (mut i32) (i32.const 0))
  (global $next (mut i32) (i32.const 0))
  (global $entry_end (mut i32) (i32.const 0))
  (global $cookie (mut i64) (i64.const 0))

  ;; The error of the last call; 0 if there was none.
  (func (export "error") (result i64)
    (i64.extend_i32_u (global.get $error)))

  ;; Opens a file: mode 0 to read it, 1 to write it anew, 2 to write behind its end. Gives the descriptor, or -1.
  (func (export "open") (param $path i32) (param $mode i64) (result i64)
    (local $file i64)
    (if (i64.eqz (local.get $mode))
      (then
        ;; The rights to read, seek, tell and ask for the kind.
        (local.set $file (call $open (local.get $path) (i32.const 0) (i64.const 0x200026) (i32.const 0)))
        (if (i64.ge_s (local.get $file) (i64.const 0))
          (then
            ;; Hosts open a directory like a file, and fail when it is read.
            (if (i32.and
                  (i32.eqz
                    (call $fd_fdstat_get (i32.wrap_i64 (local.get $file)) (global.get $stat)))
                  (i32.eq (i32.load8_u (global.get $stat)) (i32.const 3)))
              (then
                (drop (call $fd_close (i32.wrap_i64 (local.get $file))))
                (global.set $error (i32.const 31))
                (local.set $file (i64.const -1))))))
        (return (local.get $file))))
    ;; Create it; mode 1 also cuts it off, mode 2 appends. The rights to write, seek, tell and ask for the kind.
    (call $open (local.get $path)
      (select (i32.const 9) (i32.const 1) (i64.eq (local.get $mode) (i64.const 1)))
      (i64.const 0x200064)
      (i64.eq (local.get $mode) (i64.const 2))))

  ;; Opens a directory to list it.
  (func (export "open_directory") (param $path i32) (result i64)
    ;; As if the last entries had filled the buffer, so that there may be more.
    (global.set $entry_end (i32.const 4096))
    (global.set $next (i32.const 4096))
    (global.set $cookie (i64.const 0))
    (call $open (local.get $path) (i32.const 2) (i64.const 0x4000) (i32.const 0)))

  (func $open (param $path i32) (param $how i32) (param $rights i64) (param $flags i32) (result i64)
    (if (call $find (local.get $path)) (then (return (i64.const -1))))
    (global.set $error
      (call $path_open (global.get $directory) (i32.const 1) (global.get $rest) (global.get $rest_size)
        (local.get $how) (local.get $rights) (local.get $rights) (local.get $flags) (global.get $moved)))
    (if (global.get $error) (then (return (i64.const -1))))
    (i64.load32_u (global.get $moved)))

  ;; At most so many bytes of an open file, and at most 32768; none at its end, or after an error.
  (func (export "read") (param $file i64) (param $size i64) (result i32)
    (local $bytes i32)
    (i32.store (global.get $call) (global.get $chunk))
    (i32.store offset=4 (global.get $call)
      (select (i32.const 32768) (i32.wrap_i64 (local.get $size))
        (i64.gt_u (local.get $size) (i64.const 32768))))
    (global.set $error
      (call $fd_read (i32.wrap_i64 (local.get $file)) (global.get $call) (i32.const 1) (global.get $moved)))
    (if (global.get $error) (then (i32.store (global.get $moved) (i32.const 0))))
    (local.set $bytes (call $bytes_new (i32.load (global.get $moved))))
    (memory.copy (i32.add (local.get $bytes) (i32.const 8)) (global.get $chunk) (i32.load (global.get $moved)))
    (local.get $bytes))

  ;; Writes all of the bytes.
  (func (export "write") (param $file i64) (param $bytes i32)
    (local $at i32)
    (local $length i32)
    (global.set $error (i32.const 0))
    (local.set $at (i32.add (local.get $bytes) (i32.const 8)))
    (local.set $length (i32.load offset=4 (local.get $bytes)))
    (loop $again
      (if (local.get $length)
        (then
          (i32.store (global.get $call) (local.get $at))
          (i32.store offset=4 (global.get $call) (local.get $length))
          (global.set $error
            (call $fd_write (i32.wrap_i64 (local.get $file)) (global.get $call) (i32.const 1) (global.get $moved)))
          (if (global.get $error) (then (return)))
          ;; A host may take only a part.
          (local.set $at (i32.add (local.get $at) (i32.load (global.get $moved))))
          (local.set $length (i32.sub (local.get $length) (i32.load (global.get $moved))))
          (br $again)))))

  ;; Moves the position of an open file by so many bytes and gives the new one.
  (func (export "seek") (param $file i64) (param $by i64) (result i64)
    (global.set $error
      (call $fd_seek (i32.wrap_i64 (local.get $file)) (local.get $by) (i32.const 1) (global.get $moved)))
    (if (result i64) (global.get $error)
      (then (i64.const -1))
      (else (i64.load (global.get $moved)))))

  (func (export "close") (param $file i64)
    (global.set $error (call $fd_close (i32.wrap_i64 (local.get $file)))))

  ;; What kind of file a path names: 3 a directory, 4 a file, other numbers for other things, -1 after an error.
  (func (export "kind") (param $path i32) (result i64)
    (if (call $find (local.get $path)) (then (return (i64.const -1))))
    (global.set $error
      (call $path_filestat_get (global.get $directory) (i32.const 1) (global.get $rest) (global.get $rest_size)
        (global.get $stat)))
    (if (global.get $error) (then (return (i64.const -1))))
    (i64.load8_u offset=16 (global.get $stat)))

  ;; How many bytes the file has that `kind` was asked for last.
  (func (export "size") (result i64)
    (i64.load offset=32 (global.get $stat)))

  ;; When it was changed, in nanoseconds since 1970-01-01T00:00:00Z.
  (func (export "modified") (result i64)
    (i64.load offset=48 (global.get $stat)))

  ;; The next name of the directory that was opened last; empty at its end, or after an error.
  (func (export "next") (param $directory i64) (result i32)
    (local $entry i32)
    (local $size i32)
    (local $bytes i32)
    (global.set $error (i32.const 0))
    (loop $again
      (local.set $entry (i32.add (global.get $entries) (global.get $next)))
      ;; Is there a whole entry? Its head has 24 bytes.
      (local.set $size (i32.const -1))
      (if (i32.le_u (i32.add (global.get $next) (i32.const 24)) (global.get $entry_end))
        (then (local.set $size (i32.load offset=16 (local.get $entry)))))
      (if (i32.gt_u (local.get $size) (i32.sub (i32.sub (global.get $entry_end) (global.get $next)) (i32.const 24)))
        (then
          ;; A buffer that was not filled was the last one.
          (if (i32.lt_u (global.get $entry_end) (i32.const 4096))
            (then (return (call $bytes_new (i32.const 0)))))
          (global.set $error
            (call $fd_readdir (i32.wrap_i64 (local.get $directory)) (global.get $entries) (i32.const 4096)
              (global.get $cookie) (global.get $moved)))
          (if (global.get $error) (then (return (call $bytes_new (i32.const 0)))))
          (global.set $next (i32.const 0))
          (global.set $entry_end (i32.load (global.get $moved)))
          (br $again)))
      (global.set $cookie (i64.load (local.get $entry)))
      (global.set $next (i32.add (global.get $next) (i32.add (local.get $size) (i32.const 24))))
      (local.set $entry (i32.add (local.get $entry) (i32.const 24)))
      ;; The directory itself and the one above are no entries.
      (br_if $again (call $is_dots (local.get $entry) (local.get $size))))
    (local.set $bytes (call $bytes_new (local.get $size)))
    (memory.copy (i32.add (local.get $bytes) (i32.const 8)) (local.get $entry) (local.get $size))
    (local.get $bytes))

  (func $is_dots (param $name i32) (param $size i32) (result i32)
    (i32.or
      (i32.and (i32.eq (local.get $size) (i32.const 1))
        (i32.eq (i32.load8_u (local.get $name)) (i32.const 46)))
      (i32.and (i32.eq (local.get $size) (i32.const 2))
        (i32.eq (i32.load16_u (local.get $name)) (i32.const 0x2e2e)))))

  (func (export "create_directory") (param $path i32)
    (if (call $find (local.get $path)) (then (return)))
    (global.set $error
      (call $path_create_directory (global.get $directory) (global.get $rest) (global.get $rest_size))))

  (func (export "remove_file") (param $path i32)
    (if (call $find (local.get $path)) (then (return)))
    (global.set $error
      (call $path_unlink_file (global.get $directory) (global.get $rest) (global.get $rest_size))))

  (func (export "remove_directory") (param $path i32)
    (if (call $find (local.get $path)) (then (return)))
    (global.set $error
      (call $path_remove_directory (global.get $directory) (global.get $rest) (global.get $rest_size))))

  (func (export "rename") (param $path i32) (param $new i32)
    (local $directory i32)
    (local $rest i32)
    (local $rest_size i32)
    (if (call $find (local.get $path)) (then (return)))
    (local.set $directory (global.get $directory))
    (local.set $rest (global.get $rest))
    (local.set $rest_size (global.get $rest_size))
    (if (call $find (local.get $new)) (then (return)))
    (global.set $error
      (call $path_rename (local.get $directory) (local.get $rest) (local.get $rest_size)
        (global.get $directory) (global.get $rest) (global.get $rest_size))))

  ;; Finds the granted directory of a path. Gives and remembers an error: 76, not permitted, if there is none.
  (func $find (param $path i32) (result i32)
    (local $end i32)
    (local $absolute i32)
    (local $file i32)
    (local $size i32)
    (local $at i32)
    (local $best i32)
    (local $score i32)
    (local.set $end
      (i32.add (i32.add (local.get $path) (i32.const 8)) (i32.load offset=4 (local.get $path))))
    (local.set $path (i32.add (local.get $path) (i32.const 8)))
    (local.set $absolute (call $is_absolute (local.get $path) (local.get $end)))
    (local.set $path (call $skip (local.get $path) (local.get $end)))
    (local.set $best (i32.const -1))
    (global.set $error (i32.const 76))
    ;; The granted directories have the descriptors from 3 on.
    (local.set $file (i32.const 3))
    (loop $next
      (if (i32.eqz (call $fd_prestat_get (local.get $file) (global.get $granted)))
        (then
          (local.set $size (i32.load offset=4 (global.get $granted)))
          (if (i32.le_u (local.get $size) (i32.const 4096))
            (then
              (if (i32.eqz (call $fd_prestat_dir_name (local.get $file) (global.get $name) (local.get $size)))
                (then
                  (local.set $at (call $matched (local.get $path) (local.get $end) (local.get $size)))
                  (if (local.get $at)
                    (then
                      ;; A relative path lies below the root, too, but rather elsewhere.
                      (local.set $score
                        (i32.add
                          (i32.shl (i32.sub (local.get $at) (local.get $path)) (i32.const 1))
                          (i32.eq (local.get $absolute)
                            (call $is_absolute (global.get $name)
                              (i32.add (global.get $name) (local.get $size))))))
                      (if (i32.and
                            (i32.gt_s (local.get $score) (local.get $best))
                            (i32.or (i32.and (local.get $score) (i32.const 1))
                              (i32.and
                                (i32.eqz (local.get $absolute))
                                (i32.eq (local.get $at) (local.get $path)))))
                        (then
                          (local.set $best (local.get $score))
                          (global.set $directory (local.get $file))
                          (global.set $rest (call $skip (local.get $at) (local.get $end)))
                          (global.set $error (i32.const 0))))))))))
          (local.set $file (i32.add (local.get $file) (i32.const 1)))
          (br $next))))
    (if (global.get $error) (then (return (global.get $error))))
    (global.set $rest_size (i32.sub (local.get $end) (global.get $rest)))
    (if (i32.eqz (global.get $rest_size))
      (then
        ;; The granted directory itself is `.`; its name is not needed any more.
        (i32.store8 (global.get $name) (i32.const 46))
        (global.set $rest (global.get $name))
        (global.set $rest_size (i32.const 1))))
    (i32.const 0))

  (func $is_absolute (param $at i32) (param $end i32) (result i32)
    (i32.and
      (i32.lt_u (local.get $at) (local.get $end))
      (i32.eq (i32.load8_u (local.get $at)) (i32.const 47))))

  ;; Behind the name of the granted directory, `size` bytes at `name`, in a path that begins with it; else 0.
  (func $matched (param $path i32) (param $end i32) (param $size i32) (result i32)
    (local $from i32)
    (local $to i32)
    (local.set $to (i32.add (global.get $name) (local.get $size)))
    (local.set $from (call $skip (global.get $name) (local.get $to)))
    ;; `a/` is `a`.
    (loop $trim
      (if (i32.lt_u (local.get $from) (local.get $to))
        (then
          (if (i32.eq (i32.load8_u (i32.sub (local.get $to) (i32.const 1))) (i32.const 47))
            (then
              (local.set $to (i32.sub (local.get $to) (i32.const 1)))
              (br $trim))))))
    (if (i32.eq (local.get $from) (local.get $to)) (then (return (local.get $path))))
    (loop $next
      (if (i32.lt_u (local.get $from) (local.get $to))
        (then
          (if (i32.ge_u (local.get $path) (local.get $end)) (then (return (i32.const 0))))
          (if (i32.ne (i32.load8_u (local.get $from)) (i32.load8_u (local.get $path)))
            (then (return (i32.const 0))))
          (local.set $from (i32.add (local.get $from) (i32.const 1)))
          (local.set $path (i32.add (local.get $path) (i32.const 1)))
          (br $next))))
    ;; `ab` does not lie in `a`.
    (if (i32.ge_u (local.get $path) (local.get $end)) (then (return (local.get $path))))
    (select (local.get $path) (i32.const 0) (i32.eq (i32.load8_u (local.get $path)) (i32.const 47))))

  ;; Behind any `/` and `./` that a path begins with, and behind a `.` that is all of it.
  (func $skip (param $at i32) (param $end i32) (result i32)
    (loop $next
      (if (i32.lt_u (local.get $at) (local.get $end))
        (then
          (if (i32.eq (i32.load8_u (local.get $at)) (i32.const 47))
            (then
              (local.set $at (i32.add (local.get $at) (i32.const 1)))
              (br $next)))
          (if (i32.eq (i32.load8_u (local.get $at)) (i32.const 46))
            (then
              (if (i32.or
                    (i32.eq (i32.add (local.get $at) (i32.const 1)) (local.get $end))
                    (i32.eq (i32.load8_u offset=1 (local.get $at)) (i32.const 47)))
                (then
                  (local.set $at (i32.add (local.get $at) (i32.const 1)))
                  (br $next))))))))
    (local.get $at))
)
