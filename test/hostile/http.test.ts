import { describe, expect, it } from 'vitest';
import { HOSTILE, playHostile, playUntil, type Outcome } from './playing.js';

/** What must come of the requests in flight: their status, or `none` where there can be no verdict at all. */
type Wanted = 'pass' | 'fail' | 'inconclusive' | 'none';

/**
 * Each harm: done to the work in flight on the signal, to all work from the beginning, and to every request. Work that is
 * answered before the signal is nothing that could be lost, so that nothing is proved.
 */
const HARMS: Record<string, [onSignal: Wanted, toAll: Wanted]> = {
  'endless-headers': ['fail', 'none'],
  'endless-header-line': ['fail', 'none'],
  'endless-status-line': ['fail', 'none'],
  'endless-body': ['fail', 'fail'],
  'endless-close-delimited': ['inconclusive', 'fail'],
  'endless-chunks': ['fail', 'fail'],
  'endless-chunk-size': ['fail', 'fail'],
  'endless-trailers': ['fail', 'inconclusive'],
  'endless-continue': ['fail', 'none'],
  'endless-events': ['inconclusive', 'fail'],
  'slow-drip': ['fail', 'none'],
  'slow-drip-body': ['fail', 'fail'],
  'invalid-chunks': ['fail', 'inconclusive'],
  'huge-chunk': ['fail', 'inconclusive'],
  'negative-length': ['fail', 'none'],
  'huge-length': ['fail', 'none'],
  'two-lengths': ['fail', 'none'],
  'length-and-chunks': ['fail', 'none'],
  'two-answers': ['pass', 'inconclusive'],
  'answers-to-nobody': ['pass', 'inconclusive'],
  'no-status': ['fail', 'none'],
  'status-999': ['inconclusive', 'none'],
  'not-http': ['fail', 'none'],
  'resets-at-once': ['fail', 'none'],
  'ends-at-once': ['fail', 'none'],
  'compressed-bomb': ['pass', 'inconclusive'],
  'redirects-to-itself': ['pass', 'inconclusive'],
  'redirects-elsewhere': ['pass', 'inconclusive'],
  'mean-markup': ['pass', 'inconclusive'],
  'mean-text': ['fail', 'none'],
};

/** On a WebSocket: what must come of those that were open, and whether one that is harmed at once is taken for one. */
const FRAMES: Record<string, string[]> = {
  'frame-of-2-63': ['fail'],
  'frame-of-2-62': ['fail'],
  'endless-fragments': ['fail'],
  'endless-pings': ['fail', 'inconclusive'],
  // It sends a close frame, with a code of its own.
  'mean-close': ['warn'],
};

/** What was expected to be proved was proved, in whichever way. */
const tells = (id: string, wanted: string) => (outcome: Outcome) =>
  ['inconclusive', 'none'].includes(wanted) || !['inconclusive', 'skip', undefined].includes(outcome.statuses[id]);

const BRIEF = ['--grace-period', '3s', '--start-timeout', '2s', '--slow', '/slow'];

describe.skipIf(!HOSTILE)('answers that mean harm', { concurrent: true }, () => {
  it.each(Object.entries(HARMS))('%s, on the signal', async (harm, [wanted]) => {
    const { statuses, code } = await playUntil(
      tells('finishes-requests', wanted),
      'http.mjs',
      [harm, 'on-signal'],
      [...BRIEF, '--only', 'drain'],
    );
    expect(statuses['finishes-requests']).toBe(wanted);
    if (wanted === 'fail') expect(code).toBe(1);
  });

  it.each(Object.entries(HARMS))('%s, to everybody', async (harm, [, wanted]) => {
    const outcome = await playUntil(
      tells('finishes-requests', wanted),
      'http.mjs',
      [harm, 'to-all'],
      [...BRIEF, '--only', 'drain'],
    );
    expect(outcome.statuses['finishes-requests'] ?? 'none').toBe(wanted);
    if (wanted === 'fail') expect(outcome.code).toBe(1);
    if (wanted === 'none') expect(outcome.stderr).toContain('not ready within 2 s');
  });

  it.each(Object.entries(FRAMES))('%s, on the signal', async (harm, wanted) => {
    const options = [...BRIEF, '--websocket', '/ws', '--only', 'streams'];
    const { statuses } = await playUntil(
      tells('closes-websockets', wanted[0] ?? ''),
      'http.mjs',
      [harm, 'on-signal'],
      options,
    );
    expect(wanted).toContain(statuses['closes-websockets']);
  });

  it.each(Object.keys(FRAMES))('%s, at once', async (harm) => {
    const options = [...BRIEF, '--websocket', '/ws', '--only', 'streams'];
    const { code, stderr } = await playHostile('http.mjs', [harm, 'to-work'], options);
    expect(stderr).toContain('--websocket /ws takes no WebSockets');
    expect(code).toBe(2);
  });
});
