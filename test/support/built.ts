/** The built package, for tests that look at dist/ as a stranger would. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const projectRoot = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");

/** Path of dist/. Throws where nothing is built; `npm test` builds first. */
export function builtFolder(): string {
  const folder = `${projectRoot}/dist`;
  if (!existsSync(`${folder}/index.js`)) throw new Error(`${folder} is missing: run "npm run build" first`);
  return folder;
}
