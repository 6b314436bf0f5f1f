import type { OpenPage } from "./harness.ts";

/**
 * A page that is closed only after it had time to ask what it was about to ask: the host's answer to a page that is gone
 * would be a fault of the test.
 */
export function calm(opened: OpenPage): OpenPage {
  return {
    ...opened,
    async [Symbol.asyncDispose]() {
      await opened.page.waitForTimeout(120);
      await opened[Symbol.asyncDispose]();
    },
  };
}
