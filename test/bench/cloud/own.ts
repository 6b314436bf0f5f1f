/** What a first call to the cloud loads: everything that signs and sends, and Alibaba's libraries behind it. */
import { callAck } from "../../../src/alibaba/callAck.ts";
import { callSls } from "../../../src/alibaba/callSls.ts";
import { signOpenApi, signSls } from "../../../src/alibaba/signing.ts";
import { createTransport } from "../../../src/alibaba/transport.ts";

/** Signs once for each service, so that nothing is left for later. */
export async function ready(): Promise<void> {
  const transport = createTransport({ proxy: () => undefined, strictSsl: () => true });
  const credential = { accessKeyId: "id", accessKeySecret: "secret", securityToken: undefined, expiresMs: undefined };
  const request = {
    method: "POST",
    url: new URL("https://project.cn-hangzhou.log.aliyuncs.com/logstores/audit/logs"),
    query: {},
    body: { query: "*" },
    timeMs: Date.now(),
    userAgent: "bench",
  } as const;
  const signed = [
    await signSls({ ...request, region: "cn-hangzhou", operation: "GetLogsV2" }, credential),
    await signOpenApi({ ...request, action: "DescribeClustersV1", version: "2015-12-15" }, credential),
  ];
  if ([transport, callSls, callAck, ...signed.map(({ headers }) => headers["authorization"])].includes(undefined)) {
    throw new Error("Something is not signed.");
  }
}
