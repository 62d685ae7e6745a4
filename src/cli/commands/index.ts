/** One file a command. Each reads and checks its inputs, then opens an engine where it needs one, then writes its output whole. */
export { bench } from "./bench.js";
export { card } from "./card.js";
export { decrypt } from "./decrypt.js";
export { doctor } from "./doctor.js";
export { encrypt } from "./encrypt.js";
export { explain } from "./explain.js";
export { inspect } from "./inspect.js";
export { keygen } from "./keygen.js";
export { predict } from "./predict.js";
