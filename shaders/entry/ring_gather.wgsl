// Rows in another order: limb l of an item comes from limb order[l] of the same item.
import package::grid::flat_id::flat_id;

struct Parameters {
  count: u32,
  row_shift: u32,
  limbs: u32,
  source_limbs: u32,
}

@group(0) @binding(0) var<storage, read> order: array<u32>;
@group(0) @binding(1) var<storage, read> a: array<vec4<u32>>;
@group(0) @binding(2) var<storage, read_write> output: array<vec4<u32>>;
@group(0) @binding(3) var<uniform> parameters: Parameters;

@compute @workgroup_size(256)
fn main(@builtin(local_invocation_index) local: u32, @builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = flat_id(group, groups, local, 256u);
  if (i >= parameters.count) {
    return;
  }
  let row = i >> parameters.row_shift;
  let origin = (row / parameters.limbs) * parameters.source_limbs + order[row % parameters.limbs];
  output[i] = a[(origin << parameters.row_shift) + i - (row << parameters.row_shift)];
}
