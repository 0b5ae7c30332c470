// The five bodies, each step a new array; every new velocity comes from the old positions.

#include "../common/wasi.h"

struct body { double x, y, z, vx, vy, vz, mass; };
#define PI 3.141592653589793
#define SOLAR_MASS (4 * PI * PI)
#define YEAR 365.24
#define COUNT 5

static struct body bodies[COUNT] = {
  { 0, 0, 0, 0, 0, 0, SOLAR_MASS },
  { 4.84143144246472090e+00, -1.16032004402742839e+00, -1.03622044471123109e-01, 1.66007664274403694e-03 * YEAR,
    7.69901118419740425e-03 * YEAR, -6.90460016972063023e-05 * YEAR, 9.54791938424326609e-04 * SOLAR_MASS },
  { 8.34336671824457987e+00, 4.12479856412430479e+00, -4.03523417114321381e-01, -2.76742510726411021e-03 * YEAR,
    4.99852801234917238e-03 * YEAR, 2.30417297573763929e-05 * YEAR, 2.85885980666130812e-04 * SOLAR_MASS },
  { 1.28943695621391310e+01, -1.51111514016986312e+01, -2.23307578892655734e-01, 2.96460137564761618e-03 * YEAR,
    2.37847173959480950e-03 * YEAR, -2.96589568540237556e-05 * YEAR, 4.36624404335156298e-05 * SOLAR_MASS },
  { 1.53796971148509165e+01, -2.59193146099879641e+01, 1.79258772950371181e-01, 2.68067772490389322e-03 * YEAR,
    1.62824170038242295e-03 * YEAR, -9.51592254519715870e-05 * YEAR, 5.15138902046611451e-05 * SOLAR_MASS },
};

static void step(const struct body *old, struct body *new, double dt) {
  for (int i = 0; i < COUNT; i++) {
    struct body b = old[i];
    for (int j = 0; j < COUNT; j++) {
      double dx = old[i].x - old[j].x, dy = old[i].y - old[j].y, dz = old[i].z - old[j].z;
      double squared = dx * dx + dy * dy + dz * dz;
      if (squared == 0) continue;
      double distance = __builtin_sqrt(squared);
      double force = old[j].mass / (distance * distance * distance);
      b.vx -= dx * force * dt;
      b.vy -= dy * force * dt;
      b.vz -= dz * force * dt;
    }
    b.x += dt * b.vx;
    b.y += dt * b.vy;
    b.z += dt * b.vz;
    new[i] = b;
  }
}

static volatile i64 input = 1000000;

__attribute__((export_name("_start")))
void start(void) {
  struct body other[COUNT];
  struct body *old = bodies, *new = other;
  for (i64 n = input; n > 0; n--) {
    step(old, new, 0.01);
    struct body *swap = old;
    old = new;
    new = swap;
  }
  double sum = 0;
  for (int i = 0; i < COUNT; i++) sum += old[i].x + old[i].y + old[i].z;
  print_decimal((i64)(sum * 1e9 + 0.5), 9);
}
