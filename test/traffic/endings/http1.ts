import { openConnection, type Connection } from '../../../src/traffic/connection.js';
import { heldUpload, isPossible, patiently, plain, words, type Cell, type Kind } from './cell.js';
import { acts, serve, turn, until, type Act, type Peer } from './server.js';
import { unread } from './unread.js';

const protocol = 'http/1.1';
/** The server takes its time with these: it acts only when the client has been seen to wait. */
const SLOW = 'slow response';
const KINDS: Kind[] = [
  { name: 'plain request, keep-alive', transport: 'tcp', protocol, request: () => plain() },
  { name: 'plain request, Connection: close', transport: 'tcp', protocol, request: () => plain(true) },
  { name: 'held upload', transport: 'tcp', protocol, request: heldUpload },
  { name: SLOW, transport: 'tcp', protocol, request: () => plain() },
  { name: 'request over TLS', transport: 'tls', protocol, request: () => plain() },
  { name: 'request over a Unix socket', transport: 'unix', protocol, request: () => plain() },
];

const HEAD = 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n';
const WHOLE = `${HEAD}1234567890`;
const CHUNKS = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n';
const UNTIL_CLOSE = 'HTTP/1.1 200 OK\r\n\r\nhello';
const UNAVAILABLE = 'HTTP/1.1 503 Service Unavailable\r\nContent-Length: 2\r\n\r\nno';
const HALF_A_HEAD = 'HTTP/1.1 200 OK\r\nContent-';

/** What the server does when the request is there, and how that ends. */
export const BEHAVIOURS: [string, Act | null, string, string][] = [
  ['FIN before the head', 'fin', '', 'closed fin'],
  ['RST before the head', 'rst', '', 'reset rst'],
  ['half a head, then FIN', 'fin', HALF_A_HEAD, 'closed fin'],
  ['half a head, then RST', 'rst', HALF_A_HEAD, 'reset rst'],
  ['half a head and RST at once', 'rstAtOnce', HALF_A_HEAD, 'reset rst'],
  ['a head, then FIN', 'fin', HEAD, 'short 200 fin'],
  ['a head, then RST', 'rst', HEAD, 'reset 200 rst'],
  ['a head and RST at once', 'rstAtOnce', HEAD, 'reset 200 rst'],
  ['a short body, then FIN', 'fin', `${HEAD}12345`, 'short 200 fin'],
  ['a short body, then RST', 'rst', `${HEAD}12345`, 'reset 200 rst'],
  ['a short body and RST at once', 'rstAtOnce', `${HEAD}12345`, 'reset 200 rst'],
  ['chunks without a terminator, then FIN', 'fin', CHUNKS, 'short 200 fin'],
  ['chunks without a terminator, then RST', 'rst', CHUNKS, 'reset 200 rst'],
  ['chunks without a terminator and RST at once', 'rstAtOnce', CHUNKS, 'reset 200 rst'],
  ['chunks with their terminator, then FIN', 'fin', `${CHUNKS}0\r\n\r\n`, 'answered 200'],
  ['chunks with their terminator and RST at once', 'rstAtOnce', `${CHUNKS}0\r\n\r\n`, 'answered 200'],
  ['a body until FIN', 'fin', UNTIL_CLOSE, 'answered 200'],
  ['a body until RST', 'rst', UNTIL_CLOSE, 'reset 200 rst'],
  ['a body until RST at once', 'rstAtOnce', UNTIL_CLOSE, 'reset 200 rst'],
  ['a whole body', 'stay', WHOLE, 'answered 200'],
  ['a whole body, then FIN', 'fin', WHOLE, 'answered 200'],
  ['a whole body, then RST', 'rst', WHOLE, 'answered 200'],
  ['a whole body and RST at once', 'rstAtOnce', WHOLE, 'answered 200'],
  ['no body by its status, then FIN', 'fin', 'HTTP/1.1 204 No Content\r\n\r\n', 'answered 204'],
  ['a whole 503', 'stay', UNAVAILABLE, 'rejected 503'],
  ['a whole 503, then FIN', 'fin', UNAVAILABLE, 'rejected 503'],
  ['a whole 503 and RST at once', 'rstAtOnce', UNAVAILABLE, 'rejected 503'],
  ['half a 503, then FIN', 'fin', UNAVAILABLE.slice(0, -1), 'short 503 fin'],
  ['half a 503, then RST', 'rst', UNAVAILABLE.slice(0, -1), 'reset 503 rst'],
  ['100 Continue, then an answer', 'stay', `HTTP/1.1 100 Continue\r\n\r\n${WHOLE}`, 'answered 200'],
  ['102 Processing, then an answer', 'stay', `HTTP/1.1 102 Processing\r\n\r\n${WHOLE}`, 'answered 200'],
  ['103 Early Hints, then an answer', 'stay', `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${WHOLE}`, 'answered 200'],
  ['103 Early Hints, then FIN', 'fin', 'HTTP/1.1 103 Early Hints\r\n\r\n', 'closed fin'],
  ['103 Early Hints, then RST', 'rst', 'HTTP/1.1 103 Early Hints\r\n\r\n', 'reset rst'],
  ['garbage', 'stay', '220 mail.example.com\r\n', 'short'],
  ['nothing', null, '', 'timed-out'],
  ['a head and no more', 'stay', HEAD, 'timed-out 200'],
  ['half a body and no more', 'stay', `${HEAD}12345`, 'timed-out 200'],
];

/** The request is complete as far as it will come: all of it, or all but the last byte of an upload. */
export function hasArrived(read: string): boolean {
  const [head, body] = read.split('\r\n\r\n');
  const length = Number(/content-length: (\d+)/i.exec(head ?? '')?.[1] ?? 0);
  return body !== undefined && body.length >= length - 1;
}

/** A server that acts once for each connection, when its request is there. */
async function serverThat(kind: Kind, act: (peer: Peer) => unknown, isReady: () => boolean) {
  const { origin } = await serve(kind.transport, protocol, (peer) => {
    let read = '';
    peer.stream.setEncoding('latin1').on('data', (text: string) => {
      if (hasArrived(read)) return;
      read += text;
      if (hasArrived(read))
        void (kind.name === SLOW ? until(isReady).then(turn) : Promise.resolve()).then(() => act(peer));
    });
  });
  return origin;
}

function answered(kind: Kind, act: Act | null, bytes: string, expected: string): Cell['play'] {
  return () => {
    let connection: Connection | null = null;
    return patiently(expected, async (timeoutMs) => {
      const act1 = (peer: Peer) => (act === null ? undefined : acts[act](peer, bytes));
      connection = openConnection(await serverThat(kind, act1, () => connection?.isSent() === true));
      const outcome = await connection.request(kind.request(), undefined, timeoutMs);
      connection.abandon();
      return words(outcome);
    });
  };
}

function endedByTester(kind: Kind): Cell['play'] {
  return async () => {
    const connection = openConnection(
      await serverThat(
        kind,
        (peer) => acts.stay(peer, HEAD),
        () => true,
      ),
    );
    return words(await connection.request(kind.request(), () => connection.abandon()));
  };
}

export const HTTP1_CELLS: Cell[] = KINDS.flatMap((kind) => [
  ...BEHAVIOURS.filter(([behaviour]) => isPossible(kind, behaviour)).map(([behaviour, act, bytes, expected]) => ({
    connection: kind.name,
    behaviour,
    expected,
    play: answered(kind, act, bytes, expected),
  })),
  {
    connection: kind.name,
    behaviour: 'ended by the tester in the body',
    expected: 'ended-by-tester 200',
    play: endedByTester(kind),
  },
  ...unread(kind),
]);
