/** Microsoft SEAL in WebAssembly (node-seal). Objects of SEAL live until the process ends; a bench run is short. */
import SEAL from "node-seal";

export const SEAL_LABEL = "node-seal 6.0.3";

/** A CKKS context as SEAL's users set it up, with SEAL's own 128-bit table enforced. The last prime is the special one. */
export async function sealCkks(degree: number, primeBits: readonly number[]) {
  const seal = await SEAL();
  const parameters = seal.EncryptionParameters(seal.SchemeType.ckks);
  parameters.setPolyModulusDegree(degree);
  parameters.setCoeffModulus(seal.CoeffModulus.Create(degree, Int32Array.from(primeBits)));
  const context = seal.Context(parameters, true, seal.SecurityLevel.tc128);
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
    /** log2 of the ciphertext modulus, the special prime left out. */
    modulusBits: primeBits.slice(0, -1).reduce((sum, bits) => sum + bits, 0),
    /** Encodes to a new plaintext at the top level. */
    encode(values: ArrayLike<number>, scale: number) {
      const plain = seal.PlainText();
      encoder.encode(Float64Array.from(values), scale, plain);
      return plain;
    },
  };
}

export type SealCkks = Awaited<ReturnType<typeof sealCkks>>;

/** The parameter sets at which SEAL was measured natively too: 200 of 218 bits and 360 of 438. */
export const SEAL_PRIMES: Readonly<Record<number, readonly number[]>> = {
  8192: [60, 40, 40, 60],
  16384: [60, 40, 40, 40, 40, 40, 40, 60],
};
