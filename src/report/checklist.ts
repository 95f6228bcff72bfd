import type { ItemNumber } from '../checks/check.js';
import type { CheckReport, CheckStatus } from './types.js';

/** The eight items, in the order and words of the field's checklist. */
export const CHECKLIST: readonly { number: ItemNumber; item: string }[] = [
  { number: 1, item: 'Handle SIGTERM' },
  { number: 2, item: 'Stop accepting new connections' },
  { number: 3, item: 'Finish what is in flight' },
  { number: 4, item: 'Close database connections cleanly' },
  { number: 5, item: 'Flush metrics and logs' },
  { number: 6, item: 'preStop' },
  { number: 7, item: 'terminationGracePeriodSeconds' },
  { number: 8, item: 'Fail the readiness probe' },
];

const WORST_FIRST: readonly CheckStatus[] = ['fail', 'flaky', 'inconclusive', 'warn', 'pass', 'skip'];

/** The status of an item: the worst of its checks, without those that do not count. */
export function statusOfItem(checks: readonly Pick<CheckReport, 'status' | 'ignored'>[]): CheckStatus {
  return WORST_FIRST.find((word) => checks.some((one) => one.status === word && !one.ignored)) ?? 'skip';
}

/** Why an item has no check in this version, for items that have none at all. */
export const NOT_CHECKED: Partial<Record<ItemNumber, string>> = {
  4: 'not checked: give --database with the variable that holds the URL of one',
  5: 'not checked: give --telemetry for metrics and traces, --logs for the output',
  6: 'not checked: give the manifest with --manifest',
  7: 'not checked: give the manifest with --manifest',
};

/** Why an item has no check that could have some. */
export const BY_CHOICE = 'not checked: its checks were left out by --only or --skip';

/** Why the items that are about manifests alone have no check where one was read. */
export const LEFT_OUT: Partial<Record<ItemNumber, string>> = { 6: BY_CHOICE, 7: BY_CHOICE };

const WORKER = 'does not apply: a queue worker listens to nobody';
/** Why an item has no check where the target is a queue worker. */
export const OF_SERVICES: Partial<Record<ItemNumber, string>> = {
  2: WORKER,
  5: 'not checked: what a queue worker flushes is not looked at',
  6: `${WORKER}, so that no route has to follow before it is signalled`,
  8: WORKER,
};

const UNWRITTEN = 'not checked: no manifest shows it; rehearse it with drain-check -f <manifest> -- <command>';

/** Why an item has no check where nothing but manifests is judged. */
export const NOT_WRITTEN: Partial<Record<ItemNumber, string>> = { 3: UNWRITTEN, 4: UNWRITTEN, 5: UNWRITTEN };
