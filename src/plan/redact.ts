import type { Plan } from './types.js';

const HIDDEN = '[redacted]';

/**
 * Hides the user information of URLs: `postgres://user:secret@host` becomes `postgres://[redacted]@host`. A password may
 * hold anything, also `@` and `/`, so all up to the last `@` goes: too much is hidden rather than too little. The
 * lengths are bounded, which keeps this linear on hostile text.
 */
export function redactText(text: string): string {
  return text.replace(/([a-z][a-z0-9+.-]{0,30}:\/\/)[^\s"<>]{1,500}@/gi, `$1${HIDDEN}@`);
}

/** A plan that may be stored and shown: environment values, header values, bodies and credentials are hidden. */
export function redactPlan(plan: Plan): Plan {
  return {
    ...plan,
    target: {
      ...plan.target,
      command: redactText(plan.target.command),
      args: plan.target.args.map(redactText),
      env: Object.fromEntries(Object.keys(plan.target.env).map((name) => [name, HIDDEN])),
    },
    slow: plan.slow.map((request) => ({
      ...request,
      path: redactText(request.path),
      headers: request.headers.map(([name]) => [name, HIDDEN]),
      body: request.body === null ? null : HIDDEN,
    })),
    headers: plan.headers.map(([name]) => [name, HIDDEN]),
    streams: plan.streams.map(redactText),
    websockets: plan.websockets.map(redactText),
    websocket: { ...plan.websocket, message: plan.websocket.message === null ? null : HIDDEN },
    grpc: plan.grpc.map((call) => ({ ...call, request: HIDDEN })),
  };
}
