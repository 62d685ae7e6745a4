/**
 * All error classes of webhe. Every message reads as one line: what was expected, what came, and what to do.
 * The fields survive structured cloning across workers through {@link serializeError} and {@link reviveError}.
 */

/** The parts of an error message. `remedy` is an instruction, without a full stop. */
export interface ErrorParts {
  /** What was being checked, for example `"degree"` or `"request, section 'c0'"`. */
  readonly what: string;
  /** What would have been accepted. */
  readonly expected: string;
  /** What came instead. */
  readonly got: string;
  /** What the reader can do about it. */
  readonly remedy: string;
}

/** The base class: catch this to catch every refusal of webhe. */
export class WebheError extends Error {
  readonly what: string;
  readonly expected: string;
  readonly got: string;
  readonly remedy: string;

  constructor(parts: ErrorParts, options?: ErrorOptions) {
    super(`${parts.what}: expected ${parts.expected}, got ${parts.got}; ${parts.remedy}`.replaceAll(/\s+/g, " "), options);
    this.name = new.target.name;
    this.what = parts.what;
    this.expected = parts.expected;
    this.got = parts.got;
    this.remedy = parts.remedy;
  }
}

/** An argument or a parameter set has the wrong type, shape or range. */
export class ParameterError extends WebheError {}
/** Parameters or keys fall below the promised security, and nobody said `unsafe`. */
export class SecurityError extends WebheError {}
/** A ciphertext has no level left for the operation. */
export class LevelError extends WebheError {}
/** A key, a ciphertext or a card belongs to other parameters or to another key. */
export class KeyMismatchError extends WebheError {}
/** A value cannot be represented: NaN, infinite, or outside the encodable range. */
export class EncodingError extends WebheError {}
/** Bytes or text from outside are cut off, altered, of another kind or of an unknown version. */
export class WireError extends WebheError {}
/** A size exceeds what the backend or the adapter can do. */
export class LimitError extends WebheError {}
/** The GPU device was lost, or the workers of WebAssembly died twice; the work in flight is void. */
export class DeviceLostError extends WebheError {}
/** The backend that was asked for cannot run here. */
export class BackendUnavailableError extends WebheError {}
/** A handle or an object was used after `dispose()` or `close()`, or belongs to another owner. */
export class LifetimeError extends WebheError {}

const classes = {
  WebheError,
  ParameterError,
  SecurityError,
  LevelError,
  KeyMismatchError,
  EncodingError,
  WireError,
  LimitError,
  DeviceLostError,
  BackendUnavailableError,
  LifetimeError,
} as const;

/** A plain object that carries an error across a worker boundary. */
export interface SerializedError extends ErrorParts {
  readonly name: keyof typeof classes;
}

/** Turns an error into a cloneable object, or returns undefined where it is not one of ours. */
export function serializeError(error: unknown): SerializedError | undefined {
  if (!(error instanceof WebheError)) return undefined;
  const { what, expected, got, remedy } = error;
  return { name: error.name as keyof typeof classes, what, expected, got, remedy };
}

/** The inverse of {@link serializeError}: the same class, the same fields. */
export function reviveError(value: SerializedError): WebheError {
  return new classes[value.name](value);
}

/** Shows a foreign value in an error message: short, on one line, never a secret-sized dump. */
export function show(value: unknown): string {
  let text: string;
  if (typeof value === "string") text = JSON.stringify(value);
  else if (typeof value === "bigint")
    text = value.toString().length > 40 ? `a ${value.toString(2).length}-bit integer` : `${value}`;
  else if (ArrayBuffer.isView(value)) text = `${value.constructor.name} of ${value.byteLength} bytes`;
  else if (Array.isArray(value)) text = `an array of ${value.length}`;
  else if (typeof value === "object" && value !== null) text = `an object (${value.constructor?.name ?? "no prototype"})`;
  else if (typeof value === "function") text = "a function";
  else text = String(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
