import type { HttpRequest } from './http-message.js';

/** The headers by which a request tells its id: W3C Trace Context, and the one that most services log. */
const NAMES = ['traceparent', 'x-request-id'];

/** The same request with an id: as a trace that is to be recorded, and as a request id. What it says itself stays. */
export function marked(request: HttpRequest, id: string): HttpRequest {
  const own = request.headers.map(([name]) => name.toLowerCase());
  const values: Record<string, string> = { traceparent: `00-${id}-${id.slice(0, 16)}-01`, 'x-request-id': id };
  const added = NAMES.filter((name) => !own.includes(name)).map((name): [string, string] => [name, values[name] ?? '']);
  return { ...request, headers: [...request.headers, ...added] };
}
