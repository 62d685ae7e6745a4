/** Primality, the search for NTT primes, and minimal roots of unity. */
import { ParameterError } from "../errors.js";
import { powMod, powModSteps } from "./modular.js";
import { finish, type Steps } from "./steps.js";

/** All primes below `limit`, by the sieve of Eratosthenes. */
export function primesBelow(limit: number): number[] {
  const composite = new Uint8Array(limit);
  const found: number[] = [];
  for (let n = 2; n < limit; n++) {
    if (composite[n]) continue;
    found.push(n);
    for (let multiple = n * n; multiple < limit; multiple += n) composite[multiple] = 1;
  }
  return found;
}

const SMALL_PRIMES: readonly bigint[] = primesBelow(1000).map(BigInt);

/** The first 13 primes decide every n below 3.3e24 (Sorenson and Webster, Math. Comp. 86, 2017). */
const DETERMINISTIC_BELOW = 3317044064679887385961981n;

function* isStrongProbablePrime(n: bigint, base: bigint): Steps<boolean> {
  let d = n - 1n;
  let s = 0;
  while ((d & 1n) === 0n) {
    d >>= 1n;
    s++;
  }
  let x = yield* powModSteps(base, d, n);
  if (x === 1n || x === n - 1n) return true;
  for (let i = 1; i < s; i++) {
    x = (x * x) % n;
    if (x === n - 1n) return true;
  }
  return false;
}

/**
 * Miller-Rabin. Exact below 3.3e24. Above, 40 rounds with the first 40 primes as bases: right for numbers that
 * nobody chose to fool us; callers that check hostile numbers add `extraBases` drawn at random.
 */
export function isPrime(n: bigint, extraBases: readonly bigint[] = []): boolean {
  return finish(isPrimeSteps(n, extraBases));
}

/** {@link isPrime}, interruptible within every round. */
export function* isPrimeSteps(n: bigint, extraBases: readonly bigint[] = []): Steps<boolean> {
  if (n < 2n) return false;
  for (const p of SMALL_PRIMES) {
    if (n === p) return true;
    if (n % p === 0n) return false;
  }
  const bases = SMALL_PRIMES.slice(0, n < DETERMINISTIC_BELOW ? 13 : 40);
  for (const base of bases) if (!(yield* isStrongProbablePrime(n, base))) return false;
  for (const base of extraBases) {
    const b = base % n;
    if (b > 1n && b < n - 1n && !(yield* isStrongProbablePrime(n, b))) return false;
  }
  return true;
}

/** What {@link nttPrimes} looks for. */
export interface NttPrimeSearch {
  /** Ring degree N, a power of two. */
  readonly degree: number;
  /** Exact bit length of the primes, at most 30. */
  readonly bits: number;
  readonly count: number;
  /** Primes that may not be used again. */
  readonly avoid?: readonly number[];
}

/**
 * The `count` largest primes of exactly `bits` bits with q = 1 mod lcm(2N, 2^16), largest first.
 * The second condition makes Montgomery reduction cheap (q = 1 + k 2^16). Throws ParameterError where there are too few.
 */
export function nttPrimes({ degree, bits, count, avoid = [] }: NttPrimeSearch): number[] {
  const step = Math.max(2 * degree, 1 << 16);
  const low = 2 ** (bits - 1);
  const primes: number[] = [];
  for (let q = Math.floor((2 ** bits - 2) / step) * step + 1; q > low && primes.length < count; q -= step) {
    if (!avoid.includes(q) && isPrime(BigInt(q))) primes.push(q);
  }
  if (primes.length < count) {
    throw new ParameterError({
      what: `primes of ${bits} bits for degree ${degree}`,
      expected: `${count} of them`,
      got: `${primes.length}`,
      remedy: "use fewer levels, or a scale whose primes are plentiful (28 to 30 bits)",
    });
  }
  return primes;
}

/** Throws ParameterError unless q is a prime = 1 mod 2N. */
export function checkNttPrime(q: bigint, degree: number): void {
  const order = BigInt(2 * degree);
  if (!isPrime(q)) {
    throw new ParameterError({
      what: `modulus ${q}`,
      expected: "a prime",
      got: "a composite number",
      remedy: "search it with nttPrimes",
    });
  }
  if ((q - 1n) % order !== 0n) {
    throw new ParameterError({
      what: `modulus ${q}`,
      expected: `1 modulo ${order}`,
      got: `${q % order}`,
      remedy: "choose an NTT prime for this degree",
    });
  }
}

/**
 * The smallest primitive 2N-th root of unity modulo q: the convention of SEAL and HEXL, so that their known answers hold.
 * Throws ParameterError unless q is a prime = 1 mod 2N.
 */
export function minimalPsi(q: bigint, degree: number): bigint {
  checkNttPrime(q, degree);
  const order = BigInt(2 * degree);
  // g^((q-1)/2N) is a primitive root as soon as its N-th power is -1; then all the others are its odd powers.
  let root = 0n;
  for (let g = 2n; root === 0n; g++) {
    const candidate = powMod(g, (q - 1n) / order, q);
    if (powMod(candidate, order / 2n, q) === q - 1n) root = candidate;
  }
  const square = (root * root) % q;
  let smallest = root;
  let power = root;
  for (let i = 1; i < degree; i++) {
    power = (power * square) % q;
    if (power < smallest) smallest = power;
  }
  return smallest;
}
