#!/usr/bin/env node
/** The `webhe` command. `program.ts` holds its grammar, `commands/` what each word does. */
import { run } from "./program.js";

// A reader that has seen enough (`| head`) is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});
process.exitCode = await run(process.argv.slice(2));
