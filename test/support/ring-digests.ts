/** Digests of the bigint backend's outputs for large rings, so that other backends can be checked without waiting for it. */
import { readFileSync } from "node:fs";
import type { RingSetting } from "./ring-cases.js";

/** The settings with committed digests; those of the long tier are checked there alone. */
export const DIGEST_SETTINGS: readonly (RingSetting & { readonly tier: "default" | "long" })[] = [
  { degree: 8192, limbs: 1, tier: "default" },
  { degree: 8192, limbs: 2, tier: "default" },
  { degree: 8192, limbs: 7, tier: "default" },
  { degree: 16384, limbs: 2, tier: "default" },
  { degree: 32768, limbs: 2, tier: "default" },
  { degree: 65536, limbs: 1, tier: "default" },
  { degree: 65536, limbs: 2, tier: "default" },
  { degree: 16384, limbs: 1, tier: "long" },
  { degree: 16384, limbs: 7, tier: "long" },
  { degree: 32768, limbs: 1, tier: "long" },
  { degree: 32768, limbs: 7, tier: "long" },
  { degree: 65536, limbs: 7, tier: "long" },
];

/** Where the digests lie: { "8192/2": { "ntt": "..." } }. */
export const RING_DIGESTS = new URL("../vectors/ring-digests.json", import.meta.url);

export const settingKey = ({ degree, limbs }: RingSetting): string => `${degree}/${limbs}`;

/** The digests of one setting by name of the case. */
export function readRingDigests(setting: RingSetting): Record<string, string> {
  const all: Record<string, Record<string, string>> = JSON.parse(readFileSync(RING_DIGESTS, "utf8"));
  return all[settingKey(setting)];
}
