// Centred base conversion of coefficients (Halevi, Polyakov, Shoup, CT-RSA 2019, section 2, without the correction): with
// y_i = [x_i (D/d_i)^-1]_{d_i} centred, the sum of y_i (D/d_i) modulo each target prime. A centred y_i is y_i or
// y_i - d_i, and d_i (D/d_i) = D for all i: so D is subtracted once for each y_i above d_i / 2.
// Of digits in mixed radix (ring_mixed_radix.wgsl) the same sum makes an exact conversion: their factors are prefix products of the d_i, none
// is above, and (D - 1)/2 is subtracted once.
// A thread has one coefficient and four target primes. Tiles of targets may differ in what they are converted from, so that all digits of
// a key switch are one dispatch.
import package::grid::flat_id::flat_id;
import package::modular::accumulate::accumulate_each4;
import package::modular::shoup::multiply_exact;
import package::ring::convert::{Source, Targets, finish};
import package::word::wide::Wide;

struct Parameters {
  // Threads: items * tiles * N.
  count: u32,
  log_degree: u32,
  tiles: u32,
  // Limbs of the operand and of the result.
  row_limbs: u32,
  targets: u32,
}

// What a tile is converted from: limbs of the operand, their constants, a row of the matrix a limb. And what it makes: limbs of the result.
struct Run {
  limb: u32,
  source: u32,
  sources: u32,
  matrix: u32,
  result: u32,
  results: u32,
  // How often `minus_d` is added to begin with.
  above: u32,
}

@group(0) @binding(0) var<storage, read> source: array<Source>;
@group(0) @binding(1) var<storage, read> runs: array<Run>;
@group(0) @binding(2) var<storage, read> tiles: array<Targets>;
// (D/d_i), or the product of the d_j for j < i, modulo each target, [tile, source].
@group(0) @binding(3) var<storage, read> matrix: array<vec4<u32>>;
@group(0) @binding(4) var<storage, read> a: array<u32>;
@group(0) @binding(5) var<storage, read_write> output: array<u32>;
@group(0) @binding(6) var<uniform> parameters: Parameters;

@compute @workgroup_size(256)
fn main(@builtin(local_invocation_index) local: u32, @builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let id = flat_id(group, groups, local, 256u);
  if (id >= parameters.count) {
    return;
  }
  let shift = parameters.log_degree;
  let column = id & ((1u << shift) - 1u);
  let tile = (id >> shift) % parameters.tiles;
  let item = (id >> shift) / parameters.tiles;
  let run = runs[tile];
  let origin = item * parameters.row_limbs + run.limb;
  let target_tile = tiles[tile];
  var sum = Wide(vec4<u32>(), vec4<u32>());
  var above = run.above;
  for (var i = 0u; i < run.sources; i++) {
    let s = source[run.source + i];
    let y = multiply_exact(a[((origin + i) << shift) + column], s.inverse, s.q);
    above += u32(y > s.middle);
    sum = accumulate_each4(sum, vec4<u32>(y), matrix[run.matrix + i], target_tile.q);
  }
  let y = finish(sum, above, target_tile);
  let to = ((item * parameters.targets + run.result) << shift) + column;
  output[to] = y.x;
  if (run.results > 1u) {
    output[to + (1u << shift)] = y.y;
  }
  if (run.results > 2u) {
    output[to + (2u << shift)] = y.z;
  }
  if (run.results > 3u) {
    output[to + (3u << shift)] = y.w;
  }
}
