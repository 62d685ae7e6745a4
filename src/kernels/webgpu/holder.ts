/**
 * What must live as long as the process. Dawn's `create()` returns the object that owns the whole GPU instance: once it is
 * collected, any device made from it takes the process with it. So it is held here, in one place, and never let go.
 */
const held = new Map<string, GPU>();

/** The instance for these flags, made on first use. */
export async function hold(key: string, make: () => Promise<GPU>): Promise<GPU> {
  const known = held.get(key);
  if (known) return known;
  const made = await make();
  const first = held.get(key) ?? made;
  held.set(key, first);
  return first;
}
