let round r =
  List.init 1000000 Fun.id
  |> List.map (fun x -> (x * 3) + r)
  |> List.filter (fun x -> x mod 2 = 0)
  |> List.fold_left (fun acc x -> (acc + x) land 0xFFFFFFF) 0

let () =
  Printf.printf "%d\n" (List.init 10 Fun.id |> List.map round |> List.fold_left (fun acc x -> (acc + x) land 0xFFFFFFF) 0)
