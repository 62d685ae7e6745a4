/**
 * The butterflies of src/math/embedding.ts in f64x2, with the same float64 operations in the same order for every element.
 *
 * Layout: with H = N/4, entry j < H is 32 bytes: the real parts of elements j and j + H of the N/2 complex numbers, then
 * their imaginary parts. Both lanes then take the same steps at every level but the one that joins the halves (m = 1), which
 * reads or writes numbers in their natural order. Entry e >= 1 of the roots belongs to nodes m + i and m + i + m/2 of the
 * tree, m/2 + i = e; entry 0 holds node 1 twice. Two levels make one pass over memory.
 */

// @ts-ignore: decorator
@inline
function re(at: usize): v128 {
  return v128.load(at);
}

// @ts-ignore: decorator
@inline
function im(at: usize): v128 {
  return v128.load(at, 16);
}

// @ts-ignore: decorator
@inline
function put(at: usize, x: v128, y: v128): void {
  v128.store(at, x);
  v128.store(at, y, 16);
}

/** Real part of (x + iy)(c + is). */
// @ts-ignore: decorator
@inline
function timesRe(x: v128, y: v128, c: v128, s: v128): v128 {
  return f64x2.sub(f64x2.mul(x, c), f64x2.mul(y, s));
}

// @ts-ignore: decorator
@inline
function timesIm(x: v128, y: v128, c: v128, s: v128): v128 {
  return f64x2.add(f64x2.mul(x, s), f64x2.mul(y, c));
}

/** Real part of (x + iy)(c - is). */
// @ts-ignore: decorator
@inline
function overRe(x: v128, y: v128, c: v128, s: v128): v128 {
  return f64x2.add(f64x2.mul(x, c), f64x2.mul(y, s));
}

// @ts-ignore: decorator
@inline
function overIm(x: v128, y: v128, c: v128, s: v128): v128 {
  return f64x2.sub(f64x2.mul(y, c), f64x2.mul(x, s));
}

/** One level of Cooley-Tukey: `blocks` blocks of 2t bytes of entries. */
function forwardLevel(data: usize, roots: usize, blocks: usize, t: usize): void {
  for (let i: usize = 0; i < blocks; i++) {
    const c = re(roots + ((blocks + i) << 5));
    const s = im(roots + ((blocks + i) << 5));
    const start = data + 2 * i * t;
    for (let a = start; a < start + t; a += 32) {
      const x = re(a + t);
      const y = im(a + t);
      const vr = timesRe(x, y, c, s);
      const vi = timesIm(x, y, c, s);
      const ar = re(a);
      const ai = im(a);
      put(a + t, f64x2.sub(ar, vr), f64x2.sub(ai, vi));
      put(a, f64x2.add(ar, vr), f64x2.add(ai, vi));
    }
  }
}

/** Two levels: blocks of 4t bytes of entries, which both levels halve. */
function forwardPair(data: usize, roots: usize, blocks: usize, t: usize): void {
  for (let i: usize = 0; i < blocks; i++) {
    const first = roots + ((blocks + i) << 5);
    const c = re(first);
    const s = im(first);
    const second = roots + ((blocks + i) << 6);
    const c0 = re(second);
    const s0 = im(second);
    const c1 = re(second + 32);
    const s1 = im(second + 32);
    const start = data + 4 * i * t;
    for (let p = start; p < start + t; p += 32) {
      const p1 = p + t;
      const p2 = p1 + t;
      const p3 = p2 + t;
      let x = re(p2);
      let y = im(p2);
      let vr = timesRe(x, y, c, s);
      let vi = timesIm(x, y, c, s);
      let ar = re(p);
      let ai = im(p);
      const cr = f64x2.sub(ar, vr);
      const ci = f64x2.sub(ai, vi);
      ar = f64x2.add(ar, vr);
      ai = f64x2.add(ai, vi);
      x = re(p3);
      y = im(p3);
      vr = timesRe(x, y, c, s);
      vi = timesIm(x, y, c, s);
      let br = re(p1);
      let bi = im(p1);
      const dr = f64x2.sub(br, vr);
      const di = f64x2.sub(bi, vi);
      br = f64x2.add(br, vr);
      bi = f64x2.add(bi, vi);
      vr = timesRe(br, bi, c0, s0);
      vi = timesIm(br, bi, c0, s0);
      put(p1, f64x2.sub(ar, vr), f64x2.sub(ai, vi));
      put(p, f64x2.add(ar, vr), f64x2.add(ai, vi));
      vr = timesRe(dr, di, c1, s1);
      vi = timesIm(dr, di, c1, s1);
      put(p3, f64x2.sub(cr, vr), f64x2.sub(ci, vi));
      put(p2, f64x2.add(cr, vr), f64x2.add(ci, vi));
    }
  }
}

function inverseLevel(data: usize, roots: usize, blocks: usize, t: usize): void {
  for (let i: usize = 0; i < blocks; i++) {
    const c = re(roots + ((blocks + i) << 5));
    const s = im(roots + ((blocks + i) << 5));
    const start = data + 2 * i * t;
    for (let a = start; a < start + t; a += 32) {
      const ar = re(a);
      const ai = im(a);
      const br = re(a + t);
      const bi = im(a + t);
      const x = f64x2.sub(ar, br);
      const y = f64x2.sub(ai, bi);
      put(a, f64x2.add(ar, br), f64x2.add(ai, bi));
      put(a + t, overRe(x, y, c, s), overIm(x, y, c, s));
    }
  }
}

/** Two levels of Gentleman-Sande: the finer one, of 2 * `blocks` blocks, first. */
function inversePair(data: usize, roots: usize, blocks: usize, t: usize): void {
  for (let i: usize = 0; i < blocks; i++) {
    const first = roots + ((blocks + i) << 6);
    const c0 = re(first);
    const s0 = im(first);
    const c1 = re(first + 32);
    const s1 = im(first + 32);
    const second = roots + ((blocks + i) << 5);
    const c = re(second);
    const s = im(second);
    const start = data + 4 * i * t;
    for (let p = start; p < start + t; p += 32) {
      const p1 = p + t;
      const p2 = p1 + t;
      const p3 = p2 + t;
      let ar = re(p);
      let ai = im(p);
      let br = re(p1);
      let bi = im(p1);
      let x = f64x2.sub(ar, br);
      let y = f64x2.sub(ai, bi);
      ar = f64x2.add(ar, br);
      ai = f64x2.add(ai, bi);
      br = overRe(x, y, c0, s0);
      bi = overIm(x, y, c0, s0);
      let cr = re(p2);
      let ci = im(p2);
      let dr = re(p3);
      let di = im(p3);
      x = f64x2.sub(cr, dr);
      y = f64x2.sub(ci, di);
      cr = f64x2.add(cr, dr);
      ci = f64x2.add(ci, di);
      dr = overRe(x, y, c1, s1);
      di = overIm(x, y, c1, s1);
      x = f64x2.sub(ar, cr);
      y = f64x2.sub(ai, ci);
      put(p, f64x2.add(ar, cr), f64x2.add(ai, ci));
      put(p2, overRe(x, y, c, s), overIm(x, y, c, s));
      x = f64x2.sub(br, dr);
      y = f64x2.sub(bi, di);
      put(p1, f64x2.add(br, dr), f64x2.add(bi, di));
      put(p3, overRe(x, y, c, s), overIm(x, y, c, s));
    }
  }
}

/**
 * N coefficients (f64, in natural order) at `from` to values in the layout above at `data`: the level m = 1, then the rest.
 * N is at least 8.
 */
export function forward(from: usize, degree: usize, data: usize, roots: usize): void {
  const quarter = degree << 1; // bytes of N/4 float64
  const c = re(roots);
  const s = im(roots);
  for (let at: usize = 0; at < quarter; at += 16) {
    const source = from + at;
    const x = v128.load(source + quarter);
    const y = v128.load(source + 3 * quarter);
    const vr = timesRe(x, y, c, s);
    const vi = timesIm(x, y, c, s);
    const ar = v128.load(source);
    const ai = v128.load(source + 2 * quarter);
    const hr = f64x2.add(ar, vr);
    const hi = f64x2.add(ai, vi);
    const lr = f64x2.sub(ar, vr);
    const li = f64x2.sub(ai, vi);
    const target = data + (at << 2);
    put(target, i64x2.shuffle(hr, lr, 0, 2), i64x2.shuffle(hi, li, 0, 2));
    put(target + 32, i64x2.shuffle(hr, lr, 1, 3), i64x2.shuffle(hi, li, 1, 3));
  }
  let t = degree << 3; // bytes of all entries; halved with every level
  let blocks: usize = 1;
  if (ctz(degree) & 1) {
    t >>= 1;
    forwardLevel(data, roots, blocks, t);
    blocks <<= 1;
  }
  while (t > 32) {
    t >>= 2;
    forwardPair(data, roots, blocks, t);
    blocks <<= 2;
  }
}

/**
 * Values in the layout above at `data`, which is destroyed, to round(factor * coefficients) (f64, natural order) at `out`:
 * all levels down to m = 1, the factor, and the rounding of roundInPlace. N is at least 8.
 */
export function inverse(data: usize, degree: usize, roots: usize, factor: f64, out: usize): void {
  const quarter = degree << 1;
  let t: usize = 32;
  let blocks = degree >> 3;
  while (blocks > 1) {
    blocks >>= 1;
    inversePair(data, roots, blocks, t);
    t <<= 2;
    blocks >>= 1;
  }
  if (blocks == 1) inverseLevel(data, roots, 1, t);
  const c = re(roots);
  const s = im(roots);
  const f = f64x2.splat(factor);
  for (let at: usize = 0; at < quarter; at += 16) {
    const entry = data + (at << 2);
    const ar = i64x2.shuffle(re(entry), re(entry + 32), 0, 2);
    const br = i64x2.shuffle(re(entry), re(entry + 32), 1, 3);
    const ai = i64x2.shuffle(im(entry), im(entry + 32), 0, 2);
    const bi = i64x2.shuffle(im(entry), im(entry + 32), 1, 3);
    const x = f64x2.sub(ar, br);
    const y = f64x2.sub(ai, bi);
    const target = out + at;
    v128.store(target, nearest(f64x2.mul(f64x2.add(ar, br), f)));
    v128.store(target + quarter, nearest(f64x2.mul(overRe(x, y, c, s), f)));
    v128.store(target + 2 * quarter, nearest(f64x2.mul(f64x2.add(ai, bi), f)));
    v128.store(target + 3 * quarter, nearest(f64x2.mul(overIm(x, y, c, s), f)));
  }
}

/** The nearest integers, ties away from zero, as in src/math/encoding.ts. */
// @ts-ignore: decorator
@inline
function nearest(x: v128): v128 {
  const whole = f64x2.trunc(x);
  const fraction = f64x2.sub(x, whole);
  return f64x2.add(whole, f64x2.trunc(f64x2.add(fraction, fraction)));
}
