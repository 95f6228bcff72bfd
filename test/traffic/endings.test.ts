import { describe, expect, it } from 'vitest';
import type { Cell } from './endings/cell.js';
import { HTTP1_CELLS } from './endings/http1.js';
import { HTTP2_CELLS } from './endings/http2.js';
import { NODE_HTTP2_CELLS } from './endings/node-http2.js';
import { LEAN_CELLS } from './endings/lean.js';
import { SILENT_CELLS } from './endings/silent.js';
import { TLS_CELLS } from './endings/tls.js';
import { WEBSOCKET_CELLS } from './endings/websocket.js';

/** How often each cell is played; not one may be wrong. */
const TIMES = 10;
const CELLS = [
  ...HTTP1_CELLS,
  ...HTTP2_CELLS,
  ...NODE_HTTP2_CELLS,
  ...SILENT_CELLS,
  ...LEAN_CELLS,
  ...TLS_CELLS,
  ...WEBSOCKET_CELLS,
];
const nameOf = ({ connection, behaviour }: Cell) => `${connection}: ${behaviour}`;

describe('how an exchange ended', () => {
  it('is known for every behaviour and kind of connection', () => {
    expect(CELLS.length).toBeGreaterThanOrEqual(80);
    expect(new Set(CELLS.map(nameOf)).size).toBe(CELLS.length);
  });

  it.each(CELLS.map((cell) => [nameOf(cell), cell] as const))('%s', async (_name, { expected, play }) => {
    const seen = await Promise.all(Array.from({ length: TIMES }, () => play()));
    expect(seen).toEqual(Array.from({ length: TIMES }, () => expected));
  });
});
