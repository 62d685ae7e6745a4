// The flat index of a workgroup or an invocation where a long row of groups was folded over two dimensions.

// Any group and the number of groups in x; the index of the group, row by row.
fn flat_group(group: vec3<u32>, groups: vec3<u32>) -> u32 {
  return group.x + group.y * groups.x;
}

// Any group, the number of groups in x, the index within the group and its size; the index of the invocation.
fn flat_id(group: vec3<u32>, groups: vec3<u32>, local: u32, size: u32) -> u32 {
  return flat_group(group, groups) * size + local;
}
