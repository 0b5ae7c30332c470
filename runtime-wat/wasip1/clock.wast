;; The double's wall clock stands still at 1.7e18 ns; its monotonic clock starts at 1000 and moves by what is slept.
(module
  (import "host/clock" "now" (func $now (result i64)))
  (import "host/clock" "monotonic" (func $monotonic (result i64)))
  (import "host/clock" "sleep" (func $sleep (param i64)))
  (func (export "now") (result i64) (call $now))
  (func (export "slept") (param i64) (result i64)
    (call $sleep (local.get 0))
    (call $monotonic))
)
(assert_return (invoke "now") (i64.const 1700000000000000000))
(assert_return (invoke "slept" (i64.const 0)) (i64.const 1000))
(assert_return (invoke "slept" (i64.const 250)) (i64.const 1250))
(assert_return (invoke "slept" (i64.const -5)) (i64.const 1250))
