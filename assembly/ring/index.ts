/** Kernels of the ring family. */
export { ringMultiplyAccumulate } from "./accumulate";
export { ringLinearCombination } from "./combine";
export { ringConvert, ringDigits } from "./convert";
export { ringDecompose, ringDigitForms } from "./decompose";
export { ringDivide } from "./divide";
export { ringInnerProducts, ringInnerProductTiles } from "./inner-products";
export { intt } from "./intt";
export { ringMixedRadix } from "./mixed-radix";
export { ntt } from "./ntt";
export { ringPack, ringUnpack } from "./pack";
export { ringPermuteCoefficients, ringPermuteValues, ringRestrict } from "./permute";
export { ringMultiply, ringMultiplyScalars, ringTensor } from "./products";
export { rootTable } from "./roots";
export { ringAdd, ringAddScalars, ringNegate, ringSubtract } from "./sums";
