// What an AssemblyScript program needs of the system interface that compiled AIVI programs use: printing.

@external("wasi_snapshot_preview1", "fd_write")
declare function fd_write(fd: i32, vectors: usize, count: i32, written: usize): i32;

const space = memory.data(64);

/** Prints a number that is not negative, with `decimals` of its last digits behind a point. */
export function printDecimal(n: i64, decimals: i32): void {
  let at = space + 64;
  store<u8>(--at, 10);
  for (let digits = 0; n > 0 || digits <= decimals; digits++, n /= 10) {
    if (digits == decimals && decimals > 0) store<u8>(--at, 46);
    store<u8>(--at, <u8>(48 + n % 10));
  }
  store<u32>(space, at);
  store<u32>(space + 4, space + 64 - at);
  fd_write(1, space, 1, space + 8);
}

export function printInt(n: i64): void {
  printDecimal(n, 0);
}
