import { randomUUID } from 'node:crypto';
import { appendFile } from 'node:fs/promises';
import type { ReportChoice } from '../plan/resolve.js';
import type { Report } from '../report/types.js';
import type { Streams } from './streams.js';
import { writeStream } from './write.js';

const isJob = (env: NodeJS.ProcessEnv) => env['GITHUB_ACTIONS'] === 'true';

/**
 * In a job on GitHub annotations are written without being asked for, beside the report for a person. What another
 * program reads from standard output is left alone.
 */
export function withGithub(reports: readonly ReportChoice[], env: NodeJS.ProcessEnv): ReportChoice[] {
  const free = reports.every(({ format, path }) => path !== null || format === 'terminal');
  const asked = reports.some(({ format }) => format === 'github');
  return isJob(env) && free && !asked ? [...reports, { format: 'github', path: null }] : [...reports];
}

/** Whether the page of the job gets the report: in every job, and wherever the format was asked for. */
export function wantsSummary(reports: readonly ReportChoice[], env: NodeJS.ProcessEnv): boolean {
  return isJob(env) || reports.some(({ format }) => format === 'github');
}

/** GitHub reads commands from every line of a log: what a target said must not be one. */
export function fenced(text: string, env: NodeJS.ProcessEnv): string {
  if (!isJob(env)) return text;
  const token = randomUUID();
  return `::stop-commands::${token}\n${text}::${token}::\n`;
}

/** Adds the report to the page of the job. A page that cannot be written to is no reason to lose a verdict. */
export async function appendSummary(report: Report, { env, err }: Streams): Promise<void> {
  const file = env['GITHUB_STEP_SUMMARY'] ?? '';
  if (file === '') return;
  const { renderMarkdown } = await import('../report/markdown.js');
  try {
    await appendFile(file, `${renderMarkdown(report)}\n`);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
    await writeStream(err, `drain-check: the job's summary could not be written (${code}): ${file}\n`);
  }
}
