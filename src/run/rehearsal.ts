import { setTimeout as sleep } from 'node:timers/promises';
import { kubeletBehaviour } from '../kubelet/behaviour.js';
import type { ContainerAct } from '../kubelet/container-end.js';
import { Termination, type Happening, type PodAct } from '../kubelet/termination.js';
import type { PodPlan } from '../plan/pod.js';
import type { RehearsalPlan } from '../plan/types.js';
import type { KubeletAct } from '../recording/events.js';
import type { Scenario } from '../scenarios/scenario.js';
import { assertAlive } from './alive.js';
import { untilAborted } from './aborted.js';
import { bringUp, type BegunLife } from './begin.js';
import type { Progress, RunContext } from './context.js';
import { DeathWatch } from './death.js';
import { KeptClients } from './kept-clients.js';
import { lookForWork } from './known-work.js';
import { checkPort, newConnectionsPlan } from './life.js';
import { PodAddress } from './pod-address.js';
import { PodEnd } from './pod-end.js';
import { hookWords, runHook, type HookRun } from './pod-hook.js';
import { PodProbes } from './pod-probes.js';
import type { PodSidecars } from './pod-sidecars.js';

/** Clients come for so long before the delete, so that it is known how it is in peace. Milliseconds. */
const PEACE_MS = 2000;
/** With the waits shortened, it is no less than this. Milliseconds. */
const LEAST_PEACE_MS = 500;
/** What is still open this long after the last is gone is ended by us. Milliseconds. */
const LAST_WAIT_MS = 500;
/** A program that ended before it was signalled is given so long to take its children with it. Milliseconds. */
const WITHOUT_SIGNAL_MS = 2000;

/** A pod, and how its end is rehearsed. */
export interface PodToEnd {
  pod: PodPlan;
  rehearsal: RehearsalPlan;
  /** Those of its sidecars that were started. Whoever started them ends them. */
  sidecars: PodSidecars;
}

/**
 * Plays the end of a pod under traffic: what the kubelet does to the target, and what the endpoint does to its clients.
 * @param hostSemantics why the target is no PID 1 of a namespace; null: it is
 * @param onKnown called when everything that later lives need is known
 * @throws DrainCheckError when there can be no verdict
 */
export async function playRehearsal(
  context: RunContext,
  scenario: Scenario,
  begun: BegunLife,
  ending: PodToEnd,
  hostSemantics: string | null,
  onKnown: () => void,
): Promise<void> {
  const life = new Rehearsal(context, scenario, begun, ending);
  let complete = false;
  try {
    await life.prepare(onKnown);
    await life.play(hostSemantics);
    complete = true;
  } finally {
    await life.close();
    begun.recorder.record({ type: 'life-ended', complete });
  }
}

class Rehearsal {
  private readonly pod: PodPlan;
  private readonly rehearsal: RehearsalPlan;
  private readonly sidecars: PodSidecars;
  #probes: PodProbes | null = null;
  #kept: KeptClients | null = null;
  #end: PodEnd | null = null;
  #hook: HookRun | null = null;
  /** A hook that nobody waits for any more may still run. */
  #abandoned: HookRun | null = null;
  #address: PodAddress | null = null;
  #death: DeathWatch | null = null;
  #dying: Promise<unknown> | null = null;

  constructor(
    private readonly context: RunContext,
    private readonly scenario: Scenario,
    private readonly begun: BegunLife,
    { pod, rehearsal, sidecars }: PodToEnd,
  ) {
    this.pod = pod;
    this.rehearsal = rehearsal;
    this.sidecars = sidecars;
  }

  /** Brings it up, begins to probe, and lets clients come. */
  async prepare(onKnown: () => void): Promise<void> {
    const { context, begun, pod, rehearsal } = this;
    const { recorder, running } = begun;
    const { kubeletMinor: minor } = rehearsal;
    this.#tell('waiting until ready');
    const origin = await bringUp(context, begun);
    this.#tell('looking around');
    context.observer.start();
    this.#death = new DeathWatch(running, recorder, context.exitWatcher);
    await this.#death.lookAround();
    const work = (context.known.work ??= await untilAborted(lookForWork(context, origin, recorder), context.abort));
    onKnown();
    const { listeners } = await running.listeners();
    const own = listeners.map((listener) => listener.port);
    this.#address = new PodAddress(origin, own, await this.sidecars.ports(), context.plan.manifest?.servedPort ?? null);
    this.#probes = new PodProbes({
      pod,
      address: this.#address,
      inside: running.inside,
      recorder,
      minor,
      startedAt: begun.startedAt,
      startTimeoutMs: context.plan.startTimeoutMs,
    });
    await untilAborted(Promise.race([this.#probes.started, running.exited]), context.abort);
    this.#tell('loading');
    const intervalMs = 1000 / rehearsal.ratePerSecond;
    const newConnections = { ...newConnectionsPlan(context, origin, work), intervalMs };
    context.observer.attempt({ life: recorder.life, newConnections });
    const exchanges = { recorder, numbering: context.numbering };
    this.#kept = new KeptClients(exchanges, origin, newConnections.path, rehearsal.ratePerSecond);
    const peaceMs = Math.max(LEAST_PEACE_MS, PEACE_MS / rehearsal.timeScale);
    await sleep(Math.max(peaceMs, context.plan.settleMs), undefined, { signal: context.abort });
    await assertAlive(running, 'before its pod was deleted');
  }

  /** From the delete until the pod is gone and nobody comes any more. */
  async play(hostSemantics: string | null): Promise<void> {
    const { context, pod, rehearsal, begun } = this;
    const { recorder, running } = begun;
    const { timeScale, kubeletMinor } = rehearsal;
    const kubeletLagMs = rehearsal.kubeletLagMs / timeScale;
    const routingLagMs = context.plan.routingLagMs / timeScale;
    const containers = [{ name: pod.container, hook: pod.preStop !== null, sidecar: false }, ...this.sidecars.living];
    const graceSeconds = Math.round(pod.gracePeriodMs / 1000);
    const { publishNotReadyAddresses } = pod;
    const ending = { graceSeconds, containers, kubeletLagMs, routingLagMs, publishNotReadyAddresses };
    const termination = new Termination(ending, kubeletBehaviour(kubeletMinor));
    this.#tell('draining');
    const deletedAt = recorder.clock.now();
    recorder.record(
      {
        type: 'pod-deleted',
        graceMs: pod.gracePeriodMs,
        routingLagMs,
        kubeletLagMs,
        kubelet: `1.${kubeletMinor}`,
        timeScale,
        ratePerSecond: rehearsal.ratePerSecond,
        hostSemantics,
        published: publishNotReadyAddresses,
      },
      deletedAt,
    );
    await new Promise<void>((over, fail) => {
      const perform = (act: PodAct) => {
        this.#perform(act).catch(fail);
        if (termination.over) over();
      };
      const end = new PodEnd(termination, recorder.clock, deletedAt, perform);
      this.#end = end;
      context.abort.addEventListener('abort', () => fail(context.abort.reason as Error), { once: true });
      this.sidecars.watch({ recorder, tell: (happening) => end.tell(happening) });
      void running.exited.then(() => this.#targetGone(end)).catch(fail);
      end.start();
    });
    await this.#dying;
    this.#kept?.stop();
    await sleep(LAST_WAIT_MS, undefined, { signal: context.abort });
    this.#probes?.close();
    this.#kept?.close();
    await context.observer.stop(recorder.life);
    if (context.known.origin !== null) await checkPort(begun, context.known.origin);
  }

  /** Ends everything, in whatever state it is. */
  async close(): Promise<void> {
    this.#end?.stop();
    this.#probes?.close();
    this.#kept?.close();
    this.#hook?.kill();
    await this.begun.running.destroy();
    await this.context.observer.stop(this.begun.recorder.life);
  }

  async #perform(act: PodAct): Promise<void> {
    const { context, begun } = this;
    const { recorder } = begun;
    if ('container' in act && act.container !== this.pod.container) return this.#performOnSidecar(act);
    switch (act.do) {
      case 'withdraw-endpoint':
        recorder.record({ type: 'endpoint-moved', to: 'withdrawn' });
        return;
      case 'routes-followed':
        context.observer.leave(recorder.life);
        this.#kept?.noRoute();
        recorder.record({ type: 'endpoint-moved', to: 'followed' });
        return;
      case 'take-in-hand':
        this.#note('took-in-hand');
        this.#stopProbes();
        return;
      case 'run-hook':
        await this.#runHook();
        return;
      case 'abandon-hook':
        this.#abandonHook('the grace period was over before it had ended');
        return;
      case 'signal':
        await this.#signal(act.graceMs);
        return;
      case 'kill':
        // The watch over its death kills at the end of the grace period.
        return;
      case 'pod-gone':
        this.#note('pod-gone');
        this.#probes?.close();
    }
  }

  async #performOnSidecar(act: ContainerAct): Promise<void> {
    if (this.#address === null) return;
    const { recorder } = this.begun;
    const { kubeletMinor: minor, timeScale } = this.rehearsal;
    const tell = (happening: Happening) => this.#end?.tell(happening);
    const stage = { recorder, tell, address: this.#address, minor, timeScale };
    await this.sidecars.perform(act, 'SIGTERM', stage);
  }

  /** Today's kubelets ask for liveness no more; some asked for nothing. */
  #stopProbes(): void {
    const behaviour = kubeletBehaviour(this.rehearsal.kubeletMinor);
    const stopped = [
      ...(behaviour.livenessGoesOn ? [] : (['liveness'] as const)),
      ...(behaviour.readinessGoesOn ? [] : (['readiness'] as const)),
    ].filter((role) => this.#probes?.has(role) === true);
    for (const role of stopped) this.#probes?.stop(role);
    if (stopped.length > 0) this.#note('probes-stopped', stopped.join(', '));
  }

  async #runHook(): Promise<void> {
    const { pod } = this;
    const { kubeletMinor: minor, timeScale } = this.rehearsal;
    if (pod.preStop === null || this.#address === null) return;
    this.#note('hook-started', hookWords(pod.preStop));
    const { inside } = this.begun.running;
    const hook = runHook(pod.preStop, { address: this.#address, inside, minor, timeScale });
    this.#hook = hook;
    const { failure, detail } = await hook.done;
    // Abandoned, or gone with its container.
    if (this.#hook !== hook || this.begun.running.hasExited()) return;
    this.#hook = null;
    this.#note(failure === null ? 'hook-ended' : 'hook-failed', failure ?? detail);
    this.#end?.tell({ what: 'hook-ended', container: pod.container });
  }

  #abandonHook(why: string): void {
    if (this.#hook === null) return;
    this.#abandoned = this.#hook;
    this.#hook.abandon();
    this.#hook = null;
    this.#note('hook-abandoned', why);
  }

  async #signal(graceMs: number): Promise<void> {
    const { context, begun, scenario } = this;
    const { recorder, running } = begun;
    const signal = this.pod.stopSignal ?? scenario.signal ?? context.plan.signal;
    const { life } = recorder;
    const order = { life, pid: running.pid, signal, repeatAfterMs: null, newConnections: null };
    const at = await context.observer.signal(order);
    // It ended just now, and its end is told of otherwise.
    if (at === null || this.#death === null) return;
    this.#dying = this.#death.untilGone(at, graceMs, context.abort);
    await this.#dying;
  }

  /** PID 1 is gone, and everything in its container with it. */
  async #targetGone(end: PodEnd): Promise<void> {
    this.#abandonHook('its container was gone before it had ended');
    this.#abandoned?.kill();
    const { context, begun } = this;
    // With host semantics that takes somebody to do it.
    await begun.running.kill();
    this.#dying ??= this.#death?.untilGone(begun.recorder.clock.now(), WITHOUT_SIGNAL_MS, context.abort) ?? null;
    await this.#dying;
    end.tell({ what: 'container-gone', container: this.pod.container });
  }

  #note(act: KubeletAct, detail: string | null = null): void {
    this.begun.recorder.record({ type: 'kubelet-acted', act, detail });
  }

  #tell(phase: Progress['phase']): void {
    this.context.onProgress({ scenario: this.scenario.id, phase, inFlight: 0 });
  }
}
