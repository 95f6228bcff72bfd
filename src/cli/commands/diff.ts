import { compareReports } from '../../report/compare.js';
import { renderComparison } from '../../report/terminal/comparison.js';
import { EXIT } from '../exit-codes.js';
import { readReport } from '../read.js';
import { styleOf, type Streams } from '../streams.js';
import { writeStream } from '../write.js';

/**
 * Puts two reports or recordings side by side. Gives the exit code: 1 when something got worse.
 * @throws DrainCheckError when one of them cannot be read
 */
export async function runDiff(
  before: string,
  after: string,
  { json, color }: { json: boolean; color: boolean | null },
  streams: Streams,
): Promise<number> {
  const comparison = compareReports(await readReport(before, streams), await readReport(after, streams));
  const text = json
    ? `${JSON.stringify(comparison, null, 2)}\n`
    : renderComparison(comparison, [before, after], styleOf(streams, 'out', color));
  await writeStream(streams.out, text);
  return comparison.checks.some((check) => check.change === 'worse') ? EXIT.broken : EXIT.kept;
}
