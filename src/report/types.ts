import type { ItemNumber, Level, SourceLocation, Status } from '../checks/check.js';
import type { RunVerdict } from '../checks/judge.js';
import type { ProfileName, ScenarioId, SignalName } from '../plan/types.js';
import type { ExchangeKind } from '../recording/events.js';
import type { Client, LossPhase } from '../recording/facts/rehearsal.js';

/** The report: what every reporter shows, and the JSON contract. Absent is null, never 0. Times are milliseconds. */
export const REPORT_SCHEMA_VERSION = 1;

export interface Report {
  schemaVersion: typeof REPORT_SCHEMA_VERSION;
  tool: { name: string; version: string };
  verdict: RunVerdict;
  profile: ProfileName;
  target: TargetReport;
  /** ISO 8601, UTC. */
  startedAt: string;
  settings: Settings;
  checklist: ChecklistEntry[];
  checks: CheckReport[];
  scenarios: ScenarioReport[];
  recommendation: Recommendation | null;
  /** What was read of manifests, where some were given. */
  manifest?: ManifestReport;
  /** What several trials agree on; null: there was one. */
  trials: TrialsReport | null;
  budgets: BudgetReport[];
  /** What was broken before and is not held against this run; null: nothing was given to compare with. */
  baseline: BaselineReport | null;
  /** False when the recording was cut off: what is whole was judged. */
  complete: boolean;
}

export interface TargetReport {
  kind: 'command' | 'process' | 'url' | 'container' | 'manifest';
  /** The command line, or how else the target is named. */
  command: string;
  /** The command that stopped it, where that was not a signal. */
  stop: string | null;
  pid: number | null;
  origin: string | null;
  readiness: EndpointReport;
  liveness: EndpointReport;
  /** Spoken to in HTTP/2. */
  http2: boolean;
  /** null: spoken to in plain text. */
  tls: TlsReport | null;
  streams: WorkEndpointReport[];
  websockets: WorkEndpointReport[];
  /** What is known of a queue worker, which has no endpoints; absent for everything else. */
  worker?: {
    /** How it showed that it was ready; null: it never did. */
    readyBy: 'log' | 'file' | 'command' | 'job' | null;
    /** How its jobs were seen; null: nothing was said of them. */
    jobsBy: 'log' | 'redis' | 'sql' | null;
  };
}

export interface ManifestReport {
  files: string[];
  /** `Deployment/orders`, with the namespace in front where it is not the default one. */
  workloads: string[];
  /** The container that was rehearsed; null: none was. */
  container: string | null;
  /** What was left out, and why. */
  notes: string[];
}

/** Something that was found in a manifest. Lines and columns count from 1. */
export interface FindingReport {
  severity: 'error' | 'warning' | 'note';
  file: string;
  line: number;
  column: number;
  text: string;
  fix: string | null;
}

export interface TlsReport {
  protocol: string;
  /** What was chosen by ALPN. */
  alpn: string | null;
  authorized: boolean;
  /** What is wrong with the certificate, which was accepted all the same. */
  problem: string | null;
}

/** An endpoint whose answer does not end by itself, or that takes WebSockets. */
export interface WorkEndpointReport {
  path: string;
  how: 'given' | 'found';
}

export interface EndpointReport {
  path: string | null;
  how: 'given' | 'found' | 'none-given' | 'not-found' | 'unknown';
  sureness: 'given' | 'specific' | 'generic' | 'none';
}

/** What the user adjusted, so that a report can be read without its command line. */
export interface Settings {
  signal: SignalName;
  gracePeriodMs: number;
  routingLagMs: number;
  strict: boolean;
  ignored: string[];
  allowInconclusive: boolean;
}

/** flaky: the trials do not agree. Of one trial it is never said. */
export type CheckStatus = Status | 'flaky';

export interface ChecklistEntry {
  number: ItemNumber;
  item: string;
  status: CheckStatus;
  checks: string[];
  /** What would check it, when nothing did; or the number that this death asks for. */
  because: string | null;
}

export interface CheckReport {
  id: string;
  title: string;
  level: Level;
  item: ItemNumber;
  scenario: ScenarioId | null;
  status: CheckStatus;
  ignored: boolean;
  /** It was as bad in the baseline, so that it does not count. */
  known: boolean;
  expected: string | null;
  observed: string | null;
  because: string | null;
  /** Sequence numbers of events of the recording. */
  evidence: number[];
  fix: string | null;
  /** What was found where, in a check of manifests. */
  findings?: FindingReport[];
  /** Where it stands, when it is about a file. */
  location: SourceLocation | null;
  /** In how many trials it had which status; null: there was one trial. */
  trials: Record<Status, number> | null;
  /** Its page, from the root of the package. */
  docs: string;
}

export interface TrialsReport {
  count: number;
  /** Of each trial, in the order in which they were played. */
  verdicts: RunVerdict[];
  times: TimeSpread[];
}

/** What is measured in each trial: from the signal to the exit, and to the first failing answer of readiness. */
export type Metric = 'exit' | 'readiness';

/** How a time was spread over the trials. Percentiles are nearest-rank, so that each was really measured. */
export interface TimeSpread {
  metric: Metric;
  scenario: ScenarioId;
  /** Trials in which it could be measured. */
  measured: number;
  p50Ms: number | null;
  p95Ms: number | null;
  maxMs: number | null;
}

export interface BudgetReport {
  /** As it was given: `exit.p95<5s`. */
  budget: string;
  limitMs: number;
  measuredMs: number | null;
  status: 'pass' | 'fail' | 'inconclusive';
  because: string | null;
}

export interface BaselineReport {
  startedAt: string;
  /** Checks that were as bad before. */
  known: string[];
  /** Checks that are worse than they were. */
  worse: string[];
  /** Checks that were bad and are not any more. */
  better: string[];
}

export interface EndingCounts {
  total: number;
  answered: number;
  rejected: number;
  refused: number;
  short: number;
  closed: number;
  reset: number;
  timedOut: number;
  endedByTester: number;
}

export interface ScenarioReport {
  id: ScenarioId;
  status: 'played' | 'skipped' | 'incomplete';
  because: string | null;
  question: string | null;
  /** Since the recording began. */
  startedAt: number | null;
  readyAfterMs: number | null;
  signal: string | null;
  /** When in its start it was signalled, as milliseconds after it; null: when it was ready. */
  signalledDuringStartMs: number | null;
  exit: { code: number | null; signal: string | null; afterMs: number; killed: boolean } | null;
  exchanges: Partial<Record<ExchangeKind, EndingCounts>>;
  readiness: ProbeReport | null;
  liveness: ProbeReport | null;
  listenerClosedAfterMs: number | null;
  /** The same death with one kind of its work alone, where it was slow and several kinds could have held it. */
  isolated: { alone: ExchangeKind; afterMs: number | null; killed: boolean }[];
  timeline: Timeline | null;
  /** How the end of a pod was played, and what it lost; only where one was. */
  pod?: PodReport;
}

export interface PodReport {
  kubelet: string;
  graceMs: number;
  /** Both as they were played. */
  kubeletLagMs: number;
  routingLagMs: number;
  /** By how much the waits that are not the target’s were shortened; 1: not at all. */
  timeScale: number;
  /** Why the target was no PID 1 of a namespace; null: it was. */
  hostSemantics: string | null;
  /** What the kubelet and the routes did; times are after the delete. */
  events: { atMs: number; what: string; detail: string | null }[];
  requests: Record<Client, number>;
  lost: { client: Client; phase: LossPhase; count: number }[];
  /** Kept connections that were closed although the answer before did not say so. */
  closedUnannounced: number;
  /** Its native sidecars, where it has any, and why those were not started that were not. */
  sidecars?: { name: string; notStarted: string | null; killed: boolean }[];
}

export interface ProbeReport {
  /** The interval in which it began to fail; null when it did not. */
  flippedAfterMs: { from: number; to: number } | null;
  /** The last status seen before the end; null when there was none. */
  statusAfter: number | null;
  probes: number;
  /** How late our own probes were at worst. */
  maxLateMs: number;
}

/** One death, ready to be drawn. All times are after the signal. */
export interface Timeline {
  fromMs: number;
  toMs: number;
  marks: {
    atMs: number;
    what:
      | 'signal'
      | 'deleted'
      | 'hook ended'
      | 'routes followed'
      | 'readiness failed'
      | 'listener closed'
      | 'exit'
      | 'killed';
  }[];
  lanes: Lane[];
}

export type LaneState = 'busy' | 'good' | 'bad' | 'gone';
export type PointState = 'served' | 'away' | 'lost' | 'ended';

export interface Lane {
  label: string;
  /** What became of it, in a few words. */
  outcome: string;
  /** Something went wrong here. */
  wrong: boolean;
  spans: { fromMs: number; toMs: number; state: LaneState }[];
  points: { atMs: number; state: PointState }[];
}

export interface Recommendation {
  terminationGracePeriodSeconds: number;
  preStopSeconds: number;
  because: string;
}
