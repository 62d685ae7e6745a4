/** Non-negative integers and hexadecimal text as big-endian bytes. */
import { ParameterError, show } from "../errors.js";

const HEX: readonly string[] = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, "0"));

/** Lower-case hexadecimal text, two digits a byte. */
export function bytesToHex(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i++) text += HEX[bytes[i]];
  return text;
}

/** The bytes of hexadecimal text of even length. Throws ParameterError on anything else. */
export function hexToBytes(text: string): Uint8Array {
  if (text.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(text)) {
    throw new ParameterError({
      what: "hexadecimal text",
      expected: "pairs of hexadecimal digits",
      got: show(text),
      remedy: "pass whole bytes",
    });
  }
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(text.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}

/** The integer of big-endian bytes; 0 for none. Leading zero bytes are allowed. */
export function bytesToBigint(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${bytesToHex(bytes)}`);
}

/** Exactly `width` big-endian bytes of an integer in [0, 256^width). Throws ParameterError where it does not fit. */
export function bigintToBytes(x: bigint, width: number): Uint8Array {
  const hex = x === 0n ? "" : x.toString(16);
  if (x < 0n || hex.length > 2 * width) {
    throw new ParameterError({ what: "integer", expected: `0 <= x < 256^${width}`, got: show(x), remedy: "reduce it first" });
  }
  return hexToBytes(hex.padStart(2 * width, "0"));
}
