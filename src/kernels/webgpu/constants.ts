/** Numbers that the WebGPU specification fixes; Node has no globals for them, and ours never touch globalThis. */

/** GPUBufferUsage. */
export const Usage = {
  MAP_READ: 0x0001,
  COPY_SRC: 0x0004,
  COPY_DST: 0x0008,
  UNIFORM: 0x0040,
  STORAGE: 0x0080,
} as const;

/** GPUMapMode. */
export const MAP_READ = 0x0001;

/** GPUShaderStage. */
export const COMPUTE = 0x4;

/** Groups of a dispatch in one dimension: the limit that every adapter has. */
export const MAX_GROUPS = 65_535;

/** Words of the uniforms of one dispatch: one slot of the arena. */
export const UNIFORM_WORDS = 64;
