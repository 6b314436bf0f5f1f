/**
 * Everything that can go wrong, on every kind of call, at every time of it. Whatever happens, no row is lost, doubled or
 * out of order without a gap that names its time, every failure has a code that can be worded, and retries end.
 */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import type { Credential, CredentialProvider } from "../../../src/alibaba/credential.ts";
import type { TransportFailure } from "../../../src/alibaba/http.ts";
import {
  deleteLogstore,
  getLogstore,
  getMeteringMode,
  getProject,
  type LogstoreAddress,
  listLogstores,
  type SlsOutcome,
  updateLogstoreTtl,
} from "../../../src/alibaba/sls.ts";
import { unreachableBy } from "../../../src/alibaba/slsFailure.ts";
import type { Gap, Unreachable } from "../../../src/logs/answer.ts";
import {
  type Asked,
  always,
  ask,
  type Called,
  collect,
  type Fault,
  json,
  LogService,
  never,
  newestFirst,
  type Row,
  records,
  refusal,
  startSeconds,
} from "./logService.ts";

const rejections: unknown[] = [];
process.on("unhandledRejection", (reason) => {
  rejections.push(reason);
});
after(() => assert.deepEqual(rejections, []));

// ----------------------------------------------------------------------------------------------- what fails

function failure(reason: TransportFailure["reason"]): TransportFailure {
  return { kind: "failure", reason, detail: "as the system says it" };
}

const first: Credential = {
  accessKeyId: "STS.1",
  accessKeySecret: "s1",
  securityToken: "token-1",
  expiresMs: undefined,
};
const second: Credential = { ...first, accessKeyId: "STS.2", securityToken: "token-2" };

function renewing(): CredentialProvider {
  let current = first;
  return {
    current: async () => current,
    invalidate: () => {
      current = second;
    },
  };
}

function expiring(): CredentialProvider {
  let valid = true;
  return {
    current: async () => (valid ? first : { kind: "credentialFailure", code: "renewalFailed", detail: "AssumeRole" }),
    invalidate: () => {
      valid = false;
    },
  };
}

type FaultKind = {
  readonly happens: (called: Called, asked: () => Asked) => Fault | Promise<Fault>;
  /** Whether it heals by itself, however long it lasts. */
  readonly heals?: true;
  readonly credentials?: () => CredentialProvider;
};

const expired = ({ request }: Called): Fault =>
  request.headers["x-acs-security-token"] === "token-1"
    ? refusal(401, "Unauthorized", "The security token you provided has expired.")
    : undefined;

const faults: Readonly<Record<string, FaultKind>> = {
  refused: { happens: () => failure("refused") },
  "reset in the middle of a body": { happens: () => failure("reset") },
  slow: {
    heals: true,
    happens: async () => {
      for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      return undefined;
    },
  },
  hung: { happens: () => failure("timeout") },
  "500": { happens: () => refusal(500, "InternalServerError") },
  "503": { happens: () => refusal(503, "ServerBusy") },
  "502 of a gateway": {
    happens: () => ({ kind: "answer", status: 502, headers: {}, body: new TextEncoder().encode("<html>Bad Gateway") }),
  },
  "429": { happens: () => json({}, 429) },
  quota: { happens: () => refusal(403, "ReadQuotaExceed") },
  "incomplete for ever": { happens: () => "incomplete" },
  "malformed JSON": {
    happens: () => ({ kind: "answer", status: 200, headers: {}, body: new TextEncoder().encode('{"meta":{"progr') }),
  },
  "JSON of another shape": { happens: () => json({ data: "none" }) },
  "wrong compression": { happens: () => failure("compression") },
  "expired STS token": { heals: true, credentials: renewing, happens: expired },
  "expired STS token that is not renewed": { credentials: expiring, happens: expired },
  "skewed clock": {
    heals: true,
    happens: ({ request }, asked) => {
      const serverMs = asked().clock.nowMs + 3_600_000;
      const text = (request.headers["x-log-date"] ?? "").replace(
        /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/,
        "$1-$2-$3T$4:$5:$6Z",
      );
      return Math.abs(Date.parse(text) - serverMs) > 900_000
        ? json({ errorCode: "RequestTimeTooSkewed", errorMessage: "" }, 400, { date: new Date(serverMs).toUTCString() })
        : undefined;
    },
  },
  DNS: { happens: () => failure("dns") },
  "proxy down": { happens: () => failure("proxy") },
  TLS: { happens: () => failure("tls") },
  "permission taken away": {
    happens: () => refusal(403, "Unauthorized", "denied by sts or ram, action: log:GetLogStoreLogs"),
  },
};

// ------------------------------------------------------------------------------------------------ what is asked

const address: LogstoreAddress = { region: "cn-hangzhou", project: "k8s-log-c1", logstore: "advaudit-c1" };
const day = { fromMs: startSeconds * 1000, toMs: (startSeconds + 9_000) * 1000 };

/** What came of a call: something to compare with the answer without faults, and what is said to be missing. */
type Came = {
  readonly value: unknown;
  readonly gaps: readonly Gap[];
  readonly reason: Unreachable | undefined;
  readonly rows?: { readonly got: readonly string[]; readonly all: readonly Row[] };
};

type Call = { readonly rows: () => Row[]; readonly make: (asked: Asked, service: LogService) => Promise<Came> };

function search(count: number): Call {
  return {
    rows: () => records(count),
    make: async ({ source }, service) => {
      const question = { statement: "*", range: day, zone: "UTC", maxRows: 100_000 };
      const { records: found, end } = await collect(source.ask(question, never));
      const got = found.map((row) => row["eventId"] ?? "");
      return {
        value: got,
        gaps: end.kind === "end" ? end.completeness.gaps : [],
        reason: end.kind === "unreachable" ? end.reason : undefined,
        rows: { got, all: service.rows },
      };
    },
  };
}

function operation(make: (asked: Asked) => Promise<SlsOutcome<unknown>>): Call {
  return {
    rows: () => [],
    make: async (asked) => {
      const outcome = await make(asked);
      return outcome.kind === "done"
        ? { value: outcome.value, gaps: [], reason: undefined }
        : { value: undefined, gaps: [], reason: unreachableBy(outcome) };
    },
  };
}

const sqlAnswer = {
  meta: { progress: "Complete", hasSQL: true, keys: ["value", "c"], columnTypes: ["varchar", "bigint"] },
  data: [{ c: "3", value: "rm" }],
};

const calls: Readonly<Record<string, Call>> = {
  "a small search": search(50),
  "a search of 5,000 rows": search(5_000),
  SQL: {
    rows: () => records(5),
    make: async ({ source }) => {
      const statement = '* | select "process.name" as value, count(1) as c group by value';
      const { rows, end } = await collect(source.ask({ statement, range: day, zone: "UTC", maxRows: 100 }, never));
      return {
        value: rows,
        gaps: end.kind === "end" ? end.completeness.gaps : [],
        reason: end.kind === "unreachable" ? end.reason : undefined,
      };
    },
  },
  "a histogram": {
    rows: () => records(50),
    make: async ({ source }) => {
      const histogram = await source.histogram({ statement: "*", range: day, zone: "UTC", maxRows: 1 }, 30, never);
      return histogram.kind === "buckets"
        ? { value: histogram.buckets, gaps: histogram.completeness.gaps, reason: undefined }
        : { value: undefined, gaps: [], reason: histogram.kind === "unreachable" ? histogram.reason : undefined };
    },
  },
  values: {
    rows: () => records(50),
    make: async ({ source }) => {
      const values = await source.values("process.name", "", day, 10, never);
      return "code" in values
        ? { value: undefined, gaps: [], reason: values }
        : { value: values, gaps: [], reason: undefined };
    },
  },
  bounds: {
    rows: () => records(50),
    make: async ({ source }) => {
      const bounds = await source.bounds(never);
      assert.notEqual(bounds, undefined, "A failure may not say that there are no records.");
      return bounds !== undefined && "code" in bounds
        ? { value: undefined, gaps: [], reason: bounds }
        : { value: bounds, gaps: [], reason: undefined };
    },
  },
  context: {
    rows: () => records(50),
    make: async ({ source }, service) => {
      const found = await source.context?.(service.rows[20] ?? {}, 3, 3, never);
      assert.ok(found !== undefined && found.kind !== "noPlace");
      return found.kind === "context"
        ? { value: found.rows, gaps: found.completeness.gaps, reason: undefined }
        : { value: undefined, gaps: [], reason: found.reason };
    },
  },
  follow: {
    rows: () => records(40, 1, startSeconds + 9_900),
    make: async ({ source }, service) => {
      const stop = new AbortController();
      const question = {
        statement: "*",
        range: { fromMs: (startSeconds + 9_800) * 1000, toMs: 0 },
        zone: "UTC",
        maxRows: 1,
      };
      const got: string[] = [];
      let polls = 0;
      service.meanwhile = ({ kind }) => {
        if (kind === "histogram") polls += 1;
        // Five records come late, with times that were looked at before.
        if (kind === "histogram" && polls === 3) service.rows.push(...late);
        if (polls > 150) stop.abort();
      };
      for await (const part of source.follow?.(question, stop.signal) ?? []) {
        if (part.kind !== "rows") {
          return {
            value: got.toSorted(),
            gaps: [],
            reason: part.kind === "unreachable" ? part.reason : undefined,
            rows: { got, all: [] },
          };
        }
        const place = part.columns.findIndex(({ name }) => name === "eventId");
        got.push(...part.rows.map((cells) => cells[place] ?? ""));
        if (got.length === 45) stop.abort();
      }
      throw new Error("Following has no end.");
    },
  },
  index: {
    rows: () => [],
    make: async ({ source }) => {
      const index = await source.indexFields?.(never);
      assert.ok(index !== undefined);
      return index.kind === "fields"
        ? { value: index.fields, gaps: [], reason: undefined }
        : { value: undefined, gaps: [], reason: index.reason };
    },
  },
  "listing Logstores": operation(({ context }) => listLogstores(context, address, "advaudit-", never)),
  "reading a Logstore": operation(({ context }) => getLogstore(context, address, never)),
  "changing a Logstore": operation(async ({ context }) => {
    const current = await getLogstore(context, address, never);
    return current.kind === "done" ? updateLogstoreTtl(context, address, current.value, 30, never) : current;
  }),
  "deleting a Logstore": operation(({ context }) => deleteLogstore(context, address, never)),
  "reading a project": operation(({ context }) => getProject(context, address, never)),
  "the billing mode": operation(({ context }) => getMeteringMode(context, address, never)),
};

const late = records(5, 1, startSeconds + 9_910).map((row, index) => ({ ...row, eventId: `late-${index}` }));

const times = {
  "from the first request on": { at: () => 0, once: false },
  "from the middle on": { at: (count: number) => Math.floor(count / 2), once: false },
  "from the last request on": { at: (count: number) => count - 1, once: false },
  "once, at the first request": { at: () => 0, once: true },
  "once, in the middle": { at: (count: number) => Math.floor(count / 2), once: true },
} as const;

/** What cannot be sent twice may have been done although its answer was lost, and one that is no answer is not read again. */
const notRepeated: Readonly<Record<string, readonly string[]>> = {
  "deleting a Logstore": ["reset in the middle of a body", "hung", "500", "502 of a gateway", "wrong compression"],
};
/** A certificate or a permission that is not accepted is told at once; a shape that nobody knows is no matter of luck. */
const lasting = ["TLS", "permission taken away", "expired STS token that is not renewed"];
const plain = [
  "listing Logstores",
  "reading a Logstore",
  "changing a Logstore",
  "deleting a Logstore",
  "reading a project",
  "the billing mode",
];

// -------------------------------------------------------------------------------------------------- the matrix

async function run(call: Call, fault?: FaultKind, when?: { readonly from: number; readonly once: boolean }) {
  const service = new LogService(call.rows());
  service.analysis = () => sqlAnswer;
  const asked = ask(service, 8, fault?.credentials?.() ?? always(first));
  let count = 0;
  service.fault = (called) => {
    const turn = count;
    count += 1;
    if (fault === undefined || when === undefined || turn < when.from || (when.once && turn > when.from))
      return undefined;
    return fault.happens(called, () => asked);
  };
  return { came: await call.make(asked, service), calls: count, sleptMs: asked.slept.reduce((sum, ms) => sum + ms, 0) };
}

const codes: readonly string[] = ["network", "denied", "notFound"];

function holds(came: Came, whole: Came): void {
  if (came.reason !== undefined) {
    assert.ok(codes.includes(came.reason.code), JSON.stringify(came.reason));
    assert.ok(came.reason.cause !== undefined || came.reason.code === "denied", JSON.stringify(came.reason));
    assert.doesNotMatch(came.reason.detail, /token-1|token-2|s1$/);
  }
  if (came.rows === undefined) {
    if (came.reason === undefined && came.gaps.length === 0) assert.deepEqual(came.value, whole.value);
    return;
  }
  const { got, all } = came.rows;
  assert.equal(new Set(got).size, got.length, "A row came twice.");
  if (all.length === 0) return;
  const order = newestFirst(all);
  const wanted = new Set(got);
  assert.deepEqual(
    got,
    order.filter((id) => wanted.has(id)),
    "Rows are out of order.",
  );
  const missing = all.filter((row) => !wanted.has(row["eventId"] ?? ""));
  if (came.reason !== undefined) return;
  for (const row of missing) {
    const atMs = Number(row["__time__"]) * 1000;
    const isSaid = came.gaps.some(
      (gap) => "range" in gap && gap.range !== undefined && gap.range.fromMs <= atMs && atMs < gap.range.toMs,
    );
    assert.ok(isSaid, `${row["eventId"]} is missing without a word: ${JSON.stringify(came.gaps)}`);
  }
}

const wholes = new Map<string, ReturnType<typeof run>>();

/** What comes of a call when nothing fails. */
function whole(name: string): ReturnType<typeof run> {
  const known = wholes.get(name);
  if (known !== undefined) return known;
  const call = calls[name];
  assert.ok(call !== undefined);
  const made = run(call);
  wholes.set(name, made);
  return made;
}

let combinations = 0;
for (const [callName, call] of Object.entries(calls)) {
  for (const [faultName, fault] of Object.entries(faults)) {
    for (const [timeName, time] of Object.entries(times)) {
      combinations += 1;
      test(`${callName}: ${faultName}, ${timeName}`, async () => {
        const without = await whole(callName);
        assert.equal(without.came.reason, undefined);
        const {
          came,
          calls: count,
          sleptMs,
        } = await run(call, fault, { from: time.at(without.calls), once: time.once });
        holds(came, without.came);
        const isPlain = plain.includes(callName);
        const heals =
          fault.heals === true ||
          (time.once &&
            !lasting.includes(faultName) &&
            !(notRepeated[callName] ?? []).includes(faultName) &&
            // A single reading of a few bytes is asked again by the person who wants it.
            !(isPlain && (faultName === "malformed JSON" || faultName === "JSON of another shape")));
        if (heals) {
          assert.deepEqual(came.reason, undefined);
          assert.deepEqual(came.gaps, []);
          assert.deepEqual(came.value, without.came.value);
        }
        // No retry goes on for ever: at most a few for each request, and at most some minutes for a question.
        const polls = callName === "follow" ? 150 * 10 : 0;
        assert.ok(count <= 10 * without.calls + 900 + polls, `${count} calls instead of ${without.calls}`);
        assert.ok(sleptMs <= 60 * 60_000, `${sleptMs} ms of waiting`);
      });
    }
  }
}

test("there are at least four hundred combinations", () => {
  assert.ok(combinations >= 400, String(combinations));
});
