import { clearLine, cursorTo } from 'node:readline';
import { formatDuration } from '../plan/durations.js';
import type { Progress } from '../run/context.js';
import type { Style } from '../report/terminal/style.js';

const REDRAW_MS = 100;

/** Tells a person what is going on: one live line on a terminal, a plain line for each phase elsewhere. */
export interface ProgressLine {
  update: (progress: Progress) => void;
  /** Takes the live line away. */
  stop: () => void;
}

export const SILENT: ProgressLine = { update: () => undefined, stop: () => undefined };

/** @param prefix what stands before every line: which of several trials it is */
export function startProgress(stream: NodeJS.WriteStream, style: Style, prefix = ''): ProgressLine {
  return stream.isTTY ? liveLine(stream, style, prefix) : plainLines(stream, prefix);
}

function describe({ scenario, phase, inFlight }: Progress): string {
  return `${scenario}: ${phase}${inFlight > 0 ? `, ${inFlight} in flight` : ''}`;
}

function liveLine(stream: NodeJS.WriteStream, style: Style, prefix: string): ProgressLine {
  const startedAt = performance.now();
  let latest: Progress | null = null;
  const draw = () => {
    if (latest === null) return;
    cursorTo(stream, 0);
    clearLine(stream, 0);
    const text = `${prefix}${describe(latest)}, ${formatDuration(Math.floor((performance.now() - startedAt) / 100) * 100)}`;
    // Words of ours, a column a character: what measures foreign text takes longer to load than a target to start.
    stream.write(style.dim(text.slice(0, (stream.columns || style.width) - 1)));
  };
  const timer = setInterval(draw, REDRAW_MS);
  timer.unref();
  return {
    update: (progress) => (latest = progress),
    stop: () => {
      clearInterval(timer);
      if (latest === null) return;
      latest = null;
      cursorTo(stream, 0);
      clearLine(stream, 0);
    },
  };
}

function plainLines(stream: NodeJS.WriteStream, prefix: string): ProgressLine {
  let last = '';
  return {
    update: (progress) => {
      const key = `${progress.scenario} ${progress.phase}`;
      if (key === last) return;
      last = key;
      stream.write(`${prefix}${describe(progress)}\n`);
    },
    stop: () => undefined,
  };
}
