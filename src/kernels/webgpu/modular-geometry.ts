/** How numbers of one modulus lie over limbs, lanes and workgroups. */
import { LimitError } from "../../errors.js";
import { carryModel } from "../../math/limbs.js";
import { bitLength } from "../../math/modular.js";

/**
 * Bits in a limb. 13 leaves 63 products to a word between two folds, and was among the best widths for lazy limbs on
 * every GPU measured by the authors of the ZPrize 2023 WebGPU entry (12 to 16 bits tried on NVIDIA and Apple).
 */
const LIMB_BITS = 13;

/** Values rest below 2m and the products stay below it as long as R > 8m (shaders/limbs/montgomery.wgsl). */
const SLACK_BITS = 3;

/** The longest modulus, in bits. */
export const MAX_MODULUS_BITS = 8192;

export interface Geometry {
  readonly limbBits: number;
  /** Limbs of a number: 4 to a block, 2 blocks to a lane. */
  readonly limbs: number;
  readonly blocks: number;
  readonly lanes: number;
  /** Numbers of a workgroup. */
  readonly numbers: number;
  readonly foldBlocks: number;
  /** Bytes of one number at rest. */
  readonly bytes: number;
}

/** The limits of an adapter that decide; the names are WebGPU's. */
export interface GeometryLimits {
  readonly maxComputeWorkgroupStorageSize: number;
  readonly maxComputeInvocationsPerWorkgroup: number;
}

/** Bytes of workgroup memory: modulus and inverse, then two operands, carries and an estimate for each number. */
export function workgroupBytes(blocks: number, numbers: number): number {
  return 16 * (2 + 2 * numbers) * blocks + 4 * numbers * (blocks + 1) + 8 * numbers;
}

/**
 * Chooses the geometry for a modulus. A software adapter runs a workgroup as one loop over its lanes, so it gets one
 * number to a workgroup; hardware gets as many as fill warps of 32 best, within 128 invocations.
 * Throws LimitError where the modulus is too long for the contract or for the adapter.
 */
export function planGeometry(modulus: bigint, limits: GeometryLimits, isSoftware: boolean, limbBits = LIMB_BITS): Geometry {
  const bits = bitLength(modulus);
  const lanes = Math.ceil((bits + SLACK_BITS) / limbBits / 8);
  const blocks = 2 * lanes;
  const limbs = 4 * blocks;
  const model = carryModel(limbBits);
  if (bits > MAX_MODULUS_BITS || limbs > model.maxLimbs) {
    throw new LimitError({
      what: "modulus length",
      expected: `at most ${MAX_MODULUS_BITS} bits`,
      got: `${bits} bits`,
      remedy: "use a shorter key",
    });
  }
  need("maxComputeInvocationsPerWorkgroup", lanes, limits.maxComputeInvocationsPerWorkgroup, bits);
  need("maxComputeWorkgroupStorageSize", workgroupBytes(blocks, 1), limits.maxComputeWorkgroupStorageSize, bits);
  const fits = (n: number) =>
    n * lanes <= Math.min(128, limits.maxComputeInvocationsPerWorkgroup) &&
    workgroupBytes(blocks, n) <= limits.maxComputeWorkgroupStorageSize;
  const filled = (n: number) => (n * lanes) / (32 * Math.ceil((n * lanes) / 32));
  let numbers = 1;
  if (!isSoftware) for (let n = 2; fits(n); n++) if (filled(n) > filled(numbers)) numbers = n;
  return { limbBits, limbs, blocks, lanes, numbers, foldBlocks: model.foldBlocks, bytes: 4 * limbs };
}

function need(limit: string, needed: number, have: number, bits: number): void {
  if (needed <= have) return;
  throw new LimitError({
    what: limit,
    expected: `at least ${needed} for a modulus of ${bits} bits`,
    got: String(have),
    remedy: "use another adapter or the wasm or bigint backend",
  });
}
