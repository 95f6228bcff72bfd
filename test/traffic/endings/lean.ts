import type { Origin } from '../../../src/plan/origin.js';
import { createClock } from '../../../src/recording/clock.js';
import { Crowd, type CrowdGroup } from '../../../src/traffic/lean/crowd.js';
import type { Member } from '../../../src/traffic/lean/member.js';
import { handshakeBytes, requestBytes } from '../../../src/traffic/lean/requests.js';
import type { Cell } from './cell.js';
import { BEHAVIOURS, hasArrived } from './http1.js';
import { acts, nobody, serve, turn, until, type Peer } from './server.js';
import { CLOSED, OPEN, upgraded } from './websocket.js';

/**
 * One of the thousands of a load, which has readers of its own: it must end as the few do that are read by undici and ws.
 * Nobody loses patience with it, so what those give up is open until the tester ends it.
 */
type Named = 'request of a crowd' | 'upload of a crowd' | 'WebSocket of a crowd';

function group(origin: Origin, name: Named): CrowdGroup {
  if (name === 'WebSocket of a crowd')
    return { kind: 'websocket', count: 1, method: 'GET', opening: handshakeBytes(origin, '/', [], []) };
  const withhold = name === 'upload of a crowd';
  const method = withhold ? 'POST' : 'GET';
  const body = withhold ? Buffer.from('a body') : null;
  const opening = requestBytes(origin, { method, path: '/', headers: [], body, withhold, close: true });
  return { kind: 'request', count: 1, method, opening };
}

const hasEnded = ({ ending }: Member) => ending !== null;

function wordsOf({ ending, status, peer, code }: Member): string {
  if (ending === 'refused') return 'refused refused';
  if (code !== null) return `${ending ?? ''} ${status ?? ''} code ${code} ${peer ?? 'open'}`;
  const whole = ending === 'answered' || ending === 'rejected' || ending === 'ended-by-tester';
  return [ending, status, whole ? null : peer].filter((part) => part !== null).join(' ');
}

/** Plays one until it has ended, or until it has come as far as it will by itself. */
async function play(origin: Origin, name: Named, isFarEnough: ((member: Member) => boolean) | null): Promise<string> {
  const { now } = createClock();
  const crowd = new Crowd(origin, [group(origin, name)], '/', now);
  const [member] = crowd.members;
  if (member === undefined) return 'nobody';
  void crowd.open();
  if (isFarEnough === null) await crowd.done;
  else await until(() => isFarEnough(member));
  crowd.close();
  return wordsOf(member);
}

function request(name: Named, [behaviour, act, bytes, usual]: (typeof BEHAVIOURS)[number]): Cell {
  const expected = usual.replace('timed-out', 'ended-by-tester');
  const isOpen = (member: Member) => member.connectedAt !== null && (bytes === '' || member.headAt !== null);
  return {
    connection: name,
    behaviour,
    expected,
    play: async () => {
      const { origin } = await serve('tcp', 'http/1.1', (peer) => {
        let read = '';
        peer.stream.setEncoding('latin1').on('data', (text: string) => {
          if (hasArrived(read)) return;
          read += text;
          if (hasArrived(read) && act !== null) void acts[act](peer, bytes);
        });
      });
      return play(origin, name, expected.startsWith('ended-by-tester') ? isOpen : hasEnded);
    },
  };
}

/** A server that does something to each connection when its handshake is there. */
function webSocket(behaviour: string, expected: string, act: (peer: Peer, request: string) => unknown): Cell {
  const isOpen = ({ connectedAt, code }: Member) =>
    connectedAt !== null && (expected === 'ended-by-tester' || code !== null);
  return {
    connection: 'WebSocket of a crowd',
    behaviour,
    expected,
    play: async () => {
      const { origin } = await serve('tcp', 'http/1.1', (peer) => {
        peer.stream.once('data', (bytes: Buffer) => act(peer, bytes.toString('latin1')));
      });
      const waits = expected === 'ended-by-tester' || expected.endsWith('open');
      // How the server ended the connection is told of those that it had upgraded.
      return play(origin, 'WebSocket of a crowd', waits ? isOpen : expected.includes('code') ? null : hasEnded);
    },
  };
}

export const LEAN_CELLS: Cell[] = [
  ...BEHAVIOURS.map((behaviour) => request('request of a crowd', behaviour)),
  ...BEHAVIOURS.map((behaviour) => request('upload of a crowd', behaviour)),
  ...OPEN.map(([behaviour, act, bytes, expected]) =>
    webSocket(behaviour, expected, async (peer, text) => {
      peer.stream.write(upgraded(text));
      for (let turns = 0; turns < 3; turns++) await turn();
      await acts[act](peer, bytes);
    }),
  ),
  ...CLOSED.map(([behaviour, act, bytes, usual]) =>
    webSocket(behaviour, usual.replace('timed-out', 'ended-by-tester'), (peer) =>
      act === null ? undefined : acts[act](peer, bytes),
    ),
  ),
  ...(['request of a crowd', 'WebSocket of a crowd'] as const).map((name): Cell => ({
    connection: name,
    behaviour: 'refused',
    expected: 'refused refused',
    play: () => play(nobody('tcp', 'http/1.1'), name, hasEnded),
  })),
];
