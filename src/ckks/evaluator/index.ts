/** Arithmetic on ciphertexts: what needs no secret. One file for each kind of operation, each standing on the one before. */
import { RotationOperations } from "./rotations.js";

export type { PlainOperand } from "./linear.js";

/**
 * All operations on ciphertexts. Everything works on batches; a second operand whose batch divides the first's meets it again and again.
 * Results are the caller's to dispose of, operands are left as they are. Nothing is read back: work is recorded and goes on in the
 * backend.
 */
export abstract class CkksEvaluator extends RotationOperations {}
