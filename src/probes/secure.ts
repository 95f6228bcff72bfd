import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { buildConnector } from 'undici';
import { certificateOptions, type Origin } from '../plan/origin.js';

/** A connection of its own to the origin, with TLS where it speaks that. */
export function openSocket(origin: Origin, alpn: readonly string[]): Socket | TLSSocket {
  const { host, port, socketPath, tls } = origin;
  const address = socketPath === undefined ? { host, port } : { path: socketPath, host: 'localhost' };
  if (tls === undefined) return connectTcp({ ...address, noDelay: true });
  return connectTls({ ...address, ...certificateOptions(tls), ALPNProtocols: [...alpn] }).setNoDelay(true);
}

/** How undici connects to the origin. */
export function connector(origin: Origin, timeoutMs: number): buildConnector.connector {
  const { socketPath, tls } = origin;
  const unix = socketPath === undefined ? {} : { socketPath };
  const connect = buildConnector({
    timeout: timeoutMs,
    ...(tls === undefined ? {} : certificateOptions(tls)),
    ...unix,
  });
  return (options, callback) =>
    connect(options, (...[error, socket]) => {
      if (error === null) callback(null, socket);
      // undici tries for ever when a certificate is for another name, which it knows by the code.
      else callback(isForAnotherName(error) ? new Error(error.message) : error, null);
    });
}

function isForAnotherName(error: NodeJS.ErrnoException): boolean {
  return error.code === 'ERR_TLS_CERT_ALTNAME_INVALID';
}
