import { Duplex } from 'node:stream';
import fc from 'fast-check';
import { Client } from 'undici';
import { describe, expect, it } from 'vitest';
import { HttpReader } from '../../../src/traffic/lean/http-reader.js';
import { mutated, pieces } from './mutations.js';

interface Read {
  status: number | null;
  bytes: number;
  complete: boolean;
  announcedClose: boolean | null;
}

function read(chunks: readonly Buffer[], method = 'GET'): Read {
  const reader = new HttpReader(method);
  for (const chunk of chunks) reader.push(chunk);
  reader.end();
  const { status, bytes, complete, announcedClose } = reader;
  return { status, bytes, complete, announcedClose };
}

/** A connection on which all of it comes, and then a FIN. */
class Replay extends Duplex {
  constructor(private readonly chunks: readonly Buffer[]) {
    super({ allowHalfOpen: true });
  }
  ref() {
    return this;
  }
  unref() {
    return this;
  }
  override _read() {
    // It comes when the request has been written.
  }
  override _write(_chunk: Buffer, _encoding: BufferEncoding, done: () => void) {
    done();
    setImmediate(() => {
      for (const chunk of this.chunks) if (!this.destroyed) this.push(Buffer.from(chunk));
      if (!this.destroyed) this.push(null);
    });
  }
}

/** What undici makes of the same. */
async function oracle(chunks: readonly Buffer[], method = 'GET'): Promise<Read> {
  let used = false;
  const client = new Client('http://localhost', {
    connect: (_options, callback) => {
      if (used) callback(new Error('gone'), null);
      else setImmediate(() => callback(null, new Replay(chunks) as never));
      used = true;
    },
  });
  const seen: Read = { status: null, bytes: 0, complete: false, announcedClose: null };
  await new Promise<void>((resolve) => {
    client.dispatch(
      { method: method, path: '/' },
      {
        onRequestStart: () => undefined,
        onResponseStart: (_controller, status, headers) => {
          if (status < 200) return;
          seen.status = status;
          seen.announcedClose = /\bclose\b/i.test(String(headers['connection'] ?? ''));
        },
        onResponseData: (_controller, chunk) => void (seen.bytes += chunk.length),
        onResponseEnd: () => {
          seen.complete = true;
          resolve();
        },
        onResponseError: () => resolve(),
      },
    );
  });
  client.destroy().catch(() => undefined);
  return seen;
}

const STREAMS: Record<string, string> = {
  'a body with a length': 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 10\r\n\r\n1234567890',
  'a body with a length, cut': 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345',
  'no body by its length': 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n',
  chunks:
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1A\r\nabcdefghijklmnopqrstuvwxyz\r\n0\r\n\r\n',
  'chunks with extensions and trailers':
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n0\r\nX-Sum: 1\r\n\r\n',
  'chunks without an end': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n',
  'a body until the end of the connection': 'HTTP/1.0 200 OK\r\nServer: old\r\n\r\nhello',
  'a 503 that says goodbye': 'HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno',
  'no body by its status': 'HTTP/1.1 204 No Content\r\n\r\n',
  'not modified': 'HTTP/1.1 304 Not Modified\r\nETag: "a"\r\n\r\n',
  'early hints': 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
  'half a head': 'HTTP/1.1 200 OK\r\nContent-',
  'a status without a reason': 'HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok',
  'white space around a value': 'HTTP/1.1 200 OK\r\nContent-Length: \t 2 \r\n\r\nok',
  'another language': '220 mail.example.com\r\n',
  'a length that is none': 'HTTP/1.1 200 OK\r\nContent-Length: 2x\r\n\r\nok',
  'two lengths': 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok',
  'a length and chunks':
    'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
  'a chunk size that is none': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nabc\r\n0\r\n\r\n',
  'a chunk without its end': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n',
  'a name with a space': 'HTTP/1.1 200 OK\r\nContent Length: 2\r\n\r\nok',
  'a line without a colon': 'HTTP/1.1 200 OK\r\nnonsense\r\n\r\nok',
  'a header over two lines': 'HTTP/1.1 200 OK\r\nX-A: 1\r\n 2\r\nContent-Length: 2\r\n\r\nok',
  'bare line feeds': 'HTTP/1.1 200 OK\nContent-Length: 2\n\nok',
  'a bare carriage return': 'HTTP/1.1 200 OK\rContent-Length: 2\r\n\r\nok',
  nothing: '',
};
const BYTES = Object.fromEntries(Object.entries(STREAMS).map(([name, text]) => [name, Buffer.from(text, 'latin1')]));

describe('HttpReader', () => {
  it.each(Object.entries(BYTES))('reads in %s what undici reads, wherever it is cut', async (_name, bytes) => {
    const expected = await oracle([bytes]);
    expect(read([bytes])).toEqual(expected);
    for (const place of bytes.keys()) expect(read(pieces(bytes, [place]))).toEqual(expected);
    expect(read(pieces(bytes, [...bytes.keys()]))).toEqual(expected);
  });

  it('knows that HEAD has no body', async () => {
    const bytes = Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n');
    expect(read([bytes], 'HEAD')).toEqual(await oracle([bytes], 'HEAD'));
  });

  it('knows that 304 has no body, whatever its length says', () => {
    // undici waits for one.
    const bytes = Buffer.from('HTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\n\r\n');
    expect(read([bytes])).toMatchObject({ status: 304, complete: true });
  });

  it('says how much belonged to the response', () => {
    const reader = new HttpReader('GET');
    expect(reader.push(Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1'))).toBe(40);
    expect(reader.complete).toBe(true);
  });

  it('gives up a head without an end', () => {
    const reader = new HttpReader('GET');
    reader.push(Buffer.from('HTTP/1.1 200 OK\r\n'));
    for (let i = 0; i < 100 && !reader.malformed; i++) reader.push(Buffer.from(`X-${i}: ${'x'.repeat(1000)}\r\n`));
    expect(reader.malformed).toBe(true);
  });

  it('reads what undici reads when something was done to the bytes', async () => {
    await fc.assert(
      fc.asyncProperty(mutated(Object.values(BYTES)), fc.array(fc.nat(120), { maxLength: 6 }), async (bytes, cuts) => {
        const chunks = pieces(bytes, cuts);
        expect(read(chunks)).toEqual(await oracle(chunks));
      }),
      { numRuns: 1500 },
    );
  });
});
