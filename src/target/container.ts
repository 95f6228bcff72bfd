import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import type { InImage } from '../plan/from-manifest.js';
import type { ContainerTarget } from '../plan/types.js';
import type { LifeRecorder } from '../recording/recorder.js';
import { holdContainer, type HeldContainer } from './container-life.js';
import { cannotVerify, seeContainer } from './container-process.js';
import { removeContainer, runArguments, runFailure } from './container-run.js';
import { findSubject, type Subject } from './container-subject.js';
import { Engine } from './engine.js';
import { freePort } from './free-port.js';
import { systemProcessTable } from './processes/index.js';
import type { RunningTarget, Target } from './target.js';
import type { Watchdog } from './watchdog.js';

/** Making a container can mean copying its image. */
const RUN_TIMEOUT_MS = 300_000;

/** An image that is run afresh for each life, or a container that runs already. */
export class EngineTarget implements Target {
  readonly kind = 'container';
  readonly #engine: Engine;
  readonly #table = systemProcessTable();
  #subject: Subject | null = null;
  /** What ends each life that was begun, in whatever state it is. */
  readonly #endings: (() => Promise<void>)[] = [];
  #closed = false;

  constructor(
    private readonly plan: ContainerTarget,
    private readonly watchdog: Watchdog,
    /** What the container's manifest says; null: there is none. */
    private readonly manifest: InImage | null = null,
  ) {
    this.#engine = new Engine(plan.engine, plan.cwd, watchdog);
  }

  get name(): string {
    if (this.#subject === null) return this.plan.name;
    return this.#subject.kind === 'image' ? `image ${this.plan.name}` : `container ${this.#subject.name}`;
  }

  get restarts(): boolean {
    return this.#subject?.kind !== 'container';
  }

  get stopSignal(): string | null {
    return this.plan.signal === null ? (this.#subject?.stopSignal ?? null) : null;
  }

  get stranger(): string | null {
    if (this.#subject?.kind !== 'container') return null;
    return `the container ${this.#subject.name} (image ${this.#subject.image})`;
  }

  async prepare(): Promise<void> {
    await this.#engine.wake();
    const subject = await findSubject(this.#engine, this.plan);
    this.#subject = subject;
    if (!existsSync('/proc/self/stat')) {
      const name = subject.kind === 'container' ? subject.name : null;
      throw cannotVerify(this.plan.engine, name, 'runs where this system does not show it');
    }
    // One that is dead by now is told of when its life is to begin.
    if (subject.kind === 'container') await seeContainer(this.#engine, this.#table, subject.id, null);
  }

  async start(recorder: LifeRecorder): Promise<RunningTarget> {
    if (this.#subject === null) throw new Error('a target is prepared before it is started');
    const common = {
      engine: this.#engine,
      table: this.#table,
      called: this.name,
      begunAt: recorder.clock.now(),
      begunOn: new Date(),
    };
    return this.#subject.kind === 'image'
      ? this.#run(common, recorder)
      : this.#hold({ ...common, id: this.#subject.id, port: this.plan.port ?? 0, own: null }, recorder);
  }

  async #hold(held: HeldContainer, recorder: LifeRecorder): Promise<RunningTarget> {
    const running = await holdContainer(held, recorder);
    this.#endings.push(() => running.destroy());
    // It was closed while this life began, so nobody else will end what follows the container.
    if (this.#closed) await running.destroy();
    return running;
  }

  async #run(common: Omit<HeldContainer, 'id' | 'port' | 'own'>, recorder: LifeRecorder): Promise<RunningTarget> {
    const { plan, watchdog } = this;
    const port = plan.port ?? (await freePort());
    const [life, marker] = [randomUUID(), randomUUID()];
    const id = `drain-check-${life}`;
    watchdog.container(plan.engine, life);
    watchdog.mark(marker);
    const launched = this.#engine.ask(runArguments(plan, { id, life, marker, port }, this.manifest), RUN_TIMEOUT_MS);
    let removal: Promise<void> | undefined;
    const remove = () => (removal ??= this.#remove(id, life, launched));
    this.#endings.push(remove);
    const answer = await launched;
    try {
      if (answer.code !== 0) throw runFailure(plan, this.#engine, answer);
      const onNew = (row: { pid: number; startedAt: string }) => watchdog.watch(row.pid, row.startedAt);
      return await this.#hold({ ...common, id, port, own: { marker, onNew, remove } }, recorder);
    } catch (error) {
      await remove();
      throw error;
    }
  }

  /** Removes a container of ours, also one whose `run` is still under way or failed half-way. */
  async #remove(id: string, life: string, launched: Promise<unknown>): Promise<void> {
    await launched;
    if (await removeContainer(this.#engine, id)) this.watchdog.containerGone(life);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#endings.map((end) => end()));
  }
}
