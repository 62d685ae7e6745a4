/** Key files: containers of kind secretKey and publicKey. The id of a key is a hash of what its public key file holds. */
import { WireError } from "../errors.js";
import type { RingKernels } from "../kernels/interface.js";
import { SEED_BYTES } from "../math/random.js";
import {
  type Container,
  decodeContainer,
  encodeContainer,
  hashParts,
  packedBytes,
  packResidues,
  requireParameters,
  unpackResidues,
} from "../wire/index.js";
import { checkSameKey } from "./ciphertext.js";
import type { CkksPublicKey, CkksSecretKey } from "./keys.js";
import type { CkksParameters } from "./parameters.js";
import { inScope } from "./scope.js";

const SEED = "SEED";
const PUBLIC_SEED = "PSED";
const B = "CKPB";

/** b of a public key, residues [limb, N] in NTT form, as its file holds it. */
export function packPublicKey(b: Uint32Array, parameters: CkksParameters): Uint8Array {
  return packResidues(b, { degree: parameters.degree, basis: parameters.primes, batch: 1 });
}

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

export async function exportPublicKey(ring: RingKernels, key: CkksPublicKey): Promise<Uint8Array> {
  const { basis, degree } = key.handle;
  const residues = await inScope((keep) => ring.read(keep(ring.slice(key.handle, 0, 1))));
  const sections = [
    { tag: SEED, bytes: key.seed },
    { tag: B, bytes: packResidues(residues, { degree, basis, batch: 1 }) },
  ];
  return encodeContainer({ kind: "publicKey", parameterHash: key.parameterHash, keyId: key.id, sections });
}

/** The parts of a public key file, whose id has been checked; b as residues [limb, N] in NTT form. */
export function readPublicKey(
  bytes: Uint8Array,
  parameters: CkksParameters,
): { id: Uint8Array; seed: Uint8Array; b: Uint32Array } {
  const what = "public key";
  const layout = { degree: parameters.degree, basis: parameters.primes, batch: 1 };
  const maxBytes = packedBytes(layout) + 4096;
  const container = decodeContainer(bytes, { what, maxBytes, kinds: ["publicKey"], sections: { required: [SEED, B] } });
  requireParameters(container, parameters.hash, what);
  const packed = container.sections.get(B) as Uint8Array;
  const b = unpackResidues(packed, layout, `${what}, section '${B}'`);
  const seed = seedOf(container, SEED, what);
  const id = keyIdOf(container, what);
  checkSameKey(publicKeyId(parameters.hash, seed, packed), id, what);
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
