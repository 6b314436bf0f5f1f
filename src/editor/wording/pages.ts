import * as vscode from "vscode";
import type { AccountName } from "../../logs/account.ts";
import type { ResultsWord } from "../../pages/results.ts";
import type { TraceWord } from "../../pages/trace.ts";
import type { Identity } from "../../pages/traceUser.ts";

const { t } = vscode.l10n;

/** The texts of the results page. */
export function resultsWords(): Readonly<Record<ResultsWord, string>> {
  return {
    page: t("Results"),
    nothing: t("No query has been run yet"),
    nothingHint: t(
      "Run one from a .slsq file, from the Queries view, or from the menu of a cluster, namespace or pod.",
    ),
    running: t("Running"),
    runningRows: t("Running, {0} rows so far"),
    cancel: t("Cancel"),
    retry: t("Try Again"),
    runAgain: t("Run Again"),
    openQuery: t("Open Query"),
    openAsTab: t("Open as Tab"),
    saveQuery: t("Save Query…"),
    more: t("More Actions"),
    rowsOf: t("{0} of {1} rows"),
    rowsOne: t("{0} row"),
    rows: t("{0} rows"),
    rowsFiltered: t("{0} of {1} rows contain the filter text"),
    rowsNotDrawn: t("The first {0} of {1} rows can be scrolled to. Filter or narrow the query to see the others."),
    selected: t("{0} selected"),
    complete: t("complete"),
    incomplete: t("incomplete"),
    overFetched: t("Sorted and filtered over the {0} rows that were fetched."),
    overFetchedOf: t("Sorted and filtered over the {0} rows that were fetched, of {1}."),
    seconds: t("{0} s"),
    utc: t("UTC"),
    noRows: t("No rows match"),
    noRowsComplete: t("The whole range was searched."),
    noRowsHint: t("Check the range, the spelling and the case of names, or search more clusters."),
    noRowsFiltered: t("No row contains “{0}”"),
    clearFilter: t("Clear Filter"),
    searchedWhere: t("Searched in"),
    searchedRange: t("Range"),
    searchedStatement: t("Statement"),
    filter: t("Filter rows"),
    columns: t("Columns"),
    showAllColumns: t("Show All Columns"),
    resetColumns: t("Reset Columns"),
    hideColumn: t("Hide Column"),
    sortAscending: t("Sort Ascending"),
    sortDescending: t("Sort Descending"),
    sortNot: t("Do Not Sort"),
    sortHint: t("Click or Enter sorts, Shift adds to the sorting. Alt+← and Alt+→ change the width."),
    sortedAscending: t("Sorted by {0}, ascending"),
    sortedDescending: t("Sorted by {0}, descending"),
    sortedNot: t("Not sorted by {0}"),
    resizeColumn: t("Drag to change the width, double-click to fit"),
    columnWidth: t("{0}: {1} pixels wide"),
    risk: t("Risk"),
    low: t("Low"),
    medium: t("Medium"),
    high: t("High"),
    critical: t("Critical"),
    ruleOf: t("rule {0}"),
    loading: t("Loading…"),
    rowsFailed: t("These rows could not be read."),
    copy: t("Copy"),
    copyOne: t("Row"),
    copySelected: t("{0} Selected Rows"),
    copyAll: t("All {0} Rows"),
    copyText: t("Copy {0} as Text"),
    copyCsv: t("Copy {0} as CSV"),
    copyJson: t("Copy {0} as JSON"),
    copyMarkdown: t("Copy {0} as Markdown"),
    copyValue: t("Copy Value"),
    openTrace: t("Open Trace"),
    detail: t("Detail of the row"),
    showDetail: t("Show Detail"),
    hideDetail: t("Hide Detail"),
    resizeDetail: t("Change the width of the detail"),
    rowOf: t("Row {0} of {1}"),
    emptyValue: t("empty"),
    showWhole: t("Show all {0} characters"),
  };
}

/** Who an account id is, for the trace page. */
export function identityOf({ name, displayName, type }: AccountName): Identity {
  const shown = name || displayName;
  const both = displayName === "" || displayName === shown ? shown : t("{0} ({1})", shown, displayName);
  return { name: shown, detail: accountText(type, both) };
}

function accountText(type: string, name: string): string {
  switch (type) {
    case "RamUser":
      return t("RAM user {0}", name);
    case "RamRole":
      return t("RAM role {0}", name);
    case "RootAccount":
      return t("Alibaba Cloud account {0}", name);
    default:
      return name;
  }
}

/** The texts of the trace page. */
export function traceWords(): Readonly<Record<TraceWord, string>> {
  return {
    page: t("Trace"),
    loading: t("Reading the trace"),
    loadingWhere: t("Trace {0} in {1}"),
    retry: t("Try Again"),
    traceId: t("trace {0}"),
    copyTraceId: t("Copy Trace Id"),
    enteredBy: t("entered by {0}"),
    enteredByRunning: t("entered by {0} running {1}"),
    entryNotRecorded: t(
      "No record of the entry itself between {0}: who entered is told by the commands, what was run at the entry is not known.",
    ),
    unknownUser: t("an unknown account"),
    groups: t("Groups"),
    image: t("Image"),
    commandsOne: t("{0} command"),
    commandsMany: t("{0} commands"),
    riskyNone: t("none risky"),
    riskyOne: t("{0} risky"),
    riskyMany: t("{0} risky"),
    uids: t("uid {0}"),
    atLeast: t("at least {0}"),
    searchedRange: t("Searched {0}; what was run outside of it is not shown."),
    utc: t("UTC"),
    days: t("{0} d"),
    hours: t("{0} h"),
    minutes: t("{0} min"),
    seconds: t("{0} s"),
    idle: t("{0} idle"),
    idleRange: t("Nothing was recorded from {0} to {1}."),
    incomplete: t("This trace is incomplete."),
    tree: t("What was run, as a tree of processes"),
    entryLine: t("{0} enters"),
    entryLineRunning: t("{0} enters, running {1}"),
    otherLine: t("other record: {0} {1}"),
    uid: t("uid {0}"),
    uidBecomes: t("uid becomes {0}"),
    uidBecomesRoot: t("uid becomes {0} (root)"),
    uidFrom: t("{0}, before {1}"),
    orphan: t("Started by {0}, which was not recorded"),
    orphanUnknown: t("Started by a process that was not recorded"),
    riskyBelow: t("{0} risky below"),
    strip: t("The whole trace: {0}, {1}, {2}"),
    find: t("Find in all lines"),
    found: t("{0} of {1}"),
    foundNone: t("Nothing found"),
    nextRisky: t("Next Risky Command (N)"),
    previousRisky: t("Previous Risky Command (Shift+N)"),
    openRows: t("Show as Rows"),
    openAsText: t("Open as Text"),
    copy: t("Copy"),
    copyText: t("Copy Trace as Text"),
    copyCommandLine: t("Copy Command Line"),
    copyRecord: t("Copy Record as JSON"),
    copyValue: t("Copy Value"),
    expandAll: t("Unfold All"),
    collapseAll: t("Fold All"),
    more: t("More Actions"),
    detail: t("Detail of the selected line"),
    resizeDetail: t("Change the width of the detail"),
    command: t("Command"),
    entry: t("Entry"),
    otherRecord: t("Other Record"),
    time: t("Time"),
    sinceEntry: t("Since entry"),
    sinceFirst: t("Since first"),
    directory: t("Directory"),
    pid: t("Process"),
    pidOf: t("{0}, started by {1}"),
    node: t("Node"),
    ancestry: t("Started by"),
    record: t("Record"),
    emptyValue: t("empty"),
    showWhole: t("Show all {0} characters"),
    low: t("Low"),
    medium: t("Medium"),
    high: t("High"),
    critical: t("Critical"),
    ruleOf: t("rule {0}"),
  };
}
