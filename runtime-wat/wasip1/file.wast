;; The double grants `.`, `/data/` and `deep/er`, all empty at first, and moves few bytes at a time.
(module
  (import "heap" "memory" (memory 1))
  (import "test" "text" (func $t (param i32) (result i32)))
  (import "test" "is" (func $is (param i32 i32) (result i32)))
  (import "host/file" "error" (func $error (result i64)))
  (import "host/file" "open" (func $open (param i32 i64) (result i64)))
  (import "host/file" "open_directory" (func $open_directory (param i32) (result i64)))
  (import "host/file" "read" (func $read (param i64 i64) (result i32)))
  (import "host/file" "write" (func $write (param i64 i32)))
  (import "host/file" "seek" (func $seek (param i64 i64) (result i64)))
  (import "host/file" "close" (func $close (param i64)))
  (import "host/file" "kind" (func $kind (param i32) (result i64)))
  (import "host/file" "size" (func $size (result i64)))
  (import "host/file" "modified" (func $modified (result i64)))
  (import "host/file" "next" (func $next (param i64) (result i32)))
  (import "host/file" "create_directory" (func $create_directory (param i32)))
  (import "host/file" "remove_file" (func $remove_file (param i32)))
  (import "host/file" "remove_directory" (func $remove_directory (param i32)))
  (import "host/file" "rename" (func $rename (param i32 i32)))
  (data (i32.const 0x40000) "")                  ;; 0
  (data (i32.const 0x40020) "a.txt")             ;; 1
  (data (i32.const 0x40040) "content\n")         ;; 2
  (data (i32.const 0x40060) "content")           ;; 3
  (data (i32.const 0x40080) "\n")                ;; 4
  (data (i32.const 0x400a0) "/data/b")           ;; 5
  (data (i32.const 0x400c0) "deep/er/c")         ;; 6
  (data (i32.const 0x400e0) "/other/b")          ;; 7
  (data (i32.const 0x40100) "./a.txt")           ;; 8
  (data (i32.const 0x40120) ".")                 ;; 9
  (data (i32.const 0x40140) "c")                 ;; 10
  (data (i32.const 0x40160) "deep/er")           ;; 11
  (data (i32.const 0x40180) "folder")            ;; 12
  (data (i32.const 0x401a0) "folder/d")          ;; 13
  (data (i32.const 0x401c0) "a.txt/d")           ;; 14
  (data (i32.const 0x401e0) "tent\n")            ;; 15
  (data (i32.const 0x40200) "/database")         ;; 16
  (func (export "error") (result i64) (call $error))
  (func (export "open") (param $path i32) (param $mode i64) (result i64)
    (call $open (call $t (local.get $path)) (local.get $mode)))
  (func (export "open_directory") (param $path i32) (result i64)
    (call $open_directory (call $t (local.get $path))))
  (func (export "read") (param $file i64) (param $size i64) (param $text i32) (result i32)
    (call $is (call $read (local.get $file) (local.get $size)) (local.get $text)))
  (func (export "write") (param $file i64) (param $text i32) (result i64)
    (call $write (local.get $file) (call $t (local.get $text)))
    (call $error))
  (func (export "seek") (param i64 i64) (result i64) (call $seek (local.get 0) (local.get 1)))
  (func (export "close") (param i64) (result i64) (call $close (local.get 0)) (call $error))
  (func (export "kind") (param i32) (result i64) (call $kind (call $t (local.get 0))))
  (func (export "size") (result i64) (call $size))
  (func (export "modified") (result i64) (call $modified))
  (func (export "next") (param i64 i32) (result i32) (call $is (call $next (local.get 0)) (local.get 1)))
  (func (export "create_directory") (param i32) (result i64)
    (call $create_directory (call $t (local.get 0))) (call $error))
  (func (export "remove_file") (param i32) (result i64)
    (call $remove_file (call $t (local.get 0))) (call $error))
  (func (export "remove_directory") (param i32) (result i64)
    (call $remove_directory (call $t (local.get 0))) (call $error))
  (func (export "rename") (param i32 i32) (result i64)
    (call $rename (call $t (local.get 0)) (call $t (local.get 1))) (call $error))
)
;; What is not there.
(assert_return (invoke "open" (i32.const 1) (i64.const 0)) (i64.const -1))
(assert_return (invoke "error") (i64.const 44))
(assert_return (invoke "kind" (i32.const 1)) (i64.const -1))
(assert_return (invoke "error") (i64.const 44))
;; Written, then read in pieces.
(assert_return (invoke "open" (i32.const 1) (i64.const 1)) (i64.const 10))
(assert_return (invoke "error") (i64.const 0))
(assert_return (invoke "write" (i64.const 10) (i32.const 2)) (i64.const 0))
(assert_return (invoke "close" (i64.const 10)) (i64.const 0))
(assert_return (invoke "close" (i64.const 10)) (i64.const 8))
(assert_return (invoke "open" (i32.const 8) (i64.const 0)) (i64.const 10))
(assert_return (invoke "read" (i64.const 10) (i64.const 100000) (i32.const 3)) (i32.const 1))
(assert_return (invoke "read" (i64.const 10) (i64.const 100) (i32.const 4)) (i32.const 1))
(assert_return (invoke "read" (i64.const 10) (i64.const 100) (i32.const 0)) (i32.const 1))
(assert_return (invoke "error") (i64.const 0))
(assert_return (invoke "seek" (i64.const 10) (i64.const -5)) (i64.const 3))
(assert_return (invoke "read" (i64.const 10) (i64.const 5) (i32.const 15)) (i32.const 1))
(assert_return (invoke "seek" (i64.const 10) (i64.const -50)) (i64.const -1))
(assert_return (invoke "error") (i64.const 28))
(assert_return (invoke "close" (i64.const 10)) (i64.const 0))
(assert_return (invoke "read" (i64.const 10) (i64.const 5) (i32.const 0)) (i32.const 1))
(assert_return (invoke "error") (i64.const 8))
(assert_return (invoke "kind" (i32.const 1)) (i64.const 4))
(assert_return (invoke "size") (i64.const 8))
(assert_return (invoke "modified") (i64.const 1700000000000000000))
;; Behind the end.
(assert_return (invoke "open" (i32.const 1) (i64.const 2)) (i64.const 10))
(assert_return (invoke "write" (i64.const 10) (i32.const 4)) (i64.const 0))
(assert_return (invoke "close" (i64.const 10)) (i64.const 0))
(assert_return (invoke "kind" (i32.const 1)) (i64.const 4))
(assert_return (invoke "size") (i64.const 9))
;; Other granted directories, and none.
(assert_return (invoke "open" (i32.const 5) (i64.const 1)) (i64.const 10))
(assert_return (invoke "open" (i32.const 6) (i64.const 1)) (i64.const 11))
(assert_return (invoke "open" (i32.const 7) (i64.const 1)) (i64.const -1))
(assert_return (invoke "error") (i64.const 76))
(assert_return (invoke "open" (i32.const 16) (i64.const 1)) (i64.const -1))
(assert_return (invoke "error") (i64.const 76))
(assert_return (invoke "kind" (i32.const 5)) (i64.const 4))
;; Directories are no files.
(assert_return (invoke "create_directory" (i32.const 12)) (i64.const 0))
(assert_return (invoke "create_directory" (i32.const 12)) (i64.const 20))
(assert_return (invoke "kind" (i32.const 12)) (i64.const 3))
(assert_return (invoke "open" (i32.const 12) (i64.const 0)) (i64.const -1))
(assert_return (invoke "error") (i64.const 31))
(assert_return (invoke "open" (i32.const 12) (i64.const 1)) (i64.const -1))
(assert_return (invoke "error") (i64.const 31))
(assert_return (invoke "open" (i32.const 14) (i64.const 0)) (i64.const -1))
(assert_return (invoke "error") (i64.const 54))
(assert_return (invoke "open_directory" (i32.const 1)) (i64.const -1))
(assert_return (invoke "error") (i64.const 54))
;; Listed without the directory itself and the one above.
(assert_return (invoke "open_directory" (i32.const 9)) (i64.const 12))
(assert_return (invoke "next" (i64.const 12) (i32.const 1)) (i32.const 1))
(assert_return (invoke "next" (i64.const 12) (i32.const 12)) (i32.const 1))
(assert_return (invoke "next" (i64.const 12) (i32.const 0)) (i32.const 1))
(assert_return (invoke "error") (i64.const 0))
(assert_return (invoke "open_directory" (i32.const 11)) (i64.const 13))
(assert_return (invoke "next" (i64.const 13) (i32.const 10)) (i32.const 1))
(assert_return (invoke "next" (i64.const 13) (i32.const 0)) (i32.const 1))
;; Renamed and removed.
(assert_return (invoke "rename" (i32.const 1) (i32.const 13)) (i64.const 0))
(assert_return (invoke "rename" (i32.const 1) (i32.const 13)) (i64.const 44))
(assert_return (invoke "remove_directory" (i32.const 12)) (i64.const 55))
(assert_return (invoke "remove_file" (i32.const 12)) (i64.const 31))
(assert_return (invoke "remove_directory" (i32.const 13)) (i64.const 54))
(assert_return (invoke "remove_file" (i32.const 13)) (i64.const 0))
(assert_return (invoke "remove_directory" (i32.const 12)) (i64.const 0))
(assert_return (invoke "remove_file" (i32.const 7)) (i64.const 76))
