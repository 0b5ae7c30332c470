const solarMass = 4 * Math.PI * Math.PI;
const year = 365.24;
const planet = (x, y, z, vx, vy, vz, mass) => ({ x, y, z, vx: vx * year, vy: vy * year, vz: vz * year, mass: mass * solarMass });

const start = [
  planet(0, 0, 0, 0, 0, 0, 1),
  planet(4.8414314424647209, -1.16032004402742839, -0.103622044471123109, 1.66007664274403694e-3, 7.69901118419740425e-3, -6.90460016972063023e-5, 9.54791938424326609e-4),
  planet(8.34336671824457987, 4.12479856412430479, -0.403523417114321381, -2.76742510726411021e-3, 4.99852801234917238e-3, 2.30417297573763929e-5, 2.85885980666130812e-4),
  planet(12.8943695621391310, -15.1111514016986312, -0.223307578892655734, 2.96460137564761618e-3, 2.3784717395948095e-3, -2.96589568540237556e-5, 4.36624404335156298e-5),
  planet(15.3796971148509165, -25.9193146099879641, 0.179258772950371181, 2.68067772490389322e-3, 1.62824170038242295e-3, -9.5159225451971587e-5, 5.15138902046611451e-5),
];

const move = (dt, bodies) => (body) => {
  let { vx, vy, vz } = body;
  for (const other of bodies) {
    const dx = body.x - other.x, dy = body.y - other.y, dz = body.z - other.z;
    const squared = dx * dx + dy * dy + dz * dz;
    if (squared === 0) continue;
    const distance = Math.sqrt(squared);
    const force = other.mass / (distance * distance * distance);
    vx -= dx * force * dt;
    vy -= dy * force * dt;
    vz -= dz * force * dt;
  }
  return { x: body.x + dt * vx, y: body.y + dt * vy, z: body.z + dt * vz, vx, vy, vz, mass: body.mass };
};

let bodies = start;
for (let n = 0; n < 1000000; n++) bodies = bodies.map(move(0.01, bodies));
console.log(bodies.reduce((sum, b) => sum + b.x + b.y + b.z, 0).toFixed(9));
