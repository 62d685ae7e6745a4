/** Adapters in words. */

/** Which adapter is wanted. */
export interface AdapterWish {
  /** Part of the adapter's name. */
  readonly adapter?: string;
  /** Takes the software adapter (SwiftShader, llvmpipe) even where there is hardware. */
  readonly forceSoftware?: boolean;
  readonly powerPreference?: "high-performance" | "low-power";
  /** Further flags of Dawn's `create()`, in Node only; for benchmarks and tests. */
  readonly dawnFlags?: readonly string[];
}

/** One adapter; plain data. */
export interface AdapterDescription {
  readonly name: string;
  readonly isSoftware: boolean;
}

/** What is read of a GPUAdapterInfo; spelled out, because public declarations reach this file and may name no GPU type. */
export interface AdapterInfo {
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  readonly description: string;
  readonly isFallbackAdapter?: boolean;
}

/** What asking for an adapter came to. */
export interface AdapterProbe {
  readonly preferred: AdapterDescription | undefined;
  /** In one line. */
  readonly outcome: string;
  /** What Dawn and the drivers wrote to standard error meanwhile. */
  readonly log: string;
}

const SOFTWARE = /swiftshader|llvmpipe|lavapipe|softpipe|basic render|warp/i;

/** Name and nature of an adapter. Software adapters are known by their flag or by their name. */
export function describeAdapter(info: AdapterInfo): AdapterDescription {
  const { vendor, architecture, device, description, isFallbackAdapter } = info;
  const words = [vendor, architecture, device, description].filter((word, i, all) => word !== "" && all.indexOf(word) === i);
  const name = words.join(" ") || "unnamed adapter";
  return { name, isSoftware: isFallbackAdapter === true || SOFTWARE.test(name) };
}
