/** Parameters: a container of kind parameters with the literal, whose hash its header carries. */
import { z } from "zod";
import { WebheError, WireError } from "../../errors.js";
import { decodeContainer, decodeJson, encodeContainer, encodeJson, requireParameters, requireSection } from "../../wire/index.js";
import { CkksParameters, type CkksParametersLiteral } from "../parameters.js";

const LITERAL = "CKPM";

/** Writes parameters for others to read. */
export function exportParameters(parameters: CkksParameters): Uint8Array {
  const bytes = encodeJson(parameters.toLiteral());
  return encodeContainer({ kind: "parameters", parameterHash: parameters.hash, sections: [{ tag: LITERAL, bytes }] });
}

/**
 * Reads parameters from hostile bytes and checks them as {@link CkksParameters.from} does. Throws WireError for what is no such file, or
 * whose literal is refused; SecurityError is its cause where the modulus is too large for the ring.
 */
export function importParameters(bytes: Uint8Array): CkksParameters {
  const what = "parameters";
  const container = decodeContainer(bytes, {
    what,
    maxBytes: 8192,
    kinds: ["parameters"],
    sections: { required: [LITERAL] },
  });
  const where = `${what}, section '${LITERAL}'`;
  const schema = z.record(z.string(), z.unknown());
  const literal = decodeJson(requireSection(container.sections, LITERAL, what), { what: where, schema });
  const parameters = checked(literal, where);
  requireParameters(container, parameters.hash, what);
  return parameters;
}

function checked(literal: unknown, what: string): CkksParameters {
  try {
    return CkksParameters.from(literal as CkksParametersLiteral);
  } catch (cause) {
    if (!(cause instanceof WebheError)) throw cause;
    const got = `${cause.what}: ${cause.got}`;
    throw new WireError({ what, expected: `${cause.what}: ${cause.expected}`, got, remedy: "refuse this file" }, { cause });
  }
}
