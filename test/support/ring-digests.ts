/** Digests of the bigint backend's outputs for large rings, so that other backends can be checked without waiting for it. */
import { readFileSync } from "node:fs";
import type { RingSetting } from "./ring-cases.js";

/** The settings with committed digests: level 0, level 1 and a top level of rings above N = 2^12. */
export const DIGEST_SETTINGS: readonly RingSetting[] = [
  { degree: 8192, limbs: 1 },
  { degree: 8192, limbs: 2 },
  { degree: 8192, limbs: 7 },
  { degree: 16384, limbs: 2 },
  { degree: 32768, limbs: 2 },
  { degree: 65536, limbs: 1 },
  { degree: 65536, limbs: 2 },
];

/** Where the digests lie: { "8192/2": { "ntt": "..." } }. */
export const RING_DIGESTS = new URL("../vectors/ring-digests.json", import.meta.url);

export const settingKey = ({ degree, limbs }: RingSetting): string => `${degree}/${limbs}`;

/** The digests of one setting by name of the case. */
export function readRingDigests(setting: RingSetting): Record<string, string> {
  const all: Record<string, Record<string, string>> = JSON.parse(readFileSync(RING_DIGESTS, "utf8"));
  return all[settingKey(setting)];
}
