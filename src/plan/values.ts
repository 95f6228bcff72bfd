import { parseDuration } from './durations.js';
import { suggest } from './suggest.js';
import type { EndpointChoice, GrpcCall, SignalName, SlowRequest, TextPattern } from './types.js';

/** A value that was understood, or the sentence that says what is wrong with it and what to write instead. */
export type Parsed<T> = { value: T } | { problem: string };

const SIGNALS: readonly SignalName[] = ['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'];
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];

export function duration(text: string, atLeastMs = 0): Parsed<number> {
  const value = parseDuration(text);
  if (value === null) return { problem: 'is not a duration; write it like 500ms, 2s or 1m30s' };
  if (value < atLeastMs) return { problem: `is too short; give at least ${atLeastMs}ms` };
  // Above this Node's timers overflow and fire at once.
  if (value > 2 ** 31 - 1) return { problem: 'is too long; give less than 24 days' };
  return { value };
}

/** How long routes lag behind what stands in front, as far as it is known. Milliseconds. */
export const ROUTING_LAGS: Readonly<Record<string, number>> = {
  service: 5000,
  large: 15_000,
  'ingress-nginx': 5000,
  alb: 60_000,
  'nlb-ip': 150_000,
  'gke-neg': 60_000,
};

/** A duration, or the name of what stands in front. */
export function routingLag(text: string): Parsed<number> {
  const preset = Object.hasOwn(ROUTING_LAGS, text) ? ROUTING_LAGS[text] : undefined;
  if (preset !== undefined) return { value: preset };
  const given = duration(text);
  return 'value' in given
    ? given
    : { problem: `${given.problem}, or name what stands in front (one of: ${Object.keys(ROUTING_LAGS).join(', ')})` };
}

/** A version of Kubernetes, of which only the minor counts. Kubelets before 1.16 know no startup probe and no slices. */
export function kubernetesMinor(text: string): Parsed<number> {
  const [, minor = ''] = /^v?1\.(\d{1,2})(?:\.\d+)?(?:[-+].*)?$/.exec(text.trim()) ?? [];
  return minor !== '' && Number(minor) >= 16
    ? { value: Number(minor) }
    : { problem: 'is not a version of Kubernetes from 1.16 on; write it like 1.32' };
}

/** By how much waits are shortened. */
export function timeScale(text: string): Parsed<number> {
  const value = Number(text);
  return /^\d+(\.\d+)?$/.test(text.trim()) && value >= 1 && value <= 1000
    ? { value }
    : { problem: 'is not a number from 1 to 1000; 10 makes a wait of 10 s one of 1 s' };
}

export function wholeNumber(text: string, least: number, most: number): Parsed<number> {
  const value = Number(text);
  return /^\d+$/.test(text.trim()) && value >= least && value <= most
    ? { value }
    : { problem: `is not a whole number from ${least} to ${most}` };
}

export function oneOf<T extends string>(text: string, words: readonly T[]): Parsed<T> {
  const value = words.find((word) => word === text);
  if (value !== undefined) return { value };
  const near = suggest(text, words);
  return { problem: `is not known${near === null ? '' : `; did you mean ${near}?`} (one of: ${words.join(', ')})` };
}

/** Accepts `TERM` for `SIGTERM`, in any case, as kill(1) does. */
export function signalName(text: string): Parsed<SignalName> {
  const upper = text.toUpperCase();
  return oneOf(upper.startsWith('SIG') ? upper : `SIG${upper}`, SIGNALS);
}

/** The minor version of a cluster: 32 for `1.32`, `v1.32.4` or `1.32.4-eks-1`. */
export function kubeVersion(text: string): Parsed<number> {
  const [, minor] = /^v?1\.(\d{1,3})(?:[.+-].*)?$/.exec(text.trim()) ?? [];
  return minor === undefined
    ? { problem: 'is not a version of Kubernetes; write it like 1.32' }
    : { value: Number(minor) };
}

/** `proxy=envoy -c envoy.yaml`: a sidecar of the manifest, and the command that stands for it here. */
export function sidecarCommand(text: string): Parsed<[string, string]> {
  const at = text.indexOf('=');
  const [name, command] = [text.slice(0, at).trim(), text.slice(at + 1).trim()];
  return at > 0 && name !== '' && command !== ''
    ? { value: [name, command] }
    : { problem: "is no sidecar with its command; write it like --sidecar 'proxy=envoy -c envoy.yaml'" };
}

export function requestPath(text: string): Parsed<string> {
  if (!text.startsWith('/')) return { problem: 'is not a path; it must begin with / (the host is the target itself)' };
  if (/[^\x21-\x7e]/.test(text)) return { problem: 'has a space or a character that must be percent-encoded' };
  return { value: text };
}

/** A URL that names where a service is, and nothing in it. */
export function originOnly(text: string): Parsed<URL> {
  const url = URL.parse(text);
  if (url === null) return { problem: 'is not a URL; write it like http://127.0.0.1:8080' };
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    return { problem: `begins with ${url.protocol}; http: and https: can be tested` };
  if (url.username !== '' || url.password !== '')
    return { problem: 'holds credentials; give them as a header: --header "Authorization: …"' };
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '')
    return { problem: 'has a path; give the origin alone, and paths with --slow, --ready and --live' };
  return { value: url };
}

export function hostName(text: string): Parsed<string> {
  return /^[0-9a-z.:_-]+$/i.test(text)
    ? { value: text.toLowerCase() }
    : { problem: 'is not the name or address of a host' };
}

export function endpointChoice(text: string): Parsed<EndpointChoice> {
  if (text === 'none') return { value: { kind: 'none' } };
  const path = requestPath(text);
  return 'problem' in path
    ? { problem: `${path.problem}, or be "none"` }
    : { value: { kind: 'path', path: path.value } };
}

/** `[METHOD ]path`; without a method it is GET, or POST when a body is given. */
export function slowRequest(text: string, headers: [string, string][], body: string | null): Parsed<SlowRequest> {
  const [first = '', ...rest] = text.trim().split(/\s+/);
  const named = rest.length > 0;
  const method = named ? oneOf(first.toUpperCase(), METHODS) : { value: body === null ? 'GET' : 'POST' };
  if ('problem' in method) return { problem: `begins with a method that ${method.problem}` };
  const path = requestPath(named ? rest.join(' ') : first);
  if ('problem' in path) return path;
  if (body !== null && (method.value === 'GET' || method.value === 'HEAD')) {
    return { problem: `has the method ${method.value}, which carries no body; drop --body or name POST, PUT or PATCH` };
  }
  return { value: { method: method.value, path: path.value, headers, body } };
}

/** A close code that may stand in a frame (RFC 6455, section 7.4), or 1005 for a close frame without one. */
export function closeCodes(text: string): Parsed<number[]> {
  const codes = text.split(',').map((part) => wholeNumber(part.trim(), 1000, 4999));
  return codes.some((code) => 'problem' in code)
    ? { problem: 'is not a list of close codes; write it like 1001 or 1000,4001' }
    : { value: codes.flatMap((code) => ('value' in code ? [code.value] : [])) };
}

/** `/source/flags` is a regular expression, anything else a text to be contained. */
export function textPattern(text: string): Parsed<TextPattern> {
  if (text === '') return { problem: 'is empty, which every message contains; write what is to come' };
  const match = /^\/(.+)\/([a-z]*)$/s.exec(text);
  if (match === null) return { value: { kind: 'text', text } };
  const [, source = '', flags = ''] = match;
  try {
    new RegExp(source, flags);
  } catch (error) {
    return { problem: `is not a regular expression (${error instanceof Error ? error.message : 'it cannot be read'})` };
  }
  return { value: { kind: 'regex', source, flags: flags.replaceAll(/[gy]/g, '') } };
}

/** RFC 6455 takes tokens; what is not one would break the handshake. */
export function subprotocol(text: string): Parsed<string> {
  return /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(text)
    ? { value: text }
    : { problem: 'is not a subprotocol; it is one word such as graphql-transport-ws' };
}

/** `package.Service/Method`, then the request as JSON; without one it is empty. */
export function grpcCall(text: string): Parsed<GrpcCall> {
  const [, method = '', json = ''] = /^\s*(\S*)\s*(.*?)\s*$/s.exec(text) ?? [];
  if (!/^[A-Za-z_][\w.]*\/[A-Za-z_]\w*$/.test(method))
    return { problem: 'does not name a method; write it like package.Service/Method, without a host' };
  try {
    const request: unknown = JSON.parse(json === '' ? '{}' : json);
    if (typeof request !== 'object' || request === null || Array.isArray(request))
      return { problem: 'has a request that is not a JSON object' };
  } catch (error) {
    return { problem: `has a request that is not JSON (${error instanceof Error ? error.message : 'unreadable'})` };
  }
  return { value: { method, request: json === '' ? '{}' : json } };
}

export function headerLine(text: string): Parsed<[string, string]> {
  const match = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*:\s*(.*)$/.exec(text);
  if (match === null) return { problem: 'is not a header; write it like "Authorization: Bearer abc"' };
  const [, name = '', value = ''] = match;
  if (/[^\t\x20-\x7e\x80-\xff]/.test(value)) return { problem: 'has a character that a header value cannot carry' };
  if (/^(content-length|transfer-encoding|connection|host)$/i.test(name)) {
    return { problem: 'names a header that drain-check sets itself' };
  }
  return { value: [name, value] };
}

export function environmentEntry(text: string): Parsed<[string, string]> {
  const at = text.indexOf('=');
  return at > 0
    ? { value: [text.slice(0, at), text.slice(at + 1)] }
    : { problem: 'is not a variable; write it like NAME=value' };
}

export function exitCodes(text: string): Parsed<number[]> {
  const codes = text.split(',').map((part) => wholeNumber(part.trim(), 0, 255));
  const wrong = codes.find((code) => 'problem' in code);
  return wrong !== undefined
    ? { problem: 'is not a list of exit codes; write it like 0 or 0,143' }
    : { value: codes.flatMap((code) => ('value' in code ? [code.value] : [])) };
}

export function switchValue(text: string): Parsed<boolean> {
  const lower = text.toLowerCase();
  if (['', '1', 'true', 'yes', 'on'].includes(lower)) return { value: true };
  if (['0', 'false', 'no', 'off'].includes(lower)) return { value: false };
  return { problem: 'is neither true nor false' };
}
