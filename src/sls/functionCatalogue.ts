import type { SlsFunction } from "./functions.ts";
import { functionsOfCollections } from "./functionsOfCollections.ts";
import { functionsOfRows } from "./functionsOfRows.ts";
import { functionsOfTexts } from "./functionsOfTexts.ts";
import { functionsOfTheCloud } from "./functionsOfTheCloud.ts";
import { functionsOfValues } from "./functionsOfValues.ts";

/** The functions of SLS by their names: all that sls.md §2.2 lists from SLS's documentation, and a few of Presto's. */
export const slsFunctions: ReadonlyMap<string, SlsFunction> = new Map(
  [functionsOfRows, functionsOfTexts, functionsOfValues, functionsOfCollections, functionsOfTheCloud].flatMap((group) =>
    group.map((each) => [each.name, each] as const),
  ),
);

/** The function of a name in any case. */
export function slsFunction(name: string): SlsFunction | undefined {
  return slsFunctions.get(name.toLowerCase());
}
