/** Symbol.asyncDispose, also where the platform lacks it (Safari): the registered symbol that TypeScript's helpers look for. */
export const asyncDispose: typeof Symbol.asyncDispose = Symbol.asyncDispose ?? Symbol.for("Symbol.asyncDispose");
