type expr =
  | Number of int
  | Variable
  | Add of expr * expr
  | Multiply of expr * expr
  | Power of expr * int
  | Sine of expr
  | Cosine of expr

let rec derive = function
  | Number _ -> Number 0
  | Variable -> Number 1
  | Add (a, b) -> Add (derive a, derive b)
  | Multiply (a, b) -> Add (Multiply (derive a, b), Multiply (a, derive b))
  | Power (a, n) -> Multiply (Multiply (Number n, Power (a, n - 1)), derive a)
  | Sine a -> Multiply (Cosine a, derive a)
  | Cosine a -> Multiply (Multiply (Number (-1), Sine a), derive a)

let rec add a b =
  match (a, b) with
  | Number m, Number n -> Number ((m + n) mod 10007)
  | Number 0, e -> e
  | e, Number n -> add (Number n) e
  | Number m, Add (Number n, e) -> add (Number ((m + n) mod 10007)) e
  | _ -> if a = b then multiply (Number 2) a else Add (a, b)

and multiply a b =
  match (a, b) with
  | Number m, Number n -> Number (m * n mod 10007)
  | Number 0, _ -> Number 0
  | Number 1, e -> e
  | e, Number n -> multiply (Number n) e
  | Number m, Multiply (Number n, e) -> multiply (Number (m * n mod 10007)) e
  | e, Multiply (Number n, f) -> multiply (Number n) (multiply e f)
  | _ -> if a = b then Power (a, 2) else Multiply (a, b)

let power a n = if n = 0 then Number 1 else if n = 1 then a else Power (a, n)

let rec simplify = function
  | Add (a, b) -> add (simplify a) (simplify b)
  | Multiply (a, b) -> multiply (simplify a) (simplify b)
  | Power (a, n) -> power (simplify a) n
  | Sine a -> Sine (simplify a)
  | Cosine a -> Cosine (simplify a)
  | other -> other

let rec size = function
  | Add (a, b) | Multiply (a, b) -> 1 + size a + size b
  | Power (a, _) | Sine a | Cosine a -> 1 + size a
  | _ -> 1

let rec raise base n = if n = 0 then 1 else base * raise base (n - 1) mod 10007

let rec evaluate x = function
  | Number n -> n
  | Variable -> x
  | Add (a, b) -> (evaluate x a + evaluate x b) mod 10007
  | Multiply (a, b) -> evaluate x a * evaluate x b mod 10007
  | Power (a, n) -> raise (evaluate x a) n
  | Sine a -> (evaluate x a + 3) mod 10007
  | Cosine a -> evaluate x a * 5 mod 10007

let rec derivatives count e sum =
  let total = sum + size e + evaluate count e in
  if count = 0 then total else derivatives (count - 1) (simplify (derive e)) total

let start n =
  Add
    ( Multiply (Power (Variable, n), Sine (Add (Power (Variable, 2), Number n))),
      Power (Cosine (Multiply (Number n, Variable)), 3) )

let () =
  Printf.printf "%d\n" (List.init 10 (fun i -> derivatives 9 (start (i + 1)) 0) |> List.fold_left ( + ) 0)
