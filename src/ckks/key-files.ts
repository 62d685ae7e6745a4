/** Key files: containers of kind secretKey and publicKey. */
import { WireError } from "../errors.js";
import type { RingKernels } from "../kernels/interface.js";
import { SEED_BYTES } from "../math/random.js";
import {
  type Container,
  decodeContainer,
  encodeContainer,
  packedBytes,
  packResidues,
  requireParameters,
  unpackResidues,
} from "../wire/index.js";
import type { CkksPublicKey, CkksSecretKey } from "./keys.js";
import type { CkksParameters } from "./parameters.js";

const SEED = "SEED";
const B = "CKPB";

export function exportSecretKey(secret: CkksSecretKey): Uint8Array {
  const seed = secret.exportSeed();
  const sections = [{ tag: SEED, bytes: seed }];
  const bytes = encodeContainer({ kind: "secretKey", parameterHash: secret.parameterHash, keyId: secret.id, sections });
  seed.fill(0);
  return bytes;
}

/** The parts of a secret key file, copied. */
export function readSecretKey(bytes: Uint8Array, parameterHash: Uint8Array): { id: Uint8Array; seed: Uint8Array } {
  const what = "secret key";
  const container = decodeContainer(bytes, { what, maxBytes: 4096, kinds: ["secretKey"], sections: { required: [SEED] } });
  requireParameters(container, parameterHash, what);
  return { id: keyIdOf(container, what), seed: seedOf(container, what) };
}

export async function exportPublicKey(ring: RingKernels, key: CkksPublicKey): Promise<Uint8Array> {
  const { basis, degree } = key.handle;
  const b = ring.slice(key.handle, 0, 1);
  const residues = await ring.read(b);
  b.dispose();
  const sections = [
    { tag: SEED, bytes: key.seed },
    { tag: B, bytes: packResidues(residues, { degree, basis, batch: 1 }) },
  ];
  return encodeContainer({ kind: "publicKey", parameterHash: key.parameterHash, keyId: key.id, sections });
}

/** The parts of a public key file; b as residues [limb, N] in NTT form. */
export function readPublicKey(
  bytes: Uint8Array,
  parameters: CkksParameters,
): { id: Uint8Array; seed: Uint8Array; b: Uint32Array } {
  const what = "public key";
  const layout = { degree: parameters.degree, basis: parameters.primes, batch: 1 };
  const maxBytes = packedBytes(layout) + 4096;
  const container = decodeContainer(bytes, { what, maxBytes, kinds: ["publicKey"], sections: { required: [SEED, B] } });
  requireParameters(container, parameters.hash, what);
  const b = unpackResidues(container.sections.get(B) as Uint8Array, layout, `${what}, section '${B}'`);
  return { id: keyIdOf(container, what), seed: seedOf(container, what), b };
}

function keyIdOf(container: Container, what: string): Uint8Array {
  if (container.keyId === undefined) {
    throw new WireError({ what: `${what}, key id`, expected: "32 bytes", got: "none", remedy: "make the keys again" });
  }
  return container.keyId.slice();
}

function seedOf(container: Container, what: string): Uint8Array {
  const seed = container.sections.get(SEED) as Uint8Array;
  if (seed.length !== SEED_BYTES) {
    throw new WireError({
      what: `${what}, section '${SEED}'`,
      expected: `${SEED_BYTES} bytes`,
      got: `${seed.length}`,
      remedy: "make the keys again",
    });
  }
  return seed.slice();
}
