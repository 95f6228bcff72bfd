import { constants } from 'node:http2';
import { openConnection } from '../../../src/traffic/connection.js';
import { frames, greet } from '../../support/http2.js';
import { heldUpload, isPossible, patiently, plain, words, type Cell, type Kind } from './cell.js';
import { acts, serve, type Act } from './server.js';
import { unread } from './unread.js';

const protocol = 'h2';
const KINDS: Kind[] = [
  { name: 'HTTP/2 stream', transport: 'tcp', protocol, request: () => plain() },
  { name: 'HTTP/2 held upload', transport: 'tcp', protocol, request: heldUpload },
  { name: 'HTTP/2 over TLS', transport: 'tls', protocol, request: () => plain() },
  { name: 'HTTP/2 over a Unix socket', transport: 'unix', protocol, request: () => plain() },
];

const { NGHTTP2_NO_ERROR, NGHTTP2_CANCEL, NGHTTP2_INTERNAL_ERROR, NGHTTP2_REFUSED_STREAM } = constants;
const LAST_POSSIBLE_STREAM = 2 ** 31 - 1;

type Bytes = (id: number) => Buffer[];
const head: Bytes = (id) => [frames.head(id, 200)];
const half: Bytes = (id) => [frames.head(id, 200, { length: 10 }), frames.data(id, '12345')];
const whole: Bytes = (id) => [frames.head(id, 200, { length: 10 }), frames.data(id, '1234567890', true)];
const unavailable: Bytes = (id) => [frames.head(id, 503), frames.data(id, 'no', true)];
/** The last frame says that it is the end, and half of it is missing. */
const cut: Bytes = (id) => [frames.head(id, 200), frames.data(id, '1234567890', true).subarray(0, -5)];
const none: Bytes = () => [];
const goaway =
  (then: Bytes, last: (id: number) => number = (id) => id, code = NGHTTP2_NO_ERROR): Bytes =>
  (id) => [frames.goaway(last(id), code), ...then(id)];
const reset =
  (before: Bytes, code: number): Bytes =>
  (id) => [...before(id), frames.reset(id, code)];

const BEHAVIOURS: [string, Act | null, Bytes, string][] = [
  ['FIN before the head', 'fin', none, 'closed fin'],
  ['RST before the head', 'rst', none, 'reset rst'],
  ['a head, then FIN', 'fin', head, 'short 200 fin'],
  ['a head, then RST', 'rst', head, 'reset 200 rst'],
  ['a head and RST at once', 'rstAtOnce', head, 'reset 200 rst'],
  ['a short body, then FIN', 'fin', half, 'short 200 fin'],
  ['a short body, then RST', 'rst', half, 'reset 200 rst'],
  ['a short body and RST at once', 'rstAtOnce', half, 'reset 200 rst'],
  ['the last frame cut in the middle, then FIN', 'fin', cut, 'short 200 fin'],
  ['the last frame cut in the middle, then RST', 'rst', cut, 'reset 200 rst'],
  ['complete', 'stay', whole, 'answered 200'],
  ['complete, then FIN', 'fin', whole, 'answered 200'],
  ['complete, then RST', 'rst', whole, 'answered 200'],
  ['complete and RST at once', 'rstAtOnce', whole, 'answered 200'],
  ['complete in its head', 'stay', (id) => [frames.head(id, 204, { end: true })], 'answered 204'],
  [
    'fewer bytes than promised',
    'stay',
    (id) => [frames.head(id, 200, { length: 10 }), frames.data(id, '1', true)],
    'short 200',
  ],
  ['a whole 503', 'stay', unavailable, 'rejected 503'],
  ['a whole 503, then FIN', 'fin', unavailable, 'rejected 503'],
  ['half a 503, then FIN', 'fin', (id) => [frames.head(id, 503)], 'short 503 fin'],
  ['RST_STREAM CANCEL before the head', 'stay', reset(none, NGHTTP2_CANCEL), 'reset'],
  ['RST_STREAM CANCEL in the body', 'stay', reset(half, NGHTTP2_CANCEL), 'reset 200'],
  ['RST_STREAM CANCEL in the body, then FIN', 'fin', reset(half, NGHTTP2_CANCEL), 'reset 200'],
  ['RST_STREAM NO_ERROR in the body', 'stay', reset(half, NGHTTP2_NO_ERROR), 'reset 200'],
  ['RST_STREAM INTERNAL_ERROR', 'stay', reset(none, NGHTTP2_INTERNAL_ERROR), 'reset'],
  ['RST_STREAM NO_ERROR after the end', 'stay', reset(whole, NGHTTP2_NO_ERROR), 'answered 200'],
  ['REFUSED_STREAM', 'stay', reset(none, NGHTTP2_REFUSED_STREAM), 'refused'],
  ['GOAWAY, then the stream is finished', 'stay', goaway(whole), 'answered 200'],
  [
    'GOAWAY that announces another, then the stream is finished',
    'stay',
    goaway(whole, () => LAST_POSSIBLE_STREAM),
    'answered 200',
  ],
  ['GOAWAY, then the stream is finished, then FIN', 'fin', goaway(whole), 'answered 200'],
  ['GOAWAY, then FIN', 'fin', goaway(none), 'closed fin'],
  ['GOAWAY, then RST', 'rst', goaway(none), 'reset rst'],
  ['GOAWAY, then FIN in the body', 'fin', goaway(half), 'short 200 fin'],
  ['GOAWAY, then RST in the body', 'rst', goaway(half), 'reset 200 rst'],
  ['GOAWAY that leaves the stream out', 'stay', goaway(none, () => 0), 'refused'],
  ['GOAWAY with an error', 'stay', goaway(none, (id) => id, NGHTTP2_INTERNAL_ERROR), 'reset'],
  [
    'GOAWAY with an error in the body',
    'stay',
    (id) => [...half(id), frames.goaway(id, NGHTTP2_INTERNAL_ERROR)],
    'reset 200',
  ],
  ['103 Early Hints, then an answer', 'stay', (id) => [frames.head(id, 103), ...whole(id)], 'answered 200'],
  ['103 Early Hints, then FIN', 'fin', (id) => [frames.head(id, 103)], 'closed fin'],
  ['garbage after the settings', 'stay', () => [Buffer.from('220 mail.example.com, which is no frame\r\n')], 'short'],
  ['nothing', null, none, 'timed-out'],
  ['a head and no more', 'stay', head, 'timed-out 200'],
  ['half a body and no more', 'stay', half, 'timed-out 200'],
];

function answered(kind: Kind, act: Act | null, bytes: Bytes, expected: string): Cell['play'] {
  return () =>
    patiently(expected, async (timeoutMs) => {
      const { origin } = await serve(kind.transport, protocol, (peer) =>
        greet(peer.stream, (id) => act !== null && void acts[act](peer, Buffer.concat(bytes(id)))),
      );
      const connection = openConnection(origin);
      const outcome = await connection.request(kind.request(), undefined, timeoutMs);
      connection.abandon();
      return words(outcome);
    });
}

/** A server that says this before anything else. */
function greetedWith(kind: Kind, text: string): Cell['play'] {
  return async () => {
    const { origin } = await serve(kind.transport, protocol, ({ stream }) => stream.write(text));
    const outcome = await openConnection(origin).request(kind.request());
    return words(outcome);
  };
}

/** One request is answered, and these bytes follow; then another is sent on the same connection. */
function askedAgain(kind: Kind, after: Bytes): Cell['play'] {
  return async () => {
    const { origin } = await serve(kind.transport, protocol, ({ stream }) =>
      greet(stream, (id) => stream.write(Buffer.concat(id === 1 ? [...whole(id), ...after(id)] : whole(id)))),
    );
    const connection = openConnection(origin);
    await connection.request(plain());
    const outcome = await connection.request(kind.request());
    connection.abandon();
    return words(outcome);
  };
}

function endedByTester(kind: Kind): Cell['play'] {
  return async () => {
    const { origin } = await serve(kind.transport, protocol, ({ stream }) =>
      greet(stream, (id) => void stream.write(Buffer.concat(head(id)))),
    );
    const connection = openConnection(origin);
    return words(await connection.request(kind.request(), () => connection.abandon()));
  };
}

export const HTTP2_CELLS: Cell[] = KINDS.flatMap((kind) => {
  const cell = (behaviour: string, expected: string, play: Cell['play']): Cell => ({
    connection: kind.name,
    behaviour,
    expected,
    play,
  });
  return [
    ...BEHAVIOURS.filter(([behaviour]) => isPossible(kind, behaviour)).map(([behaviour, act, bytes, expected]) =>
      cell(behaviour, expected, answered(kind, act, bytes, expected)),
    ),
    cell('garbage', 'short', greetedWith(kind, '220 mail.example.com\r\n')),
    cell('an answer in HTTP/1.1', 'short', greetedWith(kind, 'HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n')),
    cell('asked again', 'answered 200', askedAgain(kind, none)),
    cell('asked again after GOAWAY', 'refused', askedAgain(kind, goaway(none))),
    cell('ended by the tester in the body', 'ended-by-tester 200', endedByTester(kind)),
    ...unread(kind),
  ];
});
