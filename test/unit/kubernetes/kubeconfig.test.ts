import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, test } from "node:test";
import { isFailure } from "../../../src/kubernetes/failure.ts";
import { contextsOf, loadKubeconfig, readKubeconfig } from "../../../src/kubernetes/kubeconfig.ts";

const folder = mkdtempSync(join(tmpdir(), "kubeconfig-"));
after(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, text);
  return path;
}

function config(name: string, user = "{token: t}"): string {
  return `clusters: [{name: ${name}, cluster: {server: "https://${name}:6443/"}}]
users: [{name: ${name}, user: ${user}}]
contexts: [{name: ${name}, context: {cluster: ${name}, user: ${name}, namespace: shop}}]
current-context: ${name}
`;
}

/** The one user of a text, or why there is none. */
function user(text: string, from: string | undefined = "/home/me/.kube") {
  const read = readKubeconfig(config("a", text), from);
  return isFailure(read) ? read : read.users[0];
}

function malformed(text: string, detail: string): void {
  assert.deepEqual(readKubeconfig(text, undefined), { code: "kubeconfigMalformed", detail });
}

test("a server is read without the slash at its end", () => {
  const read = readKubeconfig(config("a"), undefined);
  assert.equal(!isFailure(read) && read.clusters[0]?.server, "https://a:6443");
});
test("a token is read", () =>
  assert.deepEqual(user("{token: ' abc '}"), {
    login: { name: "a", token: "abc" },
    impersonatedGroups: [],
    command: undefined,
    authProvider: undefined,
  }));
test("a name of digits is a name", () => {
  const read = readKubeconfig(config("123"), undefined);
  assert.equal(!isFailure(read) && read.contexts[0]?.cluster, "123");
});
test("a token file is found from the kubeconfig and counts before a token", () => {
  const read = user("{tokenFile: token, token: abc}");
  assert.deepEqual(read !== undefined && "login" in read && read.login, {
    name: "a",
    authProvider: { name: "tokenFile", config: { tokenFile: "/home/me/.kube/token" } },
  });
});
test("a certificate file is found from the kubeconfig", () => {
  const read = user("{client-certificate: pki/me.crt, client-key: /etc/me.key}");
  assert.deepEqual(read !== undefined && "login" in read && read.login, {
    name: "a",
    certFile: "/home/me/.kube/pki/me.crt",
    keyFile: "/etc/me.key",
  });
});
test("a kubeconfig from the network may name no file of this machine", () =>
  assert.deepEqual(readKubeconfig(config("a", "{client-key: /etc/passwd}"), undefined), {
    code: "kubeconfigMalformed",
    detail: "users[0].client-key",
  }));
test("groups to act as are read", () => {
  const read = user("{as: jane, as-groups: [dev, ops]}");
  assert.deepEqual(read !== undefined && "impersonatedGroups" in read && read.impersonatedGroups, ["dev", "ops"]);
});
test("a command is read", () => {
  const read = user(
    "{exec: {apiVersion: client.authentication.k8s.io/v1, command: get-token, args: [--for, a], env: [{name: X, value: '1'}]}}",
  );
  assert.deepEqual(read !== undefined && "login" in read && read.command, {
    apiVersion: "client.authentication.k8s.io/v1",
    command: "get-token",
    args: ["--for", "a"],
    env: { X: "1" },
    isInteractive: false,
    needsCluster: false,
  });
});
test("a command with a path is found from the kubeconfig", () => {
  const read = user("{exec: {command: ./get-token}}");
  assert.equal(read !== undefined && "login" in read && read.command?.command, "/home/me/.kube/get-token");
});
test("an auth-provider that calls itself a token file is still one", () => {
  const read = user("{auth-provider: {name: tokenFile, config: {exec: {command: evil}}}}");
  assert.equal(read !== undefined && "login" in read && read.authProvider, "tokenFile");
});

test("no YAML is said with its line, without its text", () => malformed("a: 1\nb: {token: secret", "2"));
test("a list is no kubeconfig", () => malformed("[1, 2]", "1"));
test("an empty text is no kubeconfig", () => malformed("", "1"));
test("clusters are a list", () => malformed("clusters: {a: 1}", "clusters"));
test("a cluster has a name", () => malformed("clusters: [{cluster: {server: 'https://a'}}]", "clusters[0].name"));
test("a cluster has a server", () => malformed("clusters: [{name: a, cluster: {}}]", "clusters[0].cluster.server"));
test("a server is a URL", () =>
  malformed("clusters: [{name: a, cluster: {server: 'a:6443'}}]", "clusters[0].cluster.server"));
test("a user is an object", () => malformed("users: [{name: a, user: x}]", "users[0].user"));
test("a token is a text", () => malformed("users: [{name: a, user: {token: [1]}}]", "users[0].token"));
test("a context has a cluster", () => malformed("contexts: [{name: a, context: {}}]", "contexts[0].context.cluster"));
test("a command has a name", () => malformed("users: [{name: a, user: {exec: {}}}]", "users[0].user.exec.command"));
test("arguments are texts", () =>
  malformed("users: [{name: a, user: {exec: {command: x, args: [1]}}}]", "users[0].user.exec.args"));

test("the contexts of a file are listed for a picker", async () =>
  assert.deepEqual(await contextsOf({ file: file("one", config("a")) }, {}), [
    { name: "a", cluster: "a", user: "a", namespace: "shop", server: "https://a:6443", isCurrent: true },
  ]));
test("of several files all contexts are listed, and the first says which is current", async () => {
  const list = [file("one", config("a")), file("two", config("b"))].join(delimiter);
  const contexts = await contextsOf({}, { KUBECONFIG: list });
  assert.deepEqual(!("code" in contexts) && contexts.map(({ name, isCurrent }) => [name, isCurrent]), [
    ["a", true],
    ["b", false],
  ]);
});
test("of a name that two files have the first counts", async () => {
  const list = [file("one", config("a", "{token: first}")), file("two", config("a", "{token: second}"))].join(
    delimiter,
  );
  const read = await loadKubeconfig({}, { KUBECONFIG: list });
  assert.deepEqual(!isFailure(read) && read.users.map(({ login }) => login.token), ["first"]);
});
test("a missing file of several is passed over", async () => {
  const list = [join(folder, "missing"), file("two", config("b"))].join(delimiter);
  const contexts = await contextsOf({}, { KUBECONFIG: list });
  assert.deepEqual(!("code" in contexts) && contexts.map(({ name }) => name), ["b"]);
});
test("without a list of files it is that of the home folder", async () => {
  file("home/.kube/config", config("h"));
  const contexts = await contextsOf({}, { HOME: join(folder, "home") });
  assert.deepEqual(!("code" in contexts) && contexts.map(({ name }) => name), ["h"]);
});
test("a missing file is named", async () => {
  const path = join(folder, "missing");
  assert.deepEqual(await contextsOf({ file: path }, {}), { code: "kubeconfigMissing", detail: path });
});
test("a folder cannot be read", async () =>
  assert.deepEqual(await contextsOf({ file: folder }, {}), { code: "kubeconfigUnreadable", detail: folder }));
test("a malformed file is named with the place", async () => {
  const path = file("bad", "clusters: 1");
  assert.deepEqual(await contextsOf({ file: path }, {}), {
    code: "kubeconfigMalformed",
    detail: `${path}: clusters`,
  });
});
