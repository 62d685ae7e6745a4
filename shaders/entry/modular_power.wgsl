// Powers by fixed windows: for each window `squarings` squarings, then one product with a table entry. With
// squarings and one row an item this is the windowed power from the top; without squarings and one row a window it is
// the power of a fixed base (Brickell, Gordon, McCurley, Wilson, Eurocrypt 1992, with all digits tabled).
// A dispatch takes windows [step_start, step_end) of items [start, end); the state between dispatches lies in `state`.
// The entry is found by reading the whole row under a mask, so no address depends on an exponent.
import constants::{BLOCKS, LANES, NUMBERS};
import package::limbs::montgomery::{Lane, lane_at, limbs, montgomery_multiply};

struct Parameters {
  start: u32,
  end: u32,
  // Window w of item i uses row i mod rows - row_start + w * rows_per_window of the table.
  rows: u32,
  row_start: u32,
  rows_per_window: u32,
  // Entries of a row.
  size: u32,
  squarings: u32,
  step_start: u32,
  step_end: u32,
  // How far the digits of two items lie apart: 0 for a shared exponent.
  digit_stride: u32,
}

const ONE = 2u * BLOCKS;

// Blocks of n, of -1/n mod R and of R mod n.
@group(0) @binding(0) var<storage, read> number_constants: array<vec4<u32>>;
// table[row][j] = base^j.
@group(0) @binding(1) var<storage, read> table: array<vec4<u32>>;
// The digits of each exponent in the order of the windows.
@group(0) @binding(2) var<storage, read> digits: array<u32>;
@group(0) @binding(3) var<storage, read_write> state: array<vec4<u32>>;
@group(0) @binding(4) var<uniform> parameters: Parameters;

// A lane's two blocks of an entry.
struct Entry {
  first: vec4<u32>,
  second: vec4<u32>,
}

// Entry j of a row under the mask of j == digit; beyond the row its last entry, which no digit below `size` asks for there.
fn read_entry(row: u32, j: u32, digit: u32, lane: Lane) -> Entry {
  let mask = vec4<u32>(select(0u, 0xffffffffu, j == digit));
  let entry = row + min(j, parameters.size - 1u) * BLOCKS;
  return Entry(table[entry + lane.first] & mask, table[entry + lane.second] & mask);
}

@compute @workgroup_size(LANES * NUMBERS)
fn main(@builtin(local_invocation_index) index: u32, @builtin(workgroup_id) group: vec3<u32>) {
  let lane = lane_at(index);
  for (var k = index; k < 2u * BLOCKS; k += LANES * NUMBERS) {
    limbs[k] = number_constants[k];
  }
  let place = parameters.start + group.x * NUMBERS + lane.number;
  let item = min(place, parameters.end - 1u);
  let item_row = item % parameters.rows - parameters.row_start;
  let home = item * BLOCKS;
  let fresh = parameters.step_start == 0u;
  limbs[lane.x + lane.first] = select(state[home + lane.first], number_constants[ONE + lane.first], fresh);
  limbs[lane.x + lane.second] = select(state[home + lane.second], number_constants[ONE + lane.second], fresh);
  for (var w = parameters.step_start; w < parameters.step_end; w++) {
    // Before the first window the state is 1. One call serves squarings and product: the function is inlined at each.
    let squarings = select(parameters.squarings, 0u, w == 0u);
    for (var s = 0u; s <= squarings; s++) {
      let is_product = s == squarings;
      if (is_product) {
        let digit = digits[item * parameters.digit_stride + w];
        let row = (item_row + w * parameters.rows_per_window) * parameters.size * BLOCKS;
        var entry_first = vec4<u32>();
        var entry_second = vec4<u32>();
        // Four entries a turn, so that eight loads are on their way at once.
        for (var j = 0u; j < parameters.size; j += 4u) {
          let a = read_entry(row, j, digit, lane);
          let b = read_entry(row, j + 1u, digit, lane);
          let c = read_entry(row, j + 2u, digit, lane);
          let d = read_entry(row, j + 3u, digit, lane);
          entry_first |= (a.first | b.first) | (c.first | d.first);
          entry_second |= (a.second | b.second) | (c.second | d.second);
        }
        limbs[lane.y + lane.first] = entry_first;
        limbs[lane.y + lane.second] = entry_second;
      }
      workgroupBarrier();
      montgomery_multiply(lane, select(lane.x, lane.y, is_product));
    }
  }
  if (place < parameters.end) {
    state[home + lane.first] = limbs[lane.x + lane.first];
    state[home + lane.second] = limbs[lane.x + lane.second];
  }
}
