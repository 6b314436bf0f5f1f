/** Lets one piece of work run after the other, in the order they came. */
export class Mutex {
  #last: Promise<unknown> = Promise.resolve();

  run<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(work, work);
    this.#last = result.then(
      () => undefined,
      () => undefined,
    );
    return result;
  }
}
