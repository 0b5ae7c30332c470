import { printDecimal } from "../common/wasi";

const solarMass = 4 * Math.PI * Math.PI;
const year = 365.24;

class Body {
  constructor(
    public x: f64, public y: f64, public z: f64,
    public vx: f64, public vy: f64, public vz: f64,
    public mass: f64,
  ) {}
}

function planet(x: f64, y: f64, z: f64, vx: f64, vy: f64, vz: f64, mass: f64): Body {
  return new Body(x, y, z, vx * year, vy * year, vz * year, mass * solarMass);
}

const start: Body[] = [
  planet(0, 0, 0, 0, 0, 0, 1),
  planet(4.8414314424647209, -1.16032004402742839, -0.103622044471123109, 1.66007664274403694e-3, 7.69901118419740425e-3, -6.90460016972063023e-5, 9.54791938424326609e-4),
  planet(8.34336671824457987, 4.12479856412430479, -0.403523417114321381, -2.76742510726411021e-3, 4.99852801234917238e-3, 2.30417297573763929e-5, 2.85885980666130812e-4),
  planet(12.8943695621391310, -15.1111514016986312, -0.223307578892655734, 2.96460137564761618e-3, 2.3784717395948095e-3, -2.96589568540237556e-5, 4.36624404335156298e-5),
  planet(15.3796971148509165, -25.9193146099879641, 0.179258772950371181, 2.68067772490389322e-3, 1.62824170038242295e-3, -9.5159225451971587e-5, 5.15138902046611451e-5),
];

function move(dt: f64, bodies: Body[], body: Body): Body {
  let vx = body.vx, vy = body.vy, vz = body.vz;
  for (let i = 0; i < bodies.length; i++) {
    const other = bodies[i];
    const dx = body.x - other.x, dy = body.y - other.y, dz = body.z - other.z;
    const squared = dx * dx + dy * dy + dz * dz;
    if (squared == 0) continue;
    const distance = Math.sqrt(squared);
    const force = other.mass / (distance * distance * distance);
    vx -= dx * force * dt;
    vy -= dy * force * dt;
    vz -= dz * force * dt;
  }
  return new Body(body.x + dt * vx, body.y + dt * vy, body.z + dt * vz, vx, vy, vz, body.mass);
}

let bodies = start;
for (let n = 0; n < 1000000; n++) {
  const moved = new Array<Body>();
  for (let i = 0; i < bodies.length; i++) moved.push(move(0.01, bodies, bodies[i]));
  bodies = moved;
}
let sum: f64 = 0;
for (let i = 0; i < bodies.length; i++) sum += bodies[i].x + bodies[i].y + bodies[i].z;
printDecimal(<i64>(sum * 1e9 + 0.5), 9);
