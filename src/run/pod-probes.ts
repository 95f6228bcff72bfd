import { setTimeout as sleep } from 'node:timers/promises';
import type { PodPlan, PodProbe } from '../plan/pod.js';
import { ProbeState } from '../kubelet/probe-state.js';
import { askGrpcHealth } from '../probes/ask-grpc.js';
import { askTcp } from '../probes/ask-tcp.js';
import { askAsKubelet } from '../probes/kubelet-http.js';
import { ProbePoller } from '../probes/poller.js';
import { isGood } from '../recording/facts/probe.js';
import type { ProbeOutcome, ProbeRole } from '../recording/events.js';
import type { LifeRecorder } from '../recording/recorder.js';
import type { InsideRun } from '../target/inside.js';
import type { PodAddress } from './pod-address.js';

/** What probing a pod needs. */
export interface PodProbing {
  pod: PodPlan;
  address: PodAddress;
  inside: ((command: readonly string[]) => InsideRun) | null;
  recorder: LifeRecorder;
  minor: number;
  /** When its container started, as a time of the recording. */
  startedAt: number;
  /** For so long a startup probe may fail here at the most. Milliseconds. */
  startTimeoutMs: number;
}

/** The kubelet's probes of one pod, at their own cadence, with what it makes of their results. */
export class PodProbes {
  readonly #pollers = new Map<ProbeRole, ProbePoller>();
  readonly #stopped = new AbortController();

  /** Settles when the startup probe has passed, or there is none; and when it never will. */
  readonly started: Promise<void>;

  constructor(private readonly probing: PodProbing) {
    this.started = this.#start(probing.pod.startup).catch(() => undefined);
  }

  /** Whether there is a probe of this role that is asked. */
  has(role: ProbeRole): boolean {
    return this.#pollers.has(role);
  }

  stop(role: ProbeRole): void {
    this.#pollers.get(role)?.stop();
    this.#pollers.delete(role);
  }

  close(): void {
    this.#stopped.abort();
    for (const role of [...this.#pollers.keys()]) this.stop(role);
  }

  /** Nothing else is asked before the startup probe has passed. */
  async #start(startup: PodProbe | null): Promise<void> {
    const { pod, recorder } = this.probing;
    const failure = startup === null ? null : await this.#startupFailure(startup);
    if (startup !== null)
      recorder.record({ type: 'kubelet-acted', act: failure === null ? 'started' : 'startup-failed', detail: failure });
    if (this.#stopped.signal.aborted) return;
    this.#begin('readiness', pod.readiness);
    this.#begin('liveness', pod.liveness);
  }

  /** Asks the startup probe until it passes; how it failed where it does not. */
  async #startupFailure(probe: PodProbe): Promise<string | null> {
    const ask = this.#question(probe);
    // What cannot be asked from here is not held against it.
    if (ask === null) return null;
    const { recorder, startedAt, startTimeoutMs } = this.probing;
    const { signal } = this.#stopped;
    const state = new ProbeState(probe, 'good');
    const nap = (ms: number) => sleep(Math.max(0, ms), undefined, { signal, ref: false });
    await nap(startedAt + probe.initialDelayMs - recorder.clock.now());
    const deadline = recorder.clock.now() + startTimeoutMs;
    for (let asked = 1; ; asked++) {
      const askedAt = recorder.clock.now();
      const outcome = await ask();
      if (isGood(outcome)) return null;
      const how = `${outcome.kind === 'status' ? `status ${outcome.status}` : outcome.kind} when it was asked ${asked === 1 ? 'once' : `${asked} times`}`;
      if (state.note(false) || recorder.clock.now() >= deadline) return how;
      await nap(askedAt + probe.periodMs - recorder.clock.now());
    }
  }

  #begin(role: ProbeRole, probe: PodProbe | null): void {
    const ask = probe === null ? null : this.#question(probe);
    if (probe === null || ask === null) return;
    const { recorder, startedAt } = this.probing;
    const state = new ProbeState(probe, role === 'readiness' ? 'bad' : 'good');
    const poller = new ProbePoller({
      role,
      origin: this.probing.address.originOf(0),
      path: '',
      intervalMs: probe.periodMs,
      timeoutMs: probe.timeoutMs,
      clock: recorder.clock,
      ask,
      onRun: (run) => recorder.record({ type: 'probe-run', ...run }),
      onOutcome: (outcome) => this.#note(role, state, isGood(outcome)),
    });
    this.#pollers.set(role, poller);
    const ageMs = recorder.clock.now() - startedAt;
    const waitMs = state.isDue(ageMs) ? 0 : probe.initialDelayMs - ageMs;
    void sleep(Math.max(0, waitMs), undefined, { signal: this.#stopped.signal, ref: false })
      .then(() => (this.#pollers.has(role) ? poller.start() : undefined))
      .catch(() => undefined);
  }

  #note(role: ProbeRole, state: ProbeState, passed: boolean): void {
    if (!state.note(passed)) return;
    const { recorder } = this.probing;
    const good = state.health === 'good';
    if (role === 'readiness')
      recorder.record({ type: 'kubelet-acted', act: good ? 'became-ready' : 'became-unready', detail: null });
    // A pod that ends already is not ended again by it.
    else if (!good) recorder.record({ type: 'kubelet-acted', act: 'liveness-failed', detail: null });
  }

  /** How a probe is asked; null for a host that is not the pod itself. */
  #question({ ask, timeoutMs }: PodProbe): (() => Promise<ProbeOutcome>) | null {
    const { address, inside, minor } = this.probing;
    switch (ask.kind) {
      case 'http': {
        const url = address.urlOf(ask.request);
        return url === null ? null : () => askAsKubelet({ url, headers: ask.request.headers, minor, timeoutMs });
      }
      case 'tcp':
        return () => askTcp(address.host, address.portOf(ask.port), timeoutMs);
      case 'grpc':
        return () => askGrpcHealth({ ...address.originOf(ask.port), http2: true }, timeoutMs, ask.service);
      case 'exec':
        return inside === null ? null : () => askByCommand(inside(ask.command), timeoutMs);
    }
  }
}

/** A command that exits with 0 passes, told as HTTP would tell it; one that takes too long has failed, and is ended. */
async function askByCommand(run: InsideRun, timeoutMs: number): Promise<ProbeOutcome> {
  const late = new AbortController();
  const outcome = await Promise.race([
    run.done.then(({ code }): ProbeOutcome => ({ kind: 'status', status: code === 0 ? 200 : 503 })),
    sleep(timeoutMs, { kind: 'timed-out' } as const, { signal: late.signal, ref: false }).catch((): ProbeOutcome => ({
      kind: 'timed-out',
    })),
  ]);
  late.abort();
  if (outcome.kind === 'timed-out') run.kill();
  return outcome;
}
