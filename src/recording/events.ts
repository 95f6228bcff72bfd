import type { DatabaseProtocol } from '../plan/backends.js';
import type { Plan, ScenarioId } from '../plan/types.js';

/**
 * The recording: a header, then events in the order in which they were recorded. Times are milliseconds on the
 * monotonic clock since the recording began; the header holds the only wall-clock time.
 */
export const RECORDING_SCHEMA_VERSION = 1;

export interface RecordingHeader {
  schemaVersion: typeof RECORDING_SCHEMA_VERSION;
  tool: { name: string; version: string };
  /** ISO 8601, UTC. */
  startedAt: string;
  platform: string;
  node: string;
  /** The plan with secrets redacted. */
  plan: Plan;
}

/** What we keep open or send. */
export type ExchangeKind =
  | 'slow-response'
  | 'slow-upload'
  | 'reused-connection'
  | 'new-connection'
  | 'new-work'
  | 'idle-connection'
  | 'silent-connection'
  | 'kept-after-answer'
  | 'stream'
  | 'quiet-websocket'
  | 'talking-websocket'
  | 'new-websocket'
  | 'grpc-call'
  | 'grpc-stream'
  | 'stuck-upload'
  | 'stuck-stream'
  | 'stuck-websocket';

/**
 * How an exchange ended, and by whose hand.
 * answered: a complete response other than 503. rejected: a complete 503. refused: no connection.
 * short: the response began and was not complete. closed: FIN before any response. reset: RST before the response
 * was complete. timed-out: we waited and nothing came. ended-by-tester: we closed it, which proves nothing.
 *
 * A WebSocket is answered when a close frame came (`websocket-closed` has its code), closed or reset when its
 * connection just ended; one that was not upgraded ends like the response it got instead. An HTTP/2 stream is reset by
 * RST_STREAM as well, and refused when the server would not take it (REFUSED_STREAM, or beyond its GOAWAY).
 */
export type Ending =
  'answered' | 'rejected' | 'refused' | 'short' | 'closed' | 'reset' | 'timed-out' | 'ended-by-tester';

/** Which half of the pair closed a persistent connection. */
export type ClosedBy = 'fin' | 'rst' | 'tester';

/** How the length of a response body was known. `close` means only the end of the connection told. */
export type Framing = 'length' | 'chunked' | 'close' | 'none';

/** Why we say that the target had the work before the signal. */
export type ArmProof = 'accepted-and-read' | 'first-byte' | 'upgraded' | 'held-upload' | 'calibrated';

export type ProbeRole = 'readiness' | 'liveness';

/** One answer of a probe: a status, or the way in which there was none. */
export type ProbeOutcome =
  { kind: 'status'; status: number } | { kind: 'refused' | 'reset' | 'closed' | 'timed-out' | 'malformed' };

/** What a kubelet did, or made of what it saw. */
export type KubeletAct =
  | 'took-in-hand'
  | 'hook-started'
  | 'hook-ended'
  | 'hook-failed'
  /** The grace period was over, or the container was ended otherwise, before the hook was. */
  | 'hook-abandoned'
  /** The startup probe has passed, or failed as often as its threshold says. */
  | 'started'
  | 'startup-failed'
  | 'became-ready'
  | 'became-unready'
  | 'liveness-failed'
  | 'probes-stopped'
  | 'pod-gone';

/** What became of a native sidecar. */
export type SidecarAct =
  | 'started'
  /** Nobody knows its command, or it could not be started. */
  | 'not-started'
  | 'hook-started'
  | 'hook-ended'
  | 'hook-failed'
  | 'hook-abandoned'
  | 'signalled'
  | 'killed'
  | 'gone';

/** One probe request: when it was begun and when its outcome was known. */
export interface ProbeSpan {
  startedAt: number;
  endedAt: number;
}

export interface ProcessDescription {
  pid: number;
  ppid: number;
  command: string;
}

export interface ListenerDescription {
  pid: number;
  command: string;
  address: string;
  port: number;
  /** False when the owner could not be looked into (another user, file capabilities). */
  verified: boolean;
}

/**
 * Many exchanges of one kind, each on a connection of its own, which are too many for events of their own. The columns are
 * equally long; the exchanges are numbered from `first` on.
 */
export interface CrowdColumns {
  kind: ExchangeKind;
  first: number;
  method: string;
  path: string;
  /** How late our own thread was at worst while they ended: the times of endings are no better than that. Milliseconds. */
  maxLateMs: number;
  openedAt: number[];
  connectedAt: (number | null)[];
  armed: (ArmProof | null)[];
  headAt: (number | null)[];
  endedAt: number[];
  ending: Ending[];
  status: (number | null)[];
  bytes: number[];
  /** How the target ended the connection; null: it did not, or not before we did. */
  socket: ('fin' | 'rst' | null)[];
  /** Of a WebSocket's close frame; null: none came. */
  code: (number | null)[];
}

interface Stamp {
  /** Position in the recording, from 0. */
  seq: number;
  at: number;
  /** Which life of the target this belongs to, from 0. */
  life: number;
}

export type EventBody =
  | {
      type: 'life-started';
      scenario: ScenarioId;
      /** restart: what the next life does with the jobs of the one before. isolation: the same death again, with one kind of work alone, to find out which of them held the exit. */
      purpose: 'scenario' | 'baseline' | 'isolation' | 'restart';
      alone: ExchangeKind | null;
    }
  | { type: 'process-spawned'; pid: number; command: string; port: number }
  /** What was there already, or runs in a container. `pid` is 0 where no process can be seen. */
  | { type: 'target-found'; kind: 'process' | 'container' | 'url'; pid: number; name: string }
  | { type: 'processes-seen'; processes: ProcessDescription[] }
  | { type: 'output'; stream: 'stdout' | 'stderr'; text: string; dropped: number }
  | { type: 'listener-found'; listeners: ListenerDescription[]; port: number; origin: string }
  | { type: 'ready'; path: string; status: number; by: 'given' | 'found' | 'first-answer' }
  | {
      type: 'endpoint-resolved';
      role: ProbeRole;
      /** null when there is none. */
      path: string | null;
      how: 'given' | 'found' | 'none-given' | 'not-found';
      /** A name that says what it is (`/readyz`), or one that could be anything (`/health`). */
      sureness: 'given' | 'specific' | 'generic' | 'none';
      asked: number;
    }
  | { type: 'plain-path-chosen'; path: string; status: number }
  /** An endpoint whose answer does not end by itself, or that takes WebSockets. */
  | { type: 'work-endpoint'; kind: 'stream' | 'websocket'; path: string; how: 'given' | 'found' }
  /** How TLS was agreed on, and what is wrong with the certificate when it was accepted all the same. */
  | { type: 'tls-established'; protocol: string; alpn: string | null; authorized: boolean; problem: string | null }
  | {
      type: 'upload-calibrated';
      method: string;
      path: string;
      held: boolean;
      status: number | null;
      answeredAfterMs: number | null;
      reason: string | null;
    }
  | {
      type: 'exchange-opened';
      exchange: number;
      kind: ExchangeKind;
      /** Exchanges of one persistent connection share this number. */
      connection: number;
      method: string | null;
      path: string | null;
    }
  | { type: 'exchange-connected'; exchange: number }
  | { type: 'exchange-armed'; exchange: number; proof: ArmProof }
  | { type: 'exchange-not-armed'; exchange: number; reason: string }
  | { type: 'upload-released'; exchange: number }
  | {
      type: 'exchange-ended';
      exchange: number;
      ending: Ending;
      status: number | null;
      bytes: number;
      framing: Framing | null;
      /** Whether the response said that the connection will be closed; null without a response. */
      announcedClose: boolean | null;
      /** When the response head arrived. */
      headAt: number | null;
      /** How the socket ended, when that was seen before the exchange was over. */
      socket: 'fin' | 'rst' | null;
      detail: string | null;
    }
  | { type: 'connection-closed'; connection: number; by: ClosedBy }
  /** The server said on an HTTP/2 connection that it takes no more streams. */
  | { type: 'goaway'; connection: number; code: number; lastStream: number }
  /** The goodbye that the plan asks for came. */
  | { type: 'websocket-goodbye'; exchange: number; text: string }
  | {
      type: 'websocket-closed';
      exchange: number;
      /** Of the close frame; 1005 for one without a code, null when none came. */
      code: number | null;
      reason: string;
      /** Messages, not frames. */
      sent: number;
      received: number;
      /** Messages that were sent before the signal, on a connection that answered each before, and never answered. */
      lost: number;
      /** How the server ended the TCP connection; `open`: it had not when we gave up. */
      tcp: 'fin' | 'rst' | 'open';
    }
  /** Many connections were opened together: how many of how many, and why not all. */
  | {
      type: 'crowd-opened';
      asked: number;
      opened: number;
      tookMs: number;
      /** Connections that the kernel turned away for the target, since its queue was full; null: not known. */
      overflows: number | null;
      shortfall: string | null;
    }
  /** How each of many exchanges of one kind went: one place in each column is one exchange. */
  | ({ type: 'crowd-ended' } & CrowdColumns)
  | { type: 'armed'; armed: number; opened: number }
  /** The first of a life begins its death; later ones are repetitions. */
  | { type: 'signal-sent'; signal: string; pid: number }
  /** The end is begun by something other than a signal of ours: a program, or a person who was asked to. */
  | { type: 'stop-begun'; by: 'command' | 'hand'; command: string }
  /** The program ended; the end of what it printed. */
  | { type: 'stop-ended'; code: number | null; signal: string | null; output: string }
  /** Traffic was all served or all turned away for a while, and the stop was over. */
  | { type: 'traffic-settled'; serving: boolean }
  /** What the container engine tells: a signal it passed on, a death, memory that ran out. */
  | { type: 'container-event'; action: 'kill' | 'die' | 'oom'; signal: string | null; code: number | null }
  /** A pod was deleted: its end begins, and with it that of its endpoint. Clients come all the time, from before it. */
  | {
      type: 'pod-deleted';
      graceMs: number;
      /** As they were played, shortened by the scale where there is one. */
      routingLagMs: number;
      kubeletLagMs: number;
      kubelet: string;
      timeScale: number;
      /** Of requests on new connections, and as many on kept ones. */
      ratePerSecond: number;
      /** Why the target is no PID 1 of a namespace; null: it is. */
      hostSemantics: string | null;
      /** Its endpoint stays published while the pod is there, ready or not. */
      published: boolean;
    }
  | { type: 'kubelet-acted'; act: KubeletAct; detail: string | null }
  | { type: 'sidecar-acted'; sidecar: string; act: SidecarAct; detail: string | null }
  /** The endpoint is withdrawn; then nobody routes by it any more. */
  | { type: 'endpoint-moved'; to: 'withdrawn' | 'followed' }
  /** At the end of the grace period: our clients of some kinds left, and whether the target was gone then. */
  | { type: 'clients-left'; kinds: ExchangeKind[]; gone: boolean }
  /** At the end of the grace period: the signal given straight to a process that may never have got it. */
  | { type: 'signal-followed'; signal: string; pid: number; command: string }
  /** When in its start the target is signalled, and whether it was ready before that after all. */
  | { type: 'startup-timed'; afterMs: number; usuallyReadyMs: number; ready: boolean }
  | {
      type: 'probe-run';
      role: ProbeRole;
      outcome: ProbeOutcome;
      count: number;
      first: ProbeSpan;
      last: ProbeSpan;
      /** How late our own timer was at worst: a probe that was late says so. */
      maxLateMs: number;
    }
  | { type: 'process-gone'; pid: number; command: string }
  | { type: 'root-exited'; code: number | null; signal: string | null }
  | { type: 'grace-over'; alive: ProcessDescription[] }
  | { type: 'killed'; pids: number[] }
  | { type: 'outlived-root'; processes: ProcessDescription[] }
  | { type: 'port-checked'; port: number; heldBy: ProcessDescription[]; held: boolean }
  | {
      type: 'baseline-measured';
      method: string;
      path: string;
      status: number | null;
      bytes: number;
      framing: Framing | null;
      afterMs: number;
    }
  /** The target opened a connection to a database that we stand in front of. `variable` names the database. */
  | { type: 'database-opened'; connection: number; variable: string; protocol: DatabaseProtocol }
  | {
      type: 'database-closed';
      connection: number;
      /** Who ended it first; `cut`: we, to see what the target does without it. */
      by: 'target' | 'server' | 'tester' | 'cut';
      how: 'fin' | 'rst';
      /** A login was begun, or a first word said: it was no mere knock. */
      session: boolean;
      /** The target said goodbye as the protocol has it. */
      goodbye: boolean;
      observable: 'yes' | 'tls' | 'unknown';
      /** What was asked had not been answered to the end. */
      unfinished: boolean;
      transaction: boolean;
      queries: number;
      lastQueryAt: number | null;
    }
  /** A database was made unreachable for the target, which had so many connections to it. */
  | { type: 'database-cut'; variable: string; open: number }
  /** An exchange carried this id, as its trace and as its request id; null: it was sent in peace, to see where the id shows. */
  | { type: 'request-marked'; of: number | null; id: string; path: string; answeredAt: number | null }
  /** From here on requests are sent in peace to see where they show. */
  | { type: 'peace-begun' }
  /** An export of telemetry came in. `ids` are those of marked requests that it names. */
  | { type: 'telemetry-received'; sink: 'otlp'; exported: 'traces' | 'metrics' | 'logs'; bytes: number; ids: string[] }
  /** Datagrams of metrics came in, within a moment. `points` counts what was counted and timed in each series. */
  | { type: 'statsd-received'; bytes: number; series: { name: string; points: number; sampled: boolean }[] }
  /** The output names a marked request. */
  | { type: 'request-logged'; id: string }
  /** Whether the target has printed anything, and whether its last lines are whole: before the signal, and in the end. */
  | { type: 'output-state'; when: 'before' | 'end'; seen: boolean; whole: boolean }
  /** A job is submitted: in peace, at the signal, or after it. */
  | { type: 'job-submitted'; job: number; phase: 'before' | 'at' | 'after' }
  /** What became of the submission; a 2xx accepts the job. `id` is how the target calls it. */
  | { type: 'job-answered'; job: number; ending: Ending; status: number | null; id: string | null }
  /** It shows that a job is done, to one of those who watch. Each such showing is told. */
  | { type: 'job-done'; job: number; by: 'log' | 'websocket' | 'poll'; watcher: number }
  /** Someone who watches on a WebSocket is not told any more. `code` is that of the close frame, if one came. */
  | { type: 'job-watch-ended'; watcher: number; code: number | null }
  /** The next life was asked for a job that was not seen done: the last answer. */
  | { type: 'job-looked-for'; job: number; status: number | null }
  /** A queue worker is ready, and how it showed. */
  | { type: 'worker-ready'; by: 'log' | 'file' | 'command' | 'job' }
  /**
   * A queue worker has begun or finished a job, as it was seen at `at`. `since` is the last moment at which it was looked for
   * and not seen: it happened between the two.
   */
  | { type: 'worker-job'; id: string; state: 'started' | 'done'; by: 'log' | 'redis' | 'sql'; since: number }
  /** `complete`: it was followed to its end; otherwise what ended in it was ended by us. */
  | { type: 'life-ended'; complete: boolean }
  | { type: 'scenario-skipped'; scenario: ScenarioId; reason: string }
  | { type: 'run-ended'; complete: boolean };

export type RecordedEvent = EventBody & Stamp;
export type EventType = EventBody['type'];

/** The recorded event of one type, for readers that look for it. */
export type EventOf<T extends EventType> = Extract<EventBody, { type: T }> & Stamp;

export interface Recording {
  header: RecordingHeader;
  events: RecordedEvent[];
  /** False when the file ended before the run did. */
  whole: boolean;
}
