import { DrainCheckError } from '../errors.js';
import { backendsOf } from '../plan/backends.js';
import type { ExchangeKind } from '../recording/events.js';
import { SCENARIOS } from '../scenarios/index.js';
import { togetherOf } from '../scenarios/together.js';
import { givenNeeds, isMet } from '../plan/needs.js';
import { TOGETHER_OF } from '../plan/types.js';
import type { Scenario } from '../scenarios/scenario.js';
import { beginLife, type LifeToBegin } from './begin.js';
import type { RunContext } from './context.js';
import { kindsToIsolate } from './isolation.js';
import { whyNotAsPid1 } from './pid-1.js';
import type { PodToEnd } from './rehearsal.js';
import { whyNotForTarget, whyNotPlayed } from './why-not-played.js';

/** When every signal of a start came too late, so many more are sent as soon as it is begun. */
const MORE_STARTUPS = 2;

/** Events that belong to the run as a whole carry this life. */
export const NO_LIFE = -1;

/**
 * Plays the scenarios of the plan: the first one alone, since what it finds out serves the others, and these side by
 * side where the plan allows it and the target takes its port from us.
 * @param fail ends what else is going on when one of them fails
 */
export async function playScenarios(context: RunContext, fail: (reason: unknown) => void): Promise<void> {
  const waiting = playable(context);
  // What was demanded and cannot be had is said before anything is started.
  if (context.plan.asPid1 === 'always' && waiting.some((scenario) => scenario.pidNamespace))
    await whyNotAsPid1(context.plan);
  const [first, ...rest] = waiting;
  if (first === undefined) return;
  const running = new Set<Promise<void>>();
  const failures: unknown[] = [];
  const begin = (scenario: Scenario, onKnown?: () => void) => {
    const played = new Scenes(context, scenario)
      .play(onKnown)
      .catch((error: unknown) => {
        failures.push(error);
        fail(error);
      })
      .finally(() => {
        running.delete(played);
        onKnown?.();
      });
    running.add(played);
  };
  await new Promise<void>((known) => begin(first, known));
  const atOnce = context.known.takesPort ? context.plan.parallel : 1;
  for (const scenario of rest) {
    while (running.size >= atOnce) await Promise.race(running);
    if (failures.length === 0) begin(scenario);
  }
  await Promise.all(running);
  // What fails after the first failed because of it.
  if (failures.length > 0) throw failures[0];
}

/** The scenarios to play; says of the others why not. */
function playable(context: RunContext): Scenario[] {
  const { plan } = context;
  const given = givenNeeds(plan.target, plan.manifest, plan.load, plan.backends, plan.worker);
  const chosen: Scenario[] = [];
  for (const scenario of SCENARIOS) {
    const wanted = plan.scenarios.includes(scenario.id);
    // What is about something special is not mentioned without it.
    if ((scenario.id === 'together' || !isMet(scenario.needs, given)) && !wanted) continue;
    // Its part of the one life is played with the others.
    if (wanted && TOGETHER_OF.includes(scenario.id) && !context.target.restarts) continue;
    const reason = wanted ? whyNotForTarget(context, scenario) : 'it was left out by --only or --skip';
    if (reason === null) chosen.push(scenario.id === 'together' ? togetherOf(plan.scenarios) : scenario);
    else leaveOut(context, scenario, reason);
  }
  return chosen;
}

function leaveOut({ recorder }: RunContext, { id }: Scenario, reason: string): void {
  recorder.record(NO_LIFE, { type: 'scenario-skipped', scenario: id, reason });
}

/** One scenario, with the lives that belong to it. */
class Scenes {
  constructor(
    private readonly context: RunContext,
    private scenario: Scenario,
  ) {}

  /** @param onKnown called when everything that later lives need is known */
  async play(onKnown: () => void = () => undefined): Promise<void> {
    if (this.scenario.duringStartup === null) await this.#playOnce(onKnown);
    else await this.#playStartups(this.scenario.duringStartup, onKnown);
  }

  async #playOnce(onKnown: () => void): Promise<void> {
    const { context, scenario } = this;
    const { work } = context.known;
    // Namespaces are tried only when it is their turn: the first life is not to wait for that.
    const reason =
      (scenario.pidNamespace ? await whyNotAsPid1(context.plan) : null) ??
      (work === null ? null : whyNotPlayed(context, scenario, work));
    if (reason !== null) {
      leaveOut(context, scenario, reason);
      return;
    }
    const { manifest, rehearsal, target } = context.plan;
    if (scenario.id === 'kubernetes') {
      const pod = manifest?.pod ?? null;
      if (pod !== null && rehearsal !== null) await this.#rehearse({ pod, rehearsal }, onKnown);
      return;
    }
    const begun = await this.#begin('scenario');
    if (target.kind === 'url') {
      const { playOutsideLife } = await import('./outside-life.js');
      await playOutsideLife(context, scenario, begun, target);
      return;
    }
    if (scenario.id === 'dependency-down') {
      const { playDependencyDown } = await import('./dependency-life.js');
      const why = await playDependencyDown(context, scenario, begun);
      if (why !== null) leaveOut(context, scenario, why);
      onKnown();
      return;
    }
    const { worker } = context.plan;
    if (worker !== undefined) {
      const { playWorker } = await import('./worker-life.js');
      await playWorker(context, scenario, begun, worker, () => this.#begin('restart'));
      onKnown();
      return;
    }
    const { jobs } = backendsOf(context.plan);
    if (scenario.id === 'jobs' && jobs !== null) {
      const { playJobs } = await import('./jobs-life.js');
      await playJobs(context, scenario, begun, jobs, () => this.#begin('restart'));
      onKnown();
      return;
    }
    const { playLife } = await import('./life.js');
    const { outcomes, exitAfterMs, skipped } = await playLife(context, scenario, begun, null, onKnown);
    if (skipped !== null) {
      leaveOut(context, scenario, skipped);
      return;
    }
    context.known.exits.set(scenario.id, exitAfterMs);
    await this.#isolate(begun.recorder.life);
    const { needsBaseline, playBaseline } = await import('./baseline.js');
    if (scenario.id === 'drain' && context.plan.slow.length > 0 && needsBaseline(outcomes)) {
      // Without a baseline the checks that need it say so; what was seen of the drain is not lost for it.
      const again = await this.#begin('baseline');
      await playBaseline(context, again).catch((error: unknown) => {
        if (!(error instanceof DrainCheckError)) throw error;
      });
    }
  }

  /** The program is PID 1 as in its container, where that can be had. */
  async #rehearse(ending: Omit<PodToEnd, 'sidecars'>, onKnown: () => void): Promise<void> {
    const hostSemantics = await whyNotAsPid1(this.context.plan);
    this.scenario = { ...this.scenario, pidNamespace: hostSemantics === null };
    const [{ playRehearsal }, { PodSidecars }] = await Promise.all([
      import('./rehearsal.js'),
      import('./pod-sidecars.js'),
    ]);
    const sidecars = await PodSidecars.start(this.context, ending.pod.sidecars, this.scenario.pidNamespace);
    try {
      const begun = await this.#begin('scenario');
      await playRehearsal(this.context, this.scenario, begun, { ...ending, sidecars }, hostSemantics, onKnown);
    } finally {
      await sidecars.close();
    }
  }

  /**
   * Plays a slow death again with each kind of its work alone, to find out which of them held it. They are slow by nature
   * and nobody measures less than seconds in them, so they go on side by side wherever that can be.
   */
  async #isolate(life: number): Promise<void> {
    const { context, scenario } = this;
    const { playLife } = await import('./life.js');
    const play = async (alone: ExchangeKind) =>
      playLife(context, scenario, await this.#begin('isolation', { alone }), alone);
    const kinds = kindsToIsolate(context, scenario, life);
    if (!context.known.takesPort) {
      for (const alone of kinds) await play(alone);
      return;
    }
    // None is left alone in a life that goes on: all have ended before a failure is told.
    const ended = await Promise.allSettled(kinds.map(play));
    for (const one of ended) if (one.status === 'rejected') throw one.reason;
  }

  async #playStartups(parts: readonly number[], onKnown: () => void): Promise<void> {
    const { context, scenario } = this;
    const { measureStart, playStartup } = await import('./startup-life.js');
    if (context.known.readyAfterMs === null) await measureStart(context, await this.#begin('baseline'));
    onKnown();
    const play = async (part: number) => playStartup(context, scenario, await this.#begin('scenario'), part);
    let tooLate = true;
    for (const part of parts) tooLate = (await play(part)) && tooLate;
    // A start that was measured on a busy machine takes less on a quiet one.
    for (let again = 0; tooLate && again < MORE_STARTUPS; again++) tooLate = await play(0);
  }

  #begin(purpose: LifeToBegin['purpose'], more: Pick<LifeToBegin, 'alone'> = {}) {
    return beginLife(this.context, { scenario: this.scenario, purpose, life: this.context.lives.next(), ...more });
  }
}
