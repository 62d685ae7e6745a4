// Butterflies of the negacyclic transform with lazy ranges (Harvey, J. Symb. Comp. 60, 2014), here for Shoup products in
// [0, 4q): one more subtraction of 2q than Harvey's. q < 2^30 throughout; a twiddle is a pair (w, floor(w 2^32 / q)).
import package::modular::reduce::{reduce2, reduce4};
import package::modular::shoup::{multiply_lazy2, multiply_lazy4};

// Two vectors of a butterfly.
struct Pair {
  a: vec4<u32>,
  b: vec4<u32>,
}

// a, b in [0, 4q); (a + w b, a - w b) mod q in [0, 4q), lane by lane with one twiddle.
fn forward_pair(a: vec4<u32>, b: vec4<u32>, w: vec2<u32>, q: u32) -> Pair {
  let u = reduce4(a, 2u * q);
  let t = reduce4(multiply_lazy4(b, w, q), 2u * q);
  return Pair(u + t, u + (vec4<u32>(2u * q) - t));
}

// a, b in [0, 2q); (a + b, w (a - b)) mod q in [0, 2q), lane by lane with one twiddle.
fn inverse_pair(a: vec4<u32>, b: vec4<u32>, w: vec2<u32>, q: u32) -> Pair {
  let d = a + (vec4<u32>(2u * q) - b);
  return Pair(reduce4(a + b, 2u * q), reduce4(multiply_lazy4(d, w, q), 2u * q));
}

// One stage on a vector: (x, y) meets (z, w). x in [0, 4q), out in [0, 4q).
fn forward_outer(x: vec4<u32>, w: vec2<u32>, q: u32) -> vec4<u32> {
  let u = reduce2(x.xy, 2u * q);
  let t = reduce2(multiply_lazy2(x.zw, w.xx, w.yy, q), 2u * q);
  return vec4<u32>(u + t, u + (vec2<u32>(2u * q) - t));
}

// One stage on a vector: x meets y with the twiddle w.xy, and z meets w with w.zw. x in [0, 4q), out in [0, 4q).
fn forward_inner(x: vec4<u32>, w: vec4<u32>, q: u32) -> vec4<u32> {
  let u = reduce2(x.xz, 2u * q);
  let t = reduce2(multiply_lazy2(x.yw, w.xz, w.yw, q), 2u * q);
  let a = u + t;
  let b = u + (vec2<u32>(2u * q) - t);
  return vec4<u32>(a.x, b.x, a.y, b.y);
}

// Two stages on four values: forward_outer with w, then forward_inner with v. x in [0, 4q), out in [0, 4q).
fn forward4(x: vec4<u32>, w: vec2<u32>, v: vec4<u32>, q: u32) -> vec4<u32> {
  return forward_inner(forward_outer(x, w, q), v, q);
}

// One stage on a vector: x meets y with the twiddle w.xy, and z meets w with w.zw. x in [0, 2q), out in [0, 2q).
fn inverse_inner(x: vec4<u32>, w: vec4<u32>, q: u32) -> vec4<u32> {
  let a = reduce2(x.xz + x.yw, 2u * q);
  let d = x.xz + (vec2<u32>(2u * q) - x.yw);
  let b = reduce2(multiply_lazy2(d, w.xz, w.yw, q), 2u * q);
  return vec4<u32>(a.x, b.x, a.y, b.y);
}

// One stage on a vector: (x, y) meets (z, w). x in [0, 2q), out in [0, 2q).
fn inverse_outer(x: vec4<u32>, w: vec2<u32>, q: u32) -> vec4<u32> {
  let a = reduce2(x.xy + x.zw, 2u * q);
  let d = x.xy + (vec2<u32>(2u * q) - x.zw);
  return vec4<u32>(a, reduce2(multiply_lazy2(d, w.xx, w.yy, q), 2u * q));
}

// Two stages on four values: inverse_inner with v, then inverse_outer with w. x in [0, 2q), out in [0, 2q).
fn inverse4(x: vec4<u32>, w: vec2<u32>, v: vec4<u32>, q: u32) -> vec4<u32> {
  return inverse_outer(inverse_inner(x, v, q), w, q);
}

// The last stage of an inverse transform: sums times 1/N, differences times w/N. x in [0, 2q), out in [0, 2q).
fn inverse_last_outer(x: vec4<u32>, n_inverse: vec2<u32>, w: vec2<u32>, q: u32) -> vec4<u32> {
  let d = x.xy + (vec2<u32>(2u * q) - x.zw);
  let a = multiply_lazy2(x.xy + x.zw, n_inverse.xx, n_inverse.yy, q);
  let b = multiply_lazy2(d, w.xx, w.yy, q);
  return vec4<u32>(reduce2(a, 2u * q), reduce2(b, 2u * q));
}

// The last stage on two vectors, as inverse_last_outer.
fn inverse_last_pair(a: vec4<u32>, b: vec4<u32>, n_inverse: vec2<u32>, w: vec2<u32>, q: u32) -> Pair {
  let d = a + (vec4<u32>(2u * q) - b);
  return Pair(reduce4(multiply_lazy4(a + b, n_inverse, q), 2u * q), reduce4(multiply_lazy4(d, w, q), 2u * q));
}
