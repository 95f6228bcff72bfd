import type { OutputChoices } from '../plan/resolve.js';
import { renderJson } from '../report/json.js';
import type { Report } from '../report/types.js';
import { exitCodeFor } from './exit-codes.js';
import { styleOf, type Streams } from './streams.js';
import { writeStream, writeWhole } from './write.js';

type Renderer = (
  report: Report,
  context: { streams: Streams; output: OutputChoices; toFile: boolean },
) => Promise<string>;

/** One renderer for each format of `--report`. The terminal one is loaded only when it is wanted. */
const RENDERERS: Record<string, Renderer> = {
  terminal: async (report, { streams, output, toFile }) => {
    const { renderTerminal } = await import('../report/terminal/index.js');
    const style = styleOf(streams, 'out', toFile ? false : output.color);
    return renderTerminal(report, {
      style,
      verbose: output.verbose,
      exitCode: exitCodeFor(report),
      recordedTo: output.record,
    });
  },
  json: (report) => Promise.resolve(renderJson(report)),
};

export const REPORT_FORMATS: readonly string[] = Object.keys(RENDERERS);

/** Renders every report that was asked for and writes each to its place. */
export async function writeReports(report: Report, output: OutputChoices, streams: Streams): Promise<void> {
  for (const { format, path } of output.reports) {
    const text = await RENDERERS[format]?.(report, { streams, output, toFile: path !== null });
    if (text === undefined) continue;
    if (path === null) await writeStream(streams.out, text);
    else await writeWhole(path, text);
  }
}
