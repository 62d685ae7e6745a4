/** Key files: containers of kind secretKey and publicKey. The id of a key is a hash of what its public key file holds. */
import { WireError } from "../errors.js";
import type { RingHandle, RingKernels } from "../kernels/interface.js";
import { packedBytes } from "../math/bitpack.js";
import { SEED_BYTES } from "../math/random.js";
import { type Container, decodeContainer, encodeContainer, hashParts, requireParameters } from "../wire/index.js";
import { checkSameKey } from "./ciphertext.js";
import type { CkksPublicKey, CkksSecretKey } from "./keys.js";
import type { CkksParameters } from "./parameters.js";
import { inScope } from "./scope.js";

const SEED = "SEED";
const PUBLIC_SEED = "PSED";
/** The section of a public key file that holds b. */
export const B = "CKPB";

/** The id of a key: nobody can make another key of the same id, so that ids may be compared instead of keys. */
export function publicKeyId(parameterHash: Uint8Array, seed: Uint8Array, b: Uint8Array): Uint8Array {
  return hashParts("webhe/ckks/key/1", [parameterHash, seed, b]);
}

export function exportSecretKey(secret: CkksSecretKey): Uint8Array {
  const seed = secret.exportSeed();
  const sections = [
    { tag: SEED, bytes: seed },
    { tag: PUBLIC_SEED, bytes: secret.publicSeed },
  ];
  const bytes = encodeContainer({ kind: "secretKey", parameterHash: secret.parameterHash, keyId: secret.id, sections });
  seed.fill(0);
  return bytes;
}

/** The parts of a secret key file, copied. That the id is that of the seeds is the caller's to check. */
export function readSecretKey(
  bytes: Uint8Array,
  parameterHash: Uint8Array,
): { id: Uint8Array; seed: Uint8Array; publicSeed: Uint8Array } {
  const what = "secret key";
  const required = [SEED, PUBLIC_SEED];
  const container = decodeContainer(bytes, { what, maxBytes: 4096, kinds: ["secretKey"], sections: { required } });
  requireParameters(container, parameterHash, what);
  const publicSeed = seedOf(container, PUBLIC_SEED, what);
  return { id: keyIdOf(container, what), publicSeed, seed: seedOf(container, SEED, what) };
}

/** b of a public key [2] (b, a), packed as its file holds it. */
export function packedPublicKey(ring: RingKernels, key: RingHandle): Promise<Uint8Array> {
  return inScope((keep) => ring.readPacked(keep(ring.slice(key, 0, 1))));
}

export async function exportPublicKey(ring: RingKernels, key: CkksPublicKey): Promise<Uint8Array> {
  const sections = [
    { tag: SEED, bytes: key.seed },
    { tag: B, bytes: await packedPublicKey(ring, key.handle) },
  ];
  return encodeContainer({ kind: "publicKey", parameterHash: key.parameterHash, keyId: key.id, sections });
}

/** The parts of a public key file, whose id has been checked; what is packed in b is the caller's to check. */
export function readPublicKey(
  bytes: Uint8Array,
  parameters: CkksParameters,
): { id: Uint8Array; seed: Uint8Array; b: Uint8Array } {
  const what = "public key";
  const layout = { degree: parameters.degree, basis: parameters.primes, batch: 1 };
  const maxBytes = packedBytes(layout) + 4096;
  const container = decodeContainer(bytes, { what, maxBytes, kinds: ["publicKey"], sections: { required: [SEED, B] } });
  requireParameters(container, parameters.hash, what);
  const b = container.sections.get(B) as Uint8Array;
  const seed = seedOf(container, SEED, what);
  const id = keyIdOf(container, what);
  checkSameKey(publicKeyId(parameters.hash, seed, b), id, what);
  return { id, seed, b };
}

function keyIdOf(container: Container, what: string): Uint8Array {
  if (container.keyId === undefined) {
    throw new WireError({ what: `${what}, key id`, expected: "32 bytes", got: "none", remedy: "make the keys again" });
  }
  return container.keyId.slice();
}

function seedOf(container: Container, tag: string, what: string): Uint8Array {
  const seed = container.sections.get(tag) as Uint8Array;
  if (seed.length !== SEED_BYTES) {
    throw new WireError({
      what: `${what}, section '${tag}'`,
      expected: `${SEED_BYTES} bytes`,
      got: `${seed.length}`,
      remedy: "make the keys again",
    });
  }
  return seed.slice();
}
