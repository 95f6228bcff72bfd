import type { Report } from './types.js';

/** The report as JSON, two spaces deep. */
export function renderJson(report: Report): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}
