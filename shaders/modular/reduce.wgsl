// Reduction without branches: where x < m, x - m wraps to a huge word, so the smaller of both is the residue.

// x in [0, 2m), m <= 2^31; out in [0, m).
fn reduce(x: u32, m: u32) -> u32 {
  return min(x, x - m);
}

// As reduce, two lanes.
fn reduce2(x: vec2<u32>, m: u32) -> vec2<u32> {
  return min(x, x - vec2<u32>(m));
}

// As reduce, four lanes.
fn reduce4(x: vec4<u32>, m: u32) -> vec4<u32> {
  return min(x, x - vec4<u32>(m));
}

// x in [0, 4q), q < 2^30; out in [0, q).
fn canonical4(x: vec4<u32>, q: u32) -> vec4<u32> {
  return reduce4(reduce4(x, 2u * q), q);
}

// a, b in [0, q), q < 2^31; a + b mod q in [0, q).
fn add4(a: vec4<u32>, b: vec4<u32>, q: u32) -> vec4<u32> {
  return reduce4(a + b, q);
}

// a, b in [0, q), q < 2^31; a - b mod q in [0, q). A negative difference wraps, and adding q brings it back.
fn subtract4(a: vec4<u32>, b: vec4<u32>, q: u32) -> vec4<u32> {
  let d = a - b;
  return min(d, d + vec4<u32>(q));
}

// a in [0, q); -a mod q in [0, q).
fn negate4(a: vec4<u32>, q: u32) -> vec4<u32> {
  return reduce4(vec4<u32>(q) - a, q);
}
