/** The suite `inference`: the circuits of the demo, whole, beside the same circuits in the peers. */
import type { Case } from "../case.js";

export const inferenceCases = (): Case[] => [];
