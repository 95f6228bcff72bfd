import { DrainCheckError } from '../errors.js';
import { originUrl } from '../plan/origin.js';
import type { UrlTarget } from '../plan/types.js';
import type { LifeRecorder } from '../recording/recorder.js';
import { shellCommand } from './stop-command.js';
import type { ExitStatus, FoundListeners, Goodbye, RunningTarget, Target } from './target.js';

const NOBODY: FoundListeners = { listeners: [], strangers: [], denied: [] };

/** A service known by its URL alone: no process, no signal and no exit of it can be seen, only what its clients meet. */
export class UrlService implements Target, RunningTarget {
  readonly kind = 'url';
  readonly name: string;
  readonly restarts = false;
  readonly stopSignal = null;
  /** To give a stop command is to consent to it. */
  readonly stranger = null;
  readonly pid = 0;
  readonly port: number;
  readonly procNet = '/proc/net';
  readonly address: string;
  readonly exited = new Promise<ExitStatus>(() => undefined);

  constructor(private readonly plan: UrlTarget) {
    const { host, port, tls } = plan;
    this.name = originUrl({ host, port, ...(tls === null ? {} : { tls: { ca: null, servername: null } }) });
    this.port = plan.port;
    this.address = plan.host;
  }

  prepare(): Promise<void> {
    return Promise.resolve();
  }

  start(recorder: LifeRecorder): Promise<RunningTarget> {
    recorder.record({ type: 'target-found', kind: 'url', pid: 0, name: this.name });
    return Promise.resolve(this);
  }

  goodbye(): Goodbye {
    const { stop } = this.plan;
    return stop === null ? { by: 'hand' } : { by: 'command', command: shellCommand(stop) };
  }

  hasExited(): boolean {
    return false;
  }

  listeners(): Promise<FoundListeners> {
    return Promise.resolve(NOBODY);
  }

  unixListeners(): Promise<null> {
    return Promise.resolve(null);
  }

  processes(): Promise<[]> {
    return Promise.resolve([]);
  }

  portHolders(): Promise<null> {
    return Promise.resolve(null);
  }

  kill(): Promise<number[]> {
    throw new DrainCheckError('internal', 'What is known by its URL alone cannot be killed.', 'Please report this.');
  }

  destroy(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  readonly inside = null;

  lastOutput(): string {
    return '';
  }
}
