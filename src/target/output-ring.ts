/** Keeps the last characters of what a target prints, whatever it prints. */
export class OutputRing {
  #chunks: string[] = [];
  #length = 0;
  /** Characters that were let go. */
  dropped = 0;

  constructor(private readonly limit = 1024 * 1024) {}

  push(text: string): void {
    this.#chunks.push(text);
    this.#length += text.length;
    // A single endless line must not be kept whole either.
    while (this.#length > this.limit) {
      const first = this.#chunks[0] ?? '';
      const excess = this.#length - this.limit;
      const cut = Math.min(excess, first.length);
      if (cut === first.length) this.#chunks.shift();
      else this.#chunks[0] = first.slice(cut);
      this.#length -= cut;
      this.dropped += cut;
    }
  }

  text(): string {
    return this.#chunks.join('');
  }

  /** The last lines, each cut to a readable width. */
  lastLines(count: number): string {
    return this.text()
      .trimEnd()
      .split('\n')
      .slice(-count)
      .map((line) => (line.length > 200 ? `${line.slice(0, 200)}…` : line))
      .join('\n');
  }
}
