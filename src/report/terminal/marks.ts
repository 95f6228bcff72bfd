import type { CheckStatus, LaneState, PointState } from '../types.js';
import type { Style } from './style.js';

const UNICODE: Record<CheckStatus, string> = {
  pass: '✔',
  warn: '▲',
  fail: '✖',
  skip: '·',
  inconclusive: '?',
  flaky: '≈',
};
const ASCII: Record<CheckStatus, string> = {
  pass: '+',
  warn: '!',
  fail: 'x',
  skip: '-',
  inconclusive: '?',
  flaky: '%',
};

/** The mark of a verdict: shape tells as much as colour. */
export function mark(status: CheckStatus, style: Style): string {
  return paint(status, style)((style.unicode ? UNICODE : ASCII)[status]);
}

/** The colour of a verdict. */
export function paint(status: CheckStatus, style: Style): (text: string) => string {
  const colours: Record<CheckStatus, (text: string) => string> = {
    pass: style.green,
    warn: style.yellow,
    fail: style.red,
    skip: style.dim,
    inconclusive: style.cyan,
    flaky: style.yellow,
  };
  return colours[status];
}

export interface Glyphs {
  span: Record<LaneState, string>;
  point: Record<PointState, string>;
  signal: string;
  dot: string;
  dash: string;
  ellipsis: string;
}

export function glyphs(style: Style): Glyphs {
  return style.unicode
    ? {
        span: { busy: '━', good: '█', bad: '░', gone: '·' },
        point: { served: '●', away: '○', lost: '✖', ended: '┥' },
        signal: '┃',
        dot: '·',
        dash: '─',
        ellipsis: '…',
      }
    : {
        span: { busy: '=', good: '#', bad: '-', gone: '.' },
        point: { served: 'o', away: '.', lost: 'X', ended: ']' },
        signal: '|',
        dot: '-',
        dash: '-',
        ellipsis: '...',
      };
}
