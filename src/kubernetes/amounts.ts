import type { Placed } from '../plan/manifest.js';
import type { Field } from './field.js';

/**
 * A number or a percentage of a whole, as maxUnavailable and minAvailable are.
 * @param round how a percentage becomes a number of pods: down for what may be missing in a rollout, else up
 * @returns null where it is neither
 */
export function amountOf(field: Field, whole: number, round: 'up' | 'down'): number | null {
  if (field.whole !== null) return field.whole;
  const [, digits] = /^\s*(\d{1,9})\s*(?:%|$)/.exec(field.text ?? '') ?? [];
  if (digits === undefined) return null;
  if (!(field.text ?? '').includes('%')) return Number(digits);
  const share = (Number(digits) * whole) / 100;
  return round === 'up' ? Math.ceil(share) : Math.floor(share);
}

/** The setting as it is written, for a finding. */
export function written(field: Field, name: string): Placed<string> {
  return { value: `${name}: ${field.text ?? ''}`, given: !field.isNull, at: field.at };
}
