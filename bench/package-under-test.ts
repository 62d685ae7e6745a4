/** The built package and its back door. Types come from the source, values from dist/: what is timed is what is shipped. */
import type * as CkksDoor from "../src/ckks/index.js";
import type * as Inference from "../src/host/inference/index.js";
import type * as Index from "../src/index.js";
import type * as Internal from "../src/internal.js";
import type * as PaillierDoor from "../src/paillier/index.js";
import { builtFolder } from "../test/support/built.js";

const door = <T>(name: string) => import(`${builtFolder()}/${name}.js`) as Promise<T>;

export const { Engine } = await door<typeof Index>("index");
export const { Ckks, CkksParameters, LinearTransform, presetParameters } = await door<typeof CkksDoor>("ckks");
export const { generatePaillierKey, Paillier, widestLayout } = await door<typeof PaillierDoor>("paillier");
export const { InferenceClient, InferenceServer, LinearModel, planInference } = await door<typeof Inference>("inference");
export const { nttPrimes, probeAdapters, WasmBackend } = await door<typeof Internal>("internal");

export type Engine = Index.Engine;
export type Paillier = PaillierDoor.Paillier;
export type PaillierSecretKey = PaillierDoor.PaillierSecretKey;
