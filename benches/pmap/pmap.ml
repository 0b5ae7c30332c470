type color = Red | Black
type tree = Empty | Node of color * tree * int * int * tree

let balance color left key value right =
  match (color, left, right) with
  | Black, Node (Red, Node (Red, a, k1, v1, b), k2, v2, c), d
  | Black, Node (Red, a, k1, v1, Node (Red, b, k2, v2, c)), d ->
      Node (Red, Node (Black, a, k1, v1, b), k2, v2, Node (Black, c, key, value, d))
  | Black, a, Node (Red, Node (Red, b, k2, v2, c), k3, v3, d)
  | Black, a, Node (Red, b, k2, v2, Node (Red, c, k3, v3, d)) ->
      Node (Red, Node (Black, a, key, value, b), k2, v2, Node (Black, c, k3, v3, d))
  | _ -> Node (color, left, key, value, right)

let rec insert_below key value = function
  | Empty -> Node (Red, Empty, key, value, Empty)
  | Node (color, left, k, v, right) ->
      if key < k then balance color (insert_below key value left) k v right
      else if key > k then balance color left k v (insert_below key value right)
      else Node (color, left, key, value, right)

let insert key value tree =
  match insert_below key value tree with Node (Red, l, k, v, r) -> Node (Black, l, k, v, r) | other -> other

let rec find (key : int) = function
  | Empty -> 0
  | Node (_, left, k, v, right) -> if key = k then v else if key < k then find key left else find key right

let key_of i = ((i * 7919) + 13) mod 200003
let rec build i tree = if i = 200000 then tree else build (i + 1) (insert (key_of i) i tree)
let rec total i tree sum = if i = 200000 then sum else total (i + 1) tree ((sum + find (key_of i) tree) land 0xFFFFFFF)
let () = Printf.printf "%d\n" (total 0 (build 0 Empty) 0)
