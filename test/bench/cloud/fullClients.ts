/** Both of Alibaba's full clients, imported as their documentation does. */
import Ack from "@alicloud/cs20151215";
import Sls from "@alicloud/sls20201230";

export async function ready(): Promise<void> {
  if (typeof Ack.default !== "function" || typeof Sls.default !== "function") throw new Error("No clients.");
}
