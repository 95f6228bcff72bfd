import type { LifeRecorder } from '../recording/recorder.js';
import type { ListenerDescription, ProcessDescription } from '../recording/events.js';

/** How the process that was started ended. */
export interface ExitStatus {
  code: number | null;
  signal: string | null;
}

/** What is being stopped. One of these per run; `start` begins one life. */
export interface Target {
  readonly kind: 'command';
  /** How to call it in a sentence. */
  readonly name: string;
  /**
   * Begins a life.
   * @param options pidNamespace: as PID 1 of a namespace of its own, as in a container
   * @throws DrainCheckError when it cannot be started
   */
  start: (recorder: LifeRecorder, options: { pidNamespace: boolean }) => Promise<RunningTarget>;
  /** Ends whatever of it is still alive, in whatever state its lives are. */
  close: () => Promise<void>;
}

export interface FoundListeners {
  listeners: ListenerDescription[];
  /** Owners of the wanted port that are not the target's. */
  strangers: ProcessDescription[];
  /** Pids of the target that could not be looked into. */
  denied: number[];
}

/** A target that lives. */
export interface RunningTarget {
  /** The process that gets the signal. */
  readonly pid: number;
  /** The port it was told to use. */
  readonly port: number;
  /** Settles when the process that was started is gone; never rejects. */
  readonly exited: Promise<ExitStatus>;
  hasExited: () => boolean;
  /** The listening sockets of its processes. */
  listeners: () => Promise<FoundListeners>;
  /** Who listens on a Unix socket; null when nobody does. */
  unixListeners: (path: string) => Promise<Pick<FoundListeners, 'listeners' | 'strangers'> | null>;
  /** Every process of it that is alive: descendants, and those that carry its mark. */
  processes: (thorough: boolean) => Promise<ProcessDescription[]>;
  /** Who holds a listening socket on the port, whoever it is. Null when nobody does. */
  portHolders: (port: number) => Promise<ProcessDescription[] | null>;
  /** Kills every process of it and waits until none is left; bounded. Returns the pids that were killed. */
  destroy: () => Promise<number[]>;
  /** The last lines it printed, for a person. */
  lastOutput: () => string;
}
