import { constants } from 'node:os';

/** What the engine tells about a container. */
export interface ContainerFacts {
  id: string;
  /** Without the slash that Docker puts before it. */
  name: string;
  image: string;
  running: boolean;
  /** Of its first process, in the engine's eyes; 0 when it is dead. */
  pid: number;
  outOfMemory: boolean;
  stopSignal: string | null;
  /** On the networks of the engine; the first is the one to use. */
  addresses: string[];
  hostNetwork: boolean;
}

/** What `inspect --type container` printed; null when that is no container. */
export function parseContainer(json: string): ContainerFacts | null {
  const one = firstOf(json);
  const id = at(one, 'Id');
  if (typeof id !== 'string' || id === '') return null;
  const networks = Object.values(record(at(one, 'NetworkSettings', 'Networks')));
  const settings = [at(one, 'NetworkSettings'), ...networks];
  const addresses = ['IPAddress', 'GlobalIPv6Address'].flatMap((key) => settings.map((each) => text(at(each, key))));
  return {
    id,
    name: text(at(one, 'Name')).replace(/^\//, ''),
    image: text(at(one, 'Config', 'Image')) || text(at(one, 'ImageName')),
    running: at(one, 'State', 'Running') === true,
    pid: number(at(one, 'State', 'Pid')),
    outOfMemory: at(one, 'State', 'OOMKilled') === true,
    stopSignal: signalName(at(one, 'Config', 'StopSignal')),
    addresses: addresses.filter((address) => address !== ''),
    hostNetwork: at(one, 'HostConfig', 'NetworkMode') === 'host',
  };
}

/** What `inspect --type image` printed; null when that is no image. */
export function parseImage(json: string): { stopSignal: string | null } | null {
  const one = firstOf(json);
  return at(one, 'Id') === undefined ? null : { stopSignal: signalName(at(one, 'Config', 'StopSignal')) };
}

/** `15`, `TERM`, `sigterm` and `SIGRTMIN+3` as a name with SIG; null for what is none. */
export function signalName(value: unknown): string | null {
  if (typeof value !== 'number' && typeof value !== 'string') return null;
  const written = String(value).trim().toUpperCase();
  if (/^\d+$/.test(written)) return nameOfNumber(Number(written));
  const name = written.startsWith('SIG') ? written : `SIG${written}`;
  const [, end, distance] = /^SIGRTM(IN|AX)(?:[+-](\d{1,2}))?$/.exec(name) ?? [];
  if (end !== undefined)
    return nameOfNumber(end === 'IN' ? RTMIN + Number(distance ?? 0) : RTMAX - Number(distance ?? 0));
  return name in constants.signals ? name : null;
}

/** The real-time signals of Linux, as programs count them. See signal(7). */
const RTMIN = 34;
const RTMAX = 64;

function nameOfNumber(wanted: number): string | null {
  if (wanted >= RTMIN && wanted <= RTMAX) return wanted === RTMIN ? 'SIGRTMIN' : `SIGRTMIN+${wanted - RTMIN}`;
  const found = Object.entries(constants.signals).find(([, number]) => number === wanted);
  return found?.[0] ?? null;
}

/** The signal that arguments for `run` name in place of the image's. */
export function stopSignalIn(runArgs: readonly string[]): string | null {
  return runArgs.reduce<string | null>((found, arg, index) => {
    if (arg === '--stop-signal') return signalName(runArgs[index + 1]);
    return arg.startsWith('--stop-signal=') ? signalName(arg.slice('--stop-signal='.length)) : found;
  }, null);
}

function firstOf(json: string): unknown {
  try {
    const all: unknown = JSON.parse(json);
    return Array.isArray(all) ? all[0] : undefined;
  } catch {
    return undefined;
  }
}

/** What stands at a place in something that was read from JSON; undefined when there is no such place. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, key) => record(inner)[key], value);
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function number(value: unknown): number {
  return typeof value === 'number' && Number.isInteger(value) ? value : 0;
}
