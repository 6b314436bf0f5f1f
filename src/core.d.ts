/**
 * What the pure rooms may know of cancellation. They are checked without the types of Node and of the DOM
 * (tsconfig.core.json), which both declare this interface in full; elsewhere the two declarations merge.
 */
interface AbortSignal {
  readonly aborted: boolean;
  throwIfAborted(): void;
}
