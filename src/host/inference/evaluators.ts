/** The server's side of both schemes: encrypted features in, encrypted decisions out. No secret key can enter by type. */
import { Ckks, type CkksCiphertext } from "../../ckks/index.js";
import type { Engine } from "../../engine/index.js";
import { bytesToHex } from "../../math/bytes.js";
import type { SeedOptions } from "../../math/random.js";
import { decodePaillierPublicKeyAsync, Paillier } from "../../paillier/index.js";
import { sha256 } from "../../wire/index.js";
import { fractional, Holdings, type RunOptions } from "../run.js";
import type { InferenceCard } from "./card.js";
import { withCkks } from "./ckks-client.js";
import { KeyCache } from "./key-cache.js";
import type { OpenMessage, Payload } from "./messages.js";
import type { LinearModel } from "./model.js";
import { importPaillier } from "./paillier-client.js";

export interface Evaluator {
  /** Decisions [groups, outputs] from the features [groups, features] of a message, whose checksum it compares. */
  evaluate(message: OpenMessage, evaluationKey: Uint8Array, options: RunOptions): Promise<Payload>;
  dispose(): void;
}

/** Ciphertexts that are recorded before the backend is awaited: bounds its memory. */
const CIPHERTEXTS_AT_ONCE = 512;

/** One linear combination with scalar weights, one rescale, and the intercepts added. */
export class CkksEvaluation implements Evaluator {
  private constructor(
    readonly engine: Engine,
    readonly ckks: Ckks,
    readonly model: LinearModel,
  ) {}

  static async create(engine: Engine, card: InferenceCard, model: LinearModel): Promise<CkksEvaluation> {
    if (card.scheme.name !== "ckks") throw new TypeError("a CKKS card is needed");
    return new CkksEvaluation(engine, await Ckks.create(engine, card.scheme.parameters), model);
  }

  evaluate(message: OpenMessage, _evaluationKey: Uint8Array, options: RunOptions): Promise<Payload> {
    const { ckks, model } = this;
    const expected = { level: ckks.parameters.levels, batch: message.groups * model.features.length };
    return withCkks(ckks, message, "request", expected, (request) => this.#answer(request, message.groups, options));
  }

  async #answer(request: CkksCiphertext, count: number, { signal, onProgress }: RunOptions): Promise<Payload> {
    const { ckks, model } = this;
    const held = new Holdings();
    try {
      const atOnce = Math.max(1, Math.floor(CIPHERTEXTS_AT_ONCE / model.features.length));
      const parts: CkksCiphertext[] = [];
      for (let first = 0; first < count; first += atOnce) {
        signal?.throwIfAborted();
        const groups = Math.min(atOnce, count - first);
        parts.push(held.own(this.#decisions(request, first, groups)));
        if (first + groups === count) break;
        await this.engine.kernels.flush();
        onProgress?.(first + groups, count);
      }
      // What is recorded last goes off with what comes of all.
      const all = parts.length === 1 ? parts[0]! : held.own(ckks.concat(parts));
      const { meta, sections } = await ckks.exportCiphertext(all, { signal });
      onProgress?.(count, count);
      return { ciphertext: meta, sections };
    } finally {
      held.dispose();
    }
  }

  #decisions(request: CkksCiphertext, first: number, groups: number): CkksCiphertext {
    const { ckks, model } = this;
    const held = new Holdings();
    try {
      const features = model.features.length;
      const count = groups * features;
      // A slice of ciphertexts is a copy, because their components lie apart.
      const slice = count === request.batch ? request : held.own(ckks.slice(request, first * features, count));
      const product = held.own(ckks.linearCombination(slice, model.coef, groups));
      const rescaled = held.own(ckks.rescale(product));
      return ckks.addConstants(rescaled, Array.from({ length: groups }, () => model.intercept).flat());
    } finally {
      held.dispose();
    }
  }

  dispose(): void {}
}

/** Keys whose tables are kept: a server with more clients than this makes a table again now and then. */
const KEYS_KEPT = 4;

/** Dot products in fixed point under the client's public key; answers are re-randomised before they leave. */
export class PaillierEvaluation implements Evaluator {
  readonly #engine: Engine;
  readonly #card: InferenceCard;
  readonly #model: LinearModel;
  readonly #seeds: SeedOptions;
  readonly #schemes = new KeyCache<Paillier>(KEYS_KEPT);

  constructor(engine: Engine, card: InferenceCard, model: LinearModel, seeds: SeedOptions) {
    this.#engine = engine;
    this.#card = card;
    this.#model = model;
    this.#seeds = seeds;
  }

  async evaluate(message: OpenMessage, evaluationKey: Uint8Array, options: RunOptions): Promise<Payload> {
    message.verify();
    // By the file and not by the key in it: reading the key takes two powers of full length.
    const file = bytesToHex(sha256(evaluationKey));
    return this.#schemes.use(
      file,
      async () => {
        const key = await decodePaillierPublicKeyAsync(evaluationKey, { parameterHash: this.#card.parameterHash });
        return Paillier.create(this.#engine, key, this.#seeds);
      },
      (paillier) => this.#evaluate(paillier, message, options),
    );
  }

  dispose(): void {
    this.#schemes.dispose();
  }

  async #evaluate(paillier: Paillier, message: OpenMessage, options: RunOptions): Promise<Payload> {
    const { scheme } = this.#card.content;
    if (scheme.name !== "paillier") throw new TypeError("a Paillier card is needed");
    const { signal } = options;
    const { coef, features, intercept } = this.#model;
    const { groups } = message;
    const held = new Holdings();
    try {
      const request = held.own(importPaillier(paillier, this.#card, message, "request", groups * features.length));
      const { weightBits: scaleBits } = scheme;
      const dots = held.own(await paillier.dot(request, coef, { ...fractional(options, groups), groups, scaleBits }));
      const vectors = intercept.map((b) => new Float64Array(scheme.slots).fill(b));
      const decisions = held.own(paillier.addPlain(dots, vectors));
      return { sections: await paillier.exportSections(decisions, { signal, tellBound: false }) };
    } finally {
      held.dispose();
    }
  }
}
