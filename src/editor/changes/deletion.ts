/** Whether what was typed names the cluster whose Logstore is to be deleted. Spaces around it are a slip, case is not. */
export function isTypedName(typed: string, name: string): boolean {
  return name !== "" && typed.trim() === name;
}
