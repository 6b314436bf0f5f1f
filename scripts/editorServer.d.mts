export declare const currentServer: string;
export declare const oldestServer: string;
export declare const calmSettings: Readonly<Record<string, unknown>>;
export declare function installServer(version: string): Promise<void>;
export declare function writeSettings(userFolder: string, settings: Readonly<Record<string, unknown>>): void;

export declare function installVsix(options: {
  readonly version: string;
  readonly data: string;
  readonly extensions: string;
  readonly vsix: string;
}): Promise<void>;

export type RunningServer = {
  readonly port: number;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  /** What it has printed lately. */
  log(): string;
  /** Asks it and all it has started to end. */
  end(): void;
};

export declare function startServer(options: {
  readonly version: string;
  readonly port: number;
  readonly token: string;
  readonly data: string;
  readonly extensions: string;
  readonly trusting: boolean;
  readonly driven?: boolean;
  /** What the server and its extension host find in their environment beside what this process has. */
  readonly env?: Readonly<Record<string, string>>;
}): Promise<RunningServer>;
