import type { TextPattern } from './types.js';

/** How it shows that a queue worker is ready; `job`: it has begun its first one. */
export type WorkerReadiness =
  { by: 'log'; text: TextPattern } | { by: 'file'; path: string } | { by: 'command'; command: string } | { by: 'job' };

/** Where something is asked for, and what. The URL holds secrets and is hidden in recordings. */
export interface QuestionPlan {
  /** The variable of the environment that holds the URL. */
  variable: string;
  url: string;
}

/**
 * How it shows that a job has been begun, or is done: by a line of the output in which `{{id}}` stands for its id, or by ids
 * that come up in the answer of a Redis command or in the first column of an SQL query.
 */
export type WorkerSight =
  | { by: 'log'; line: string }
  | ({ by: 'redis'; command: string[] } & QuestionPlan)
  | ({ by: 'sql'; query: string } & QuestionPlan);

/** A target that listens to nobody and takes its work from a queue. */
export interface WorkerPlan {
  ready: WorkerReadiness;
  /** Puts jobs into the queue, for the shell; null: they are there already. */
  enqueue: string | null;
  /** null: nothing is said of jobs. */
  jobs: { started: WorkerSight; done: WorkerSight } | null;
  /** After so long the queue gives a job back that nobody has finished; null: not known. Milliseconds. */
  redeliveryMs: number | null;
}
