import { functionsOfTheCloud } from "./cloud.ts";
import { functionsOfCollections } from "./collections.ts";
import type { SlsFunction } from "./functions.ts";
import { functionsOfRows } from "./rows.ts";
import { functionsOfTexts } from "./texts.ts";
import { functionsOfValues } from "./values.ts";

/** The functions of SLS by their names: all that sls.md §2.2 lists from SLS's documentation, and a few of Presto's. */
export const slsFunctions: ReadonlyMap<string, SlsFunction> = new Map(
  [functionsOfRows, functionsOfTexts, functionsOfValues, functionsOfCollections, functionsOfTheCloud].flatMap((group) =>
    group.map((each) => [each.name, each] as const),
  ),
);

/** The function of a name in any case. */
export function slsFunction(name: string): SlsFunction | undefined {
  // Most names are written as they stand in the table.
  return slsFunctions.get(name) ?? slsFunctions.get(name.toLowerCase());
}
