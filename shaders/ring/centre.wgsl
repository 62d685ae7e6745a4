// The residues of one prime d as small integers of both signs, modulo another prime.
import package::modular::reduce::reduce4;

// x in [0, d), d <= 4q, q < 2^30, minus_d = -d mod q; x, or x - d above d / 2, mod q in [0, 3q).
fn centre4(x: vec4<u32>, half: u32, minus_d: u32, q: u32) -> vec4<u32> {
  return reduce4(x, 2u * q) + select(vec4<u32>(), vec4<u32>(minus_d), x > vec4<u32>(half));
}
