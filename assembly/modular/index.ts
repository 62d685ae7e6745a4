/** Kernels of the modular family. */
export { modularFixedBases, modularFixedPower, modularFixedRows } from "./fixed-base";
export { modularMultiPower } from "./multi-power";
export { modularPower } from "./power";
export { modularMultiply, modularProducts } from "./products";
export { modularExponents, modularRead, modularUpload, modularWords } from "./transfer";
