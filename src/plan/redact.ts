import type { Plan } from './types.js';

const HIDDEN = '[redacted]';

/** Hides the user information of URLs: `postgres://user:secret@host` becomes `postgres://[redacted]@host`. */
export function redactText(text: string): string {
  return text.replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s/@'"]+@/gi, `$1${HIDDEN}@`);
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
  };
}
