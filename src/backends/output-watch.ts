import type { LifeRecorder } from '../recording/recorder.js';
import { Marks } from './marks.js';

/** A line that never ends is looked at up to here. Characters. */
const LONGEST_LINE = 64 * 1024;

/** So many lines of the beginning are kept for whoever comes to watch. */
const MOST_EARLY = 200;

/** What is looked for in the lines that a target prints. */
export interface LineWatch {
  onLine: (line: string) => void;
}

/** Reads what a target prints, line by line, and knows whether it ended in a whole one. */
export class OutputLines {
  readonly #rest = { stdout: '', stderr: '' };
  #seen = { stdout: false, stderr: false };
  readonly #watches: LineWatch[] = [];
  /** What was printed first: a quick program says that it is ready before anybody has come to watch. */
  readonly #early: string[] = [];

  /** @param fromStart whether what was printed before is told as well */
  watch(watch: LineWatch, fromStart = false): void {
    this.#watches.push(watch);
    if (fromStart) for (const line of this.#early) watch.onLine(line);
  }

  push(stream: 'stdout' | 'stderr', text: string): void {
    this.#seen[stream] ||= text !== '';
    const lines = (this.#rest[stream] + text).split('\n');
    this.#rest[stream] = (lines.pop() ?? '').slice(-LONGEST_LINE);
    for (const line of lines) {
      if (this.#early.length < MOST_EARLY) this.#early.push(line);
      for (const watch of this.#watches) watch.onLine(line);
    }
  }

  /** Whether anything was printed, and whether the last line of each stream is whole. */
  state(): { seen: boolean; whole: boolean } {
    return {
      seen: this.#seen.stdout || this.#seen.stderr,
      whole: this.#rest.stdout.trim() === '' && this.#rest.stderr.trim() === '',
    };
  }
}

/** Records each marked request that is named in a line, once. */
export function watchForMarks(marks: Marks, line: string | null, recorder: LifeRecorder): LineWatch {
  const told = new Set<string>();
  const wanted = line === null ? null : linePattern(line);
  return {
    onLine: (text) => {
      const where = wanted === null ? text : (wanted.exec(text)?.[1] ?? '');
      for (const id of where === '' ? [] : marks.findInText(where)) {
        if (told.has(id)) continue;
        told.add(id);
        recorder.record({ type: 'request-logged', id });
      }
    },
  };
}

/** A text with `{{id}}` in it as an expression that takes the id out of a line. */
export function linePattern(text: string): RegExp {
  const [before = '', after = ''] = text.split('{{id}}').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  // What ends the id is what follows it in the pattern, or the end of a word.
  return new RegExp(`${before}([A-Za-z0-9_.:-]{1,200}${after === '' ? '' : '?'})${after}`);
}
