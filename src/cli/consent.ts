import { createInterface } from 'node:readline/promises';
import type { OutputChoices } from '../plan/resolve.js';
import { escapeControls } from '../report/escape.js';
import type { Streams } from './streams.js';

/** Whether something that drain-check did not start may be ended: as --yes says, or as a person answers on a terminal. */
export async function mayEnd(what: string, { yes }: OutputChoices, { err }: Streams): Promise<boolean> {
  if (yes) return true;
  if (!err.isTTY || !process.stdin.isTTY) return false;
  const terminal = createInterface({ input: process.stdin, output: err });
  const asked = new AbortController();
  // Ctrl-C is an answer too, and so is a terminal that goes away.
  for (const event of ['SIGINT', 'close']) terminal.once(event, () => asked.abort());
  try {
    const answer = await terminal.question(`End ${escapeControls(what)}? [y/N] `, { signal: asked.signal });
    return /^y(es)?$/i.test(answer.trim());
  } catch {
    return false;
  } finally {
    terminal.close();
  }
}
