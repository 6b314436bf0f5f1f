export declare const root: string;
export declare const cache: string;
export declare function nodePath(): string;
export declare function childEnvironment(more?: Readonly<Record<string, string>>): NodeJS.ProcessEnv;
export declare function run(
  command: string,
  args: readonly string[],
  options?: { readonly budgetMs?: number; readonly cwd?: string; readonly env?: NodeJS.ProcessEnv },
): Promise<string>;
