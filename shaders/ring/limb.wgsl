// What a kernel needs to know of the prime of a limb. Constants for Shoup products are pairs (w, floor(w 2^32 / q)).
struct Limb {
  q: u32,
  // For Montgomery reduction: 1/q mod 2^32, or k of a sparse prime 1 + k 2^16.
  factor: u32,
  // 2^32 mod q: undoes a Montgomery reduction.
  radix: vec2<u32>,
  // 1/N, and 1/N times the twiddle of the last inverse stage.
  n_inverse: vec2<u32>,
  last: vec2<u32>,
  // The row of the twiddle tables.
  prime: u32,
}
