import type { OutputChoices, ReportChoice } from '../plan/resolve.js';
import { renderJson } from '../report/json.js';
import type { Death } from '../report/deaths.js';
import type { Report } from '../report/types.js';
import { exitCodeFor } from './exit-codes.js';
import { appendSummary, fenced, wantsSummary, withGithub } from './github.js';
import { styleOf, type Streams } from './streams.js';
import { Outputs, writeStream, writeWhole } from './write.js';

type Renderer = (
  report: Report,
  context: { streams: Streams; output: OutputChoices; toFile: boolean; deaths: () => Death[] },
) => Promise<string>;

/** One renderer for each format of `--report`. What a run does not want is not loaded. */
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
  junit: async (report) => (await import('../report/junit.js')).renderJunit(report),
  tap: async (report) => (await import('../report/tap.js')).renderTap(report),
  markdown: async (report) => (await import('../report/markdown.js')).renderMarkdown(report),
  github: async (report) => (await import('../report/github.js')).renderGithub(report),
  gitlab: async (report) => (await import('../report/gitlab.js')).renderGitlab(report),
  html: async (report, { deaths }) => (await import('../report/html/index.js')).renderHtml(report, deaths()),
  sarif: async (report) => (await import('../report/sarif.js')).renderSarif(report),
};

export const REPORT_FORMATS: readonly string[] = Object.keys(RENDERERS);

/**
 * Renders every report that was asked for and writes each to its place, and to where a job on GitHub shows it.
 * @throws DrainCheckError `output-lost` when all that can be written has been
 */
export async function writeReports(
  report: Report,
  output: OutputChoices,
  streams: Streams,
  deaths: () => Death[],
): Promise<void> {
  const reports = withGithub(output.reports, streams.env);
  const outputs = new Outputs();
  for (const choice of reports) await outputs.attempt(() => writeReport(report, choice, output, streams, deaths));
  if (wantsSummary(reports, streams.env)) await appendSummary(report, streams);
  outputs.settle();
}

async function writeReport(
  report: Report,
  { format, path }: ReportChoice,
  output: OutputChoices,
  streams: Streams,
  deaths: () => Death[],
): Promise<void> {
  const text = await RENDERERS[format]?.(report, { streams, output, toFile: path !== null, deaths });
  if (text === undefined) return;
  if (path !== null) await writeWhole(path, text);
  else await writeStream(streams.out, format === 'terminal' ? fenced(text, streams.env) : text);
}
