let rec numbers count seed = if count = 0 then [] else seed :: numbers (count - 1) (seed * 16807 mod 2147483647)

(* Every other item goes to the other half. *)
let rec halves items left right =
  match items with [] -> (left, right) | item :: rest -> halves rest (item :: right) left

let rec merge (left : int list) right =
  match (left, right) with
  | [], _ -> right
  | _, [] -> left
  | x :: rest_x, y :: rest_y -> if x <= y then x :: merge rest_x right else y :: merge left rest_y

let rec merge_sort items =
  match items with
  | [] | [ _ ] -> items
  | _ ->
      let left, right = halves items [] [] in
      merge (merge_sort left) (merge_sort right)

let hash items = List.fold_left (fun sum n -> ((sum * 31) + n) mod 1000003) 7 items

let round seed =
  let items = numbers 100000 seed in
  hash (merge_sort items) + hash (List.stable_sort (fun a b -> Int.compare (a mod 1000) (b mod 1000)) items)

let () = Printf.printf "%d\n" (List.init 5 (fun i -> round (i + 1)) |> List.fold_left ( + ) 0)
