type body = { x : float; y : float; z : float; vx : float; vy : float; vz : float; mass : float }

let solar_mass = 4.0 *. Float.pi *. Float.pi
let year = 365.24

let planet x y z vx vy vz mass =
  { x; y; z; vx = vx *. year; vy = vy *. year; vz = vz *. year; mass = mass *. solar_mass }

let start =
  [
    planet 0. 0. 0. 0. 0. 0. 1.;
    planet 4.84143144246472090e+00 (-1.16032004402742839e+00) (-1.03622044471123109e-01) 1.66007664274403694e-03
      7.69901118419740425e-03 (-6.90460016972063023e-05) 9.54791938424326609e-04;
    planet 8.34336671824457987e+00 4.12479856412430479e+00 (-4.03523417114321381e-01) (-2.76742510726411021e-03)
      4.99852801234917238e-03 2.30417297573763929e-05 2.85885980666130812e-04;
    planet 1.28943695621391310e+01 (-1.51111514016986312e+01) (-2.23307578892655734e-01) 2.96460137564761618e-03
      2.37847173959480950e-03 (-2.96589568540237556e-05) 4.36624404335156298e-05;
    planet 1.53796971148509165e+01 (-2.59193146099879641e+01) 1.79258772950371181e-01 2.68067772490389322e-03
      1.62824170038242295e-03 (-9.51592254519715870e-05) 5.15138902046611451e-05;
  ]

let pull dt body (vx, vy, vz) other =
  let dx = body.x -. other.x and dy = body.y -. other.y and dz = body.z -. other.z in
  let squared = (dx *. dx) +. (dy *. dy) +. (dz *. dz) in
  let distance = sqrt squared in
  let force = other.mass /. (distance *. distance *. distance) in
  if squared = 0. then (vx, vy, vz)
  else (vx -. (dx *. force *. dt), vy -. (dy *. force *. dt), vz -. (dz *. force *. dt))

let move dt bodies body =
  let vx, vy, vz = List.fold_left (pull dt body) (body.vx, body.vy, body.vz) bodies in
  { body with x = body.x +. (dt *. vx); y = body.y +. (dt *. vy); z = body.z +. (dt *. vz); vx; vy; vz }

let rec run n bodies = if n = 0 then bodies else run (n - 1) (List.map (move 0.01 bodies) bodies)

let () =
  Printf.printf "%.9f\n" (List.fold_left (fun sum b -> sum +. b.x +. b.y +. b.z) 0. (run 1000000 start))
