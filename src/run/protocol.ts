import { setTimeout as sleep } from 'node:timers/promises';
import { DrainCheckError } from '../errors.js';
import { certificateOptions, type Origin, type TlsOrigin } from '../plan/origin.js';
import { askProbe } from '../probes/ask.js';
import { speaksHttp2, speaksTls } from '../probes/protocol.js';
import type { ProbeOutcome } from '../recording/events.js';
import type { LifeRecorder } from '../recording/recorder.js';
import { layered, type TlsAgreement } from '../traffic/secure.js';
import { WatchedSocket } from '../traffic/watched-socket.js';

const TIMEOUT_MS = 2000;
/** A server may listen a moment before it has its certificate. */
const ATTEMPTS = 5;
const PAUSE_MS = 50;

/**
 * Makes sure that TLS comes to stand, and records how.
 * @throws DrainCheckError `tls-failed`
 */
export async function agreeOnTls(origin: Origin, tls: TlsOrigin, recorder: LifeRecorder): Promise<void> {
  const agreement = await handshake(origin, tls);
  if (origin.http2 === true && agreement.alpn !== 'h2')
    throw new DrainCheckError(
      'tls-failed',
      `The target does not speak HTTP/2 over TLS: by ALPN it chose ${agreement.alpn ?? 'nothing'}.`,
      'Leave out --http2, or let the server offer h2.',
    );
  recorder.record({ type: 'tls-established', ...agreement });
}

async function handshake(origin: Origin, tls: TlsOrigin): Promise<TlsAgreement> {
  for (let attempt = 1; ; attempt++) {
    const socket = new WatchedSocket(origin);
    const { stream, secured } = layered(socket, origin, origin.http2 === true ? ['h2'] : ['http/1.1']);
    try {
      return await Promise.race([secured ?? late(), late()]);
    } catch (error) {
      if (attempt === ATTEMPTS) throw await whyNoTls(origin, tls, error);
      await sleep(PAUSE_MS);
    } finally {
      stream.end();
      socket.end();
      socket.destroy();
    }
  }
}

async function late(): Promise<never> {
  await sleep(TIMEOUT_MS, undefined, { ref: false });
  throw new Error(`no handshake within ${TIMEOUT_MS} ms`);
}

async function whyNoTls(origin: Origin, tls: TlsOrigin, error: unknown): Promise<DrainCheckError> {
  const reason = error instanceof Error ? error.message : String(error);
  const plain = {
    host: origin.host,
    port: origin.port,
    ...(origin.socketPath === undefined ? {} : { socketPath: origin.socketPath }),
  };
  const { outcome } = await askProbe(plain, '/', TIMEOUT_MS);
  if (outcome.kind === 'status' && outcome.status !== 400)
    return new DrainCheckError(
      'tls-failed',
      'The target does not speak TLS: it answers HTTP in plain text.',
      'Leave out --https, --ca and --servername, or write http:// in --url.',
      { cause: error },
    );
  const untrusted = certificateOptions(tls).rejectUnauthorized && (await speaksTls(origin, TIMEOUT_MS));
  return new DrainCheckError(
    'tls-failed',
    untrusted
      ? `The target's certificate is not vouched for: ${reason}.`
      : `TLS with the target does not come to stand: ${reason}.`,
    untrusted
      ? 'Give the authority that signed it with --ca and the name it is for with --servername; without --ca any certificate is accepted on this machine.'
      : 'Check that it speaks TLS on this port.',
    { cause: error },
  );
}

/**
 * What is wrong with the way in which the target is spoken to, when its first answer is no answer; null when nothing
 * can be said.
 */
export async function wrongProtocol(origin: Origin, outcome: ProbeOutcome): Promise<DrainCheckError | null> {
  if (outcome.kind === 'refused' || (outcome.kind === 'status' && outcome.status !== 400)) return null;
  if (origin.tls !== undefined) return null;
  if (await speaksTls(origin, TIMEOUT_MS))
    return new DrainCheckError(
      'tls-failed',
      'The target speaks TLS, and was spoken to in plain text.',
      'Add --https, or write https:// in --url (with --ca, if its certificate is to be checked by that authority).',
    );
  if (outcome.kind === 'status') return null;
  const http2 = origin.http2 === true;
  if (!http2 && (await speaksHttp2(origin, TIMEOUT_MS)))
    return new DrainCheckError(
      'target-not-ready',
      'The target speaks HTTP/2 only, and was spoken to in HTTP/1.1.',
      'Add --http2, or --grpc <method> for a gRPC service.',
    );
  if (!http2) return null;
  const { outcome: plain } = await askProbe({ ...origin, http2: false }, '/', TIMEOUT_MS);
  return plain.kind === 'status'
    ? new DrainCheckError(
        'target-not-ready',
        'The target does not speak HTTP/2 with prior knowledge: it answers in HTTP/1.1.',
        'Leave out --http2, or --grpc if it is no gRPC service.',
      )
    : null;
}
