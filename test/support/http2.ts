import type { Duplex } from 'node:stream';

const PREFACE_BYTES = 24;
const HEAD_BYTES = 9;
const HEADERS = 1;
const SETTINGS = 4;
/** Where the names `:status` and `content-length` stand in HPACK's static table, as literals that are not kept. */
const STATUS = Buffer.from([0x08]);
const CONTENT_LENGTH = Buffer.from([0x0f, 0x0d]);

function frame(type: number, flags: number, stream: number, payload: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

function literal(name: Buffer, value: string): Buffer {
  return Buffer.concat([name, Buffer.from([value.length]), Buffer.from(value)]);
}

function numbers(...values: number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, 4 * index);
  return bytes;
}

/** The frames of a server, as bytes, so that they can be cut and put together as no library would. */
export const frames = {
  settings: (ack = false) => frame(SETTINGS, ack ? 1 : 0, 0),
  head: (stream: number, status: number, { length = -1, end = false } = {}) =>
    frame(
      HEADERS,
      end ? 5 : 4,
      stream,
      Buffer.concat([
        literal(STATUS, String(status)),
        ...(length < 0 ? [] : [literal(CONTENT_LENGTH, String(length))]),
      ]),
    ),
  data: (stream: number, text: string, end = false) => frame(0, end ? 1 : 0, stream, Buffer.from(text)),
  reset: (stream: number, code: number) => frame(3, 0, stream, numbers(code)),
  goaway: (lastStream: number, code = 0) => frame(7, 0, 0, numbers(lastStream, code)),
};

/** Greets a client as an HTTP/2 server does, and calls back for every request that it begins. */
export function greet(stream: Duplex, onRequest: (id: number) => void): void {
  let read = Buffer.alloc(0);
  let skipped = false;
  stream.write(frames.settings());
  stream.on('data', (chunk: Buffer) => {
    read = Buffer.concat([read, chunk]);
    if (!skipped && read.length >= PREFACE_BYTES) {
      read = read.subarray(PREFACE_BYTES);
      skipped = true;
    }
    while (skipped && read.length >= HEAD_BYTES && read.length >= HEAD_BYTES + read.readUIntBE(0, 3)) {
      const [type, flags, id] = [read.readUInt8(3), read.readUInt8(4), read.readUInt32BE(5)];
      read = read.subarray(HEAD_BYTES + read.readUIntBE(0, 3));
      if (type === SETTINGS && flags === 0) stream.write(frames.settings(true));
      if (type === HEADERS) onRequest(id);
    }
  });
}
