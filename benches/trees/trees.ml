type tree = Leaf | Node of tree * tree

let rec make depth = if depth = 0 then Leaf else Node (make (depth - 1), make (depth - 1))
let rec check = function Leaf -> 1 | Node (left, right) -> 1 + check left + check right
let rec check_many depth count sum = if count = 0 then sum else check_many depth (count - 1) (sum + check (make depth))

let () =
  let first = check (make 17) in
  let kept = make 16 in
  let short = List.fold_left (fun sum d -> sum + check_many d (1 lsl (20 - d)) 0) 0 [ 4; 8; 12; 16 ] in
  Printf.printf "%d\n" (first + short + check kept)
