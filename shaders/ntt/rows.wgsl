// Where things lie in a transform of many rows.

// The rows of a transform: [item, limb] of the result, read from limbs [first, first + limbs) of [item, source_limbs].
struct Rows {
  rows: u32,
  limbs: u32,
  source_limbs: u32,
  first: u32,
  // Of a division: limbs of the dividend, and half the divisor where that is one prime.
  dividend_limbs: u32,
  half: u32,
}

// What a division needs to know of a limb: 1/D as a Shoup pair, and -D.
struct Divisor {
  inverse: vec2<u32>,
  minus: u32,
}

// The row to read for a row of the result.
fn source_row(row: u32, shape: Rows) -> u32 {
  return (row / shape.limbs) * shape.source_limbs + shape.first + row % shape.limbs;
}
