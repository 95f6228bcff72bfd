import { NO_BACKENDS } from './backends.js';
import { readGate, refuseSecondLife, type GateChoices } from './gate.js';
import { givenNeeds, isMet } from './needs.js';
import type { ManifestPlan } from './manifest.js';
import type { RawOptions } from './options.js';
import { isThisMachine } from './origin.js';
import { readBackends } from './read-backends.js';
import { readLoad } from './read-load.js';
import { readFileOption } from './read-reached.js';
import { readRehearsal } from './read-rehearsal.js';
import { readTarget } from './read-target.js';
import { readAsPid1, readCombinations, readHeaders, readSlow, readWebSocket } from './read-work.js';
import { readWorker } from './read-worker.js';
import { readScenarios } from './read-scenarios.js';
import { ids, Reader, selected, type Problem } from './reader.js';
import type { Needs, Plan, ProfileName, ScenarioId } from './types.js';
import * as values from './values.js';

export type { Problem } from './reader.js';

/** Where the report goes; a null path is standard output. */
export interface ReportChoice {
  format: string;
  path: string | null;
}

export interface OutputChoices {
  gate: GateChoices;
  reports: ReportChoice[];
  record: string | null;
  /** Directory for all that a run leaves; null: nothing is kept. */
  keep: string | null;
  watch: boolean;
  quiet: boolean;
  verbose: boolean;
  /** What drain-check did not start may be ended without asking. */
  yes: boolean;
  /** Whether a patch of the manifest is shown or applied; null: neither. */
  fix: 'print' | 'write' | null;
  /** null: decided by the terminal and by NO_COLOR and FORCE_COLOR. */
  color: boolean | null;
}

/** The ids that options may name. Passed in, because a plan knows no scenarios and no checks. */
export interface Catalogue {
  scenarios: readonly ScenarioId[];
  checks: readonly string[];
  /** What those among them are about that are not for every run. */
  needs: Readonly<Record<string, Needs>>;
  reportFormats: readonly string[];
}

/** The part of a plan that decides how a recording is judged. */
export type Judging = Pick<
  Plan,
  'profile' | 'checks' | 'ignore' | 'strict' | 'allowInconclusive' | 'expectExit' | 'expectExitGiven' | 'routingLagMs'
>;

export type Resolution<T> = { resolved: T; problems: [] } | { resolved: null; problems: Problem[] };

/** How often a service is asked: on this machine as often as shows what happens, elsewhere as a guest. */
const NEAR = { probeIntervalMs: 10, probeTimeoutMs: 1000, attemptIntervalMs: 50 };
const FAR = { probeIntervalMs: 100, probeTimeoutMs: 2000, attemptIntervalMs: 100 };

const PROFILES: readonly ProfileName[] = ['kubernetes', 'standalone', 'docker', 'load-balancer'];

function readJudging(
  reader: Reader,
  raw: RawOptions,
  catalogue: Catalogue,
  named: readonly string[],
  absent: Judging,
): Judging {
  const only = ids(reader, 'only', raw, named);
  const skip = ids(reader, 'skip', raw, named);
  return {
    profile: reader.one('profile', (text) => values.oneOf(text, PROFILES), absent.profile),
    checks: selected(absent.checks, only, skip),
    ignore: reader.has('ignore') ? ids(reader, 'ignore', raw, catalogue.checks) : absent.ignore,
    strict: reader.one('strict', values.switchValue, absent.strict),
    allowInconclusive: reader.one('allow-inconclusive', values.switchValue, absent.allowInconclusive),
    expectExit: reader.one('expect-exit', values.exitCodes, absent.expectExit),
    expectExitGiven: reader.has('expect-exit') || absent.expectExitGiven,
    routingLagMs: reader.one('routing-lag', values.routingLag, absent.routingLagMs),
  };
}

function readOutput(reader: Reader, catalogue: Catalogue): OutputChoices {
  const reports = reader.many<ReportChoice>('report', (text) => {
    const at = text.indexOf('=');
    const format = values.oneOf(at < 0 ? text : text.slice(0, at), catalogue.reportFormats);
    if ('problem' in format) return format;
    const file = at < 0 ? null : text.slice(at + 1);
    return file === '' ? { problem: 'has no path after the =' } : { value: { format: format.value, path: file } };
  });
  const onScreen = reports.filter((report) => report.path === null);
  if (onScreen.length > 1) {
    reader.complain(
      'report',
      onScreen.map((report) => report.format).join(', '),
      'would share standard output; give all but one a path, like json=report.json',
    );
  }
  const paths = reports.flatMap(({ path }) => (path === null ? [] : [path]));
  for (const path of new Set(paths.filter((path, i) => paths.indexOf(path) !== i)))
    reader.complain('report', path, 'is the path of two reports; give each its own');
  const color = reader.one('color', values.switchValue, false);
  const noColor = reader.one('no-color', values.switchValue, false);
  return {
    gate: readGate(reader, catalogue.scenarios),
    reports: reports.length > 0 ? reports : [{ format: 'terminal', path: null }],
    record: reader.text('record'),
    keep: reader.text('keep'),
    watch: reader.one('watch', values.switchValue, false),
    quiet: reader.one('quiet', values.switchValue, false),
    verbose: reader.one('verbose', values.switchValue, false),
    yes: reader.one('yes', values.switchValue, false),
    fix: reader.one('fix', (text) => values.oneOf(text === '' ? 'print' : text, ['print', 'write'] as const), null),
    color: color ? true : noColor ? false : null,
  };
}

/**
 * The plan of a run and where its results go, or every problem at once.
 * @param command the target's command and arguments
 * @param cwd the directory that relative paths start from
 * @param manifest what was read of manifests; null: none was given
 * @param environment our own, where the URLs of databases may be
 */
export function resolveRun(
  raw: RawOptions,
  command: readonly string[],
  catalogue: Catalogue,
  cwd: string,
  manifest: ManifestPlan | null = null,
  environment: Readonly<Record<string, string | undefined>> = {},
): Resolution<{ plan: Plan; output: OutputChoices }> {
  const reader = new Reader(raw);
  const target = readTarget(reader, command, cwd);
  const load = readLoad(reader, target.kind);
  const worker = readWorker(reader, target, environment, cwd);
  const backends = readBackends(reader, target, environment);
  const given = givenNeeds(target, manifest, load, backends ?? NO_BACKENDS, worker);
  const has = (id: string) => isMet(catalogue.needs[id], given);
  const judging = readJudging(reader, raw, catalogue, [...catalogue.scenarios, ...catalogue.checks], {
    profile: 'kubernetes',
    checks: catalogue.checks.filter(has),
    ignore: [],
    strict: false,
    allowInconclusive: false,
    expectExit: [0],
    expectExitGiven: false,
    routingLagMs: 5000,
  });
  const scenarios = readScenarios(reader, raw, catalogue, target.kind, given);
  const headers = readHeaders(reader);
  const pace = target.kind === 'url' && !isThisMachine(target.host) ? FAR : NEAR;
  const plan: Plan = {
    target,
    ...judging,
    signal: reader.one('signal', values.signalName, 'SIGTERM'),
    scenarios,
    readiness: reader.one('ready', values.endpointChoice, { kind: 'discover' }),
    liveness: reader.one('live', values.endpointChoice, { kind: 'discover' }),
    slow: readSlow(reader, headers),
    headers,
    requests: reader.one('requests', (text) => values.wholeNumber(text, 1, 500), 5),
    streams: reader.many('stream', values.requestPath),
    websockets: reader.many('websocket', values.requestPath),
    websocket: readWebSocket(reader),
    discover: !reader.one('no-discover', values.switchValue, false),
    grpc: reader.many('grpc', values.grpcCall),
    proto: readFileOption(reader, 'proto', cwd),
    load,
    asPid1: readAsPid1(reader),
    parallel: reader.one('parallel', (text) => values.wholeNumber(text, 1, 16), 1),
    startTimeoutMs: reader.one('start-timeout', (text) => values.duration(text, 100), 30_000),
    gracePeriodMs: reader.one('grace-period', (text) => values.duration(text, 100), 30_000),
    settleMs: reader.one('settle', values.duration, 0),
    ...pace,
    ...(backends === null ? {} : { backends }),
    ...(worker === null ? {} : { worker }),
    manifest,
    rehearsal: readRehearsal(reader, manifest),
  };
  readCombinations(reader);
  refuseSecondLife(reader, target, ['repeat', 'watch']);
  const output = readOutput(reader, catalogue);
  return finish(reader, { plan, output });
}

/**
 * What is judged of manifests alone, and where the report goes, or every problem at once.
 * @param written the checks that ask for nothing but manifests
 */
export function resolveLint(
  raw: RawOptions,
  catalogue: Catalogue,
  written: readonly string[],
  manifest: ManifestPlan,
  cwd: string,
): Resolution<{ plan: Plan; output: OutputChoices }> {
  const reader = new Reader(raw);
  const judging = readJudging(reader, raw, catalogue, written, {
    profile: 'kubernetes',
    checks: [...written],
    ignore: [],
    strict: false,
    allowInconclusive: false,
    expectExit: [0],
    expectExitGiven: false,
    routingLagMs: 5000,
  });
  const target = {
    kind: 'manifest',
    files: manifest.files,
    cwd,
    port: null,
    socketPath: null,
    tls: null,
    http2: false,
  } as const;
  const output = readOutput(reader, catalogue);
  return finish(reader, { plan: { ...NOTHING_PLAYED, target, ...judging, manifest, rehearsal: null }, output });
}

/** The part of a plan that means nothing where nothing is played. */
const NOTHING_PLAYED = {
  signal: 'SIGTERM',
  scenarios: [],
  readiness: { kind: 'none' },
  liveness: { kind: 'none' },
  slow: [],
  headers: [],
  requests: 0,
  streams: [],
  websockets: [],
  websocket: { message: null, goodbye: null, closeCodes: [], closeCodesGiven: false, subprotocols: [] },
  discover: false,
  grpc: [],
  proto: null,
  asPid1: 'never',
  parallel: 1,
  startTimeoutMs: 0,
  gracePeriodMs: 30_000,
  settleMs: 0,
  probeIntervalMs: 0,
  probeTimeoutMs: 0,
  attemptIntervalMs: 0,
  load: null,
} as const satisfies Partial<Plan>;

/** How to judge a recording again (its scenarios have been played, so only checks can be chosen): its own plan with the given options laid over it, or every problem at once. */
export function resolveJudging(
  raw: RawOptions,
  recorded: Plan,
  catalogue: Catalogue,
): Resolution<{ plan: Plan; output: OutputChoices }> {
  const reader = new Reader(raw);
  const known = recorded.checks.filter((id) => catalogue.checks.includes(id));
  const plan = {
    ...recorded,
    ...readJudging(reader, raw, catalogue, catalogue.checks, { ...recorded, checks: known }),
  };
  const output = readOutput(reader, catalogue);
  return finish(reader, { plan, output });
}

function finish<T>(reader: Reader, resolved: T): Resolution<T> {
  return reader.problems.length === 0 ? { resolved, problems: [] } : { resolved: null, problems: reader.problems };
}
