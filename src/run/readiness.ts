import { DrainCheckError } from '../errors.js';
import { formatDuration } from '../plan/durations.js';
import { redactText } from '../plan/redact.js';
import type { EndpointChoice } from '../plan/types.js';
import { askProbe } from '../probes/ask.js';
import { GRPC_HEALTH } from '../probes/ask-grpc.js';
import { surveyEndpoints, type FoundEndpoint, type Survey } from '../probes/discovery.js';
import { isGood } from '../recording/facts/probe.js';
import type { ProbeOutcome, ProbeRole } from '../recording/events.js';
import type { LifeRecorder } from '../recording/recorder.js';
import type { RunningTarget } from '../target/target.js';
import type { Origin } from '../plan/origin.js';
import { pauseWhileAlive } from './alive.js';
import { agreeOnTls, wrongProtocol } from './protocol.js';
import type { RunContext } from './context.js';

const POLL_MS = 20;
/** What runs already is given so long to be ready. */
const RUNS_ALREADY_MS = 5000;
const NO_SURVEY: Survey = { endpoints: { readiness: null, liveness: null }, asked: 0, plain: null, notReadyYet: null };

/**
 * Waits until the target is ready: its readiness endpoint answers 2xx or 3xx, or, without one, anything answers
 * below 500. In the first life the endpoints are looked for on the way.
 * @returns how long looking around took, which is no part of becoming ready; milliseconds
 * @throws DrainCheckError `target-died`, `target-not-ready` or `tls-failed`
 */
export async function becomeReady(
  context: RunContext,
  running: RunningTarget,
  origin: Origin,
  recorder: LifeRecorder,
): Promise<number> {
  const waiting = new Waiting(context, running, origin);
  const given = context.plan.readiness.kind === 'path' ? context.plan.readiness.path : null;
  if (context.known.survey === null && origin.tls !== undefined) await agreeOnTls(origin, origin.tls, recorder);
  if (given !== null) await waiting.until(given, isGood);
  let lookedAroundMs = 0;
  if (context.known.survey === null) {
    if (given === null) await waiting.until('/', (outcome) => outcome.kind === 'status');
    const before = performance.now();
    context.known.survey = await survey(context, waiting, origin);
    lookedAroundMs = performance.now() - before;
    recordEndpoints(context, context.known.survey, recorder);
  }
  const { endpoints, plain } = context.known.survey;
  const found = given === null && context.plan.readiness.kind === 'discover' ? endpoints.readiness?.path : undefined;
  const path = given ?? found ?? plain?.path ?? '/';
  const status = await waiting.until(path, given === null && found === undefined ? belowFiveHundred : isGood);
  recorder.record({
    type: 'ready',
    path,
    status,
    by: given !== null ? 'given' : found !== undefined ? 'found' : 'first-answer',
  });
  return lookedAroundMs;
}

async function survey(context: RunContext, waiting: Waiting, origin: Origin): Promise<Survey> {
  const { readiness, liveness, probeTimeoutMs } = context.plan;
  for (;;) {
    const seen = await withGrpcHealth(context, origin, await surveyEndpoints(origin, probeTimeoutMs));
    // A service that is starting answers 503 everywhere, or on its readiness endpoint: look again when it is up.
    if (seen.notReadyYet !== null && readiness.kind === 'discover') await waiting.until(seen.notReadyYet, isGood);
    else if (seen.plain !== null)
      return readiness.kind !== 'discover' && liveness.kind !== 'discover' ? { ...NO_SURVEY, plain: seen.plain } : seen;
    else await waiting.again('and every other path asked answered 500 or above', '/');
  }
}

/** A gRPC service has its readiness in the standard health service, if it has one. */
async function withGrpcHealth({ plan }: RunContext, origin: Origin, survey: Survey): Promise<Survey> {
  if (plan.grpc.length === 0 || survey.endpoints.readiness !== null) return survey;
  const { outcome } = await askProbe(origin, GRPC_HEALTH, plan.probeTimeoutMs);
  if (outcome.kind !== 'status' || outcome.status === 404) return survey;
  if (!isGood(outcome)) return { ...survey, notReadyYet: GRPC_HEALTH };
  const readiness = { path: GRPC_HEALTH, status: outcome.status, sureness: 'specific' as const };
  return { ...survey, endpoints: { ...survey.endpoints, readiness } };
}

function belowFiveHundred(outcome: ProbeOutcome): boolean {
  return outcome.kind === 'status' && outcome.status < 500;
}

/** Polls with one deadline for the whole of a start. */
class Waiting {
  readonly #patienceMs: number;
  readonly #deadline: number;
  /** How it is spoken to has been looked at. */
  #wondered = false;

  constructor(
    private readonly context: RunContext,
    private readonly running: RunningTarget,
    private readonly origin: Origin,
  ) {
    this.#patienceMs = context.target.restarts
      ? context.plan.startTimeoutMs
      : Math.min(context.plan.startTimeoutMs, RUNS_ALREADY_MS);
    this.#deadline = performance.now() + this.#patienceMs;
  }

  /** Asks until the outcome is as wished; gives its status. */
  async until(path: string, wished: (outcome: ProbeOutcome) => boolean): Promise<number> {
    for (;;) {
      const { outcome } = await askProbe(this.origin, path, this.context.plan.probeTimeoutMs);
      await this.#wonder(outcome);
      if (wished(outcome)) return outcome.kind === 'status' ? outcome.status : 0;
      await this.again(describe(outcome), path);
    }
  }

  /** A target that is spoken to in the wrong way will never be ready: that is said at once. */
  async #wonder(outcome: ProbeOutcome): Promise<void> {
    if (this.#wondered || this.context.known.survey !== null || outcome.kind === 'refused') return;
    this.#wondered = true;
    const wrong = await wrongProtocol(this.origin, outcome);
    if (wrong !== null) throw wrong;
  }

  /** One more pause, or the end of patience. */
  async again(seen: string, path: string): Promise<void> {
    if (performance.now() > this.#deadline) {
      throw new DrainCheckError(
        'target-not-ready',
        `${this.context.target.kind === 'url' ? `${this.context.target.name} was` : 'The target listens but was'} not ready within ${formatDuration(this.#patienceMs)}: GET ${path} ${seen}.`,
        this.context.target.restarts
          ? 'Check the path (--ready <path>, or --ready none to take the first answer), or give it more time with --start-timeout.'
          : 'It has to be up and ready before drain-check comes: start it, and check where it listens and the path (--ready <path>, or --ready none to take the first answer).',
        { output: redactText(this.running.lastOutput()) },
      );
    }
    await pauseWhileAlive(this.running, POLL_MS, this.context.abort, 'before it was ready');
  }
}

function describe(outcome: ProbeOutcome): string {
  switch (outcome.kind) {
    case 'status':
      return `answered ${outcome.status}`;
    case 'refused':
      return 'was refused';
    case 'reset':
    case 'closed':
      return 'got no answer, the connection was closed';
    case 'timed-out':
      return 'was not answered in time';
    case 'malformed':
      return 'got something that is not HTTP/1.1';
  }
}

function recordEndpoints(context: RunContext, survey: Survey, recorder: LifeRecorder): void {
  const { plan } = context;
  for (const role of ['readiness', 'liveness'] as const)
    recorder.record(resolved(role, plan[role], survey.endpoints[role], survey.asked));
  if (survey.plain !== null) recorder.record({ type: 'plain-path-chosen', ...survey.plain });
}

function resolved(role: ProbeRole, choice: EndpointChoice, found: FoundEndpoint | null, asked: number) {
  const type = 'endpoint-resolved' as const;
  switch (choice.kind) {
    case 'path':
      return { type, role, path: choice.path, how: 'given' as const, sureness: 'given' as const, asked: 0 };
    case 'none':
      return { type, role, path: null, how: 'none-given' as const, sureness: 'none' as const, asked: 0 };
    case 'discover':
      return found === null
        ? { type, role, path: null, how: 'not-found' as const, sureness: 'none' as const, asked }
        : { type, role, path: found.path, how: 'found' as const, sureness: found.sureness, asked };
  }
}

/** The path each probe asks in this run; roles without one are left out. */
export function probePaths(context: RunContext): { role: ProbeRole; path: string }[] {
  return (['readiness', 'liveness'] as const).flatMap((role) => {
    const choice = context.plan[role];
    const path =
      choice.kind === 'path'
        ? choice.path
        : choice.kind === 'none'
          ? null
          : (context.known.survey?.endpoints[role]?.path ?? null);
    return path === null ? [] : [{ role, path }];
  });
}
