import type { BackendsPlan } from './backends.js';
import type { ManifestPlan } from './manifest.js';
import type { WorkerPlan } from './worker.js';

/**
 * The plan: everything a run needs to know, resolved once. JSON-safe, times in milliseconds, and no optional fields but
 * two, which say why.
 */

export type ProfileName = 'kubernetes' | 'standalone' | 'docker' | 'load-balancer';
export type ScenarioId =
  | 'drain'
  | 'idle'
  | 'streams'
  | 'stuck'
  | 'repeat-signal'
  | 'interrupt'
  | 'startup'
  | 'pid-1'
  | 'kubernetes'
  | 'load'
  | 'together'
  | 'dependency-down'
  | 'jobs';
/** The scenarios whose parts `together` has in place, all in one life. */
export const TOGETHER_OF: readonly ScenarioId[] = ['drain', 'idle', 'streams'];

/** What some scenarios and checks are about, and have no place in a plan without. */
export type Need =
  | 'listener'
  | 'replacement'
  | 'manifest'
  | 'database'
  | 'service-database'
  | 'telemetry'
  | 'jobs'
  | 'worker'
  | 'load'
  | 'logs';
/** One of them, or any of several. */
export type Needs = Need | readonly Need[];

export type SignalName = 'SIGTERM' | 'SIGINT' | 'SIGQUIT' | 'SIGHUP' | 'SIGUSR1' | 'SIGUSR2';

/** How an endpoint is to be known: looked for, named by the user, or declared absent by the user. */
export type EndpointChoice = { kind: 'discover' } | { kind: 'none' } | { kind: 'path'; path: string };

/** One request that takes long enough to be in flight when the signal is sent. */
export interface SlowRequest {
  method: string;
  path: string;
  /** Name and value, in the order given. */
  headers: [string, string][];
  body: string | null;
}

/** What WebSockets say and are to hear. */
export interface WebSocketPlan {
  /** Sent again and again on the talking ones; null: they send pings, which every server takes. */
  message: string | null;
  /** What the server is to say before it closes. */
  goodbye: TextPattern | null;
  /** Close codes that are an orderly end. */
  closeCodes: number[];
  closeCodesGiven: boolean;
  subprotocols: string[];
}

/** A text that is to be contained, or a regular expression that is to match. */
export type TextPattern = { kind: 'text'; text: string } | { kind: 'regex'; source: string; flags: string };

/** One gRPC method to call, with its request as JSON. */
export interface GrpcCall {
  /** `package.Service/Method`. */
  method: string;
  request: string;
}

/** How many connections the scenario `load` opens, by what they are for. */
export interface LoadPlan {
  requests: number;
  websockets: number;
  idle: number;
  /** The numbers were given; otherwise what the target has no endpoint for is left out. */
  given: boolean;
}

/** How the target's TLS is to be checked; certificates that nobody vouches for are accepted on this machine. */
export interface TlsPlan {
  /** Path of a PEM file with the authorities to trust. */
  ca: string | null;
  /** The name to ask for and to expect in the certificate. */
  servername: string | null;
}

/** Where a target listens and how it is spoken to there. */
export interface Reached {
  /** The port the target is known to listen on, or null to look for it. */
  port: number | null;
  /** The Unix socket it listens on instead of a port. */
  socketPath: string | null;
  tls: TlsPlan | null;
  /** Spoken to in HTTP/2: with prior knowledge, or as negotiated over TLS. */
  http2: boolean;
}

/** A command that we start ourselves. */
export interface CommandTarget extends Reached {
  kind: 'command';
  command: string;
  args: string[];
  cwd: string;
  /** Variables set beside our own environment. */
  env: Record<string, string>;
}

/** A process that runs already. */
export interface ProcessTarget extends Reached {
  kind: 'process';
  pid: number;
  /** What ends it in place of a signal: a command for the shell; null: the signal. */
  stop: string | null;
  cwd: string;
}

/** What is to become of a service behind a URL: it goes away, or another instance takes its place. */
export type AfterStop = 'gone' | 'replaced';

/** A service that is known by its URL alone. */
export interface UrlTarget extends Reached {
  kind: 'url';
  host: string;
  port: number;
  /** What ends it: a command for the shell; null: a person does, by hand. */
  stop: string | null;
  /** null: as it is seen to be. */
  afterStop: AfterStop | null;
  cwd: string;
  /** For how long traffic has to be all well or all turned away, when the stop is over. Milliseconds. */
  steadyMs: number;
  /** How long the stop may take until traffic is steady. Milliseconds. */
  stopTimeoutMs: number;
}

/** An image that is run afresh for each life, or a container that runs already. */
export interface ContainerTarget extends Reached {
  kind: 'container';
  /** The program that speaks to the engine. */
  engine: 'docker' | 'podman';
  /** Name or id of a container, else an image; with `compose` a service of the project in `cwd`. */
  name: string;
  compose: boolean;
  /** The command in the image; empty: the image's own. */
  args: string[];
  /** More arguments for `run`. */
  runArgs: string[];
  /** Variables set in the container. */
  env: Record<string, string>;
  /** The signal that was asked for; null: the one that the image names. */
  signal: SignalName | null;
  cwd: string;
}

/** Nothing that runs: manifests, judged as they are written. */
export interface ManifestTarget extends Reached {
  kind: 'manifest';
  files: string[];
  cwd: string;
}

export type TargetPlan = CommandTarget | ProcessTarget | UrlTarget | ContainerTarget | ManifestTarget;

/** How the end of a pod is rehearsed. */
export interface RehearsalPlan {
  /** From the delete until the kubelet takes the pod in hand. Milliseconds. */
  kubeletLagMs: number;
  /** The kubelet's version: the minor of Kubernetes 1.x. */
  kubeletMinor: number;
  /** Requests on new connections, and as many on kept ones. */
  ratePerSecond: number;
  /** By how much the waits that are ours are shortened; the target's own never are. 1: not at all. */
  timeScale: number;
}

export interface Plan {
  target: TargetPlan;
  profile: ProfileName;
  signal: SignalName;
  scenarios: ScenarioId[];
  /** Ids of the checks to judge, in the order of the catalogue. */
  checks: string[];
  /** Ids of checks whose verdict is shown but does not count. */
  ignore: string[];
  strict: boolean;
  allowInconclusive: boolean;
  /** Exit codes that are clean; 128 + signal is accepted beside them only when `expectExitGiven` is false. */
  expectExit: number[];
  expectExitGiven: boolean;
  readiness: EndpointChoice;
  liveness: EndpointChoice;
  slow: SlowRequest[];
  /** Sent with streams, WebSockets and gRPC calls too. Name and value, in the order given. */
  headers: [string, string][];
  /** How many requests to hold for each slow endpoint. */
  requests: number;
  /** Paths of event streams and other answers that do not end by themselves. */
  streams: string[];
  /** Paths that take WebSockets. */
  websockets: string[];
  websocket: WebSocketPlan;
  /** Whether to look for streams and WebSockets at the usual paths. */
  discover: boolean;
  grpc: GrpcCall[];
  /** Path of a .proto file; null: the server is asked by reflection. */
  proto: string | null;
  /** null: no load is asked for. */
  load: LoadPlan | null;
  /** Whether to play a death as PID 1: where it makes sense and can be had, in any case, or never. */
  asPid1: 'auto' | 'always' | 'never';
  /** How many lives may go on side by side. */
  parallel: number;
  startTimeoutMs: number;
  gracePeriodMs: number;
  /** Pause between the moment everything is armed and the signal. */
  settleMs: number;
  /** How long routes go on sending new connections after the termination began. */
  routingLagMs: number;
  probeIntervalMs: number;
  probeTimeoutMs: number;
  /** Interval of new connections and of requests on the kept connection. */
  attemptIntervalMs: number;
  /** What stands behind the service and is looked at. Absent where nothing is, as in all recordings of earlier versions. */
  backends?: BackendsPlan;
  /** What is known of a target that is a queue worker. Absent where it is none, as in all recordings of earlier versions. */
  worker?: WorkerPlan;
  /** What was read of Kubernetes manifests; null: none was given. */
  manifest: ManifestPlan | null;
  /** How the end of its pod is rehearsed; null: there is none. */
  rehearsal: RehearsalPlan | null;
}
