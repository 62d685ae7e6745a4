/** The suite `kernels`: transforms, products and powers on every backend. */
import type { Case } from "../case.js";
import { modularCases } from "./modular.js";
import { peerSetup, ringCases } from "./ring.js";

export const kernelCases = (): Case[] => [
  ...ringCases({ seal: peerSetup(8192) }),
  ...ringCases({ seal: peerSetup(16384) }),
  ...modularCases(2048),
  ...modularCases(3072),
];
