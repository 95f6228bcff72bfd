import type { ItemNumber } from '../checks/check.js';

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

/** Why an item has no check in this version, for items that have none at all. */
export const NOT_CHECKED: Partial<Record<ItemNumber, string>> = {
  4: 'not checked: give --database with the variable that holds the URL of one',
  5: 'not checked: give --telemetry for metrics and traces, --logs for the output',
  6: 'not checked: this version reads no manifest',
  7: 'not checked: this version reads no manifest',
};
