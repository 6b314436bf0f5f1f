import type { Plugin } from "esbuild";

/** Which file of Alibaba's libraries asks for which others. */
const unused: readonly { readonly importer: RegExp; readonly module: RegExp }[] = [
  // A native library that compresses what is sent and decompresses what is answered; the transport here does that.
  { importer: /@alicloud\/gateway-sls-util\/dist\/(compress|decompress)\.js$/, module: /^lz4-napi$/ },
  // The common runtime also speaks WebSocket, through proxies of its own, and reads XML. No request here is either.
  { importer: /@darabonba\/typescript\/dist\/websocket\.js$/, module: /^(ws|(https?|socks)-proxy-agent)$/ },
  { importer: /@darabonba\/typescript\/dist\/xml\.js$/, module: /^xml2js$/ },
];

/**
 * Leaves out of a bundle what Alibaba's libraries load beside what signs: a third of their size, and a native library that
 * a bundle cannot hold. It says who asks, as other libraries ask for the same modules and need them.
 */
export const signingOnly: Plugin = {
  name: "signing-only",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(lz4-napi|ws|xml2js|(https?|socks)-proxy-agent)$/ }, ({ path, importer }) => {
      const from = importer.replaceAll("\\", "/");
      const isUnused = unused.some((one) => one.importer.test(from) && one.module.test(path));
      return isUnused ? { path, namespace: "signing-only" } : undefined;
    });
    onLoad({ filter: /.*/, namespace: "signing-only" }, () => ({ contents: "", loader: "js" }));
  },
};
