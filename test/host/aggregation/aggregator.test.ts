import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Engine } from "../../../src/engine/index.js";
import { KeyMismatchError, LifetimeError, LimitError, ParameterError, SecurityError, WireError } from "../../../src/errors.js";
import { KeyHolder, planAggregation } from "../../../src/host/aggregation/index.js";
import { decodeContainer, encodeContainer } from "../../../src/wire/index.js";
import { openTestEngine } from "../../support/engine.js";
import { Parties, plans, sample, schema } from "./support.js";

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => engine.close());

/** The same container with one section changed, checksum and all: what a hostile sender makes. */
function withSection(bytes: Uint8Array, tag: string, change: (section: Uint8Array) => Uint8Array): Uint8Array {
  const { kind, parameterHash, keyId, sections } = decodeContainer(bytes, { what: "test", maxBytes: 1 << 24 });
  expect(sections.has(tag)).toBe(true);
  const changed = [...sections].map(([t, section]) => ({ tag: t, bytes: t === tag ? change(section.slice()) : section }));
  return encodeContainer({ kind, parameterHash, keyId, sections: changed });
}

const text = (from: string, to: string) => (section: Uint8Array) => {
  const before = new TextDecoder().decode(section);
  const after = before.replace(from, to);
  expect(after).not.toBe(before);
  return new TextEncoder().encode(after);
};

describe.each(["ckks", "paillier"] as const)("an aggregator of %s", (scheme) => {
  const plan = plans(schema)[scheme];
  let parties: Parties;
  const contributions: Uint8Array[] = [];
  beforeAll(async () => {
    parties = await Parties.create(engine, plan);
    for (let i = 0; i < 9; i++) contributions.push(await parties.contribution(`p${i}`, sample(i)));
  });

  it("refuses a second contribution of one participant, and keeps the first", async () => {
    const aggregator = await parties.aggregator("d");
    const of = (id: string, load: number) => parties.contribution(id, sample(load), { round: "d" });
    const twice = [await of("a", 1), await of("a", 9)];
    // At once, too: the first to arrive counts.
    const outcomes = await Promise.allSettled(twice.map((c) => aggregator.accept(c)));
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
    await expect(aggregator.accept(twice[0])).rejects.toThrow(ParameterError);
    await expect(aggregator.accept(twice[0])).rejects.toThrow('a second one of "a"');
    expect(aggregator.participants).toBe(1);
    for (const id of ["b", "c"]) await aggregator.accept(await of(id, 1));
    const { values, participants } = await parties.holder.open(await aggregator.seal());
    expect(participants).toBe(3);
    expect(values.load).toBeCloseTo(1, 4);
  });

  it("refuses too many, and to seal with too few", async () => {
    const aggregator = await parties.aggregator();
    for (const [i, contribution] of contributions.slice(0, 8).entries()) {
      if (i < 3) await expect(aggregator.seal()).rejects.toThrow(SecurityError);
      await aggregator.accept(contribution);
    }
    await expect(aggregator.accept(contributions[8])).rejects.toThrow(LimitError);
    expect(aggregator.participants).toBe(8);
    await aggregator.seal();
  });

  it("is closed once sealed, returns the same bytes again, and never adds to them", async () => {
    const aggregator = await parties.aggregator();
    for (const contribution of contributions.slice(0, 3)) await aggregator.accept(contribution);
    const sealing = aggregator.seal();
    await expect(aggregator.accept(contributions[3])).rejects.toThrow(LifetimeError);
    const sealed = await sealing;
    await expect(aggregator.accept(contributions[3])).rejects.toThrow("a sealed one");
    const copy = sealed.slice();
    sealed.fill(0);
    expect(await aggregator.seal()).toEqual(copy);
    expect(copy.length).toBeLessThan(plan.explain().facts.contributionBytes + 1024);
    aggregator.dispose();
    aggregator.dispose();
    await expect(aggregator.accept(contributions[3])).rejects.toThrow("a disposed one");
  });

  it("refuses what arrives as it is disposed of", async () => {
    const aggregator = await parties.aggregator();
    const arriving = aggregator.accept(contributions[0]);
    aggregator.dispose();
    await expect(arriving).rejects.toThrow("a disposed one");
  });

  it("does not seal while a contribution is on its way in, and can seal after a cancelled attempt", async () => {
    const aggregator = await parties.aggregator();
    for (const contribution of contributions.slice(0, 3)) await aggregator.accept(contribution);
    const last = aggregator.accept(contributions[3]);
    await expect(aggregator.seal()).rejects.toThrow("await every accept()");
    await last;
    await expect(aggregator.seal({ signal: AbortSignal.abort(new Error("stop")) })).rejects.toThrow("stop");
    await aggregator.accept(contributions[4]);
    await expect(parties.holder.open(await aggregator.seal())).resolves.toMatchObject({ participants: 5 });
  });

  it("refuses other rounds, other plans and other keys", async () => {
    const aggregator = await parties.aggregator();
    const late = await parties.contribution("late", sample(), { round: "2" });
    await expect(aggregator.accept(late)).rejects.toThrow('round: expected "1", got "2"');
    const strangers = await Parties.create(engine, plan);
    await expect(aggregator.accept(await strangers.contribution("s", sample()))).rejects.toThrow(KeyMismatchError);
    await expect(aggregator.accept(await strangers.contribution("s", sample()))).rejects.toThrow("key id");
    const others = await Parties.create(engine, scheme === "ckks" ? plans(schema).paillier : plans(schema).ckks);
    // A contribution under CKKS is longer than anything that a Paillier plan explains.
    const reason = scheme === "ckks" ? "parameter hash" : "use messages made for this plan";
    await expect(aggregator.accept(await others.contribution("o", sample()))).rejects.toThrow(reason);
    const finer = planAggregation(schema, {
      scheme,
      precisionBits: 18,
      ...(scheme === "ckks" ? {} : { keyBits: 512, unsafe: true }),
    });
    const samePurpose = await Parties.create(engine, finer);
    await expect(aggregator.accept(await samePurpose.contribution("f", sample()))).rejects.toThrow("parameter hash");
    expect(aggregator.participants).toBe(0);
  });

  it("leaves no trace of a refused contribution", async () => {
    const aggregator = await parties.aggregator();
    const tag = scheme === "ckks" ? "CKC0" : "C0CT";
    const cut = withSection(contributions[0], tag, (section) => section.subarray(1));
    await expect(aggregator.accept(cut)).rejects.toThrow(WireError);
    await expect(aggregator.accept(contributions[0].subarray(0, 200))).rejects.toThrow(WireError);
    expect(aggregator.participants).toBe(0);
    for (const contribution of contributions.slice(0, 3)) await aggregator.accept(contribution);
    // A holder of its own: the other one has opened another aggregate of this round.
    const holder = await KeyHolder.create(engine, plan, { secretKey: parties.holder.exportSecretKey() });
    await expect(holder.open(await aggregator.seal())).resolves.toMatchObject({ participants: 3 });
  });

  it("refuses ciphertexts that are none, and metadata that is not the plan's", async () => {
    const aggregator = await parties.aggregator();
    const refuse = (bytes: Uint8Array, where: string) => expect(aggregator.accept(bytes)).rejects.toThrow(where);
    const change = (tag: string, f: (section: Uint8Array) => Uint8Array) => withSection(contributions[0], tag, f);
    await refuse(change("META", text("p0", "p 0")), "participant");
    if (scheme === "ckks") {
      await refuse(
        change("CKC1", (s) => s.fill(255)),
        "CKC1",
      );
      await refuse(change("CKMT", text('"batch":1', '"batch":2')), "batch");
      await refuse(change("CKMT", text('"seeded":false', '"seeded":true')), "seeded");
    } else {
      const zero = change("C0CT", (s) => s.fill(0, 0, 128));
      await refuse(zero, "0 < c < n^2");
      await refuse(
        change("C0CT", (s) => s.fill(255, 0, 128)),
        "0 < c < n^2",
      );
      await refuse(change("C0MT", text('"scaleBits":0', '"scaleBits":9')), "scale 2^9");
      await refuse(change("C0MT", text('"slotBits":511', '"slotBits":400')), "1 x 400 bits");
      await refuse(change("C0MT", text('"bound":"', '"bound":"1')), "bound");
      const two = text('"batch":1', '"batch":2');
      await refuse(change("C0MT", two), "C0CT");
      const twice = (section: Uint8Array) => Uint8Array.from([...section, ...section]);
      await refuse(withSection(change("C0MT", two), "C0CT", twice), "expected 1 of one slot");
    }
    expect(aggregator.participants).toBe(0);
  });
});

it("a Paillier aggregate is re-randomised: the aggregator that knows the contributions cannot recognise their sum", async () => {
  const parties = await Parties.create(engine, plans(schema).paillier);
  const contributions: Uint8Array[] = [];
  for (let i = 0; i < 3; i++) contributions.push(await parties.contribution(`p${i}`, sample(i), { round: "r" }));
  const ciphertexts: Uint8Array[] = [];
  for (let attempt = 0; attempt < 2; attempt++) {
    const aggregator = await parties.aggregator("r");
    for (const contribution of contributions) await aggregator.accept(contribution);
    const sealed = decodeContainer(await aggregator.seal(), { what: "aggregate", maxBytes: 1 << 20 });
    ciphertexts.push(sealed.sections.get("C0CT")!);
  }
  expect(ciphertexts[0]).not.toEqual(ciphertexts[1]);
});
