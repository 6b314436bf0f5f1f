import type * as vscode from "vscode";

/** Whether anything may be changed in a cloud account. The built-in sample is no cloud and is not asked about. */
export interface ChangePermission {
  isReadOnly(account: string): boolean;
  /** Lets changes be made in this account, each still to be confirmed, although the setting forbids them elsewhere. */
  allow(account: string): Promise<void>;
  forbid(account: string): Promise<void>;
  /** Whether this account was let out of the setting. */
  isAllowed(account: string): boolean;
}

const key = "ackAudit.changesAllowed";

/** `isReadOnlySetting` tells `ackAudit.readOnly`, which holds for every cloud account that was not let out of it by hand. */
export function createChangePermission(
  state: Pick<vscode.Memento, "get" | "update">,
  isReadOnlySetting: () => boolean,
): ChangePermission {
  // Read each time: another window may have allowed or forbidden it since.
  const allowed = () => readAllowed(state.get(key));
  return {
    isReadOnly: (account) => isReadOnlySetting() && !allowed().includes(account),
    isAllowed: (account) => allowed().includes(account),
    allow: async (account) => {
      await state.update(key, [...new Set([...allowed(), account])]);
    },
    forbid: async (account) => {
      await state.update(
        key,
        allowed().filter((each) => each !== account),
      );
    },
  };
}

function readAllowed(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
}
