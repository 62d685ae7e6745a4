/**
 * Parameter sets by name: what people port from other libraries, and what the benchmarks are named after. Each is at 128 bits of classical
 * security, with key switching that rotations do not notice, and is what {@link parametersFor} finds for the wishes beside it; the primes are written out so
 * that a name means the same for ever. Tests hold every set against the security table and the predictions.
 */
import { ParameterError, show } from "../errors.js";
import { CkksParameters, type CkksParametersLiteral } from "./parameters.js";
import type { CkksWishes } from "./wishes.js";

/** Names of {@link PRESETS}: `seal-N-s` stand in for SEAL's sets of scale 2^s, `nE-s` have degree 2^E and scale 2^s. */
export type PresetName =
  | "seal-4096-20"
  | "seal-8192-40"
  | "seal-16384-40"
  | "seal-32768-40"
  | "n12-30"
  | "n13-30"
  | "n13-28"
  | "n14-30"
  | "n15-30"
  | "n14-50"
  | "n15-50"
  | "n15-56"
  | "n16-56";

/** A named parameter set. */
export interface CkksPreset {
  /** What it stands in for. */
  readonly about: string;
  /** What it was made for: the depth, the least precision, the largest value. */
  readonly wishes: CkksWishes;
  readonly literal: CkksParametersLiteral;
}

/**
 * The sets, as frozen plain data. Those named after SEAL have its degree, at least its log2 Q and at least its precision; primes of 30 bits carry
 * scales of two primes instead of one of 40 bits, since there are only two pairs of primes for 40 bits.
 */
export const PRESETS: Readonly<Record<PresetName, CkksPreset>> = deepFreeze({
  "seal-4096-20": {
    about: "SEAL and TenSEAL: 4096, {40, 20, 40}, scale 2^20. One product; a scale of 2^24, values up to 1700.",
    wishes: { depth: 1, precisionBits: 5, scaleBits: 24, magnitude: 1000, slots: 2048 },
    literal: {
      degree: 4096,
      basePrimes: [786433, 1179649],
      levelPrimes: [16580609],
      scaleBits: 24,
      security: 128,
      specialPrimes: [93192193],
      digitSize: 1,
    },
  },
  "seal-8192-40": {
    about: "SEAL and TenSEAL: 8192, {60, 40, 40, 60}, scale 2^40. Two products; a scale of 2^48.",
    wishes: { depth: 2, precisionBits: 20, scaleBits: 48, magnitude: 32, slots: 4096 },
    literal: {
      degree: 8192,
      basePrimes: [537133057, 537591809],
      levelPrimes: [16580609, 17367041, 16515073, 16384001],
      scaleBits: 48,
      security: 128,
      primesPerLevel: 2,
      specialPrimes: [1179649, 1376257, 1769473],
      digitSize: 2,
    },
  },
  "seal-16384-40": {
    about: "SEAL and TenSEAL: 16384, {60, 40 x 6, 60}, scale 2^40. Six products; a scale of 2^48.",
    wishes: { depth: 6, precisionBits: 20, scaleBits: 48, magnitude: 100, slots: 8192 },
    literal: {
      degree: 16384,
      basePrimes: [1073479681, 1072496641],
      levelPrimes: [
        16580609, 17367041, 16515073, 16384001, 14942209, 19070977, 19529729, 14155777, 20054017, 13631489, 20119553, 13565953,
      ],
      scaleBits: 48,
      security: 128,
      primesPerLevel: 2,
      specialPrimes: [549978113, 550371329, 551288833],
      digitSize: 3,
    },
  },
  "seal-32768-40": {
    about: "SEAL and TenSEAL: 32768, {60, 40 x 14, 60}, scale 2^40. Fourteen products; a scale of 2^48.",
    wishes: { depth: 14, precisionBits: 20, scaleBits: 48, magnitude: 100, slots: 16384 },
    literal: {
      degree: 32768,
      basePrimes: [1073479681, 1072496641],
      levelPrimes: [
        16580609, 17367041, 16515073, 16384001, 14942209, 19070977, 19529729, 14155777, 20054017, 13631489, 20119553, 13565953,
        20512769, 13238273, 12451841, 23068673, 22806529, 11599873, 23789569, 11468801, 24576001, 11272193, 26411009, 10223617,
        27328513, 10027009, 28704769, 9502721,
      ],
      scaleBits: 48,
      security: 128,
      primesPerLevel: 2,
      specialPrimes: [141754369, 142344193, 144310273, 144375809, 144900097],
      digitSize: 5,
    },
  },
  "n12-30": {
    about: "After Lattigo's N12QP109: one product at scale 2^30.",
    wishes: { depth: 1, precisionBits: 10, scaleBits: 30, magnitude: 16, slots: 2048 },
    literal: {
      degree: 4096,
      basePrimes: [786433, 1179649],
      levelPrimes: [1073479681],
      scaleBits: 30,
      security: 128,
      specialPrimes: [65537, 1376257],
      digitSize: 1,
    },
  },
  "n13-30": {
    about: "After Lattigo's N13QP218: four products at scale 2^30 (its five leave no room for quiet rotations).",
    wishes: { depth: 4, precisionBits: 10, scaleBits: 30, magnitude: 16, slots: 4096 },
    literal: {
      degree: 8192,
      basePrimes: [1069219841, 1068564481],
      levelPrimes: [1073479681, 1072496641, 1071513601, 1070727169],
      scaleBits: 30,
      security: 128,
      specialPrimes: [65537, 786433],
      digitSize: 1,
    },
  },
  "n13-28": {
    about: "After Lattigo's N13QP218: its five products, at scale 2^28.",
    wishes: { depth: 5, precisionBits: 10, scaleBits: 28, magnitude: 16, slots: 4096 },
    literal: {
      degree: 8192,
      basePrimes: [786433, 1179649],
      levelPrimes: [268369921, 268238849, 268042241, 269221889, 267059201],
      scaleBits: 28,
      security: 128,
      specialPrimes: [65537, 1376257],
      digitSize: 1,
    },
  },
  "n14-30": {
    about: "After Lattigo's N14QP438: nine products at scale 2^30.",
    wishes: { depth: 9, precisionBits: 10, scaleBits: 30, magnitude: 16, slots: 8192 },
    literal: {
      degree: 16384,
      basePrimes: [786433, 1179649],
      levelPrimes: [1073479681, 1072496641, 1071513601, 1070727169, 1069219841, 1068564481, 1068433409, 1068236801, 1065811969],
      scaleBits: 30,
      security: 128,
      specialPrimes: [27000833, 27328513, 27590657, 27918337, 28311553],
      digitSize: 4,
    },
  },
  "n15-30": {
    about: "After Lattigo's N15QP881: seventeen products at scale 2^30.",
    wishes: { depth: 17, precisionBits: 10, scaleBits: 30, magnitude: 16, slots: 16384 },
    literal: {
      degree: 32768,
      basePrimes: [786433, 1179649],
      levelPrimes: [
        1073479681, 1072496641, 1071513601, 1070727169, 1069219841, 1068564481, 1068433409, 1068236801, 1065811969, 1065484289,
        1064697857, 1063452673, 1063321601, 1063059457, 1062862849, 1062535169, 1062469633,
      ],
      scaleBits: 30,
      security: 128,
      specialPrimes: [
        354091009, 355663873, 358219777, 358285313, 359202817, 359661569, 360972289, 361758721, 361824257, 362938369,
      ],
      digitSize: 10,
    },
  },
  "n14-50": {
    about: "Composite levels: five products at scale 2^50.",
    wishes: { depth: 5, precisionBits: 30, scaleBits: 50, magnitude: 16, slots: 8192 },
    literal: {
      degree: 16384,
      basePrimes: [1073479681, 1072496641],
      levelPrimes: [33292289, 32899073, 32440321, 35389441, 31916033, 35454977, 31326209, 36175873, 36372481, 30539777],
      scaleBits: 50,
      security: 128,
      primesPerLevel: 2,
      specialPrimes: [348061697, 349372417, 349962241, 350355457],
      digitSize: 4,
    },
  },
  "n15-50": {
    about: "Composite levels: eleven products at scale 2^50.",
    wishes: { depth: 11, precisionBits: 30, scaleBits: 50, magnitude: 16, slots: 16384 },
    literal: {
      degree: 32768,
      basePrimes: [1073479681, 1072496641],
      levelPrimes: [
        33292289, 32899073, 32440321, 35389441, 31916033, 35454977, 31326209, 36175873, 36372481, 30539777, 36765697, 29884417,
        37224449, 29687809, 37421057, 29294593, 38535169, 28704769, 38993921, 28311553, 39387137, 27918337,
      ],
      scaleBits: 50,
      security: 128,
      primesPerLevel: 2,
      specialPrimes: [112066561, 113115137, 113246209, 113836033, 114032641, 115081217, 115212289, 115998721],
      digitSize: 8,
    },
  },
  "n15-56": {
    about: "Composite levels: ten products at scale 2^56.",
    wishes: { depth: 10, precisionBits: 35, scaleBits: 56, magnitude: 16, slots: 16384 },
    literal: {
      degree: 32768,
      basePrimes: [2752513, 3604481, 3735553],
      levelPrimes: [
        268369921, 268238849, 268042241, 269221889, 267059201, 270532609, 270794753, 265486337, 265420801, 272760833, 264634369,
        274726913, 264306689, 276037633, 263913473, 276430849, 263454721, 276889601, 263323649, 277086209,
      ],
      scaleBits: 56,
      security: 128,
      primesPerLevel: 2,
      specialPrimes: [381616129, 382271489, 382402561, 383057921, 383778817, 384040961, 384368641, 385220609],
      digitSize: 8,
    },
  },
  "n16-56": {
    about: "Composite levels: twenty products at scale 2^56.",
    wishes: { depth: 20, precisionBits: 35, scaleBits: 56, magnitude: 16, slots: 32768 },
    literal: {
      degree: 65536,
      basePrimes: [1073479681, 1071513601, 1070727169],
      levelPrimes: [
        268042241, 269221889, 270532609, 265420801, 270794753, 264634369, 272760833, 263454721, 263323649, 274726913, 261881857,
        276037633, 261488641, 276430849, 260702209, 277086209, 260571137, 279838721, 258605057, 281935873, 257949697, 283508737,
        256770049, 284950529, 256376833, 285474817, 254279681, 288882689, 253493249, 290455553, 253100033, 291373057, 249561089,
        292159489, 246415361, 295305217, 245760001, 297664513, 245235713, 299499521,
      ],
      scaleBits: 56,
      security: 128,
      primesPerLevel: 2,
      specialPrimes: [
        428474369, 429260801, 429391873, 429785089, 433586177, 434896897, 437649409, 437911553, 438435841, 438829057, 442761217,
        444334081, 447086593, 447741953, 448659457,
      ],
      digitSize: 15,
    },
  },
});

/** The parameters of a named set. Throws ParameterError for a name that is not there. */
export function presetParameters(name: PresetName): CkksParameters {
  if (typeof name !== "string" || !Object.hasOwn(PRESETS, name)) {
    throw new ParameterError({
      what: "preset",
      expected: Object.keys(PRESETS).join(", "),
      got: show(name),
      remedy: "use one of these names, or parametersFor",
    });
  }
  return CkksParameters.from(PRESETS[name].literal);
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    for (const part of Object.values(value)) deepFreeze(part);
    Object.freeze(value);
  }
  return value;
}
