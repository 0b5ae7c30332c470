let next seed = seed * 16807 mod 2147483647
let compose f g x = f (g x)

let step seed =
  if seed mod 3 = 0 then fun x -> (x + seed) mod 1000003
  else if seed mod 3 = 1 then fun x -> ((x * 3) + seed) mod 1000003
  else fun x -> (seed - x) mod 1000003

let rec chain count seed = if count = 0 then Fun.id else compose (step seed) (chain (count - 1) (next seed))

let rec church n =
  if n = 0 then fun _ x -> x
  else
    let before = church (n - 1) in
    fun f x -> f (before f x)

let plus m n f x = m f (n f x)
let times m n f = m (n f)
let numeral n = plus (times (church n) (church n)) (church n) (fun x -> x + 1) 0

(* A parser gives what it has read and the characters that are left, or None. *)
let char wanted = function c :: rest when c = wanted -> Some (0, rest) | _ -> None
let digit = function c :: rest when c >= '0' && c <= '9' -> Some (Char.code c - 48, rest) | _ -> None

let both f first second input =
  match first input with
  | None -> None
  | Some (a, rest) -> ( match second rest with None -> None | Some (b, more) -> Some (f a b, more))

let either first second input = match first input with None -> second input | some -> some

let rec many f start parser input =
  match parser input with None -> Some (start, input) | Some (a, rest) -> many f (f start a) parser rest

let some f first more input = match first input with None -> None | Some (a, rest) -> many f a more rest
let number = some (fun n d -> ((n * 10) + d) mod 1000003) digit digit
let after (c : char) parser = both (fun _ a -> a) (char c) parser
let rec sum input = some (fun a b -> (a + b) mod 1000003) product (after '+' product) input
and product input = some (fun a b -> a * b mod 1000003) atom (after '*' atom) input
and atom input = either number (after '(' (both (fun a _ -> a) sum (char ')'))) input

let rec formula depth seed =
  if depth = 0 then string_of_int (seed mod 1000)
  else
    let left = formula (depth - 1) (next seed) in
    let right = formula (depth - 1) (next (seed + depth)) in
    if seed mod 3 = 0 then String.concat "" [ "("; left; "+"; right; ")" ]
    else if seed mod 3 = 1 then String.concat "+" [ left; right ]
    else String.concat "*" [ left; right ]

let parsed seed =
  match sum (List.of_seq (String.to_seq (formula 13 seed))) with Some (value, []) -> value | _ -> 0

let total f count = List.init count (fun i -> f (i + 1)) |> List.fold_left ( + ) 0

let () =
  let composed = total (fun seed -> total (chain 2000 seed) 200) 20 in
  let numerals = total (fun n -> numeral (n mod 100)) 1500 in
  Printf.printf "%d\n" (composed + numerals + total parsed 20)
