/** What stands between the helpers of a test and a kind of editor: the server in a browser, or the desktop. */
import type { Page } from "playwright-core";

/** What a kind of editor has to be told to open. */
export type Place = {
  /** Holds everything of this editor: settings, storage, logs. */
  readonly data: string;
  readonly extensions: string;
  readonly workspace: string;
  /** The extension that a run inside the host is about, in `extensions`. */
  readonly product: string;
  readonly vsix: string | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly width: number;
  readonly height: number;
};

export interface OpenedEditor {
  readonly page: Page;
  /** Runs a CommonJS module that exports `run()` in the extension host of a further window, until `finished`. */
  runTests(module: string, finished: Promise<unknown>): Promise<void>;
  close(): Promise<void>;
}
