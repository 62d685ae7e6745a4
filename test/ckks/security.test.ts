import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { checkSecurity, maxLogQP, type SecurityLevel } from "../../src/ckks/security.js";
import { SecurityError } from "../../src/errors.js";

const { heStandardTernary }: { heStandardTernary: { cols: string[]; rows: number[][] } } = JSON.parse(
  readFileSync(new URL("../vectors/ckks-kat.json", import.meta.url), "utf8"),
);

describe("the security table", () => {
  it("is that of the standard, for every ring that the parameters admit", () => {
    const columns = (["128", "192", "256"] as const).map(
      (s) => [Number(s) as SecurityLevel, heStandardTernary.cols.indexOf(`${s}c`)] as const,
    );
    const rows = heStandardTernary.rows.filter(([degree]) => degree <= 65536);
    expect(rows).toHaveLength(7);
    for (const row of rows) for (const [level, column] of columns) expect(maxLogQP(row[0], level)).toBe(row[column]);
    expect(maxLogQP(512, 128)).toBe(0);
  });

  it("is held against the product itself, to the last bit", () => {
    checkSecurity(4096, 1n << 109n, 128);
    expect(() => checkSecurity(4096, (1n << 109n) + 1n, 128)).toThrow(SecurityError);
    expect(() => checkSecurity(3000, 5n, 128)).toThrow(SecurityError);
  });
});
