import { it } from "vitest";
import { useGpu } from "../../support/gpu.js";
import { linkShader } from "../../../src/kernels/webgpu/link.js";
import { ringPipelines } from "../../../src/kernels/webgpu/ring-pipelines.js";
import { twiddlesOf } from "../../../src/kernels/webgpu/ring-tables.js";
import { nttPrimes } from "../../../src/math/primes.js";
const gpu = useGpu();
it("times", async () => {
  const T = async (n: string, f: () => unknown) => { const t = performance.now(); await f(); console.log(n, (performance.now() - t).toFixed(0)); };
  for (const d of [1024, 8192]) { const [q] = nttPrimes({ degree: d, bits: 30, count: 1 }); await T("twiddles", () => twiddlesOf(d, q)); }
  const c = gpu();
  for (const entry of ["ring_convert", "ring_gather", "ring_accumulate", "ring_divide"]) {
    await T("link " + entry, () => linkShader({ entry, conditions: { SPARSE: true } }));
    await T("pipe " + entry, () => c.pipeline({ entry, conditions: { SPARSE: true } }));
  }
  for (const [LOG_DEGREE, LOG_BLOCK] of [[10, 10], [11, 11], [12, 12]])
  for (const d of ["forward", "inverse"]) {
    await T(`link block ${d} ${LOG_BLOCK}`, () => linkShader({ entry: `ntt_${d}_block`, constants: { LOG_DEGREE, LOG_BLOCK }, conditions: { ODD: LOG_BLOCK % 2 === 1, WHOLE: true } }));
    await T(`pipe block ${d} ${LOG_BLOCK}`, () => c.pipeline({ entry: `ntt_${d}_block`, constants: { LOG_DEGREE, LOG_BLOCK }, conditions: { ODD: LOG_BLOCK % 2 === 1, WHOLE: true } }));
  }
  for (const r of [2, 16])
  await T("pipe columns " + r, () => c.pipeline({ entry: `ntt_forward_columns`, constants: { LOG_DEGREE: r == 2 ? 13 : 16 }, conditions: { RADIX2: r == 2, RADIX4: false, RADIX8: false, RADIX16: r == 16 } }));
}, 200000);
