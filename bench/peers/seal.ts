/** Microsoft SEAL in WebAssembly (node-seal). Contexts live until the process ends; a bench run is short. */
import SEAL from "node-seal";

export const SEAL_LABEL = "node-seal 6.0.3";

export interface SealSetup {
  readonly degree: number;
  /** Bits of the primes. The last one is the special prime. */
  readonly primeBits: readonly number[];
  /** False lifts SEAL's 128-bit table, for transforms that hide nothing. */
  readonly secure?: boolean;
}

const contexts = new Map<string, Promise<SealCkks>>();
let library: ReturnType<typeof SEAL> | undefined;

/** A CKKS context as SEAL's users set it up, with SEAL's own 128-bit table enforced. Made once for each setup. */
export function sealCkks(setup: SealSetup): Promise<SealCkks> {
  const name = JSON.stringify(setup);
  const made = contexts.get(name) ?? createContext(setup);
  contexts.set(name, made);
  return made;
}

async function createContext({ degree, primeBits, secure = true }: SealSetup) {
  library ??= SEAL();
  const seal = await library;
  const parameters = seal.EncryptionParameters(seal.SchemeType.ckks);
  parameters.setPolyModulusDegree(degree);
  parameters.setCoeffModulus(seal.CoeffModulus.Create(degree, Int32Array.from(primeBits)));
  const context = seal.Context(parameters, true, secure ? seal.SecurityLevel.tc128 : seal.SecurityLevel.none);
  if (!context.parametersSet()) throw new Error(`SEAL refuses N = ${degree} with primes of ${primeBits.join(", ")} bits`);
  const keys = seal.KeyGenerator(context);
  const publicKey = keys.createPublicKey();
  const secretKey = keys.secretKey();
  const encoder = seal.CKKSEncoder(context);
  const evaluator = seal.Evaluator(context);
  const encryptor = seal.Encryptor(context, publicKey, secretKey);
  const decryptor = seal.Decryptor(context, secretKey);
  return {
    seal,
    encoder,
    evaluator,
    encryptor,
    decryptor,
    keys,
    context,
    /** Encodes to a new plaintext at the top level. */
    encode(values: ArrayLike<number>, scale: number) {
      const plain = seal.PlainText();
      encoder.encode(Float64Array.from(values), scale, plain);
      return plain;
    },
  };
}

export type SealCkks = Awaited<ReturnType<typeof createContext>>;
export type SealCipher = ReturnType<SealCkks["seal"]["CipherText"]>;
export type SealPlain = ReturnType<SealCkks["encode"]>;

/** The parameter sets at which SEAL was measured natively too: 200 of 218 bits, 360 of 438 and 680 of 881. */
export const SEAL_PRIMES: Readonly<Record<number, readonly number[]>> = {
  8192: [60, 40, 40, 60],
  16384: [60, 40, 40, 40, 40, 40, 40, 60],
  32768: [60, ...Array.from({ length: 14 }, () => 40), 60],
};

/** log2 of the ciphertext modulus: the special prime, the last one, is no part of it. */
export const sealModulusBits = (primeBits: readonly number[]): number =>
  primeBits.slice(0, -1).reduce((sum, bits) => sum + bits, 0);

/** How many of our primes, just below 2^30, make a modulus at least as wide. */
export const limbsFor = (primeBits: readonly number[]): number => Math.floor(sealModulusBits(primeBits) / 30) + 1;
