import type { EventBody } from '../../../src/recording/events.js';
import { Numbering } from '../../../src/traffic/numbering.js';
import { SilentConnection } from '../../../src/traffic/persistent.js';
import { plain, isPossible, words, type Cell, type Kind } from './cell.js';
import { acts, nobody, serve, type Act } from './server.js';

const protocol = 'http/1.1';
const KINDS: Kind[] = [
  { name: 'silent connection', transport: 'tcp', protocol, request: plain },
  { name: 'silent connection to a Unix socket', transport: 'unix', protocol, request: plain },
];

const TIMED_OUT = 'HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n';

/** What the server does when it has accepted the connection. */
const BEHAVIOURS: [string, Act, string, string][] = [
  ['FIN', 'fin', '', 'closed fin'],
  ['RST', 'rst', '', 'reset rst'],
  ['an answer that nobody asked for, then FIN', 'fin', TIMED_OUT, 'closed fin'],
  ['an answer that nobody asked for, then RST', 'rst', TIMED_OUT, 'reset rst'],
  ['an answer that nobody asked for and RST at once', 'rstAtOnce', TIMED_OUT, 'reset rst'],
];

type Ended = Extract<EventBody, { type: 'exchange-ended' }>;

/** How it ended, as it is recorded. */
function recordedEnd(open: (exchanges: ConstructorParameters<typeof SilentConnection>[0]) => unknown): Promise<string> {
  return new Promise((resolve) => {
    const record = (event: EventBody) => {
      if (event.type === 'exchange-ended') resolve(wordsOf(event));
    };
    open({ recorder: { clock: { now: () => 0, originNs: 0n }, record }, numbering: new Numbering(0) });
  });
}

const wordsOf = ({ ending, status, socket, detail }: Ended) => words({ ending, status, detail, socketEnd: socket });

export const SILENT_CELLS: Cell[] = KINDS.flatMap((kind) => {
  const cell = (behaviour: string, expected: string, play: Cell['play']): Cell => ({
    connection: kind.name,
    behaviour,
    expected,
    play,
  });
  const { transport } = kind;
  return [
    ...BEHAVIOURS.filter(([behaviour]) => isPossible(kind, behaviour)).map(([behaviour, act, bytes, expected]) =>
      cell(behaviour, expected, async () => {
        const { origin } = await serve(transport, protocol, (peer) => void acts[act](peer, bytes));
        return recordedEnd((exchanges) => new SilentConnection(exchanges, origin));
      }),
    ),
    cell('refused', 'refused', async () => {
      const origin = nobody(transport, protocol);
      return recordedEnd((exchanges) => new SilentConnection(exchanges, origin));
    }),
    cell('in the backlog of a listener that closed', 'reset rst', async () => {
      const { origin, server } = await serve(transport, protocol, () => undefined);
      return recordedEnd((exchanges) => {
        new SilentConnection(exchanges, origin);
        process.nextTick(() => process.nextTick(() => server.close()));
      });
    }),
    cell('ended by the tester', 'ended-by-tester', async () => {
      const { origin } = await serve(transport, protocol, () => undefined);
      return recordedEnd((exchanges) => {
        const connection = new SilentConnection(exchanges, origin);
        void connection.settled.then(() => connection.close());
      });
    }),
  ];
});
