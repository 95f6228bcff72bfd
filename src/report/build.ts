import type { Check, Finding, ItemNumber, Status } from '../checks/check.js';
import type { Judged, RunVerdict } from '../checks/judge.js';
import type { ManifestPlan } from '../plan/manifest.js';
import type { Plan, ScenarioId, TargetPlan } from '../plan/types.js';
import type { Ending, ProbeRole, Recording } from '../recording/events.js';
import type { Exchange } from '../recording/facts/exchange.js';
import { afterSignal, endOf, timeToExit, type LifeFacts } from '../recording/facts/life.js';
import type { ProbeFacts } from '../recording/facts/probe.js';
import type { RunFacts } from '../recording/facts/run.js';
import { BY_CHOICE, CHECKLIST, LEFT_OUT, NOT_CHECKED, NOT_WRITTEN, OF_SERVICES, statusOfItem } from './checklist.js';
import { podReport } from './pod-report.js';
import { advice, recommend } from './recommendation.js';
import { timelineOf } from './timeline.js';
import {
  REPORT_SCHEMA_VERSION,
  type CheckReport,
  type ChecklistEntry,
  type EndingCounts,
  type EndpointReport,
  type FindingReport,
  type ManifestReport,
  type ProbeReport,
  type Recommendation,
  type Report,
  type ScenarioReport,
  type TargetReport,
  type TlsReport,
  type WorkEndpointReport,
} from './types.js';

/** What a report is put together from. */
export interface ReportParts {
  recording: Recording;
  plan: Plan;
  facts: RunFacts;
  judged: readonly Judged[];
  verdict: RunVerdict;
  /** The question each scenario answers. */
  questions: Readonly<Partial<Record<ScenarioId, string>>>;
}

/** Puts a report together. The same parts give the same report. */
export function buildReport({ recording, plan, facts, judged, verdict, questions }: ReportParts): Report {
  const { header } = recording;
  const firstLife = facts.lives[0];
  const recommendation = recommend(facts);
  return {
    schemaVersion: REPORT_SCHEMA_VERSION,
    tool: header.tool,
    verdict,
    profile: plan.profile,
    target: {
      kind: plan.target.kind,
      command: targetName(plan.target, facts),
      stop: plan.target.kind === 'process' || plan.target.kind === 'url' ? plan.target.stop : null,
      pid: firstLife?.root?.pid ?? null,
      origin: firstLife?.origin ?? null,
      readiness: endpointReport(facts, 'readiness'),
      liveness: endpointReport(facts, 'liveness'),
      http2: plan.target.http2,
      tls: tlsReport(facts),
      ...workerReport(plan, facts),
      streams: workEndpoints(facts, 'stream'),
      websockets: workEndpoints(facts, 'websocket'),
    },
    startedAt: header.startedAt,
    settings: {
      signal: plan.signal,
      gracePeriodMs: plan.gracePeriodMs,
      routingLagMs: plan.routingLagMs,
      strict: plan.strict,
      ignored: plan.ignore,
      allowInconclusive: plan.allowInconclusive,
    },
    checklist: checklistOf(judged, recommendation, plan),
    checks: judged.map((one) => checkReport(one, plan.worker !== undefined)),
    scenarios: scenarioReports(facts, questions),
    recommendation,
    ...(plan.manifest === null ? {} : { manifest: manifestReport(plan.manifest) }),
    trials: null,
    budgets: [],
    baseline: null,
    complete: recording.whole,
  };
}

/** How a person would name it: the command line, the process, the URL, the image. */
function targetName(target: TargetPlan, facts: RunFacts): string {
  const found = facts.lives.find((life) => life.found !== null)?.found ?? null;
  switch (target.kind) {
    case 'command':
      return [target.command, ...target.args].join(' ');
    case 'process':
      return found?.name ?? `pid ${target.pid}`;
    case 'url':
      return found?.name ?? '';
    case 'manifest':
      return target.files.join(' ');
    case 'container':
      return `${found?.name ?? target.name}${target.args.length === 0 ? '' : `: ${target.args.join(' ')}`}`;
  }
}

function endpointReport(facts: RunFacts, role: ProbeRole): EndpointReport {
  const endpoint = facts.endpoints[role];
  return endpoint === null
    ? { path: null, how: 'unknown', sureness: 'none' }
    : { path: endpoint.path, how: endpoint.how, sureness: endpoint.sureness };
}

function workerReport({ worker }: Plan, { lives }: RunFacts): Pick<TargetReport, 'worker'> {
  if (worker === undefined) return {};
  const ready = lives.flatMap(({ events }) => events.filter((event) => event.type === 'worker-ready'))[0];
  return { worker: { readyBy: ready?.by ?? null, jobsBy: worker.jobs?.started.by ?? null } };
}

function tlsReport({ tls }: RunFacts): TlsReport | null {
  if (tls === null) return null;
  const { protocol, alpn, authorized, problem } = tls;
  return { protocol, alpn, authorized, problem };
}

function workEndpoints(facts: RunFacts, kind: 'stream' | 'websocket'): WorkEndpointReport[] {
  return facts.workEndpoints.filter((one) => one.kind === kind).map(({ path, how }) => ({ path, how }));
}

function checkReport({ check, level, status, verdict, ignored }: Judged, isWorker: boolean): CheckReport {
  const bad = status === 'fail' || verdict.status === 'fail' || status === 'warn';
  return {
    id: check.id,
    title: titleFor(check, verdict.status, status, isWorker),
    level,
    item: check.item,
    scenario: verdict.scenario,
    status,
    ignored,
    known: false,
    expected: verdict.expected,
    observed: verdict.observed,
    because: verdict.because,
    evidence: verdict.evidence,
    fix: bad ? (verdict.cure ?? check.cure) : null,
    ...(verdict.findings === undefined ? {} : { findings: verdict.findings.map(findingReport) }),
    location: verdict.location ?? verdict.findings?.[0]?.at ?? null,
    trials: null,
    docs: `docs/checks/${check.id}.md`,
  };
}

function findingReport({ severity, at, text, cure }: Finding): FindingReport {
  return { severity, ...at, text, fix: cure };
}

function manifestReport({ files, workloads, pod, notes }: ManifestPlan): ManifestReport {
  return {
    files,
    workloads: workloads.map(
      ({ kind, name, namespace }) => `${namespace === 'default' ? '' : `${namespace}/`}${kind}/${name}`,
    ),
    container: pod?.container ?? null,
    notes,
  };
}

/** The sentence that is true; where nothing was proved, only the topic. */
function titleFor(check: Check, verdict: Status, status: Status, isWorker: boolean): string {
  const { topic, kept, broken } = isWorker ? (check.forWorker ?? check) : check;
  if (status === 'skip' || status === 'inconclusive') return topic;
  return verdict === 'pass' ? kept : broken;
}

function checklistOf(
  judged: readonly Judged[],
  recommendation: Recommendation | null,
  { target, manifest, worker }: Plan,
): ChecklistEntry[] {
  const whyNone = (number: ItemNumber) =>
    (target.kind === 'manifest' ? NOT_WRITTEN[number] : undefined) ??
    (worker === undefined ? undefined : OF_SERVICES[number]) ??
    advice(number, recommendation, manifest) ??
    (manifest === null ? NOT_CHECKED : LEFT_OUT)[number] ??
    NOT_CHECKED[number] ??
    BY_CHOICE;
  return CHECKLIST.map(({ number, item }) => {
    const own = judged.filter((one) => one.check.item === number);
    const status = statusOfItem(own);
    const because =
      own.length > 0 ? (manifest?.pod == null ? null : advice(number, recommendation, manifest)) : whyNone(number);
    return { number, item, status, checks: own.map((one) => one.check.id), because };
  });
}

function scenarioReports(facts: RunFacts, questions: Readonly<Partial<Record<ScenarioId, string>>>): ScenarioReport[] {
  const lives = facts.lives
    // A life that turned out to have nothing to play is told of as skipped.
    .filter((life) => life.purpose === 'scenario' && facts.skipped[life.scenario] === undefined)
    .map((life) => playedReport(life, facts, questions[life.scenario] ?? null));
  const skipped = (Object.entries(facts.skipped) as [ScenarioId, string][]).map(([id, because]): ScenarioReport => ({
    ...EMPTY_SCENARIO,
    id,
    status: 'skipped',
    because,
    question: questions[id] ?? null,
  }));
  return [...lives, ...skipped];
}

const EMPTY_SCENARIO: Omit<ScenarioReport, 'id' | 'status' | 'because' | 'question'> = {
  startedAt: null,
  readyAfterMs: null,
  signal: null,
  signalledDuringStartMs: null,
  exit: null,
  exchanges: {},
  readiness: null,
  liveness: null,
  listenerClosedAfterMs: null,
  isolated: [],
  timeline: null,
};

function playedReport(life: LifeFacts, facts: RunFacts, question: string | null): ScenarioReport {
  const { exit, signal, listener } = life;
  const pod = podReport(life, facts);
  return {
    id: life.scenario,
    status: life.complete ? 'played' : 'incomplete',
    because: null,
    question,
    startedAt: life.startedAt,
    readyAfterMs: life.ready === null ? null : round(life.ready.at - life.startedAt),
    signal: signal?.signal ?? null,
    signalledDuringStartMs: life.startup === null ? null : round(life.startup.afterMs),
    exit:
      exit === null
        ? null
        : {
            code: exit.code,
            signal: exit.signal,
            afterMs: round(afterSignal(life, exit.at)),
            killed: life.killed !== null,
          },
    exchanges: countByKind(life.exchanges),
    readiness: probeReport(life.readiness, life),
    liveness: probeReport(life.liveness, life),
    listenerClosedAfterMs: listener.closed === null ? null : round(afterSignal(life, listener.closed.to)),
    isolated: facts.isolated
      .filter((other) => other.scenario === life.scenario && life.startup === null)
      .flatMap((other) => isolatedReport(other)),
    timeline: timelineOf(life, facts),
    ...(pod === null ? {} : { pod }),
  };
}

function isolatedReport(life: LifeFacts): ScenarioReport['isolated'] {
  if (life.alone === null) return [];
  const afterMs = timeToExit(life);
  return [{ alone: life.alone, afterMs: afterMs === null ? null : round(afterMs), killed: life.killed !== null }];
}

function probeReport(probe: ProbeFacts, life: LifeFacts): ProbeReport | null {
  if (probe.runs.length === 0) return null;
  const last = probe.drain.filter((run) => run.outcome.kind === 'status' && run.first.endedAt < endOf(life)).at(-1);
  return {
    flippedAfterMs:
      probe.flipped === null
        ? null
        : { from: round(afterSignal(life, probe.flipped.from)), to: round(afterSignal(life, probe.flipped.to)) },
    statusAfter: last?.outcome.kind === 'status' ? last.outcome.status : null,
    probes: probe.runs.reduce((sum, run) => sum + run.count, 0),
    maxLateMs: round(Math.max(...probe.runs.map((run) => run.maxLateMs))),
  };
}

const COUNT_NAMES: Record<Ending, keyof Omit<EndingCounts, 'total'>> = {
  answered: 'answered',
  rejected: 'rejected',
  refused: 'refused',
  short: 'short',
  closed: 'closed',
  reset: 'reset',
  'timed-out': 'timedOut',
  'ended-by-tester': 'endedByTester',
};

function countByKind(exchanges: readonly Exchange[]): ScenarioReport['exchanges'] {
  const counts: ScenarioReport['exchanges'] = {};
  for (const { kind, end } of exchanges) {
    const own = (counts[kind] ??= {
      total: 0,
      answered: 0,
      rejected: 0,
      refused: 0,
      short: 0,
      closed: 0,
      reset: 0,
      timedOut: 0,
      endedByTester: 0,
    });
    own.total += 1;
    if (end !== null) own[COUNT_NAMES[end.ending]] += 1;
  }
  return counts;
}

/** To the microsecond, so that sums do not end in noise. */
function round(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
