#!/usr/bin/env node
/** The `webhe` command. `program.ts` holds its grammar, `commands/` what each word does. */
import { run } from "./program.js";

process.exitCode = await run(process.argv.slice(2));
