/** The test page as the tests in Node call it: one function a method, each evaluated in the page. */
import type { OpenPage } from "../browser.js";
import type { TestPage } from "./main.js";

type Global = typeof globalThis & { webhe: TestPage; crossOriginIsolated: boolean };

/** Every method of the page, all of them asynchronous from here. */
export type RemotePage = {
  [K in keyof TestPage]: (...args: Parameters<TestPage[K]>) => Promise<Awaited<ReturnType<TestPage[K]>>>;
};

/** The page that is open now; one that is loaded later answers too. */
export function remote({ page }: OpenPage): RemotePage & { isIsolated(): Promise<boolean> } {
  const call =
    (name: keyof TestPage) =>
    async (...args: unknown[]): Promise<unknown> => {
      await page.waitForFunction(() => "webhe" in globalThis);
      return page.evaluate(
        ([method, given]) => ((globalThis as Global).webhe[method] as (...given: unknown[]) => unknown)(...given),
        [name, args] as const,
      );
    };
  const names = [
    "open",
    "refusal",
    "close",
    "host",
    "ring",
    "encodings",
    "modular",
    "makeKey",
    "readKey",
    "predict",
  ] as const satisfies (keyof TestPage)[];
  const methods = Object.fromEntries(names.map((name) => [name, call(name)])) as unknown as RemotePage;
  return { ...methods, isIsolated: () => page.evaluate(() => (globalThis as Global).crossOriginIsolated) };
}
