/**
 * The one container of webhe: keys, ciphertexts, plaintexts, parameters, requests, responses, contributions and aggregates.
 *
 *     offset  bytes
 *          0      8  magic  89 57 48 45 0d 0a 1a 0a  (as in PNG: the first byte is no text, and a transfer that
 *                    rewrites line ends or cuts at 0x1a is seen at once)
 *          8      2  format version
 *         10      2  kind
 *         12     32  parameter hash
 *         44     32  key id, zeros where there is none
 *         76      4  number of sections
 *         80         sections: 4 characters of tag, 8 bytes of length, that many bytes
 *        end     32  SHA-256 of everything before it
 *
 * Numbers are little endian. The checksum finds accidents, not forgery: who can alter a file can also recompute it.
 */
import { LimitError, ParameterError, show, WireError } from "../errors.js";
import { equalBytes, HASH_BYTES, sha256 } from "./hash.js";
import { ByteReader } from "./reader.js";

/** What a container holds. The numbers are part of the format and are never used again for something else. */
export const KINDS = {
  secretKey: 1,
  publicKey: 2,
  evaluationKey: 3,
  request: 4,
  response: 5,
  contribution: 6,
  aggregate: 7,
  ciphertext: 8,
  plaintext: 9,
  switchingKeys: 10,
  parameters: 11,
} as const;

export type Kind = keyof typeof KINDS;

/** The version that this program writes, and the newest that it reads. */
export const FORMAT_VERSION = 1;

const MAGIC = new Uint8Array([0x89, 0x57, 0x48, 0x45, 0x0d, 0x0a, 0x1a, 0x0a]);
const HEADER_BYTES = 80;
const SECTION_HEADER_BYTES = 12;
/** More sections than any kind has; a bound against a header that promises billions. */
const MAX_SECTIONS = 256;
const NO_KEY = new Uint8Array(HASH_BYTES);

/** A named run of bytes inside a container. */
export interface Section {
  /** Four characters from A-Z and 0-9, unique in its container. */
  readonly tag: string;
  readonly bytes: Uint8Array;
}

/** What {@link encodeContainer} writes. */
export interface ContainerContent {
  readonly kind: Kind;
  /** 32 bytes. */
  readonly parameterHash: Uint8Array;
  /** 32 bytes; none for data that belong to no key. */
  readonly keyId?: Uint8Array;
  readonly sections: readonly Section[];
}

/** A decoded container. All byte arrays are views into the bytes it was read from. */
export interface Container {
  readonly kind: Kind;
  readonly version: number;
  readonly parameterHash: Uint8Array;
  /** Undefined where the file names no key. */
  readonly keyId: Uint8Array | undefined;
  readonly sections: ReadonlyMap<string, Uint8Array>;
}

function checkHash(hash: Uint8Array, what: string): Uint8Array {
  if (!(hash instanceof Uint8Array) || hash.length !== HASH_BYTES) {
    throw new ParameterError({ what, expected: `${HASH_BYTES} bytes`, got: show(hash), remedy: "pass a SHA-256 digest" });
  }
  return hash;
}

/** Bytes that all will be written: filling some hundred kilobytes with zeros takes as long as hashing a quarter of them. */
function uninitialised(length: number): Uint8Array {
  // Not allocUnsafe, whose small arrays share memory.
  const { buffer } = globalThis.Buffer?.allocUnsafeSlow?.(length) ?? new Uint8Array(length);
  return new Uint8Array(buffer);
}

const isTag = (tag: string): boolean => /^[A-Z0-9]{4}$/.test(tag);

/** Writes a container. Throws ParameterError on a bad tag, a tag used twice, or a hash of another length. */
export function encodeContainer({ sections, ...header }: ContainerContent): Uint8Array {
  const lengths = sections.map(({ tag, bytes }) => ({ tag, length: bytes.length }));
  const { out, places, end } = layOutContainer(header, lengths);
  for (const [i, place] of places.entries()) out.set(sections[i].bytes, place);
  out.set(sha256(out.subarray(0, end)), end);
  return out;
}

/** A container without the bytes of its sections, and without the checksum. */
export interface ContainerLayout {
  readonly out: Uint8Array;
  /** Where the bytes of each section belong. */
  readonly places: readonly number[];
  /** Where the checksum of everything before it belongs. */
  readonly end: number;
}

/** Writes all but the bytes of the sections and the checksum, which the caller has to write, or to drop the rest. Throws as {@link encodeContainer}. */
export function layOutContainer(
  { kind, parameterHash, keyId = NO_KEY }: Omit<ContainerContent, "sections">,
  sections: readonly { readonly tag: string; readonly length: number }[],
): ContainerLayout {
  const tags = new Set(sections.map((s) => s.tag));
  if (tags.size !== sections.length || sections.length > MAX_SECTIONS || !sections.every((s) => isTag(s.tag))) {
    throw new ParameterError({
      what: "section tags",
      expected: "different tags of four characters A-Z or 0-9",
      got: show(sections.map((s) => s.tag).join(" ")),
      remedy: "rename the sections",
    });
  }
  const total = sections.reduce((sum, s) => sum + SECTION_HEADER_BYTES + s.length, HEADER_BYTES + HASH_BYTES);
  const out = uninitialised(total);
  const view = new DataView(out.buffer);
  out.set(MAGIC, 0);
  view.setUint16(8, FORMAT_VERSION, true);
  view.setUint16(10, KINDS[kind], true);
  out.set(checkHash(parameterHash, "parameter hash"), 12);
  out.set(checkHash(keyId, "key id"), 44);
  view.setUint32(76, sections.length, true);
  const places: number[] = [];
  let at = HEADER_BYTES;
  for (const { tag, length } of sections) {
    for (let i = 0; i < 4; i++) out[at + i] = tag.charCodeAt(i);
    view.setBigUint64(at + 4, BigInt(length), true);
    places.push(at + SECTION_HEADER_BYTES);
    at += SECTION_HEADER_BYTES + length;
  }
  return { out, places, end: at };
}

/** What the reader of a container accepts. */
export interface ContainerExpectation {
  /** Name of the file or message in errors, for example `"request"`. */
  readonly what: string;
  /** Bound on the whole container, checked before anything else. */
  readonly maxBytes: number;
  /** The kinds accepted; all of them where not given (for a tool that inspects files). */
  readonly kinds?: readonly Kind[];
  /** The sections accepted: `required` must be there, `optional` may be; any tag is accepted where not given. */
  readonly sections?: { readonly required: readonly string[]; readonly optional?: readonly string[] };
}

/**
 * Reads hostile bytes as a container. Nothing is copied and nothing is allocated from a length before that length is checked.
 * Throws LimitError above `maxBytes`, and WireError naming the field on everything else.
 */
export function decodeContainer(source: Uint8Array, expectation: ContainerExpectation): Container {
  const { verify, ...container } = openContainer(source, expectation);
  verify();
  checkTags(container.sections, expectation);
  return container;
}

/** A container whose checksum has not been looked at. */
export interface UnverifiedContainer extends Container {
  /** Compares the checksum. Throws WireError where the bytes were altered; costs something once. */
  readonly verify: () => void;
}

/**
 * The same, but for the checksum and the tags: the checksum can be compared while others already work on the sections. It
 * finds accidents only, so that whoever reads sections must expect anything in them with or without it.
 */
export function openContainer(source: Uint8Array, expectation: Omit<ContainerExpectation, "sections">): UnverifiedContainer {
  const { what, maxBytes } = expectation;
  if (!(source instanceof Uint8Array)) {
    throw new WireError({ what, expected: "a Uint8Array", got: show(source), remedy: "pass the bytes of the file" });
  }
  // Views of Node's Buffer are Buffers, whose slice() makes no copy: what is handed out is plain.
  const bytes = new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
  if (bytes.length > maxBytes) {
    throw new LimitError({
      what,
      expected: `at most ${maxBytes} bytes`,
      got: `${bytes.length}`,
      remedy: "split the input, or raise the bound",
    });
  }
  const reader = new ByteReader(bytes, what);
  if (bytes.length < MAGIC.length || !equalBytes(reader.take(MAGIC.length, "magic"), MAGIC)) {
    throw new WireError({
      what: `${what}, magic`,
      expected: "a webhe file",
      got: "something else",
      remedy: "check that this is the right file",
    });
  }
  const version = reader.u16("format version");
  if (version !== FORMAT_VERSION) {
    const remedy = version > FORMAT_VERSION ? "update webhe" : "write the file again";
    throw new WireError({ what: `${what}, format version`, expected: `${FORMAT_VERSION}`, got: `${version}`, remedy });
  }
  const kind = readKind(reader.u16("kind"), expectation);
  const parameterHash = reader.take(HASH_BYTES, "parameter hash");
  const keyId = reader.take(HASH_BYTES, "key id");
  const count = reader.u32("number of sections");
  if (count > MAX_SECTIONS) {
    throw new WireError({
      what: `${what}, number of sections`,
      expected: `at most ${MAX_SECTIONS}`,
      got: `${count}`,
      remedy: "refuse this file",
    });
  }
  const sections = readSections(reader, count, what);
  const end = reader.position;
  const checksum = reader.take(HASH_BYTES, "checksum");
  reader.finish();
  let isSound: boolean | undefined;
  const verify = () => {
    isSound ??= equalBytes(sha256(bytes.subarray(0, end)), checksum);
    if (isSound) return;
    throw new WireError({
      what: `${what}, checksum`,
      expected: "the SHA-256 of the content",
      got: "another",
      remedy: "transfer the file again: it was altered",
    });
  };
  return { kind, version, parameterHash, keyId: equalBytes(keyId, NO_KEY) ? undefined : keyId, sections, verify };
}

function readKind(code: number, { what, kinds }: Omit<ContainerExpectation, "sections">): Kind {
  const kind = (Object.keys(KINDS) as Kind[]).find((k) => KINDS[k] === code);
  if (kind === undefined || (kinds !== undefined && !kinds.includes(kind))) {
    const expected = (kinds ?? Object.keys(KINDS)).join(" or ");
    throw new WireError({
      what: `${what}, kind`,
      expected,
      got: kind ?? `kind ${code}`,
      remedy: "pass the file made for this step",
    });
  }
  return kind;
}

function readSections(reader: ByteReader, count: number, what: string): Map<string, Uint8Array> {
  const sections = new Map<string, Uint8Array>();
  for (let i = 0; i < count; i++) {
    const tag = String.fromCharCode(...reader.take(4, `section ${i}, tag`));
    if (!isTag(tag)) {
      throw new WireError({
        what: `${what}, section ${i}, tag`,
        expected: "four characters A-Z or 0-9",
        got: show(tag),
        remedy: "refuse this file",
      });
    }
    if (sections.has(tag)) {
      throw new WireError({
        what: `${what}, section '${tag}'`,
        expected: "one section of this tag",
        got: "a second one",
        remedy: "refuse this file",
      });
    }
    sections.set(tag, reader.take(reader.length64(`section '${tag}', length`), `section '${tag}'`));
  }
  return sections;
}

/** A section that must be there. Throws WireError where it is not. */
export function requireSection(sections: ReadonlyMap<string, Uint8Array>, tag: string, what: string): Uint8Array {
  const bytes = sections.get(tag);
  if (bytes === undefined) {
    const remedy = "ask the sender for a whole file";
    throw new WireError({ what: `${what}, section '${tag}'`, expected: "to be there", got: "nothing", remedy });
  }
  return bytes;
}

function checkTags(sections: ReadonlyMap<string, Uint8Array>, { what, sections: expected }: ContainerExpectation): void {
  if (expected === undefined) return;
  const optional = expected.optional ?? [];
  for (const tag of expected.required) requireSection(sections, tag, what);
  for (const tag of sections.keys()) {
    if (!expected.required.includes(tag) && !optional.includes(tag)) {
      throw new WireError({
        what: `${what}, section '${tag}'`,
        expected: "no section of this tag",
        got: "one",
        remedy: "update webhe, or refuse this file",
      });
    }
  }
}
