/** The suite `inference`: the circuits of the demo from rows to bytes and back, beside the same circuits in the peers. */
import type { InferenceCard } from "../../src/host/inference/index.js";
import type { Case, Prepared } from "../case.js";
import { type Circuit, STEPS, type Step, sharedCircuit } from "../circuit.js";
import { type DataSet, type DataSetName, dataSet, largestDifference } from "../data.js";
import { type Engine, InferenceClient, InferenceServer, planInference } from "../package-under-test.js";
import { PAILLIER_BIGINT_LABEL } from "../peers/paillier-bigint.js";
import { paillierCircuit } from "../peers/paillier-circuit.js";
import { SEAL_LABEL } from "../peers/seal.js";
import { sealCircuit } from "../peers/seal-circuit.js";
import type { RowParams } from "../row.js";
import type { Target } from "../target.js";

type Scheme = "ckks" | "paillier";

/** A result further from the clear than this is wrong, and wrong results are not timed. */
const TOLERANCE: Readonly<Record<Scheme, number>> = { ckks: 1e-3, paillier: 1e-9 };

export function inferenceCases(): Case[] {
  return [
    ...circuitCases("breast-cancer", "ckks"),
    ...circuitCases("digits", "ckks"),
    ...circuitCases("diabetes", "ckks"),
    ...circuitCases("breast-cancer", "paillier"),
  ];
}

function circuitCases(name: DataSetName, scheme: Scheme): Case[] {
  const data = dataSet(name);
  const { card } = planInference(data.model, { scheme, batch: data.rows.length });
  const ours = new Map<Engine, () => Promise<Circuit>>();
  const peer = peerCircuit(scheme, card, data);
  return STEPS.map((step) => ({
    name: step,
    params: {
      ...describeCard(card),
      features: card.features.length,
      outputs: card.outputs,
      variant: `${name}, ${scheme}, secret key`,
    },
    prepare: async (backend, engine) => {
      // Thousands of products modulo n^2 a ciphertext: a software GPU takes minutes for what the CPU does in seconds.
      if (scheme === "paillier" && backend.describe().isSoftware) return undefined;
      const circuit = ours.get(engine) ?? sharedCircuit(() => ourCircuit(engine, data, scheme));
      ours.set(engine, circuit);
      return prepared(await circuit(), step, scheme);
    },
    peer: { label: peer.label, prepare: async () => prepared(await peer.circuit(), step, scheme) },
  }));
}

/** Whole predictions under CKKS, from rows to decisions, with all bytes between client and server: one case a data set. */
export function endToEndCases(target?: Target): Case[] {
  return (["breast-cancer", "digits", "diabetes"] as const).map((name) => {
    const data = dataSet(name);
    const { card } = planInference(data.model, { scheme: "ckks", batch: data.rows.length });
    return {
      name: "inference",
      params: {
        ...describeCard(card),
        features: card.features.length,
        outputs: card.outputs,
        variant: `${name}, ckks, secret key, end to end`,
      },
      target,
      prepare: async (_backend, engine) => whole(await ourCircuit(engine, data, "ckks")),
      peer: { label: SEAL_LABEL, prepare: async () => whole(await sealCircuit(card, data)) },
    };
  });
}

/** All three steps, one after the other. */
function whole(circuit: Circuit): Prepared {
  const run = async () => {
    for (const step of STEPS) await circuit.steps[step]();
  };
  return { ...prepared(circuit, "inference", "ckks"), run };
}

function peerCircuit(scheme: Scheme, card: InferenceCard, data: DataSet): { label: string; circuit: () => Promise<Circuit> } {
  return scheme === "ckks"
    ? { label: SEAL_LABEL, circuit: sharedCircuit(() => sealCircuit(card, data)) }
    : { label: PAILLIER_BIGINT_LABEL, circuit: sharedCircuit(() => paillierCircuit(card, data)) };
}

function prepared({ rows, steps, itemsOf, difference, close }: Circuit, step: Step, scheme: Scheme): Prepared {
  if (!(difference <= TOLERANCE[scheme])) throw new Error(`a circuit strays by ${difference} from the decisions in the clear`);
  const precisionBits = Math.floor(-10 * Math.log2(difference)) / 10;
  return { items: itemsOf?.[step] ?? rows, params: { batch: rows, precisionBits }, run: steps[step], close };
}

/** Our circuit, whole: the objects that an application uses, on bytes. */
async function ourCircuit(engine: Engine, { rows, model, decisions }: DataSet, scheme: Scheme): Promise<Circuit> {
  const plan = planInference(model, { scheme, batch: rows.length });
  const client = await InferenceClient.create(engine, plan.card);
  const server = await InferenceServer.create(engine, model, plan);
  const { evaluationKeys } = client;
  const request = await client.encrypt(rows);
  const response = await server.predict(request, evaluationKeys);
  const found = (await client.decrypt(response)).map(({ decision }) => decision);
  return {
    rows: rows.length,
    steps: {
      encrypt: () => client.encrypt(rows),
      inference: () => server.predict(request, evaluationKeys),
      decrypt: () => client.decrypt(response),
    },
    difference: largestDifference(found, decisions),
    close: () => {
      client.dispose();
      server.dispose();
    },
  };
}

/** The sizes of a card's scheme, in the words of a row. */
function describeCard({ content: { scheme } }: InferenceCard): RowParams {
  if (scheme.name === "paillier") return { keyBits: scheme.keyBits, modulusBits: 2 * scheme.keyBits };
  const primes = [...scheme.basePrimes, ...scheme.levelPrimes];
  return {
    N: scheme.degree,
    limbs: primes.length,
    levels: scheme.levelPrimes.length,
    modulusBits: Math.round(10 * primes.reduce((sum, q) => sum + Math.log2(q), 0)) / 10,
    specialBits: 0,
    scaleBits: scheme.scaleBits,
  };
}
