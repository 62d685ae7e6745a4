/** Kernels of the host family. */
export {};
