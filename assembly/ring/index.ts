/** Kernels of the ring family. */
export {};
