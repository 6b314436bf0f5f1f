/** The suite of every log source over a Logstore: signed, sent, answered by the service's own rules, and read. */
import assert from "node:assert/strict";
import { after, before } from "node:test";
import type { CallContext } from "../../../src/alibaba/call.ts";
import { createSlsLimits } from "../../../src/alibaba/slsLimits.ts";
import { createSlsLogSource } from "../../../src/alibaba/slsLogSource.ts";
import { createTransport } from "../../../src/alibaba/transport.ts";
import type { LogSource } from "../../../src/logs/logSource.ts";
import { defaultKeys, emptyWorld } from "../../fakes/defaultWorld.ts";
import { type FakeCloud, startFakeCloud } from "../../fakes/fakeCloud.ts";
import { auditIndex, type WorldSettings } from "../../fakes/world.ts";
import { logSourceSuite, suiteRecords } from "../logs/logSourceSuite.ts";

/** An hour behind the last record. */
const nowMs = 1_760_010_800_000;
const region = "cn-hangzhou";

/** What the documentation leaves open is answered in both ways. */
const settings: Readonly<Record<string, Partial<WorldSettings>>> = {
  "a Logstore": {},
  "a Logstore as accurate as the minute": {
    orderAccuracy: "minute",
    sqlNull: "absent",
    gzipHeader: "content-encoding",
  },
};

for (const [name, given] of Object.entries(settings)) {
  let cloud: FakeCloud;
  let source: LogSource;
  const transport = createTransport({ proxy: () => undefined, strictSsl: () => true });

  before(async () => {
    const world = emptyWorld(() => nowMs, given);
    const project = world.addProject("k8s-log-c1", region);
    // They arrived in another order than they happened.
    const records = suiteRecords.toReversed();
    world.addLogstore(project, "advaudit-c1", { index: auditIndex(180, nowMs), records });
    cloud = await startFakeCloud({ world });
    const context: CallContext = {
      transport,
      credentials: {
        current: async () => ({ ...defaultKeys.administrator, securityToken: undefined, expiresMs: undefined }),
        invalidate: () => undefined,
      },
      endpoints: {
        sls: () => cloud.endpoints.sls,
        ack: () => cloud.endpoints.ack,
        sts: () => cloud.endpoints.sts,
      },
      now: () => nowMs,
      sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
      random: () => 0,
      report: () => undefined,
      userAgent: "ack-container-audit-test",
    };
    source = createSlsLogSource({
      context,
      limits: createSlsLimits(() => 8),
      region,
      project: "k8s-log-c1",
      logstore: "advaudit-c1",
    });
  });
  after(async () => {
    transport.close();
    await cloud.close();
    assert.deepEqual(cloud.failures, []);
    assert.ok(cloud.mostAtOnce("sls") <= 8, String(cloud.mostAtOnce("sls")));
  });

  logSourceSuite(name, async () => source, { isService: true });
}
