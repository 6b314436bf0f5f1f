export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The first of these members that is a text; empty where none is. */
export function textAt(record: Readonly<Record<string, unknown>>, ...names: readonly string[]): string {
  return names.map((name) => record[name]).find((value) => typeof value === "string") ?? "";
}

/**
 * The RAM action of an `accessDeniedDetail`, which is an object or its JSON as text (documented: RAM, "Troubleshoot access
 * denied": AuthAction, AuthPrincipalType, PolicyType, …).
 */
export function deniedAction(detail: unknown): string | undefined {
  const record = typeof detail === "string" ? parsedRecord(detail) : isRecord(detail) ? detail : undefined;
  const action = record === undefined ? "" : textAt(record, "AuthAction");
  return action === "" ? undefined : action;
}

function parsedRecord(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    // Some services write a sentence there, which names no action.
    return undefined;
  }
}
