/** Every numbered example runs as a reader would run it, against the built package, and prints what its comments promise. */
import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { builtFolder, projectRoot } from "../support/built.js";

const promises: Readonly<Record<string, readonly RegExp[]>> = {
  "1-encrypted-sum.ts": [
    /^scheme {7}paillier, keyBits 3072$/m,
    /^5 households, \d+ bytes each$/m,
    /^mean of residents 2\.2$/m,
    /^equal to the plain sums: true$/m,
  ],
  "2-encrypted-linear-model.ts": [
    /^\d+ bytes up, \d+ bytes down$/m,
    /^applicant 1: approve \(decision 2\.817\d\)$/m,
    /^applicant 2: decline \(decision -3\.976\d\)$/m,
    /^applicant 3: approve \(decision 0\.267\d\)$/m,
  ],
  "3-federated-average.ts": [
    /^6 clients, \d+ bytes each for 10000 parameters$/m,
    /^examples in all: 7755$/m,
    /^within the prediction: true$/m,
  ],
  "4-federated-regression.ts": [
    /^intercept and coefficients: 1(49|50)\.\d+, (19|20)\.\d+, -1[12]\.\d+, [45]\.\d+, /m,
    /^equal to six decimals: true$/m,
  ],
  "5-ckks-tour.ts": [
    /^matrix: 4 x 6, 1 level, rotations by 1, 2, 3, 4$/m,
    /^sigmoid: degree 31, 6 levels, 13 products, 10 key switches$/m,
    /^ring {8}degree \d+, \d+ slots/m,
    /^a \* b {12}0\.500 -2\.000 0\.750 8\.000 {3}level 7 -> 6$/m,
    /^a rotated by 1 {3}2\.000 3\.000 4\.000$/m,
    /^sigmoid\(W x \+ b\) 0\.88\d 0\.23\d 0\.8[34]\d 0\.(299|300) {3}level 7 -> 0$/m,
    /^precision: 1[4-9]\.\d bits measured, 1[4-9]\.\d predicted$/m,
  ],
  "9-rsa-multiplicative.ts": [
    /^TEXTBOOK RSA: A LESSON, NOT ENCRYPTION\. It hides nothing\.$/m,
    /^E\(1234\) E\(5678\) = E\(7006652\): true$/m,
    /^decrypted: 7006652$/m,
    /^the same message gives the same ciphertext: true$/m,
    /^an attacker without the secret key finds the salary: 87000$/m,
    /^a bid of 50000, altered on its way without being read: 100000$/m,
  ],
};

beforeAll(() => {
  builtFolder();
});

describe("the examples", () => {
  it("are all tested here", () => {
    const numbered = readdirSync(`${projectRoot}/examples`).filter((file) => /^\d/.test(file));
    expect(numbered.sort()).toEqual(Object.keys(promises));
  });

  it.each(Object.entries(promises))("%s", async (file, lines) => {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ["--import", "tsx", `examples/${file}`], {
      cwd: projectRoot,
    });
    for (const line of lines) expect(stdout).toMatch(line);
    expect(stderr).toBe("");
  });
});
