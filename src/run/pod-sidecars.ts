import { DrainCheckError } from '../errors.js';
import type { ContainerAct, EndingContainer } from '../kubelet/container-end.js';
import type { Happening } from '../kubelet/termination.js';
import type { SidecarPlan } from '../plan/pod.js';
import { redactText } from '../plan/redact.js';
import type { SidecarAct } from '../recording/events.js';
import type { LifeRecorder } from '../recording/recorder.js';
import { sendSignal } from '../target/processes/tracker.js';
import { SpawnedTarget } from '../target/spawned.js';
import type { RunningTarget } from '../target/target.js';
import type { RunContext } from './context.js';
import type { HookStage } from './pod-hook.js';
import { hookWords, runHook, type HookRun } from './pod-hook.js';

/** A sidecar that was started, or why it was not. */
type Begun = { plan: SidecarPlan; running: RunningTarget } | { plan: SidecarPlan; why: string };

/** What the end of a pod has for its sidecars. */
export interface SidecarStage extends Omit<HookStage, 'inside'> {
  recorder: LifeRecorder;
  tell: (happening: Happening) => void;
}

/**
 * The native sidecars of a pod, those that can be started here. They are processes of their own beside the target: what
 * they print and what they open is not recorded, only how they end.
 */
export class PodSidecars {
  readonly #hooks = new Map<string, HookRun>();

  private constructor(private readonly begun: readonly Begun[]) {}

  /** Starts them, one after another, as the kubelet does before the other containers. */
  static async start(context: RunContext, plans: readonly SidecarPlan[], pidNamespace: boolean): Promise<PodSidecars> {
    const begun: Begun[] = [];
    const sidecars = new PodSidecars(begun);
    try {
      for (const plan of plans) begun.push(await startOne(context, plan, pidNamespace));
      return sidecars;
    } catch (error) {
      await sidecars.close();
      throw error;
    }
  }

  /** Those that live, in the order in which they started. */
  get living(): EndingContainer[] {
    return this.begun.flatMap((one) =>
      'running' in one && !one.running.hasExited()
        ? [{ name: one.plan.name, hook: one.plan.preStop !== null, sidecar: true }]
        : [],
    );
  }

  /** The ports on which they listen. */
  async ports(): Promise<number[]> {
    const found = await Promise.all(
      this.begun.map(async (one) => ('running' in one ? (await one.running.listeners()).listeners : [])),
    );
    return found.flat().map(({ port }) => port);
  }

  /** Says which of them are there, and from now on which of them end. */
  watch({ recorder, tell }: Pick<SidecarStage, 'recorder' | 'tell'>): void {
    for (const one of this.begun) {
      const { name } = one.plan;
      if ('why' in one) {
        note(recorder, name, 'not-started', one.why);
        continue;
      }
      if (one.running.hasExited()) {
        note(recorder, name, 'not-started', `it ended by itself before the delete${lastLine(one.running)}`);
        continue;
      }
      note(recorder, name, 'started', null);
      void one.running.exited.then(async ({ code, signal }) => {
        this.#dropHook(name, recorder, 'its container was gone before it had ended');
        // What it has left running goes with its container.
        await one.running.kill();
        note(recorder, name, 'gone', signal ?? `exit ${code ?? 'unknown'}`);
        tell({ what: 'container-gone', container: name });
      });
    }
  }

  /** Does to one of them what the kubelet does; false for a container that is none of them. */
  async perform(act: ContainerAct, signal: string, stage: SidecarStage): Promise<boolean> {
    const one = this.begun.find(({ plan }) => plan.name === act.container);
    if (one === undefined || !('running' in one)) return false;
    const { recorder } = stage;
    switch (act.do) {
      case 'run-hook':
        await this.#runHook(one.plan, one.running, stage);
        return true;
      case 'abandon-hook':
        this.#dropHook(act.container, recorder, 'the grace period was over before it had ended');
        return true;
      case 'signal': {
        const own = one.plan.stopSignal ?? signal;
        note(recorder, act.container, 'signalled', own);
        sendSignal(one.running.pid, own);
        return true;
      }
      case 'kill':
        note(recorder, act.container, 'killed', 'SIGKILL');
        await one.running.kill();
        return true;
    }
  }

  /** Ends what is left of them. */
  async close(): Promise<void> {
    for (const hook of this.#hooks.values()) hook.kill();
    this.#hooks.clear();
    await Promise.all(this.begun.flatMap((one) => ('running' in one ? [one.running.destroy()] : [])));
  }

  async #runHook({ name, preStop }: SidecarPlan, { inside }: RunningTarget, stage: SidecarStage): Promise<void> {
    if (preStop === null) return;
    note(stage.recorder, name, 'hook-started', hookWords(preStop));
    const hook = runHook(preStop, { ...stage, inside });
    this.#hooks.set(name, hook);
    const { failure, detail } = await hook.done;
    // Abandoned, or gone with its container.
    if (this.#hooks.get(name) !== hook) return;
    this.#hooks.delete(name);
    note(stage.recorder, name, failure === null ? 'hook-ended' : 'hook-failed', failure ?? detail);
    stage.tell({ what: 'hook-ended', container: name });
  }

  #dropHook(name: string, recorder: LifeRecorder, why: string): void {
    const hook = this.#hooks.get(name);
    if (hook === undefined) return;
    this.#hooks.delete(name);
    hook.abandon();
    note(recorder, name, 'hook-abandoned', why);
  }
}

async function startOne(context: RunContext, plan: SidecarPlan, pidNamespace: boolean): Promise<Begun> {
  const [command, ...args] = plan.command;
  if (command === undefined)
    return { plan, why: `its command is not in the manifest; say it with --sidecar '${plan.name}=…'` };
  const { cwd } = context.plan.target;
  const reached = { port: null, socketPath: null, tls: null, http2: false };
  const target = new SpawnedTarget(
    { kind: 'command', command, args, cwd, env: plan.env, ...reached },
    context.watchdog,
  );
  try {
    return { plan, running: await target.start(silent(context), { pidNamespace }) };
  } catch (error) {
    if (!(error instanceof DrainCheckError)) throw error;
    await target.close();
    return { plan, why: redactText(`${error.message} Say how with --sidecar '${plan.name}=…'`) };
  }
}

/** What a sidecar does is no event of the target's life. */
function silent({ recorder: { clock } }: RunContext): LifeRecorder {
  const record: LifeRecorder['record'] = (body, at = clock.now()) => ({ seq: 0, at, life: 0, ...body });
  return { life: 0, clock, record };
}

function lastLine(running: RunningTarget): string {
  const last = redactText(running.lastOutput()).trim().split('\n').at(-1) ?? '';
  return last === '' ? '' : `: ${last.slice(0, 200)}`;
}

function note(recorder: LifeRecorder, sidecar: string, act: SidecarAct, detail: string | null): void {
  recorder.record({ type: 'sidecar-acted', sidecar, act, detail });
}
