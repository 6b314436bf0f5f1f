import type { AuditUser, LogRecord } from "../audit/event.ts";
import type { ClusterId } from "../audit/ids.ts";
import { type Random, randomId, seeded } from "./random.ts";
import { shellSteps } from "./shellLine.ts";

/** A container that somebody enters. */
export type Place = {
  readonly cluster: ClusterId;
  readonly namespace: string;
  readonly pod: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly container: { readonly name: string; readonly image: string };
  readonly node: { readonly name: string; readonly ip: string };
  /** The uid and directory that programs of the image start with. */
  readonly uid: number;
  readonly directory: string;
};

export type TimedRecord = { readonly atMs: number; readonly record: LogRecord };

/** A running program: what it started names it as its parent. */
export type Process = { readonly pid: number; readonly name: string };

type RunOptions = {
  readonly parent?: Process;
  readonly uid?: number;
  readonly directory?: string;
};

/**
 * One entry into a container being recorded: makes the records that ack-advanced-audit would write of it, in exactly the
 * shape of a raw GetLogs answer. The shape is inferred, its names are documented (container-auditing.md §1).
 */
export class Session {
  readonly records: TimedRecord[] = [];
  readonly #place: Place;
  /** The same in every record of the entry, so they are written once. */
  readonly #k8s: { readonly Kubernetes: string; readonly Command: string };
  readonly #host: string;
  readonly #random: Random;
  readonly #traceId: string;
  /** Not recorded itself; the first program of an entry names it as its parent. */
  readonly #runtime: Process;
  #lastPid: number;
  #directory: string;

  constructor(place: Place, actor: AuditUser, seed: string) {
    const { namespace, pod: name, labels, container, node } = place;
    this.#place = place;
    this.#k8s = {
      Kubernetes: JSON.stringify({ user: actor, pod: { namespace, name, labels } }),
      Command: JSON.stringify({ user: actor, pod: { namespace, name, labels }, container }),
    };
    this.#host = JSON.stringify({ hostIP: node.ip, nodeName: node.name });
    this.#random = seeded(seed);
    this.#traceId = randomId(this.#random);
    this.#lastPid = this.#random.between(20_000, 3_000_000);
    this.#runtime = { pid: this.#lastPid, name: "runc" };
    this.#directory = place.directory;
  }

  /** The exec itself, and the program that it starts. */
  enter(atMs: number, command: readonly string[]): Process {
    const { name: container } = this.#place.container;
    const podExecOptions = { container, command, commandStr: command.join(" ") };
    this.#record(atMs, "Kubernetes", "kubeObject", { operation: { kind: "PodExec", podExecOptions } });
    return this.run(atMs + this.#random.between(60, 240), command, { parent: this.#runtime });
  }

  /** One program. */
  run(atMs: number, args: readonly string[], options: RunOptions = {}): Process {
    const parent = options.parent ?? this.#runtime;
    this.#lastPid += this.#random.between(1, 9);
    const name = args[0]?.split("/").at(-1) ?? "";
    const process: Process = { pid: this.#lastPid, name };
    this.#record(atMs, "Command", "process", {
      name,
      cmdline: args.join(" "),
      cwd: options.directory ?? this.#directory,
      pid: process.pid,
      parentPid: parent.pid,
      parentName: parent.name,
      user: { uid: String(options.uid ?? this.#place.uid) },
    });
    return process;
  }

  /** A line given to a shell: within the second every program of it, a few milliseconds after each other. */
  line(atMs: number, line: string, options: RunOptions = {}): readonly Process[] {
    const processes: Process[] = [];
    let nextMs = atMs + this.#random.between(0, 700);
    for (const step of shellSteps(line)) {
      if (step.kind === "directory") {
        this.#directory = resolved(this.#directory, step.path);
        continue;
      }
      processes.push(this.run(nextMs, step.args, options));
      nextMs += this.#random.between(1, 40);
    }
    return processes;
  }

  #record(atMs: number, kind: "Kubernetes" | "Command", about: "kubeObject" | "process", value: object): void {
    const { cluster, node } = this.#place;
    const time = Math.floor(atMs / 1000);
    this.records.push({
      atMs,
      record: {
        __time__: String(time),
        __source__: node.ip,
        __topic__: "",
        "__tag__:__hostname__": node.name,
        "__tag__:__receive_time__": String(time + 2),
        kind,
        time: new Date(atMs).toISOString(),
        traceId: this.#traceId,
        eventId: randomId(this.#random),
        clusterId: cluster,
        k8s: this.#k8s[kind],
        host: this.#host,
        [about]: JSON.stringify(value),
      },
    });
  }
}

function resolved(directory: string, path: string): string {
  if (path === "~") return "/root";
  if (path.startsWith("/")) return path;
  const names = directory.split("/").filter((name) => name !== "");
  for (const name of path.split("/")) {
    if (name === "..") names.pop();
    else if (name !== "." && name !== "") names.push(name);
  }
  return `/${names.join("/")}`;
}
