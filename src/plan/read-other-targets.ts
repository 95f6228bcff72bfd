import { isThisMachine } from './origin.js';
import type { Reader } from './reader.js';
import { portOf, readDirectory, readEnvironment, readReached } from './read-reached.js';
import type { ContainerTarget, ProcessTarget, UrlTarget } from './types.js';
import * as values from './values.js';

const AFTER_STOP = ['gone', 'replaced'] as const;
const ENGINES = ['docker', 'podman'] as const;
/** What a URL stands for that could not be read, so that all problems are said at once. */
const NOWHERE = new URL('http://127.0.0.1/');
const HIGHEST_PID = 2 ** 22;

/** A process that runs already. */
export function readProcess(reader: Reader, cwd: string): ProcessTarget {
  const directory = readDirectory(reader, cwd);
  const url = reader.has('url') ? reader.one('url', values.originOnly, NOWHERE) : null;
  if (url !== null && !isThisMachine(url.hostname))
    reader.complain('url', url.href, 'is not on this machine, where the process of --pid is');
  return {
    kind: 'process',
    pid: reader.one('pid', (text) => values.wholeNumber(text, 1, HIGHEST_PID), 1),
    stop: readStop(reader),
    cwd: directory,
    ...readReached(reader, directory, cwd, url),
  };
}

/** A service known by its URL. Traffic goes to this machine only, unless a host was allowed by name. */
export function readUrlTarget(reader: Reader, cwd: string): UrlTarget {
  const directory = readDirectory(reader, cwd);
  const url = reader.one('url', values.originOnly, NOWHERE);
  const host = hostOf(url);
  const allowed = reader.many('allow-host', values.hostName);
  if (!isThisMachine(url.hostname) && !allowed.includes(host.toLowerCase()))
    reader.complain(
      'url',
      url.origin,
      `is not on this machine; drain-check sends it a stream of requests and breaks some off, so allow it by name if it is yours: --allow-host ${host}`,
    );
  const stop = readStop(reader);
  const afterStop = reader.one<UrlTarget['afterStop']>('after-stop', (text) => values.oneOf(text, AFTER_STOP), null);
  return {
    kind: 'url',
    host,
    stop,
    afterStop,
    cwd: directory,
    steadyMs: reader.one('steady', (text) => values.duration(text, 200), 3000),
    stopTimeoutMs: reader.one('stop-timeout', (text) => values.duration(text, 100), 300_000),
    ...readReached(reader, directory, cwd, url),
    port: portOf(url),
  };
}

/** An image to run or a container to take; with Compose the container of a service. */
export function readContainer(
  reader: Reader,
  kind: 'docker' | 'compose',
  command: readonly string[],
  cwd: string,
): ContainerTarget {
  const name = reader.text(kind) ?? '';
  // What begins with a dash would be taken for an option of the engine's.
  if (!/^[\w][\w./:@-]*$/.test(name))
    reader.complain(kind, name, `is no name of ${kind === 'docker' ? 'an image or a container' : 'a service'}`);
  const directory = readDirectory(reader, cwd);
  return {
    kind: 'container',
    engine: reader.one('engine', (text) => values.oneOf(text, ENGINES), 'docker'),
    name,
    compose: kind === 'compose',
    args: [...command],
    runArgs: reader.many('docker-run-arg', (text) =>
      /^(-d|--detach|--name|--rm|--cidfile|-i|-t|-it|--interactive|--tty)(=|$)/.test(text)
        ? { problem: 'is set by drain-check itself' }
        : { value: text },
    ),
    env: readEnvironment(reader),
    signal: reader.one<ContainerTarget['signal']>('signal', values.signalName, null),
    cwd: directory,
    ...readReached(reader, directory, cwd, null),
  };
}

function readStop(reader: Reader): string | null {
  const stop = reader.text('stop');
  if (stop !== null && stop.trim() === '') reader.complain('stop', stop, 'is empty; give the command that stops it');
  return stop;
}

/** The address that a URL names, without the brackets of IPv6. */
function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1');
}
