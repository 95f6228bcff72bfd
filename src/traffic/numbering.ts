/**
 * Numbers for exchanges and connections. Each thread counts in a range of its own, so that numbers never meet.
 */
export class Numbering {
  #next: number;

  constructor(first: number) {
    this.#next = first;
  }

  next(): number {
    return this.#next++;
  }
}
