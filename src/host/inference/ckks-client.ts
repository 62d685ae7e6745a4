/** The client's side of CKKS. */
import {
  CIPHERTEXT_TAGS,
  Ckks,
  type CkksCiphertext,
  type CkksPublicKey,
  type CkksSecretKey,
  type EarlyImport,
} from "../../ckks/index.js";
import type { Engine } from "../../engine/index.js";
import { KeyMismatchError, WireError } from "../../errors.js";
import type { SeedOptions } from "../../math/random.js";
import { encodeContainer, encodeJson, equalBytes, shortHash } from "../../wire/index.js";
import type { RunOptions } from "../run.js";
import type { InferenceCard } from "./card.js";
import type { ClientKeys, ClientScheme } from "./client-scheme.js";
import type { KeyFiles } from "./key-files.js";
import { type OpenMessage, type Payload, requireOnly } from "./messages.js";

export class CkksClient implements ClientScheme {
  readonly evaluationKey: Uint8Array;
  readonly keyId: Uint8Array;
  readonly #ckks: Ckks;
  readonly #secret: CkksSecretKey | undefined;
  /** Made at first use, once, however many calls ask for it at the same time. */
  #public: Promise<CkksPublicKey> | undefined;

  private constructor(ckks: Ckks, secret: CkksSecretKey | undefined, publicKey: CkksPublicKey | undefined) {
    this.#ckks = ckks;
    this.#secret = secret;
    this.#public = publicKey && Promise.resolve(publicKey);
    this.keyId = (secret ?? publicKey)!.id;
    this.evaluationKey = encodeContainer({
      kind: "evaluationKey",
      parameterHash: ckks.parameters.hash,
      keyId: this.keyId,
      // Scalar weights need no key material: the file says so, and names the key that answers are for.
      sections: [{ tag: "META", bytes: encodeJson({ scheme: "ckks", material: "none" }) }],
    });
  }

  /** Keys from files, or new ones where none are given. */
  static async create(engine: Engine, card: InferenceCard, keys: ClientKeys, options: SeedOptions): Promise<CkksClient> {
    if (card.scheme.name !== "ckks") throw new TypeError("a CKKS card is needed");
    const ckks = await Ckks.create(engine, card.scheme.parameters, options);
    const fresh = keys.secretKey === undefined && keys.publicKey === undefined;
    const secret = fresh ? await ckks.generateSecretKey() : keys.secretKey && (await ckks.importSecretKey(keys.secretKey));
    try {
      const publicKey = keys.publicKey && (await ckks.importPublicKey(keys.publicKey));
      if (secret && publicKey && !equalBytes(secret.id, publicKey.id)) {
        publicKey.dispose();
        const remedy = "use two files of one key";
        throw new KeyMismatchError({
          what: "public key, key id",
          expected: shortHash(secret.id),
          got: shortHash(publicKey.id),
          remedy,
        });
      }
      return new CkksClient(ckks, secret, publicKey);
    } catch (error) {
      secret?.dispose();
      throw error;
    }
  }

  get canDecrypt(): boolean {
    return this.#secret !== undefined;
  }

  async keyFiles(): Promise<KeyFiles> {
    const publicKey = await this.#ckks.exportPublicKey(await this.#publicKey());
    return { secretKey: this.#ckks.exportSecretKey(this.#requireSecret()), publicKey, evaluationKey: this.evaluationKey };
  }

  async encrypt(columns: readonly Float64Array[], key: "secret" | "public", options: RunOptions): Promise<Payload> {
    if (key === "secret") {
      const { meta, sections } = this.#ckks.encryptSeeded(columns, this.#requireSecret(), options);
      return { ciphertext: meta, sections };
    }
    const ciphertext = await this.#ckks.encrypt(columns, await this.#publicKey(), options);
    try {
      const { meta, sections } = await this.#ckks.exportCiphertext(ciphertext, { signal: options.signal });
      return { ciphertext: meta, sections };
    } finally {
      ciphertext.dispose();
    }
  }

  async decrypt(message: OpenMessage, count: number, options: RunOptions): Promise<Float64Array[]> {
    const secret = this.#requireSecret();
    const expected = { level: 0, batch: count };
    return withCkks(this.#ckks, message, "response", expected, (ciphertext) => this.#ckks.decrypt(ciphertext, secret, options));
  }

  dispose(): void {
    this.#secret?.dispose();
    // A key that could not be made has nothing to free, and whoever asked for it was told.
    this.#public?.then(
      (key) => key.dispose(),
      () => {},
    );
  }

  #publicKey(): Promise<CkksPublicKey> {
    this.#public ??= this.#ckks.publicKey(this.#requireSecret());
    return this.#public;
  }

  #requireSecret(): CkksSecretKey {
    if (this.#secret === undefined) {
      throw new KeyMismatchError({
        what: "secret key",
        expected: "a client with a secret key",
        got: "a public key alone",
        remedy: "create the client with secret.key",
      });
    }
    return this.#secret;
  }
}

/**
 * What `work` makes of the ciphertexts of a message, which must be of the level and the count that the card plans. It goes to the
 * backend together with the residues, which are looked at there, while the checksum is compared on this thread. Throws WireError.
 */
export async function withCkks<T>(
  ckks: Ckks,
  message: OpenMessage,
  kind: "request" | "response",
  expected: { readonly level: number; readonly batch: number },
  work: (ciphertext: CkksCiphertext) => Promise<T>,
): Promise<T> {
  const { ciphertext, check } = await importCkks(ckks, message, kind, expected);
  const working = work(ciphertext);
  const checking = check();
  // Before either of them is awaited, something else may be thrown.
  for (const promise of [working, checking]) promise.catch(() => undefined);
  try {
    message.verify();
    await checking;
    return await working;
  } finally {
    await Promise.allSettled([working, checking]);
    ciphertext.dispose();
  }
}

async function importCkks(
  ckks: Ckks,
  message: OpenMessage,
  kind: "request" | "response",
  expected: { readonly level: number; readonly batch: number },
): Promise<EarlyImport> {
  const meta = message.ciphertext as Readonly<Record<string, unknown>> | undefined;
  const { first, second, seed } = CIPHERTEXT_TAGS;
  requireOnly(message, kind, [first, meta?.seeded === true ? seed : second]);
  for (const [field, value] of Object.entries({ ...expected, scaleDegree: 1 })) {
    if (meta?.[field] !== value) {
      const what = `${kind}, section 'META', field 'ciphertext.${field}'`;
      throw new WireError({
        what,
        expected: `${value}`,
        got: String(meta?.[field]).slice(0, 40),
        remedy: "ask the sender for a file of this card",
      });
    }
  }
  return ckks.importEarly(meta, (tag) => message.sections.get(tag), message.keyId);
}
