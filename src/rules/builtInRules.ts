import { vendorRules } from "./builtIn/vendorRules.ts";
import { readRules } from "./readRules.ts";
import type { Rule } from "./rule.ts";

/**
 * The rules that come with the extension. `build.ts` reads their files and puts the outcome in this module's place, so
 * that no YAML parser runs when the extension is activated. A unit test holds them free of problems.
 */
export const builtInRules: readonly Rule[] = readRules(vendorRules).rules;
