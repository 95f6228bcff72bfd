import type { EventBody, EventType } from '../../src/recording/events.js';

const process = { pid: 7, ppid: 1, command: 'node server.js' };

/** One event of each type. A new event fails to compile until it is here. */
export const EXAMPLES: { [T in EventType]: Extract<EventBody, { type: T }> } = {
  'life-started': { type: 'life-started', scenario: 'drain', purpose: 'scenario' },
  'process-spawned': { type: 'process-spawned', pid: 7, command: 'node server.js', port: 8080 },
  'processes-seen': { type: 'processes-seen', processes: [process] },
  output: { type: 'output', stream: 'stderr', text: 'listening', dropped: 0 },
  'listener-found': { type: 'listener-found', listeners: [{ pid: 7, command: 'node', address: '::', port: 8080, verified: true }], port: 8080, origin: 'http://127.0.0.1:8080' },
  ready: { type: 'ready', path: '/ready', status: 200, by: 'found' },
  'endpoint-resolved': { type: 'endpoint-resolved', role: 'readiness', path: '/ready', how: 'found', sureness: 'specific', asked: 36 },
  'plain-path-chosen': { type: 'plain-path-chosen', path: '/', status: 404 },
  'upload-calibrated': { type: 'upload-calibrated', method: 'POST', path: '/', held: true, status: 200, answeredAfterMs: 3, reason: null },
  'exchange-opened': { type: 'exchange-opened', exchange: 1, kind: 'slow-response', connection: 1, method: 'GET', path: '/slow' },
  'exchange-connected': { type: 'exchange-connected', exchange: 1 },
  'exchange-armed': { type: 'exchange-armed', exchange: 1, proof: 'accepted-and-read' },
  'exchange-not-armed': { type: 'exchange-not-armed', exchange: 1, reason: 'not read' },
  'upload-released': { type: 'upload-released', exchange: 1 },
  'exchange-ended': { type: 'exchange-ended', exchange: 1, ending: 'answered', status: 200, bytes: 2, framing: 'length', announcedClose: true, headAt: 5.5, socket: null, detail: null },
  'connection-closed': { type: 'connection-closed', connection: 1, by: 'fin' },
  armed: { type: 'armed', armed: 5, opened: 6 },
  'signal-sent': { type: 'signal-sent', signal: 'SIGTERM', pid: 7 },
  'probe-run': { type: 'probe-run', role: 'liveness', outcome: { kind: 'status', status: 200 }, count: 2, first: { startedAt: 1, endedAt: 2 }, last: { startedAt: 3, endedAt: 4 }, maxLateMs: 0.1 },
  'process-gone': { type: 'process-gone', pid: 7, command: 'node server.js' },
  'root-exited': { type: 'root-exited', code: 0, signal: null },
  'grace-over': { type: 'grace-over', alive: [process] },
  killed: { type: 'killed', pids: [7] },
  'outlived-root': { type: 'outlived-root', processes: [process] },
  'port-checked': { type: 'port-checked', port: 8080, heldBy: [process], held: true },
  'baseline-measured': { type: 'baseline-measured', method: 'GET', path: '/slow', status: 200, bytes: 2, framing: 'close', afterMs: 9 },
  'life-ended': { type: 'life-ended', complete: true },
  'scenario-skipped': { type: 'scenario-skipped', scenario: 'idle', reason: 'left out' },
  'run-ended': { type: 'run-ended', complete: true },
};

/** Text that does harm where it is printed as it is: it colours, moves, turns, hides and is very long. */
export const HOSTILE = `\u001b[31mred\u001b[0m\u001b]0;title\u0007 \r\n\t\b\u0000\u007f\u009b2J \u202eevil\u2066 \u200f\u200b\ufeff\u2028\u2029 ${'x'.repeat(300)}`;
