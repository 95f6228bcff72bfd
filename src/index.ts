import { catalogue } from './cli/catalogue.js';
import { ownEnvironment } from './cli/streams.js';
import { withManifest } from './cli/manifest.js';
import { packageInfo } from './cli/package-info.js';
import { DrainCheckError } from './errors.js';
import { OPTIONS, layerOptions, type RawOptions } from './plan/options.js';
import { resolveJudging, resolveRun, type Problem } from './plan/resolve.js';
import type { RecordedEvent, Recording } from './recording/events.js';
import { judgeRecording, settle } from './judging.js';
import type { Report } from './report/types.js';

export { DrainCheckError, type ErrorCode } from './errors.js';
export type { RecordedEvent, Recording } from './recording/events.js';
export type {
  BaselineReport,
  BudgetReport,
  CheckReport,
  ChecklistEntry,
  CheckStatus,
  Report,
  ScenarioReport,
  TrialsReport,
} from './report/types.js';
export { parseRecording, serializeRecording } from './recording/file.js';

/**
 * Options of the command line by their long names, as text: `{ slow: ['/report'], 'grace-period': '10s' }`. Those that
 * say where results go or what configures a run are the caller's affair.
 */
export type DrainCheckOptions = Record<string, string | string[] | boolean>;

export interface DrainCheckRun {
  /** The target's command and its arguments; empty where an option names the target (`pid`, `url`, `docker`, `compose`). */
  command?: readonly string[];
  options?: DrainCheckOptions;
  /** An earlier report whose failures do not count against this one. */
  baseline?: Report;
  /** Ends everything that was started; there is no verdict then. */
  abort?: AbortSignal;
  /** Is told of each event of the recording as it comes. */
  onEvent?: (event: RecordedEvent) => void;
}

/**
 * Rehearses the death of a target and judges it. What drain-check did not start is ended only with `yes: true`.
 * @throws DrainCheckError when there is no verdict
 */
export async function drainCheck({
  command = [],
  options = {},
  baseline,
  abort,
  onEvent,
}: DrainCheckRun): Promise<Report> {
  const cwd = process.cwd();
  const given = rawFrom(options);
  const under = await withManifest(layerOptions(OPTIONS, given, {}), given, command, cwd, noStdin);
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
  const trial = async () => {
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
  };
  const { repeat, budgets } = resolved.output.gate;
  const reports: [Report, ...Report[]] = [await trial()];
  while (reports.length < repeat) reports.push(await trial());
  return settle(reports, { budgets, baseline: baseline ?? null });
}

/**
 * Judges a recording again, under its own plan or with options laid over it.
 * @throws DrainCheckError `usage` when an option is wrong
 */
export function judge(recording: Recording, options: DrainCheckOptions = {}): Report {
  const { resolved, problems } = resolveJudging(rawFrom(options), recording.header.plan, catalogue());
  if (resolved === null) throw usage(problems);
  const report = judgeRecording(recording, resolved.plan);
  return settle([report], { budgets: resolved.output.gate.budgets, baseline: null });
}

/** Standard input belongs to the program that calls us. */
function noStdin(): Promise<string> {
  return Promise.reject(usage([{ option: '--manifest', value: '-', problem: 'is standard input; give files here' }]));
}

function rawFrom(options: DrainCheckOptions): RawOptions {
  // Where results go is the caller's affair here.
  const known = new Set(
    OPTIONS.filter(({ group, name }) => group !== 'Output' && group !== 'Configuration' && name !== 'baseline').map(
      (spec) => spec.name,
    ),
  );
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
