import type { Socket } from 'node:net';
import type { Origin } from '../plan/origin.js';
import { openSocket } from './secure.js';

/** The client's first words, with empty settings (RFC 9113, section 3.4). */
const PREFACE = Buffer.concat([
  Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]),
]);
const FRAME_HEAD_BYTES = 9;
const SETTINGS = 4;

/**
 * Whether a TLS handshake comes about, whatever the certificate.
 * @param timeoutMs after which it does not
 */
export function speaksTls(origin: Origin, timeoutMs: number): Promise<boolean> {
  const asked = { ...origin, tls: { ca: null, servername: origin.tls?.servername ?? null } };
  return settled(openSocket(asked, ['h2', 'http/1.1']), timeoutMs, (socket, answer) => {
    socket.once('secureConnect', () => answer(true));
  });
}

/**
 * Whether HTTP/2 is spoken to whoever begins with it, without a negotiation.
 * @param timeoutMs after which it is not
 */
export function speaksHttp2(origin: Origin, timeoutMs: number): Promise<boolean> {
  return settled(openSocket(origin, ['h2']), timeoutMs, (socket, answer) => {
    let head = Buffer.alloc(0);
    socket.write(PREFACE);
    socket.on('data', (chunk: Buffer) => {
      head = Buffer.concat([head, chunk]);
      if (head.length >= FRAME_HEAD_BYTES) answer(head.readUInt8(3) === SETTINGS && head.readUInt32BE(5) === 0);
    });
  });
}

function settled(
  socket: Socket,
  timeoutMs: number,
  ask: (socket: Socket, answer: (yes: boolean) => void) => void,
): Promise<boolean> {
  return new Promise((resolve) => {
    const answer = (yes: boolean) => {
      clearTimeout(timer);
      resolve(yes);
      socket.destroy();
    };
    const timer = setTimeout(() => answer(false), timeoutMs);
    socket.on('error', () => answer(false));
    socket.once('close', () => answer(false));
    ask(socket, answer);
  });
}
