/** Kernels of the modular family. */
export {};
