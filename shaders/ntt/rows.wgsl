// Where things lie in a transform of many rows.

// The rows of a transform: [item, limb] of the result, read from limbs [first, first + limbs) of [item, source_limbs].
struct Rows {
  rows: u32,
  limbs: u32,
  source_limbs: u32,
  first: u32,
}

// The row to read for a row of the result.
fn source_row(row: u32, shape: Rows) -> u32 {
  return (row / shape.limbs) * shape.source_limbs + shape.first + row % shape.limbs;
}
