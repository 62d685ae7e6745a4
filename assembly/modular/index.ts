/** Kernels of the modular family. */
export { modularFixedBases, modularFixedPower, modularFixedRows } from "./fixed-base";
export { modularPower } from "./power";
export { modularMultiply, modularProducts, modularProgram } from "./products";
export { modularExponents, modularRead, modularUpload, modularWords } from "./transfer";
