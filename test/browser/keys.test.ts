/** A page makes and reads Paillier keys, and lives on meanwhile. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PaillierPublicKey } from "../../src/paillier/keys.js";
import { fixedKey } from "../paillier/support.js";
import { type OpenPage, openPage } from "./browser.js";
import { remote } from "./page/remote.js";

let open: OpenPage;
let page: ReturnType<typeof remote>;

beforeAll(async () => {
  open = await openPage("test/browser/page");
  page = remote(open);
});
afterAll(async () => {
  await open?.close();
});

describe("Paillier keys in Chromium", () => {
  // WebCrypto makes primes of 1024 bits; none of 1026, which are searched for on the page's own thread.
  it.each([2048, 2052])("a key of %i bits is made while the page goes on", async (bits) => {
    const made = await page.makeKey(bits);
    expect(made).toMatchObject({ bits, blum: true });
    expect(() => PaillierPublicKey.fromModulus(BigInt(made.n), { bits, blum: true })).not.toThrow();
    // Eighty rounds of Miller and Rabin at 1026 bits, and four powers more, take 100 ms of arithmetic at the least.
    expect(made.turns).toBeGreaterThanOrEqual(3);
    if (process.env.WEBHE_SHOW_TURNS) console.log(bits, made.turns, made.longestMs);
  });

  it("a key is read from its modulus while the page goes on", async () => {
    const { n } = fixedKey(3072).publicKey;
    const read = await page.readKey(`${n}`);
    expect(read).toMatchObject({ bits: 3072, blum: true, n: `${n}` });
    expect(read.turns).toBeGreaterThanOrEqual(2);
    if (process.env.WEBHE_SHOW_TURNS) console.log("read", read.turns, read.longestMs);
  });

  it("nothing complains", () => {
    expect(open.complaints).toEqual([]);
  });
});
