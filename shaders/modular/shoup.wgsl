// Products with a constant w whose quotient w' = floor(w 2^32 / q) is known (Shoup; Harvey, J. Symb. Comp. 60, 2014,
// section 3). A constant is a pair (w, w').
import package::modular::reduce::{canonical4, reduce};
import package::word::wide::{multiply_high, multiply_high_below, multiply_high_below2, multiply_high_below4};

// Any x, w < q < 2^30; x w mod q in [0, 4q). The exact high word would give [0, 2q); each unit below costs one q more.
fn multiply_lazy(x: u32, w: vec2<u32>, q: u32) -> u32 {
  return x * w.x - multiply_high_below(x, w.y) * q;
}

// As multiply_lazy, two lanes with a constant each: w holds both w, quotients both w'.
fn multiply_lazy2(x: vec2<u32>, w: vec2<u32>, quotients: vec2<u32>, q: u32) -> vec2<u32> {
  return x * w - multiply_high_below2(x, quotients) * q;
}

// As multiply_lazy, four lanes with one constant.
fn multiply_lazy4(x: vec4<u32>, w: vec2<u32>, q: u32) -> vec4<u32> {
  return x * w.x - multiply_high_below4(x, vec4<u32>(w.y)) * q;
}

// Any x, w < q < 2^30; x w mod q in [0, q), four lanes.
fn multiply_constant4(x: vec4<u32>, w: vec2<u32>, q: u32) -> vec4<u32> {
  return canonical4(multiply_lazy4(x, w, q), q);
}

// Any x, w < q < 2^31; x w mod q in [0, q), by the exact high word.
fn multiply_exact(x: u32, w: vec2<u32>, q: u32) -> u32 {
  return reduce(x * w.x - multiply_high(x, w.y) * q, q);
}
