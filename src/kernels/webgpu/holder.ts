/**
 * What must live as long as the process. Dawn's `create()` returns the object that owns the whole GPU instance: once it is
 * collected, any device made from it takes the process with it. So it is held here, in one place, and never let go.
 */
const held = new Map<string, Promise<GPU>>();

/** The instance for a key, made on first use; one that could not be made is tried again. */
export function hold(key: string, make: () => Promise<GPU>): Promise<GPU> {
  let instance = held.get(key);
  if (!instance) {
    instance = make();
    held.set(key, instance);
    instance.catch(() => held.delete(key));
  }
  return instance;
}
