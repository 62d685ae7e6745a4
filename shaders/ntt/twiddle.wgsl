// Where things lie in a transform of many rows.

// The rows of a transform: [item, limb] of the result, read from limbs [first, first + limbs) of [item, source_limbs].
struct Rows {
  rows: u32,
  limbs: u32,
  source_limbs: u32,
  first: u32,
}

// The row to read for a row of the result.
fn source_row(row: u32, layout: Rows) -> u32 {
  return (row / layout.limbs) * layout.source_limbs + layout.first + row % layout.limbs;
}
