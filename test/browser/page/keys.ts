/** Paillier keys made and read in the page, and whether the page goes on meanwhile. */
import { generatePaillierKey } from "../../../src/paillier/keygen.js";
import { PaillierPublicKey } from "../../../src/paillier/keys.js";
import { type Turns, turnsDuring } from "../../support/turns.js";

export interface MadeKey extends Turns {
  readonly bits: number;
  readonly blum: boolean;
  /** The modulus, in decimal digits. */
  readonly n: string;
}

async function watched(make: () => Promise<PaillierPublicKey>): Promise<MadeKey> {
  let key: PaillierPublicKey | undefined;
  const turns = await turnsDuring(async () => {
    key = await make();
  });
  if (key === undefined) throw new Error("no key was made");
  return { ...turns, bits: key.bits, blum: key.blum, n: `${key.n}` };
}

export const makeKey = (bits: number): Promise<MadeKey> =>
  watched(async () => {
    const key = await generatePaillierKey({ bits });
    key.dispose();
    return key.publicKey;
  });

export const readKey = (n: string): Promise<MadeKey> =>
  watched(() => PaillierPublicKey.fromModulusAsync(BigInt(n), { blum: true }));
