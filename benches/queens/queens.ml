let rec safe distance column = function
  | [] -> true
  | q :: rest -> q <> column && q <> column + distance && q <> column - distance && safe (distance + 1) column rest

let columns n = List.init n (fun i -> i + 1)

let rec gen n k =
  if k = 0 then [ [] ]
  else
    gen n (k - 1)
    |> List.concat_map (fun board ->
           columns n |> List.filter (fun column -> safe 1 column board) |> List.map (fun column -> column :: board))

let () = Printf.printf "%d\n" (columns 10 |> List.map (fun _ -> List.length (gen 10 10)) |> List.fold_left ( + ) 0)
