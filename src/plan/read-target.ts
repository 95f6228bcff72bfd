import { accessSync, constants, existsSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Reader } from './reader.js';
import type { CommandTarget } from './types.js';
import * as values from './values.js';

/** Longer paths do not fit into the address of a Unix socket. */
const LONGEST_SOCKET_PATH = 107;

/** The target of a run: the command, where it listens and how it is spoken to there. */
export function readTarget(reader: Reader, command: string, args: string[], cwd: string): CommandTarget {
  const directory = readDirectory(reader, cwd);
  const socket = reader.text('socket');
  const socketPath = socket === null ? null : path.resolve(directory, socket);
  if (socket !== null && Buffer.byteLength(socketPath ?? '') > LONGEST_SOCKET_PATH)
    reader.complain('socket', socket, `is too long for a Unix socket; it may have ${LONGEST_SOCKET_PATH} bytes`);
  if (socket !== null && reader.has('port'))
    reader.complain('socket', socket, 'stands beside --port; the target listens on one or the other');
  const ca = readFileOption(reader, 'ca', cwd);
  const servername = reader.text('servername');
  // To say how TLS is to be checked is to say that it is spoken.
  const https = reader.one('https', values.switchValue, false) || ca !== null || servername !== null;
  return {
    kind: 'command',
    command,
    args,
    cwd: directory,
    env: Object.fromEntries(reader.many('env', values.environmentEntry)),
    port: reader.one<number | null>('port', (text) => values.wholeNumber(text, 1, 65_535), null),
    socketPath,
    tls: https ? { ca, servername } : null,
    // gRPC is HTTP/2 by definition.
    http2: reader.one('http2', values.switchValue, false) || reader.has('grpc'),
  };
}

function readDirectory(reader: Reader, cwd: string): string {
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
