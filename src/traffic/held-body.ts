/** A request body whose last byte is withheld until it is released: the request cannot be complete before that. */
export class HeldBody implements AsyncIterable<Buffer> {
  readonly length: number;
  /** All but the last byte has been taken. */
  waiting = false;
  readonly #body: Buffer;
  #release: () => void = () => undefined;
  readonly #released: Promise<void>;

  constructor(body: Buffer) {
    if (body.length < 2) throw new RangeError('a held body needs at least two bytes');
    this.#body = body;
    this.length = body.length;
    this.#released = new Promise((resolve) => (this.#release = resolve));
  }

  release(): void {
    this.#release();
  }

  async *[Symbol.asyncIterator](): AsyncIterator<Buffer> {
    yield this.#body.subarray(0, -1);
    this.waiting = true;
    await this.#released;
    yield this.#body.subarray(-1);
  }
}
