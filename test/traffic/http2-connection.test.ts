import { once } from 'node:events';
import { createServer, type Http2Session, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { HeldBody } from '../../src/traffic/held-body.js';
import { Http2Connection } from '../../src/traffic/http2-connection.js';
import type { Goaway } from '../../src/traffic/http2-frames.js';
import { plainRequest, uploadRequest } from '../../src/traffic/upload.js';
import { turn, until } from './endings/server.js';

type Answer = (stream: ServerHttp2Stream, path: string) => void;

/** Node's server, and a connection of ours to it. */
async function connected(answer: Answer) {
  const server = createServer();
  const sessions: ServerHttp2Session[] = [];
  const sockets: Socket[] = [];
  server.on('connection', (socket: Socket) => sockets.push(socket));
  server.on('session', (session) => sessions.push(session));
  server.on('stream', (stream: ServerHttp2Stream, headers) => {
    stream.on('error', () => undefined);
    answer(stream, String(headers[':path']));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const goaways: Goaway[] = [];
  const { port } = server.address() as AddressInfo;
  const connection = new Http2Connection({ host: '127.0.0.1', port, http2: true }, (goaway) => goaways.push(goaway));
  onTestFinished(() => {
    connection.abandon();
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { connection, goaways, sessions, sockets };
}

const get = (path = '/') => plainRequest(path, false);
const held = () => new HeldBody(Buffer.from('a body'));
const post = (body: HeldBody) =>
  uploadRequest({ method: 'POST', path: '/', headers: [['Connection', 'close']], body: 'a body' }, body);

describe('Http2Connection', () => {
  it('carries several requests at once, which end each in its own way', async () => {
    const { connection, sockets } = await connected((stream, path) => {
      if (path === '/lost') stream.close(8);
      else if (path === '/refused') stream.close(7);
      else stream.respond({ ':status': path === '/503' ? 503 : 200 }, { endStream: true });
    });
    const outcomes = await Promise.all(['/', '/lost', '/refused', '/503'].map((path) => connection.request(get(path))));
    expect(outcomes.map(({ ending, detail }) => [ending, detail])).toEqual([
      ['answered', null],
      ['reset', 'RST_STREAM CANCEL'],
      ['refused', 'RST_STREAM REFUSED_STREAM'],
      ['rejected', null],
    ]);
    expect(sockets).toHaveLength(1);
  });

  it('counts the body and knows how it was delimited', async () => {
    const { connection } = await connected((stream, path) => {
      if (path === '/length') stream.respond({ ':status': 200, 'content-length': 5 });
      else stream.respond({ ':status': path === '/none' ? 204 : 200 });
      stream.end(path === '/none' ? '' : 'hello');
    });
    expect(await connection.request(get('/length'))).toMatchObject({
      bytes: 5,
      framing: 'length',
      announcedClose: false,
    });
    expect(await connection.request(get('/frames'))).toMatchObject({ bytes: 5, framing: 'chunked' });
    expect(await connection.request(get('/none'))).toMatchObject({ bytes: 0, framing: 'none', status: 204 });
    expect(await connection.request({ ...get('/length'), method: 'HEAD' })).toMatchObject({
      bytes: 0,
      framing: 'none',
    });
  });

  it('sends an upload but for its last byte, and says when', async () => {
    let got = '';
    const { connection } = await connected((stream) => {
      stream.setEncoding('utf8');
      stream.on('data', (text: string) => (got += text));
      stream.on('end', () => stream.respond({ ':status': 200 }, { endStream: true }));
    });
    expect(connection.isSent()).toBe(false);
    const body = held();
    const outcome = connection.request(post(body));
    expect(connection.isSent()).toBe(false);
    await until(() => connection.isSent() && body.waiting && got !== '');
    expect(got).toBe('a bod');
    body.release();
    expect(await outcome).toMatchObject({ ending: 'answered', status: 200 });
    expect(got).toBe('a body');
  });

  it('takes an answer that comes before the upload is complete', async () => {
    const { connection } = await connected((stream) => stream.respond({ ':status': 503 }, { endStream: true }));
    expect(await connection.request(post(held()))).toMatchObject({ ending: 'rejected', status: 503 });
    expect(connection.usable).toBe(true);
  });

  it('is not used again after GOAWAY, whose news is told once', async () => {
    const { connection, goaways } = await connected((stream) => {
      stream.session?.goaway(0, stream.id ?? 0);
      stream.respond({ ':status': 200 });
      setImmediate(() => stream.end('done'));
    });
    expect(connection.usable).toBe(true);
    expect(await connection.request(get())).toMatchObject({ ending: 'answered', announcedClose: true });
    expect(connection.usable).toBe(false);
    expect(goaways).toEqual([{ code: 0, lastStream: 1 }]);
    expect(await connection.request(get())).toMatchObject({ ending: 'refused', detail: 'GOAWAY NO_ERROR' });
  });

  it('is ended by the target when GOAWAY comes while nothing is under way', async () => {
    const { connection, sessions } = await connected((stream) =>
      stream.respond({ ':status': 200 }, { endStream: true }),
    );
    await connection.request(get());
    sessions[0]?.close();
    expect(await connection.socket.ended).toBe('fin');
    expect(connection.usable).toBe(false);
  });

  it('says goodbye when it is done, after what is under way', async () => {
    let finish: () => void = () => undefined;
    const { connection, sessions } = await connected((stream) => {
      stream.respond({ ':status': 200 });
      finish = () => stream.end('done');
    });
    let head = false;
    const outcome = connection.request(get(), () => (head = true));
    await until(() => head);
    const goodbye = once(sessions[0] as Http2Session, 'goaway');
    connection.close();
    await turn();
    expect(connection.socket.socketEnd).toBeNull();
    finish();
    expect(await outcome).toMatchObject({ ending: 'answered', bytes: 4 });
    expect((await goodbye)[0]).toBe(0);
    expect(await connection.socket.ended).toBe('tester');
  });

  it('gives up one request alone when others are under way, and the connection with the last', async () => {
    const { connection } = await connected(() => undefined);
    const slow = connection.request(get('/never'));
    expect(await connection.request(get('/given-up'), undefined, 30)).toMatchObject({ ending: 'timed-out' });
    expect(connection.usable).toBe(true);
    connection.abandon();
    expect(await slow).toMatchObject({ ending: 'ended-by-tester' });
    expect(connection.usable).toBe(false);
  });

  it('leaves nothing open when it is abandoned, at whatever moment', async () => {
    const sockets = () => process.getActiveResourcesInfo().filter((resource) => resource === 'TCPSocketWrap').length;
    const before = sockets();
    for (const moment of ['at once', 'connected', 'asked', 'headed'] as const) {
      const { connection, sockets: served } = await connected((stream) => stream.respond({ ':status': 200 }));
      let head = false;
      const outcome = moment === 'at once' ? null : connection.request(get(), () => (head = true));
      if (moment === 'connected') await connection.socket.connected;
      if (moment === 'asked') await until(() => connection.isSent());
      if (moment === 'headed') await until(() => head);
      connection.abandon();
      expect((await outcome)?.ending ?? 'ended-by-tester').toBe('ended-by-tester');
      for (const socket of served) socket.destroy();
    }
    await until(() => sockets() <= before);
  });
});
