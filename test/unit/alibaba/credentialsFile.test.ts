import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { jsonErrorOffset } from "../../../src/alibaba/credentials/jsonError.ts";
import { readProfileFile } from "../../../src/alibaba/credentials/profileFile.ts";

const folder = mkdtempSync(join(tmpdir(), "profile-file-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const path = join(folder, "config.json");

async function read(content: string | Uint8Array): Promise<unknown> {
  writeFileSync(path, content);
  return readProfileFile(path);
}

async function checkFailure(content: string, code: string, detail: string): Promise<void> {
  assert.deepEqual(await read(content), { kind: "credentialFailure", code, detail: `${path}${detail}` });
}

test("a file as the CLI writes it is read with its current profile", async () =>
  assert.deepEqual(
    await read(`{
	"current": "work",
	"profiles": [
		{
			"name": "work",
			"mode": "AK",
			"access_key_id": "LTAI-id",
			"access_key_secret": "ak-secret",
			"sts_token": "",
			"ram_role_name": "",
			"expired_seconds": 0,
			"verified": "",
			"region_id": "cn-beijing",
			"output_format": "json",
			"language": "en",
			"site": "",
			"retry_timeout": 0
		}
	],
	"meta_path": ""
}`),
    {
      kind: "profileFile",
      path,
      current: "work",
      profiles: [
        {
          name: "work",
          mode: "AK",
          regionId: "cn-beijing",
          texts: { access_key_id: "LTAI-id", access_key_secret: "ak-secret" },
          numbers: {},
        },
      ],
    },
  ));
test("a byte order mark is no fault", async () =>
  assert.deepEqual(await read('\ufeff{"profiles":[]}'), {
    kind: "profileFile",
    path,
    current: undefined,
    profiles: [],
  }));
test("an entry without a name is no profile, and fields of another type are missing", async () =>
  assert.deepEqual(
    await read('{"current":1,"profiles":[null,1,{"mode":"AK"},{"name":"p","mode":7,"access_key_id":{}}]}'),
    {
      kind: "profileFile",
      path,
      current: undefined,
      profiles: [{ name: "p", mode: "AK", regionId: undefined, texts: {}, numbers: {} }],
    },
  ));
test("a file that is not there is missing", async () =>
  assert.deepEqual(await readProfileFile(join(folder, "none", "config.json")), {
    kind: "credentialFailure",
    code: "fileMissing",
    detail: join(folder, "none", "config.json"),
  }));
test("a file that may not be read says so", async () => {
  writeFileSync(path, "{}");
  chmodSync(path, 0);
  // The superuser may read everything, so another user asks.
  const script = `import(${JSON.stringify(join(import.meta.dirname, "../../../src/alibaba/credentials/profileFile.ts"))})
    .then(({ readProfileFile }) => readProfileFile(${JSON.stringify(path)}))
    .then((read) => console.log(JSON.stringify(read)))`;
  chmodSync(folder, 0o755);
  const isRoot = process.getuid?.() === 0;
  const printed = execFileSync(process.execPath, ["-e", script], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
    ...(isRoot ? { uid: 65534, gid: 65534 } : {}),
  });
  chmodSync(path, 0o600);
  assert.deepEqual(JSON.parse(printed), {
    kind: "credentialFailure",
    code: "fileUnreadable",
    detail: `${path}: EACCES`,
  });
});

test("a fault in the JSON is named with its line and column, and nothing of the text", () =>
  checkFailure(
    '{\n  "profiles": [\n    { "name": "p" "access_key_secret": "ak-secret" }\n  ]\n}',
    "fileUnreadable",
    ":3:19: JSON",
  ));
test("a file that ends too soon is named with where", () =>
  checkFailure('{"profiles": [\n{"name": "p",\n', "fileUnreadable", ":3:1: JSON"));
test("an empty file is no JSON", () => checkFailure("", "fileUnreadable", ":1:1: JSON"));
test("JSON of another shape says what is missing", () =>
  checkFailure('{"profiles": {}}', "fileUnreadable", ": profiles"));
test("an array is of another shape", () => checkFailure("[]", "fileUnreadable", ": profiles"));

for (const [text, offset] of [
  ['{"a": [1, -2.5e3, true, null, "\\u00e9\\n"]}', undefined],
  [" [] ", undefined],
  ['{"a" 1}', 5],
  ["[1,]", 3],
  ["[1 2]", 3],
  ["{a: 1}", 1],
  ['{"a": tru}', 6],
  ['{"a": 01}', 6],
  ['"a\nb"', 0],
  ["[] x", 3],
] as const) {
  test(`${JSON.stringify(text)} ${offset === undefined ? "is JSON" : `stops being JSON at ${offset}`}`, () =>
    assert.equal(jsonErrorOffset(text), offset));
}
