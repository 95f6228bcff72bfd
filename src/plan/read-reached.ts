import { accessSync, constants, existsSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Reader } from './reader.js';
import type { Reached } from './types.js';
import * as values from './values.js';

/** Longer paths do not fit into the address of a Unix socket. */
const LONGEST_SOCKET_PATH = 107;

/** Variables for the target’s environment. */
export function readEnvironment(reader: Reader): Record<string, string> {
  return Object.fromEntries(reader.many('env', values.environmentEntry));
}

/**
 * Where a target listens, and how it is spoken to there.
 * @param url what a URL says of it, when one was given
 */
export function readReached(reader: Reader, directory: string, cwd: string, url: URL | null): Reached {
  const socket = reader.text('socket');
  const socketPath = socket === null ? null : path.resolve(directory, socket);
  if (socket !== null && Buffer.byteLength(socketPath ?? '') > LONGEST_SOCKET_PATH)
    reader.complain('socket', socket, `is too long for a Unix socket; it may have ${LONGEST_SOCKET_PATH} bytes`);
  const tcp = reader.has('port') ? '--port' : url === null ? null : '--url';
  if (socket !== null && tcp !== null)
    reader.complain('socket', socket, `stands beside ${tcp}; the target listens on one or the other`);
  if (url !== null && reader.has('port'))
    reader.complain('port', reader.text('port') ?? '', 'stands beside --url, which says the port');
  const ca = readFileOption(reader, 'ca', cwd);
  const servername = reader.text('servername');
  const port = reader.one<number | null>('port', (text) => values.wholeNumber(text, 1, 65_535), null);
  // To say how TLS is to be checked is to say that it is spoken.
  const https =
    reader.one('https', values.switchValue, false) || ca !== null || servername !== null || url?.protocol === 'https:';
  return {
    port: url === null ? port : portOf(url),
    socketPath,
    tls: https ? { ca, servername } : null,
    // gRPC is HTTP/2 by definition.
    http2: reader.one('http2', values.switchValue, false) || reader.has('grpc'),
  };
}

/** The directory that --cwd names, which exists; else the one we are in. */
export function readDirectory(reader: Reader, cwd: string): string {
  const given = reader.text('cwd');
  if (given === null) return cwd;
  const directory = path.resolve(cwd, given);
  if (!existsSync(directory)) reader.complain('cwd', given, 'does not exist');
  else if (!statSync(directory).isDirectory()) reader.complain('cwd', given, 'is not a directory');
  return directory;
}

/** A file that is there and can be read, as an absolute path. */
export function readFileOption(reader: Reader, name: string, cwd: string): string | null {
  const given = reader.text(name);
  if (given === null) return null;
  const file = path.resolve(cwd, given);
  if (!existsSync(file)) reader.complain(name, given, 'does not exist');
  else if (!statSync(file).isFile()) reader.complain(name, given, 'is not a file');
  else if (!isReadable(file)) reader.complain(name, given, 'may not be read');
  return file;
}

function isReadable(file: string): boolean {
  try {
    accessSync(file, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

/** The port of a URL, which leaves out the usual one of its scheme. */
export function portOf(url: URL): number {
  return url.port !== '' ? Number(url.port) : url.protocol === 'https:' ? 443 : 80;
}
