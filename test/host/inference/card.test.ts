import { describe, expect, it } from "vitest";
import { LimitError, ParameterError, SecurityError, WireError } from "../../../src/errors.js";
import { InferenceCard, planInference } from "../../../src/host/inference/index.js";
import { changedCard, modelOf, small } from "../../support/inference.js";

const ckks = planInference(small()).card;
const paillier = planInference(small(), { scheme: "paillier" }).card;

describe("InferenceCard", () => {
  it.each([ckks, paillier, planInference(modelOf("diabetes")).card])("reads what it wrote", (card) => {
    const again = InferenceCard.fromJSON(card.toText());
    expect(again.toText()).toBe(card.toText());
    expect(again.hash).toEqual(card.hash);
    expect(again.content).toEqual(card.content);
  });

  it("does not depend on the spelling of the text", () => {
    const entries = Object.entries(JSON.parse(ckks.toText()) as object).reverse();
    expect(InferenceCard.fromJSON(JSON.stringify(Object.fromEntries(entries), null, 2)).id).toBe(ckks.id);
  });

  it("cannot be changed", () => {
    expect(Object.isFrozen(ckks.content.bounds)).toBe(true);
    expect(Object.isFrozen(ckks.content.scheme)).toBe(true);
    expect(Object.isFrozen(ckks.content.features)).toBe(true);
  });

  const scheme = ckks.content.scheme;
  if (scheme.name !== "ckks") throw new Error("a CKKS card");

  it.each([
    ["another format", { format: "webhe-card/2" }, WireError, "format"],
    ["weights", { coef: [[1, 2, 3]] }, WireError, "coef"],
    ["another link", { link: "softmax" }, WireError, "link"],
    ["no bound", { bounds: { feature: 0, decision: 1, weightNorm: 1 } }, WireError, "bounds.feature"],
    [
      "a decision that the modulus cannot hold",
      { bounds: { ...ckks.content.bounds, decision: 2 ** 40 } },
      WireError,
      "scheme.basePrimes",
    ],
    ["a third class", { classes: [1, 2, 3] }, WireError, "classes"],
    ["a scaler of another length", { scaler: { mean: [0], scale: [1, 1, 1] } }, WireError, "scaler.mean"],
    ["a prime that is none", { scheme: { ...scheme, levelPrimes: [2 ** 29] } }, WireError, "scheme"],
    [
      "two levels",
      { scheme: { ...scheme, basePrimes: [scheme.basePrimes[0]], levelPrimes: [scheme.basePrimes[1], ...scheme.levelPrimes] } },
      WireError,
      "scheme",
    ],
    [
      "no level",
      { scheme: { ...scheme, basePrimes: [...scheme.basePrimes, ...scheme.levelPrimes], levelPrimes: [] } },
      WireError,
      "levelPrimes",
    ],
    ["a scheme that it does not know", { scheme: { name: "bfv" } }, WireError, "scheme.name"],
  ])("refuses %s", (_, change, error, field) => {
    expect(() => changedCard(ckks, change)).toThrow(error);
    expect(() => changedCard(ckks, change)).toThrow(field);
  });

  it("refuses parameters below the promised security, whoever wrote them", () => {
    const weak = { ...scheme, degree: 2048 };
    expect(() => changedCard(ckks, { scheme: weak })).toThrow(SecurityError);
    expect(() => changedCard(ckks, { scheme: { ...scheme, security: 256 } })).toThrow(SecurityError);
    const { scheme: content } = paillier.content;
    expect(() => changedCard(paillier, { scheme: { ...content, keyBits: 1024, slots: 1 } })).toThrow(SecurityError);
  });

  it("refuses slots that overlap or overflow", () => {
    const { scheme: content } = paillier.content;
    if (content.name !== "paillier") throw new Error("a Paillier card");
    expect(() => changedCard(paillier, { scheme: { ...content, slots: content.slots + 1 } })).toThrow(/scheme\.slots/);
    expect(() => changedCard(paillier, { scheme: { ...content, slotBits: content.slotBits - 1 } })).toThrow(/scheme\.slotBits/);
    expect(() => changedCard(paillier, { scheme: { ...content, keyBits: 5000 } })).toThrow(WireError);
    expect(() => changedCard(paillier, { scheme: { ...content, keyBits: 3071 } })).toThrow(ParameterError);
  });

  it("bounds the text before it parses it", () => {
    expect(() => InferenceCard.fromJSON(" ".repeat(2 ** 24 + 1))).toThrow(LimitError);
    expect(() => InferenceCard.fromJSON("{")).toThrow(WireError);
    expect(() => InferenceCard.fromJSON(undefined as never)).toThrow(WireError);
  });
});
