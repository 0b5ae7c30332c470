module Counts = Map.Make (String)

let syllables = "babebibodadedidokakekikomamemimo"
let syllable n = String.sub syllables (2 * n) 2
let word n = String.concat "" [ syllable (n / 256 mod 16); syllable (n / 16 mod 16); syllable (n mod 16) ]

let rec random_words count seed =
  if count = 0 then [] else word seed :: random_words (count - 1) (seed * 16807 mod 2147483647)

let replace_all before after text =
  let size = String.length before in
  let result = Buffer.create (String.length text) in
  let rec here at from = from = size || (text.[at + from] = before.[from] && here at (from + 1)) in
  let rec go at =
    if at + size > String.length text then Buffer.add_substring result text at (String.length text - at)
    else if here at 0 then (Buffer.add_string result after; go (at + size))
    else (Buffer.add_char result text.[at]; go (at + 1))
  in
  go 0;
  Buffer.contents result

let counts words =
  let more = function None -> Some 1 | Some n -> Some (n + 1) in
  List.fold_left (fun found w -> Counts.update w more found) Counts.empty words

let report found = Counts.bindings found |> List.map (fun (w, n) -> w ^ ": " ^ string_of_int n) |> String.concat "\n"

let round seed =
  let content = random_words 50000 seed |> String.concat " " |> replace_all "ba" "dodo" in
  let found = counts (String.split_on_char ' ' content) in
  let hash = Counts.fold (fun _ n sum -> ((sum * 31) + n) mod 1000003) found 7 in
  hash + String.length content + String.length (report found)

let () = Printf.printf "%d\n" (List.init 10 (fun i -> round (i + 1)) |> List.fold_left ( + ) 0)
