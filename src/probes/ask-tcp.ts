import { connect } from 'node:net';
import type { ProbeOutcome } from '../recording/events.js';
import { outcomeOf } from './failure.js';

/** Connects, and that is all. Told as HTTP would tell it: 200 for a connection that stands. Never rejects. */
export function askTcp(host: string, port: number, timeoutMs: number): Promise<ProbeOutcome> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const finish = (outcome: ProbeOutcome) => {
      socket.destroy();
      resolve(outcome);
    };
    socket.setTimeout(timeoutMs, () => finish({ kind: 'timed-out' }));
    socket.once('error', (error) => finish(outcomeOf(error)));
    socket.once('connect', () => finish({ kind: 'status', status: 200 }));
  });
}
