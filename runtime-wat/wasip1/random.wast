;; The double gives the bytes 1, 2, 3 … in turn.
(module
  (import "host/random" "bits" (func $bits (result i64)))
  (func (export "bits") (result i64) (call $bits))
)
(assert_return (invoke "bits") (i64.const 0x0807060504030201))
(assert_return (invoke "bits") (i64.const 0x100f0e0d0c0b0a09))
