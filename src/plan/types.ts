/**
 * The plan: everything a run needs to know, resolved once. JSON-safe, no optional fields, times in milliseconds.
 */

export type ProfileName = 'kubernetes' | 'standalone' | 'docker' | 'load-balancer';
export type ScenarioId = 'drain' | 'idle';
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

/** A command that we start ourselves. */
export interface CommandTarget {
  kind: 'command';
  command: string;
  args: string[];
  cwd: string;
  /** Variables set beside our own environment. */
  env: Record<string, string>;
  /** The port the target is known to listen on, or null to look for it. */
  port: number | null;
}

export interface Plan {
  target: CommandTarget;
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
  /** How many requests to hold for each slow endpoint. */
  requests: number;
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
}
