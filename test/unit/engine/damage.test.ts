/**
 * Good files, damaged in every way that files get damaged. Whatever happened to a file, nothing crashes, what was not
 * touched is kept, and what is not kept is told with its line.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { constants, gunzipSync, gzipSync } from "node:zlib";
import type { LogRecord } from "../../../src/audit/event.ts";
import type { Engine, ImportedStore, ImportOutcome } from "../../../src/engine/client.ts";
import { recordLines } from "../../bench/local/records.ts";
import { children, importFile, knowsChildren, question, recordsOf, TestFolder } from "./testEngine.ts";

const caseCount = process.env["ACK_AUDIT_FULL"] === "1" ? 500 : 60;
const memoryLimitBytes = 400_000_000;

let folder: TestFolder;
let engine: Engine;

before(async () => {
  folder = await TestFolder.make();
  engine = folder.engine({ memoryLimitBytes, storesLimitBytes: 20_000_000 });
});
after(() => folder[Symbol.asyncDispose]());

type Random = (below: number) => number;

function seeded(seed: number): Random {
  let state = (seed * 2_654_435_761) >>> 0;
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 0x9e3779b9) >>> 0;
    return ((state ^ (state >>> 13)) >>> 0) % below;
  };
}

function spliced(bytes: Buffer, at: number, removed: number, inserted: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, at), inserted, bytes.subarray(at + removed)]);
}

/** What can happen to the bytes of a file. */
const damages: Readonly<Record<string, (bytes: Buffer, random: Random) => Buffer>> = {
  "bytes changed": (bytes, random) => {
    const changed = Buffer.from(bytes);
    for (let count = 1 + random(8); count > 0; count -= 1) {
      changed[random(changed.length)] = random(256);
    }
    return changed;
  },
  "one byte changed": (bytes, random) => {
    const changed = Buffer.from(bytes);
    changed[random(changed.length)] = random(256);
    return changed;
  },
  "cut off": (bytes, random) => bytes.subarray(0, random(bytes.length)),
  "a piece missing": (bytes, random) => spliced(bytes, random(bytes.length), random(3_000), Buffer.alloc(0)),
  "a piece twice": (bytes, random) => {
    const at = random(bytes.length);
    return spliced(bytes, at, 0, bytes.subarray(at, at + random(3_000)));
  },
  "NUL bytes": (bytes, random) => spliced(bytes, random(bytes.length), random(20), Buffer.alloc(1 + random(20))),
  "a byte order mark": (bytes, random) =>
    spliced(bytes, random(2) === 0 ? 0 : random(bytes.length), 0, Buffer.from("\uFEFF")),
  "CR LF": (bytes) => Buffer.from(bytes.toString("latin1").replaceAll("\n", "\r\n"), "latin1"),
  "CR for LF here and there": (bytes, random) =>
    Buffer.from(
      bytes.toString("latin1").replaceAll("\n", () => (random(10) === 0 ? "\r" : "\n")),
      "latin1",
    ),
  "bad UTF-8": (bytes, random) =>
    spliced(
      bytes,
      random(bytes.length),
      0,
      Buffer.from([[0xff], [0xc3], [0xed, 0xa0, 0x80], [0xf8, 0x88]][random(4)] ?? []),
    ),
  "a line of eight megabytes": (bytes, random) => {
    const at = bytes.indexOf(0x0a, random(bytes.length)) + 1;
    return spliced(bytes, at, 0, Buffer.from(`${["{", '{"a":"', "x"][random(3)]}${"y".repeat(8 * 1024 * 1024)}\n`));
  },
  "a key twice": (bytes, random) => {
    const at = bytes.indexOf('"kind":', random(bytes.length));
    return at < 0 ? bytes : spliced(bytes, at, 0, Buffer.from('"kind":"earlier",'));
  },
  "a quote too many": (bytes, random) => spliced(bytes, random(bytes.length), 0, Buffer.from('"')),
  "a quote too few": (bytes, random) =>
    spliced(bytes, Math.max(0, bytes.indexOf(0x22, random(bytes.length))), 1, Buffer.alloc(0)),
  "a bracket too many": (bytes, random) =>
    spliced(bytes, random(bytes.length), 0, Buffer.from("[]{}"[random(4)] ?? "")),
  "a line broken in two": (bytes, random) => spliced(bytes, random(bytes.length), 0, Buffer.from("\n")),
  "two lines in one": (bytes, random) =>
    spliced(bytes, Math.max(0, bytes.indexOf(0x0a, random(bytes.length))), 1, Buffer.alloc(0)),
  "blank lines": (bytes, random) =>
    spliced(bytes, bytes.indexOf(0x0a, random(bytes.length)) + 1, 0, Buffer.from(" \t\r\n\n\v\f\n")),
  "a number beyond all numbers": (bytes, random) =>
    spliced(
      bytes,
      bytes.indexOf(0x0a, random(bytes.length)) + 1,
      0,
      Buffer.from(`{"__time__":1e999,"kind":-0,"n":[NaN,{}]}\n`),
    ),
};
const damageNames = Object.keys(damages);

type Case = {
  readonly seed: number;
  readonly damage: string;
  readonly lines: readonly string[];
  readonly records: readonly LogRecord[];
  readonly random: Random;
};

async function importDamaged(name: string, bytes: Buffer): Promise<ImportOutcome> {
  return importFile(engine, await folder.file(name, bytes));
}

function text(record: LogRecord): string {
  return JSON.stringify(Object.entries(record).sort());
}

async function keptOf(store: ImportedStore): Promise<ReadonlySet<string>> {
  const kept = await recordsOf(engine.source(store.id, undefined), question("*"));
  assert.equal(kept.length, store.recordCount);
  return new Set(kept.map(text));
}

/** The lines that a reader of lines sees: what is more than space between two line feeds. */
function linesIn(bytes: Buffer): readonly Buffer[] {
  const lines: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(0x0a, at);
    const line = bytes.subarray(at, end < 0 ? bytes.length : end);
    lines.push(line);
    at += line.length + 1;
  }
  return lines;
}

function isBlank(line: Buffer): boolean {
  return /^[ \t\v\f\r]*$/.test(line.toString("latin1"));
}

async function checkLines({ seed, damage, lines, records, random }: Case): Promise<void> {
  const bytes = damages[damage]?.(Buffer.from(`${lines.join("\n")}\n`), random) ?? Buffer.alloc(0);
  const outcome = await importDamaged(`${seed}.ndjson`, bytes);
  const all = linesIn(bytes.subarray(0, 3).equals(Buffer.from("\uFEFF")) ? bytes.subarray(3) : bytes);
  const filled = all.filter((line) => !isBlank(line));
  const whole = new Map(lines.map((line, index) => [line, records[index]]));
  const untouched = all
    .map((line) => whole.get(line.toString("utf8").replace(/\r$/, "")))
    .filter((record) => record !== undefined);
  if (outcome.kind !== "imported") {
    assert.equal(outcome.kind, "notAuditLog");
    assert.deepEqual(untouched, [], "Good lines were given up.");
    return;
  }
  const { store } = outcome;
  assert.equal(store.recordCount + store.rejectedCount, filled.length, "A line is neither kept nor rejected.");
  const kept = await keptOf(store);
  assert.deepEqual(
    untouched.filter((record) => !kept.has(text(record))),
    [],
    "A good line was not kept.",
  );
  for (const { line } of store.rejected) {
    const rejected = all[line - 1] ?? Buffer.alloc(0);
    assert.equal(whole.has(rejected.toString("utf8").replace(/\r$/, "")), false, `Line ${line} is good.`);
    assert.equal(isBlank(rejected), false, `Line ${line} is blank.`);
  }
}

async function checkGzip({ seed, damage, lines, records, random }: Case): Promise<void> {
  const packed = gzipSync(`${lines.join("\n")}\n`);
  if (seed % 2 === 0) {
    // Cut: what can be unpacked is the beginning of the lines.
    const cut = packed.subarray(0, 20 + random(packed.length - 20));
    const outcome = await importDamaged(`${seed}.gz`, cut);
    const unpacked = gunzipSync(cut, { finishFlush: constants.Z_SYNC_FLUSH });
    const filled = linesIn(unpacked).filter((line) => !isBlank(line));
    if (outcome.kind !== "imported") {
      assert.ok(filled.length <= 1, `${filled.length} lines were given up: ${JSON.stringify(outcome)}`);
      return;
    }
    const { store } = outcome;
    const told = store.recordCount + store.rejectedCount;
    assert.ok(told === filled.length || told === filled.length + 1, `${told} told of ${filled.length} lines.`);
    assert.equal(store.rejected.at(-1)?.reason, "truncated");
    const kept = await keptOf(store);
    assert.deepEqual([...kept].sort(), records.slice(0, store.recordCount).map(text).sort());
    return;
  }
  const bytes = damages[damage]?.(packed, random) ?? packed;
  const outcome = await importDamaged(`${seed}.gz`, bytes);
  if (outcome.kind === "imported") {
    // What is unpacked behind the damage may be anything, repetitions of good lines by the hundred thousand among it.
    if (!isWhole(bytes)) {
      assert.ok(outcome.store.rejectedCount > 0, "The damage is not told.");
    }
  } else {
    assert.ok(outcome.kind === "notAuditLog", outcome.kind);
  }
}

function isWhole(bytes: Buffer): boolean {
  try {
    gunzipSync(bytes);
    return true;
  } catch {
    return false;
  }
}

/** In arrays and CSV, one place of damage may cost the records on both sides of it, and no other. */
async function checkNeighbours(
  name: string,
  bytes: Buffer,
  intact: Buffer,
  records: readonly LogRecord[],
): Promise<void> {
  const outcome = await importDamaged(name, bytes);
  let same = 0;
  while (same < Math.min(bytes.length, intact.length) && bytes[same] === intact[same]) {
    same += 1;
  }
  let sameBehind = 0;
  while (
    sameBehind < Math.min(bytes.length, intact.length) - same &&
    bytes[bytes.length - 1 - sameBehind] === intact[intact.length - 1 - sameBehind]
  ) {
    sameBehind += 1;
  }
  const before = linesIn(intact.subarray(0, same)).length - 3;
  const behind = linesIn(intact.subarray(intact.length - sameBehind)).length - 4;
  const expected = [...records.slice(0, Math.max(0, before)), ...(behind > 0 ? records.slice(-behind) : [])];
  if (outcome.kind !== "imported") {
    assert.equal(outcome.kind, "notAuditLog");
    // The head of the file tells what it is; when that is gone, nothing is.
    assert.ok(same < 400 || expected.length === 0, JSON.stringify(outcome));
    return;
  }
  const kept = await keptOf(outcome.store);
  if (same > 400) {
    assert.deepEqual(
      expected.filter((record) => !kept.has(text(record))),
      [],
      "A record away from the damage was not kept.",
    );
  }
}

async function checkArray({ seed, damage, lines, records, random }: Case): Promise<void> {
  const intact = Buffer.from(`[\n${lines.join(",\n")}\n]\n`);
  await checkNeighbours(`${seed}.json`, damages[damage]?.(intact, random) ?? intact, intact, records);
}

async function checkCsv({ seed, damage, records, random }: Case): Promise<void> {
  const names = [...new Set(records.flatMap(Object.keys))];
  const cell = (value: string): string => (/[",]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
  const rows = records.map((record) => names.map((name) => cell(record[name] ?? "")).join(","));
  const intact = Buffer.from(`${[names.join(","), ...rows].join("\n")}\n`);
  const filled = records.map((record) =>
    Object.fromEntries(Object.entries(record).filter(([, value]) => value !== "")),
  );
  await checkNeighbours(`${seed}.csv`, damages[damage]?.(intact, random) ?? intact, intact, filled);
}

const checks = [checkLines, checkGzip, checkLines, checkArray, checkLines, checkCsv];

test(`${caseCount} damaged files: rows kept and lines rejected are all lines`, async () => {
  for (let seed = 0; seed < caseCount; seed += 1) {
    const random = seeded(seed + 1);
    const lines = [...recordLines(40 + random(80), seed)];
    const damage = damageNames[Math.floor(seed / checks.length + seed) % damageNames.length] ?? "";
    const records = lines.map((line) => JSON.parse(line) as LogRecord);
    try {
      await checks[seed % checks.length]?.({ seed, damage, lines, records, random });
    } catch (failure) {
      throw new Error(`Case ${seed}, ${damage}: ${failure instanceof Error ? failure.message : failure}`);
    }
  }
});

test("the process's memory stayed within its limit all the while", { skip: !knowsChildren }, () => {
  const peaks = children().map(({ peakBytes }) => peakBytes);
  assert.equal(peaks.length, 1);
  assert.ok((peaks[0] ?? Number.NaN) <= 512 * 1024 * 1024, `${Math.round((peaks[0] ?? 0) / 1e6)} MB at its peak.`);
});
