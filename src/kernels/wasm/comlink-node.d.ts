/** comlink declares its adapter for Node under the name without extension, which Node itself does not resolve. */
declare module "comlink/dist/esm/node-adapter.mjs" {
  export type { NodeEndpoint } from "comlink/dist/esm/node-adapter";
  export { default } from "comlink/dist/esm/node-adapter";
}
