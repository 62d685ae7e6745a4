// Sums of products in two words, reduced only once at the end.
import package::word::wide::{Wide, multiply_wide4};

// sum.high < q; a < 2^30, b < q < 2^30; sum + a b modulo q 2^32, high word below q again: a product has a high word
// below q / 4, so one subtraction is enough.
fn accumulate4(sum: Wide, a: vec4<u32>, b: vec4<u32>, q: u32) -> Wide {
  let p = multiply_wide4(a, b);
  let low = sum.low + p.low;
  let high = sum.high + p.high + vec4<u32>(low < p.low);
  return Wide(low, min(high, high - vec4<u32>(q)));
}

// As accumulate4, with a modulus for each lane.
fn accumulate_each4(sum: Wide, a: vec4<u32>, b: vec4<u32>, q: vec4<u32>) -> Wide {
  let p = multiply_wide4(a, b);
  let low = sum.low + p.low;
  let high = sum.high + p.high + vec4<u32>(low < p.low);
  return Wide(low, min(high, high - q));
}
