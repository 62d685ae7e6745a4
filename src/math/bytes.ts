/** Non-negative integers and hexadecimal text as big-endian bytes. */
import { ParameterError, show } from "../errors.js";

/** Character codes of the digits, and back. Thousands of ciphertexts pass here, so nothing is done digit by digit in text. */
const CODES = new TextEncoder().encode("0123456789abcdef");
const VALUES = new Uint8Array(128);
CODES.forEach((code, value) => {
  VALUES[code] = value;
  VALUES[String.fromCharCode(code).toUpperCase().charCodeAt(0)] = value;
});

/** Lower-case hexadecimal text, two digits a byte. */
export function bytesToHex(bytes: Uint8Array): string {
  const text = new Uint8Array(2 * bytes.length);
  for (let i = 0; i < bytes.length; i++) {
    text[2 * i] = CODES[bytes[i] >>> 4];
    text[2 * i + 1] = CODES[bytes[i] & 15];
  }
  return new TextDecoder().decode(text);
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
  for (let i = 0; i < bytes.length; i++) {
    bytes[i] = (VALUES[text.charCodeAt(2 * i)] << 4) | VALUES[text.charCodeAt(2 * i + 1)];
  }
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
