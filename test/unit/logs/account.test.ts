import assert from "node:assert/strict";
import { test } from "node:test";
import { isUnreachable, recordedPods, rowsOf } from "../../../src/logs/account.ts";
import type { AnswerPart, Cells, Column } from "../../../src/logs/answer.ts";
import type { LogSource } from "../../../src/logs/logSource.ts";
import type { Question } from "../../../src/logs/question.ts";

const range = { fromMs: 1_000, toMs: 61_000 };
const { signal } = new AbortController();

/** A source that answers every question with these parts, and tells what it was asked and how many parts were taken. */
function source(...parts: readonly AnswerPart[]): {
  readonly log: LogSource;
  readonly asked: { readonly question: Question; readonly signal: AbortSignal }[];
  readonly taken: () => number;
} {
  const asked: { readonly question: Question; readonly signal: AbortSignal }[] = [];
  let taken = 0;
  const log: LogSource = {
    async *ask(question, askedUnder) {
      asked.push({ question, signal: askedUnder });
      for (const part of parts) {
        taken += 1;
        yield part;
      }
    },
    histogram: () => assert.fail("Rows need no histogram."),
    values: () => assert.fail("Rows need no values."),
    bounds: () => assert.fail("Rows need no bounds."),
  };
  return { log, asked, taken: () => taken };
}

const text = (name: string): Column => ({ name, kind: "text" });

function rows(columns: readonly Column[], ...cells: readonly Cells[]): AnswerPart {
  return { kind: "rows", columns, rows: cells };
}

const end: AnswerPart = { kind: "end", completeness: { gaps: [] }, total: undefined, elapsedMs: 1 };

function check(parts: readonly AnswerPart[], expected: Awaited<ReturnType<typeof rowsOf>>): () => Promise<void> {
  return async () => assert.deepEqual(await rowsOf(source(...parts).log, "*", range, signal), expected);
}

// ---------------------------------------------------------------------------------------------------- rowsOf

test(
  "rows become records under the names of their columns",
  check(
    [rows([text("pod"), text("n")], ["web-0", "1"], ["db-0", "2"]), end],
    [
      { pod: "web-0", n: "1" },
      { pod: "db-0", n: "2" },
    ],
  ),
);
test(
  "the rows of all parts come in their order, each under the columns of its part",
  check(
    [rows([text("a")], ["1"]), rows([text("a"), text("b")], ["2", "3"], [undefined, "4"]), end],
    [{ a: "1" }, { a: "2", b: "3" }, { b: "4" }],
  ),
);
test(
  "a cell without a value is no field, an empty one is",
  check([rows([text("a")], [undefined], [""]), end], [{}, { a: "" }]),
);
test(
  "a column that was taken out of a JSON field is no field of the record",
  check([rows([text("k8s"), { ...text("k8s.pod.name"), derived: true }], ["{}", "web-0"]), end], [{ k8s: "{}" }]),
);
test("an answer without rows is an empty list", check([end], []));
test(
  "what the service could not answer is told as it tells it",
  check([{ kind: "unreachable", reason: { code: "denied", detail: "log:GetLogStoreLogs", cause: "credential" } }], {
    code: "denied",
    detail: "log:GetLogStoreLogs",
    cause: "credential",
  }),
);
test(
  "rows that came before a failure are not taken for the answer",
  check(
    [rows([text("a")], ["1"]), { kind: "unreachable", reason: { code: "network", detail: "reset", cause: "reset" } }],
    { code: "network", detail: "reset", cause: "reset" },
  ),
);
test(
  "a refused statement is a fault of ours and names all its problems",
  check(
    [
      {
        kind: "refused",
        problems: [
          { code: "column-unknown", severity: "error", name: "pid", nearest: undefined, span: { start: 0, end: 3 } },
          { code: "not-ambiguous", severity: "warning", span: { start: 0, end: 3 } },
        ],
      },
    ],
    { code: "engineFailed", detail: "column-unknown, not-ambiguous" },
  ),
);
test("nothing is asked of a source behind its failure", async () => {
  const { log, taken } = source({ kind: "unreachable", reason: { code: "engineStopped", detail: "" } }, end);
  await rowsOf(log, "*", range, signal);
  assert.equal(taken(), 1);
});
test("the statement is asked once, as it is, of the range, in UTC and for a million rows", async () => {
  const { log, asked } = source(end);
  await rowsOf(log, "kind: Command | select 1", range, signal);
  assert.deepEqual(
    asked.map(({ question }) => question),
    [
      {
        statement: "kind: Command | select 1",
        range: { fromMs: 1_000, toMs: 61_000 },
        zone: "UTC",
        maxRows: 1_000_000,
      },
    ],
  );
  assert.equal(asked[0]?.signal, signal);
});
test("whoever wants few rows asks for few", async () => {
  const { log, asked } = source(end);
  await rowsOf(log, "*", range, signal, 10);
  assert.equal(asked[0]?.question.maxRows, 10);
});

// ---------------------------------------------------------------------------------------------- isUnreachable

test("a reason is unreachable", () => assert.equal(isUnreachable({ code: "notFound", detail: "" }), true));
test("rows are not, whatever they hold", () => assert.equal(isUnreachable([{ code: "denied", detail: "" }]), false));
test("no rows are an answer too", () => assert.equal(isUnreachable([]), false));

// ----------------------------------------------------------------------------------------------- recordedPods

const podColumns = [text("pod"), text("container"), text("image"), text("node")];

test("the rows of a pod are one pod with its containers", async () => {
  const { log } = source(
    rows(
      podColumns,
      ["web-0", "app", "nginx:1.27", "node-1"],
      ["web-0", "log", "fluentd:1", "node-1"],
      ["db-0", "db", "mysql:8", "node-2"],
    ),
    end,
  );
  assert.deepEqual(await recordedPods(log, "shop", range, signal), [
    {
      namespace: "shop",
      name: "web-0",
      node: "node-1",
      phase: "",
      containers: [
        { name: "app", image: "nginx:1.27" },
        { name: "log", image: "fluentd:1" },
      ],
    },
    { namespace: "shop", name: "db-0", node: "node-2", phase: "", containers: [{ name: "db", image: "mysql:8" }] },
  ]);
});
test("what SQL answers for no value is no pod, no container and no image", async () => {
  const { log } = source(
    rows(
      podColumns,
      ["null", "app", "nginx", "node-1"],
      ["web-0", "null", "null", "null"],
      ["web-0", "app", "null", "node-3"],
    ),
    end,
  );
  assert.deepEqual(await recordedPods(log, "shop", range, signal), [
    { namespace: "shop", name: "web-0", node: "node-3", phase: "", containers: [{ name: "app", image: "" }] },
  ]);
});
test("pods are asked for by their namespace alone, and in the range", async () => {
  const { log, asked } = source(end);
  assert.deepEqual(await recordedPods(log, "kube-system", range, signal), []);
  const [{ question } = assert.fail("Nothing was asked.")] = asked;
  assert.deepEqual(question.range, { fromMs: 1_000, toMs: 61_000 });
  assert.match(question.statement, /^k8s\.pod\.namespace: kube-system\n\| select /);
  assert.match(question.statement, /where "k8s\.pod\.namespace" = 'kube-system'/);
});
test("a namespace with a quotation mark stays a text of the statement", async () => {
  const { log, asked } = source(end);
  await recordedPods(log, "o'neill", range, signal);
  assert.match(asked[0]?.question.statement ?? "", /where "k8s\.pod\.namespace" = 'o''neill'/);
});
test("where the records cannot be asked, that is the answer", async () => {
  const { log } = source({ kind: "unreachable", reason: { code: "notFound", detail: "k8s-log-c1", cause: "index" } });
  assert.deepEqual(await recordedPods(log, "shop", range, signal), {
    code: "notFound",
    detail: "k8s-log-c1",
    cause: "index",
  });
});
