/**
 * NOT ENCRYPTION. Textbook RSA protects nothing, webhe has no API for it, and nothing here may be copied into a program that
 * keeps a secret. It is here because it is the homomorphism that everyone meets first: E(a) E(b) = E(a b). The same run shows why
 * that is no use: whoever has the public key finds a small message by trying, and alters messages that nobody can read.
 * For products under encryption that hide what they hold, see `webhe/elgamal`; for sums, Paillier and CKKS.
 * Run it with: npm run build && npx tsx examples/9-rsa-multiplicative.ts
 */
import { generateKeyPairSync } from "node:crypto";
import { Engine } from "webhe";

console.log("TEXTBOOK RSA: A LESSON, NOT ENCRYPTION. It hides nothing.\n");

// A real key of 2048 bits from the platform; the lesson does not depend on a short one.
const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const jwk = privateKey.export({ format: "jwk" });
const integer = (text = "") => BigInt(`0x${Buffer.from(text, "base64url").toString("hex")}`);
const [n, e, d] = [integer(jwk.n), integer(jwk.e), integer(jwk.d)];

const engine = await Engine.create();
try {
  // The kernels on which Paillier and ElGamal stand: powers and products modulo n.
  const kernels = await engine.kernels.modular({ n, power: 1 });
  const power = async (values: readonly bigint[], exponent: bigint) => {
    const bases = kernels.upload(values);
    const powers = kernels.power(bases, exponent);
    const result = await kernels.read(powers);
    for (const handle of [bases, powers]) handle.dispose();
    return result;
  };
  const encrypt = (values: readonly bigint[]) => power(values, e);
  const decrypt = (values: readonly bigint[]) => power(values, d);

  // 1. The homomorphism: (a^e)(b^e) = (a b)^e modulo n.
  const [a, b] = [1234n, 5678n];
  const [encryptedA, encryptedB] = await encrypt([a, b]);
  const [left, right] = [kernels.upload([encryptedA]), kernels.upload([encryptedB])];
  const both = kernels.multiply(left, right);
  const [product] = await kernels.read(both);
  for (const handle of [left, right, both]) handle.dispose();
  console.log(`E(${a}) E(${b}) = E(${a * b}): ${product === (await encrypt([a * b]))[0]}`);
  console.log(`decrypted: ${(await decrypt([product]))[0]}`);

  // 2. Why it must not be used: it has no randomness, so equal messages look equal...
  const again = (await encrypt([a]))[0];
  console.log(`\nthe same message gives the same ciphertext: ${again === encryptedA}`);

  // ... and a message from a small space is found with the public key alone. A salary in whole thousands has some hundred values.
  const salary = (await encrypt([87_000n]))[0];
  const guesses = Array.from({ length: 300 }, (_, i) => BigInt(1000 * (i + 1)));
  const tried = await encrypt(guesses);
  console.log(`an attacker without the secret key finds the salary: ${guesses[tried.indexOf(salary)]}`);

  // 3. The homomorphism itself, in the wrong hands: a bid is doubled by somebody who cannot read it.
  const bid = (await encrypt([50_000n]))[0];
  const forged = (bid * (await encrypt([2n]))[0]) % n;
  console.log(`a bid of 50000, altered on its way without being read: ${(await decrypt([forged]))[0]}`);
} finally {
  await engine.close();
}
