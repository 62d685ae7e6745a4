/** Contributions under CKKS: one batch of ciphertexts, added slot by slot, no level used. */
import { z } from "zod";
import { CIPHERTEXT_TAGS, Ckks, type CkksCiphertext, type CkksPublicKey } from "../../ckks/index.js";
import type { Engine } from "../../engine/index.js";
import type { SeedOptions } from "../../math/random.js";
import { decodeJson, encodeJson } from "../../wire/index.js";
import type { RunOptions } from "../run.js";
import type { Carrier, KeyedCarrier } from "./carrier.js";
import { type CkksPacking, packCkks, unpackCkks } from "./ckks-packing.js";
import type { AggregationPlan } from "./plan.js";

const META = "CKMT";
const TAGS = [META, CIPHERTEXT_TAGS.first, CIPHERTEXT_TAGS.second];

/** {@link openCarrier} for CKKS. */
export async function openCkks(
  engine: Engine,
  plan: AggregationPlan,
  publicKey: Uint8Array,
  options?: SeedOptions,
): Promise<Carrier<CkksCiphertext>> {
  const ckks = await Ckks.create(engine, packingOf(plan).parameters, options);
  return carrier(ckks, plan, await ckks.importPublicKey(publicKey));
}

/** {@link openKeyedCarrier} for CKKS. */
export async function openCkksKeys(
  engine: Engine,
  plan: AggregationPlan,
  secretKey: Uint8Array | undefined,
  options: SeedOptions & RunOptions,
): Promise<KeyedCarrier<CkksCiphertext>> {
  const packing = packingOf(plan);
  const ckks = await Ckks.create(engine, packing.parameters, options);
  const secret = secretKey === undefined ? await ckks.generateSecretKey() : await ckks.importSecretKey(secretKey);
  try {
    const key = await ckks.publicKey(secret);
    const base = carrier(ckks, plan, key);
    return {
      ...base,
      publicKey: await ckks.exportPublicKey(key),
      exportSecretKey: () => ckks.exportSecretKey(secret),
      decrypt: async (payload, options) => unpackCkks(packing, plan.columns, await ckks.decrypt(payload, secret, options)),
      dispose: () => {
        base.dispose();
        secret.dispose();
      },
    };
  } catch (error) {
    secret.dispose();
    throw error;
  }
}

function carrier(ckks: Ckks, plan: AggregationPlan, key: CkksPublicKey): Carrier<CkksCiphertext> {
  const packing = packingOf(plan);
  // Only fresh public-key encryptions and sums of them are ever sent, so nothing is given by a seed.
  const meta = { level: 0, batch: packing.ciphertexts, scaleDegree: 1, seeded: false } as const;
  const metaShape = z.strictObject({
    level: z.literal(0),
    batch: z.literal(packing.ciphertexts),
    scaleDegree: z.literal(1),
    seeded: z.literal(false),
  });
  return {
    keyId: key.id,
    tags: TAGS,
    async encrypt(values, options) {
      const vectors = packCkks(packing, plan.columns, values);
      try {
        return await ckks.encrypt(vectors, key, options);
      } finally {
        for (const vector of vectors) vector.fill(0);
      }
    },
    async export(payload, { signal }) {
      const { sections } = await ckks.exportCiphertext(payload, { signal });
      return [{ tag: META, bytes: encodeJson(meta) }, ...sections];
    },
    async import(sections, what) {
      const checked = decodeJson(sections.get(META)!, { what: `${what}, section '${META}'`, schema: metaShape });
      return ckks.importCiphertext(checked, (tag) => sections.get(tag), key.id);
    },
    sum: (parts) => fold(parts, (a, b) => ckks.add(a, b)),
    dispose: () => key.dispose(),
  };
}

/** The sum of at least two ciphertexts, intermediate ones disposed of. */
function fold(parts: readonly CkksCiphertext[], add: (a: CkksCiphertext, b: CkksCiphertext) => CkksCiphertext): CkksCiphertext {
  let sum = add(parts[0], parts[1]);
  for (const part of parts.slice(2)) {
    const next = add(sum, part);
    sum.dispose();
    sum = next;
  }
  return sum;
}

function packingOf(plan: AggregationPlan): CkksPacking {
  return plan.packing as CkksPacking;
}
