/** The client's side of Paillier. */
import type { Engine } from "../../engine/index.js";
import { KeyMismatchError, WireError } from "../../errors.js";
import type { SeedOptions } from "../../math/random.js";
import {
  ciphertextTags,
  decodePaillierPublicKeyAsync,
  decodePaillierSecretKeyAsync,
  encodePaillierEvaluationKey,
  encodePaillierPublicKey,
  encodePaillierSecretKey,
  generatePaillierKey,
  Paillier,
  type PaillierCiphertexts,
  PaillierDecryptor,
  type PaillierPublicKey,
  type PaillierSecretKey,
} from "../../paillier/index.js";
import { shortHash } from "../../wire/index.js";
import { fractional, type RunOptions } from "../run.js";
import type { InferenceCard } from "./card.js";
import type { PaillierCard } from "./card-schema.js";
import type { ClientKeys, ClientScheme } from "./client-scheme.js";
import type { KeyFiles } from "./key-files.js";
import { type Message, type OpenMessage, type Payload, paillierBound, requireOnly } from "./messages.js";

export class PaillierClient implements ClientScheme {
  readonly evaluationKey: Uint8Array;
  readonly #card: InferenceCard;
  readonly #plan: PaillierCard;
  readonly #paillier: Paillier;
  readonly #secret: PaillierSecretKey | undefined;

  private constructor(card: InferenceCard, plan: PaillierCard, paillier: Paillier, secret: PaillierSecretKey | undefined) {
    this.#card = card;
    this.#plan = plan;
    this.#paillier = paillier;
    this.#secret = secret;
    this.evaluationKey = encodePaillierEvaluationKey(paillier.publicKey, { parameterHash: card.parameterHash });
  }

  /** Keys from files, or new ones where none are given. */
  static async create(
    engine: Engine,
    card: InferenceCard,
    keys: ClientKeys,
    options: SeedOptions & { readonly signal?: AbortSignal },
  ): Promise<PaillierClient> {
    if (card.scheme.name !== "paillier") throw new TypeError("a Paillier card is needed");
    const plan = card.scheme.content;
    const { parameterHash } = card;
    const { signal } = options;
    const publicKey = keys.publicKey && (await decodePaillierPublicKeyAsync(keys.publicKey, { parameterHash, signal }));
    if (keys.secretKey === undefined && publicKey !== undefined) {
      return new PaillierClient(card, plan, await Paillier.create(engine, publicKey, options), undefined);
    }
    const secret = keys.secretKey
      ? await decodePaillierSecretKeyAsync(keys.secretKey, { parameterHash, signal })
      : await generatePaillierKey({ bits: plan.keyBits, signal });
    try {
      checkPair(secret, publicKey);
      return new PaillierClient(card, plan, await Paillier.create(engine, secret, options), secret);
    } catch (error) {
      secret.dispose();
      throw error;
    }
  }

  get keyId(): Uint8Array {
    return this.#paillier.publicKey.id;
  }

  get canDecrypt(): boolean {
    return this.#secret !== undefined;
  }

  async keyFiles(): Promise<KeyFiles> {
    if (this.#secret === undefined) throw noSecret();
    const { parameterHash } = this.#card;
    return {
      secretKey: encodePaillierSecretKey(this.#secret, { parameterHash }),
      publicKey: encodePaillierPublicKey(this.#secret.publicKey, { parameterHash }),
      evaluationKey: this.evaluationKey,
    };
  }

  /** Both kinds of key encrypt alike: Paillier gains neither bytes nor precision from the secret one. */
  async encrypt(columns: readonly Float64Array[], key: "secret" | "public", options: RunOptions): Promise<Payload> {
    if (key === "secret" && this.#secret === undefined) throw noSecret();
    const { slots, slotBits, featureBits } = this.#plan;
    const ciphertexts = await this.#paillier.encryptSlots(columns, {
      ...fractional(options, columns.length),
      layout: { slots, slotBits },
      scaleBits: featureBits,
      bound: this.#card.content.bounds.feature,
    });
    try {
      return { sections: await this.#paillier.exportSections(ciphertexts, { signal: options.signal }) };
    } finally {
      ciphertexts.dispose();
    }
  }

  async decrypt(message: OpenMessage, count: number, options: RunOptions): Promise<Float64Array[]> {
    message.verify();
    const paillier = this.#paillier;
    if (!(paillier instanceof PaillierDecryptor)) throw noSecret();
    const ciphertexts = importPaillier(paillier, this.#card, message, "response", count);
    try {
      return await paillier.decryptSlots(ciphertexts, fractional(options, count));
    } finally {
      ciphertexts.dispose();
    }
  }

  dispose(): void {
    this.#paillier.dispose();
    this.#secret?.dispose();
  }
}

function noSecret(): KeyMismatchError {
  const remedy = "create the client with secret.key";
  return new KeyMismatchError({ what: "secret key", expected: "a client with a secret key", got: "a public key alone", remedy });
}

function checkPair(secret: PaillierSecretKey, publicKey: PaillierPublicKey | undefined): void {
  if (publicKey === undefined || publicKey.equals(secret.publicKey)) return;
  const [expected, got] = [shortHash(secret.publicKey.id), shortHash(publicKey.id)];
  throw new KeyMismatchError({ what: "public key, key id", expected, got, remedy: "use two files of one key" });
}

/** Reads the ciphertexts of a message, which must be cut and scaled as the card plans. Throws WireError or KeyMismatchError. */
export function importPaillier(
  paillier: Paillier,
  card: InferenceCard,
  message: Message,
  kind: "request" | "response",
  count: number,
): PaillierCiphertexts {
  const { scheme } = card.content;
  if (scheme.name !== "paillier") throw new TypeError("a Paillier card is needed");
  requireOnly(message, kind, ciphertextTags());
  const ciphertexts = paillier.importSections(message.sections, { what: kind });
  const { layout, scaleBits, bound, batch } = ciphertexts;
  const planned = {
    batch: count,
    slots: scheme.slots,
    slotBits: scheme.slotBits,
    scaleBits: kind === "request" ? scheme.featureBits : scheme.featureBits + scheme.weightBits,
    ...(kind === "request" ? { bound: paillierBound(card) } : {}),
  };
  const found: Record<string, number | bigint> = { batch, ...layout, scaleBits, bound };
  for (const [field, value] of Object.entries(planned)) {
    if (found[field] !== value) {
      ciphertexts.dispose();
      const remedy = "ask the sender for a file of this card";
      throw new WireError({
        what: `${kind}, ciphertexts, field '${field}'`,
        expected: `${value}`,
        got: `${found[field]}`,
        remedy,
      });
    }
  }
  return ciphertexts;
}
