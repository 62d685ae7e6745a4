/** What the client needs of a scheme; one implementation for each. */

import type { RunOptions } from "../run.js";
import type { KeyFiles } from "./key-files.js";
import type { OpenMessage, Payload } from "./messages.js";

/** Key files to work with; new keys are made where both are missing. */
export interface ClientKeys {
  readonly secretKey?: Uint8Array;
  readonly publicKey?: Uint8Array;
}

export interface ClientScheme {
  readonly keyId: Uint8Array;
  readonly canDecrypt: boolean;
  /** The bytes of evaluation.key. */
  readonly evaluationKey: Uint8Array;
  keyFiles(): Promise<KeyFiles>;
  /** Encrypts one ciphertext a column of values. */
  encrypt(columns: readonly Float64Array[], key: "secret" | "public", options: RunOptions): Promise<Payload>;
  /** Decrypts the `count` ciphertexts of a response, whose checksum it compares, to vectors of slots. */
  decrypt(message: OpenMessage, count: number, options: RunOptions): Promise<readonly Float64Array[]>;
  /** Overwrites secrets. */
  dispose(): void;
}
