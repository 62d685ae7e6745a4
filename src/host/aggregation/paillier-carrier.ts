/** Contributions under Paillier: packed plaintexts, one ciphertext each, multiplied modulo n^2. */
import type { Engine } from "../../engine/index.js";
import { KeyMismatchError, WireError } from "../../errors.js";
import type { SeedOptions } from "../../math/random.js";
import {
  ciphertextTags,
  decodePaillierPublicKeyAsync,
  decodePaillierSecretKeyAsync,
  encodePaillierPublicKey,
  encodePaillierSecretKey,
  generatePaillierKey,
  Paillier,
  type PaillierCiphertexts,
  type PaillierPublicKey,
} from "../../paillier/index.js";
import { fractional, type RunOptions } from "../run.js";
import type { Carrier, KeyedCarrier } from "./carrier.js";
import { type PaillierPacking, packPaillier, unpackPaillier } from "./paillier-packing.js";
import type { AggregationPlan } from "./plan.js";

/** {@link openCarrier} for Paillier. */
export async function openPaillier(
  engine: Engine,
  plan: AggregationPlan,
  publicKey: Uint8Array,
  options?: SeedOptions,
): Promise<Carrier<PaillierCiphertexts>> {
  const key = await decodePaillierPublicKeyAsync(publicKey, { unsafe: plan.unsafe });
  checkLength(key, plan);
  return carrier(await Paillier.create(engine, key, options), plan);
}

/** {@link openKeyedCarrier} for Paillier. */
export async function openPaillierKeys(
  engine: Engine,
  plan: AggregationPlan,
  secretKey: Uint8Array | undefined,
  options: SeedOptions & RunOptions,
): Promise<KeyedCarrier<PaillierCiphertexts>> {
  const packing = packingOf(plan);
  const { unsafe } = plan;
  const secret =
    secretKey === undefined
      ? await generatePaillierKey({ bits: packing.keyBits, unsafe, signal: options.signal })
      : await decodePaillierSecretKeyAsync(secretKey, { unsafe, signal: options.signal });
  try {
    checkLength(secret.publicKey, plan);
    const paillier = await Paillier.create(engine, secret, options);
    const base = carrier(paillier, plan);
    return {
      ...base,
      publicKey: encodePaillierPublicKey(secret.publicKey),
      exportSecretKey: () => encodePaillierSecretKey(secret),
      decrypt: async (payload, work) => {
        const plaintexts = await paillier.decryptIntegers(payload, fractional(work, packing.ciphertexts));
        return unpackPaillier(
          packing,
          plan.columns,
          plaintexts.map(([m]) => m),
        );
      },
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

function carrier(paillier: Paillier, plan: AggregationPlan): Carrier<PaillierCiphertexts> {
  const packing = packingOf(plan);
  const { plaintextBound } = packing;
  return {
    keyId: paillier.publicKey.id,
    tags: ciphertextTags(),
    encrypt(values, options) {
      const plaintexts = packPaillier(packing, plan.columns, values);
      // One slot in the scheme's eyes: slots of different widths are this folder's affair, and the bound keeps the budget.
      return paillier.encryptSlots(
        plaintexts.map((m) => [m]),
        { ...fractional(options, packing.ciphertexts), bound: plaintextBound },
      );
    },
    export: (payload, options) => paillier.exportSections(payload, fractional(options, packing.ciphertexts)),
    async import(sections, what) {
      const payload = paillier.importSections(sections, { what });
      const { batch, scaleBits, layout, bound } = payload;
      if (
        batch !== packing.ciphertexts ||
        scaleBits !== 0 ||
        layout.slots !== 1 ||
        layout.slotBits !== packing.plaintextBits + 1
      ) {
        payload.dispose();
        throw new WireError({
          what: `${what}, ciphertexts`,
          expected: `${packing.ciphertexts} of one slot of ${packing.plaintextBits + 1} bits`,
          got: `${batch} of ${layout.slots} x ${layout.slotBits} bits at scale 2^${scaleBits}`,
          remedy: "refuse this sender's data",
        });
      }
      if (what === "contribution" && bound !== plaintextBound) {
        payload.dispose();
        throw new WireError({
          what: `${what}, bound of its plaintexts`,
          expected: "that of the plan",
          got: "another",
          remedy: "refuse this sender's data",
        });
      }
      return payload;
    },
    sum: (parts) => paillier.addMany(parts),
    dispose: () => paillier.dispose(),
  };
}

function checkLength({ bits }: PaillierPublicKey, plan: AggregationPlan): void {
  const { keyBits } = packingOf(plan);
  if (bits !== keyBits) {
    throw new KeyMismatchError({
      what: "key length",
      expected: `${keyBits} bits, as the plan says`,
      got: `${bits}`,
      remedy: "use the key that was made for this plan",
    });
  }
}

function packingOf(plan: AggregationPlan): PaillierPacking {
  return plan.packing as PaillierPacking;
}
