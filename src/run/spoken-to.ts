import type { Origin } from '../plan/origin.js';
import type { RunContext } from './context.js';

/** How the plan wants the target to be spoken to. */
export function spokenTo({ tls, plan }: RunContext, origin: Origin): Origin {
  const checked = tls !== null && origin.remote === true ? { ...tls, verify: true as const } : tls;
  return { ...origin, ...(checked === null ? {} : { tls: checked }), ...(plan.target.http2 ? { http2: true } : {}) };
}
