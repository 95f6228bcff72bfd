import type { Writable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as ws from 'ws';
import { FrameReader } from '../../../src/traffic/lean/frame-reader.js';
import { mutated, pieces } from './mutations.js';

/** What ws reads frames with; it is exported, but not in its types. */
const { Receiver } = ws as unknown as { Receiver: new (options: object) => Writable };

function frame(opcode: number, payload: Buffer | string, { final = true, mask = false, rsv = 0 } = {}): Buffer {
  const body = Buffer.from(payload);
  const first = (final ? 0x80 : 0) | (rsv << 4) | opcode;
  const bit = mask ? 0x80 : 0;
  const head =
    body.length < 126
      ? Buffer.from([first, bit | body.length])
      : body.length < 65_536
        ? Buffer.from([first, bit | 126, body.length >> 8, body.length & 255])
        : Buffer.concat([Buffer.from([first, bit | 127, 0, 0, 0, 0]), uint32(body.length)]);
  return Buffer.concat([head, body]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function close(code: number, reason = ''): Buffer {
  return frame(8, Buffer.concat([Buffer.from([code >> 8, code & 255]), Buffer.from(reason)]));
}

interface Heard {
  messages: number;
  pings: string[];
  code: number | null;
  malformed: boolean;
}

function read(chunks: readonly Buffer[]): Heard {
  const reader = new FrameReader();
  const heard: Heard = { messages: 0, pings: [], code: null, malformed: false };
  for (const chunk of chunks)
    reader.push(chunk, {
      onPing: (payload) => heard.pings.push(payload.toString('latin1')),
      onClose: (code) => (heard.code = code),
    });
  const { messages, malformed } = reader;
  return { ...heard, messages, malformed };
}

/** What ws makes of the same. */
async function oracle(chunks: readonly Buffer[]): Promise<Heard> {
  const heard: Heard = { messages: 0, pings: [], code: null, malformed: false };
  const receiver = new Receiver({ isServer: false, maxPayload: 16 * 1024 * 1024, allowSynchronousEvents: true });
  receiver.on('message', () => (heard.messages += 1));
  receiver.on('ping', (payload: Buffer) => heard.pings.push(payload.toString('latin1')));
  receiver.on('conclude', (code: number) => (heard.code = code));
  receiver.on('error', () => (heard.malformed = true));
  for (const chunk of chunks) {
    if (heard.malformed || heard.code !== null) break;
    receiver.write(Buffer.from(chunk));
  }
  await new Promise((resolve) => setImmediate(resolve));
  return heard;
}

const CONVERSATION = Buffer.concat([
  frame(1, 'hello'),
  frame(9, 'are you there?'),
  frame(2, Buffer.from([0, 255, 1])),
  frame(1, 'zażółć ', { final: false }),
  frame(10, ''),
  frame(0, 'gęślą', { final: false }),
  frame(0, ' jaźń'),
  frame(1, 'x'.repeat(300)),
  frame(1, ''),
  close(1001, 'going away'),
]);
const STREAMS: Record<string, Buffer> = {
  'a conversation': CONVERSATION,
  'a close frame without a code': frame(8, ''),
  'a message of 70,000 bytes': Buffer.concat([frame(2, Buffer.alloc(70_000)), close(1000)]),
  'a masked frame': frame(1, 'hello', { mask: true }),
  'a reserved bit': frame(1, 'hello', { rsv: 4 }),
  'an unknown opcode': frame(3, 'hello'),
  'an unknown control opcode': frame(11, 'hello'),
  'a ping in two frames': frame(9, 'hello', { final: false }),
  'a ping that is too long': frame(9, 'x'.repeat(126)),
  'a continuation of nothing': frame(0, 'hello'),
  'a message within a message': Buffer.concat([frame(1, 'a', { final: false }), frame(1, 'b')]),
  'a text that is not UTF-8': frame(1, Buffer.from([0xc3, 0x28])),
  'a text that ends within a character': Buffer.concat([frame(1, Buffer.from([0xc5]), { final: false }), frame(0, '')]),
  'a close frame of one byte': frame(8, 'x'),
  'a close code that nobody may send': close(1005),
  'a reason that is not UTF-8': frame(8, Buffer.from([0x03, 0xe9, 0xff])),
  'a frame of 2^63 bytes': Buffer.from([0x82, 127, 0x80, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3]),
  'a frame of 2^53 bytes': Buffer.from([0x82, 127, 0, 0x20, 0, 0, 0, 0, 0, 0, 1]),
  'fragments beyond the bound': Buffer.concat([
    frame(2, 'a', { final: false }),
    Buffer.from([0x80, 127, 0, 0, 0, 0, 1, 0, 0, 0]),
  ]),
};

describe('FrameReader', () => {
  it('reads a conversation', () => {
    expect(read([CONVERSATION])).toMatchObject({
      messages: 5,
      pings: ['are you there?'],
      code: 1001,
      malformed: false,
    });
  });

  it.each(Object.entries(STREAMS))('hears in %s what ws hears, wherever it is cut', async (_name, bytes) => {
    const expected = await oracle([bytes]);
    const places = bytes.length > 2000 ? [1, 2, 3, 9, 10, 11, bytes.length - 1] : bytes.keys();
    for (const place of places) expect(read(pieces(bytes, [place]))).toEqual(expected);
    if (bytes.length <= 2000) expect(read(pieces(bytes, [...bytes.keys()]))).toEqual(expected);
  });

  it('hears what ws hears when something was done to the bytes', async () => {
    await fc.assert(
      fc.asyncProperty(
        mutated(Object.values(STREAMS)),
        fc.array(fc.nat(400), { maxLength: 6 }),
        async (bytes, cuts) => {
          const chunks = pieces(bytes, cuts);
          expect(read(chunks)).toEqual(await oracle(chunks));
        },
      ),
      { numRuns: 1500 },
    );
  });
});
