import type { HookPlan, PodRequest } from '../plan/pod.js';
import type { Field } from './field.js';

/** A port by its number or by a name; null: no such port is declared. */
export type PortOf = (port: Field) => number | null;

/** What a hook is; null: nothing that is known. A named port that is not declared is port 0. */
export function hookOf(field: Field, portOf: PortOf): HookPlan | null {
  const { exec, httpGet, tcpSocket, sleep } = {
    exec: field.get('exec'),
    httpGet: field.get('httpGet'),
    tcpSocket: field.get('tcpSocket'),
    sleep: field.get('sleep'),
  };
  if (sleep.isMap) return { kind: 'sleep', durationMs: (sleep.get('seconds').number ?? 0) * 1000 };
  if (exec.isMap) return { kind: 'exec', command: exec.get('command').texts };
  if (httpGet.isMap) return { kind: 'http', request: requestOf(httpGet, portOf) };
  if (tcpSocket.isMap) return { kind: 'tcp', port: portOf(tcpSocket.get('port')) ?? 0 };
  return null;
}

/** A request of the kubelet's, with the API's defaults. */
export function requestOf(field: Field, portOf: PortOf): PodRequest {
  const path = field.get('path').text ?? '/';
  return {
    scheme: field.get('scheme').text?.toUpperCase() === 'HTTPS' ? 'HTTPS' : 'HTTP',
    host: field.get('host').text,
    port: portOf(field.get('port')) ?? 0,
    path: path.startsWith('/') ? path : `/${path}`,
    headers: field
      .get('httpHeaders')
      .items.map((one): [string, string] => [one.get('name').text ?? '', one.get('value').text ?? '']),
  };
}

const UNITS: Readonly<Record<string, number>> = { '': 1000, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
/** What `sleep infinity` is taken for. */
const A_DAY_MS = 86_400_000;

/**
 * How long a hook takes at least, where that can be read from it: the sleep action, or the `sleep`s of a command that
 * runs them one after another. Milliseconds.
 * @param env the variables whose value is known
 */
export function hookTime(hook: HookPlan, env: Readonly<Record<string, string>>): number | null {
  switch (hook.kind) {
    case 'sleep':
      return hook.durationMs;
    case 'exec':
      return sleepsOf(hook.command, env);
    case 'http':
    case 'tcp':
      return null;
  }
}

function sleepsOf(command: readonly string[], env: Readonly<Record<string, string>>): number | null {
  const text = command.join(' ').replace(/\$\{?([A-Za-z_]\w*)\}?/g, (all, name: string) => env[name] ?? all);
  // In a loop, a branch or the background nobody knows how often, or for whom, it sleeps.
  if (/\|\||(?<!&)&(?!&)|\b(while|until|for|if|case)\b/.test(text)) return null;
  const sleeps = [...text.matchAll(/(?:^|[\s;&('"/])sleep\s+(infinity|\d+(?:\.\d+)?)([smhd]?)(?=$|[\s;&)'"])/g)];
  if (sleeps.length === 0) return null;
  return sleeps.reduce(
    (sum, [, amount = '', unit = '']) =>
      sum + (amount === 'infinity' ? A_DAY_MS : Math.round(Number(amount) * (UNITS[unit] ?? 1000))),
    0,
  );
}
