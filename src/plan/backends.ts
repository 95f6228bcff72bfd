import type { Plan, TextPattern } from './types.js';

/** The protocols of databases that can be followed. */
export type DatabaseProtocol = 'postgres' | 'mysql' | 'redis';

/** A database that the target finds through a variable of its environment. */
export interface DatabasePlan {
  /** Name of the variable. */
  variable: string;
  protocol: DatabaseProtocol;
  host: string;
  port: number;
  /** The variable's value, which holds secrets; hidden in recordings. */
  url: string;
}

/** Where telemetry is received; a null port is a free one. */
export interface TelemetryPlan {
  otlpPort: number | null;
  statsdPort: number | null;
}

export interface LogsPlan {
  /** A line that names a request, `{{id}}` standing for its id; null: the id anywhere in the output will do. */
  line: string | null;
}

/** Where the id of a job is found in the answer to its submission; `own`: it is the one that we put in. */
export type JobId = { from: 'own' } | { from: 'json'; pointer: string } | { from: 'header'; name: string };

/** How it shows that a job is done. In texts and paths `{{id}}` stands for the id of the job. */
export type JobSight =
  | { by: 'log'; line: string }
  | { by: 'websocket'; path: string; text: string }
  | { by: 'poll'; path: string; text: TextPattern | null };

/** How jobs are submitted, and how their completion shows. In path and body `{{uuid}}` is a fresh one for each. */
export interface JobsPlan {
  method: string;
  path: string;
  body: string | null;
  headers: [string, string][];
  id: JobId;
  done: JobSight[];
  /** What was not seen done may be done by the next life. */
  restart: boolean;
  once: boolean;
  /** How many are submitted before the signal. */
  count: number;
}

/** What stands behind the service and is looked at. */
export interface BackendsPlan {
  databases: DatabasePlan[];
  telemetry: TelemetryPlan | null;
  logs: LogsPlan | null;
  jobs: JobsPlan | null;
}

export const NO_BACKENDS: BackendsPlan = { databases: [], telemetry: null, logs: null, jobs: null };

export function backendsOf({ backends }: Pick<Plan, 'backends'>): BackendsPlan {
  return backends ?? NO_BACKENDS;
}
