import { catalogue } from './cli/catalogue.js';
import { ownEnvironment } from './cli/streams.js';
import { withManifest } from './cli/manifest.js';
import { packageInfo } from './cli/package-info.js';
import { DrainCheckError } from './errors.js';
import { OPTIONS, type RawOptions } from './plan/options.js';
import { resolveJudging, resolveRun, type Problem } from './plan/resolve.js';
import type { RecordedEvent, Recording } from './recording/events.js';
import { judgeRecording } from './judging.js';
import type { Report } from './report/types.js';

export { DrainCheckError, type ErrorCode } from './errors.js';
export type { RecordedEvent, Recording } from './recording/events.js';
export type { Report } from './report/types.js';
export { parseRecording, serializeRecording } from './recording/file.js';

/** Options of the command line by their long names, as text: `{ slow: ['/report'], 'grace-period': '10s' }`. */
export type DrainCheckOptions = Record<string, string | string[] | boolean>;

export interface DrainCheckRun {
  /** The target's command and its arguments; empty where an option names the target (`pid`, `url`, `docker`, `compose`). */
  command?: readonly string[];
  options?: DrainCheckOptions;
  abort?: AbortSignal;
  onEvent?: (event: RecordedEvent) => void;
}

/**
 * Rehearses the death of a target and judges it. What drain-check did not start is ended only with `yes: true`.
 * @throws DrainCheckError when there is no verdict
 */
export async function drainCheck({ command = [], options = {}, abort, onEvent }: DrainCheckRun): Promise<Report> {
  const cwd = process.cwd();
  const under = await withManifest(rawFrom(options), {}, command, cwd, noStdin);
  if (under.problems.length > 0) throw usage(under.problems);
  const { resolved, problems } = resolveRun(
    under.raw,
    under.command,
    catalogue(),
    cwd,
    under.manifest,
    ownEnvironment(),
  );
  if (resolved === null) throw usage(problems);
  const { play } = await import('./run/play.js');
  const recording = await play(resolved.plan, {
    tool: packageInfo(),
    abort: abort ?? new AbortController().signal,
    // Options are all the consent a program can give.
    mayEnd: () => Promise.resolve(resolved.output.yes),
    onProgress: () => undefined,
    onEvent: onEvent ?? (() => undefined),
    onFailure: () => undefined,
  });
  return judgeRecording(recording, recording.header.plan);
}

/**
 * Judges a recording again, under its own plan or with options laid over it.
 * @throws DrainCheckError `usage` when an option is wrong
 */
export function judge(recording: Recording, options: DrainCheckOptions = {}): Report {
  const { resolved, problems } = resolveJudging(rawFrom(options), recording.header.plan, catalogue());
  if (resolved === null) throw usage(problems);
  return judgeRecording(recording, resolved.plan);
}

/** Standard input belongs to the program that calls us. */
function noStdin(): Promise<string> {
  return Promise.reject(usage([{ option: '--manifest', value: '-', problem: 'is standard input; give files here' }]));
}

function rawFrom(options: DrainCheckOptions): RawOptions {
  // Where results go is the caller's affair here.
  const known = new Set(OPTIONS.filter((spec) => spec.group !== 'Output').map((spec) => spec.name));
  const raw: RawOptions = {};
  for (const [name, value] of Object.entries(options)) {
    if (!known.has(name)) throw usage([{ option: `--${name}`, value: '', problem: 'is not an option of drain-check' }]);
    raw[name] = Array.isArray(value) ? value : [String(value)];
  }
  return raw;
}

function usage(problems: readonly Problem[]): DrainCheckError {
  return new DrainCheckError(
    'usage',
    problems.map(({ option, value, problem }) => `${option} ${JSON.stringify(value)} ${problem}.`).join(' '),
    'See drain-check --help.',
  );
}
