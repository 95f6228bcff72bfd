import { DrainCheckError } from '../errors.js';
import type { WorkerSight } from '../plan/worker.js';

/** A question to a queue, whose answer is ids of jobs; asked again and again over one connection of ours. */
export interface QueueQuestion {
  /** @throws DrainCheckError `queue-failed` when it cannot be answered */
  ask: () => Promise<string[]>;
  close: () => Promise<void>;
}

/** An answer holds no more ids than are looked at, each cut to so many characters. */
const MOST_IDS = 10_000;
const LONGEST_ID = 200;
/** Whoever does not answer by then does not. Milliseconds. */
const TIMEOUT_MS = 5000;

/**
 * Opens a question; its client is loaded where it is wanted.
 * @throws DrainCheckError `client-missing` where the client is not installed, `queue-failed` where nobody answers
 */
export async function openQuestion(sight: Exclude<WorkerSight, { by: 'log' }>): Promise<QueueQuestion> {
  return sight.by === 'redis' ? openRedis(sight) : openPostgres(sight);
}

async function openRedis(sight: Extract<WorkerSight, { by: 'redis' }>): Promise<QueueQuestion> {
  const { Redis } = await loaded('ioredis', () => import('ioredis'));
  const [name = '', ...args] = sight.command;
  const client = new Redis(sight.url, {
    lazyConnect: true,
    connectTimeout: TIMEOUT_MS,
    commandTimeout: TIMEOUT_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  // What goes wrong is told by what was asked.
  client.on('error', () => undefined);
  await answered(sight.variable, () => client.connect());
  return {
    ask: () => answered(sight.variable, async () => idsOf(await client.call(name, ...args))),
    close: () => {
      client.disconnect();
      return Promise.resolve();
    },
  };
}

async function openPostgres(sight: Extract<WorkerSight, { by: 'sql' }>): Promise<QueueQuestion> {
  const { default: pg } = await loaded('pg', () => import('pg'));
  const client = new pg.Client({
    connectionString: sight.url,
    connectionTimeoutMillis: TIMEOUT_MS,
    query_timeout: TIMEOUT_MS,
    application_name: 'drain-check',
  });
  client.on('error', () => undefined);
  await answered(sight.variable, () => client.connect());
  return {
    ask: () =>
      answered(sight.variable, async () => {
        const { rows } = await client.query({ text: sight.query, rowMode: 'array' });
        return idsOf(rows.map((row) => row[0]));
      }),
    close: () => client.end().catch(() => undefined),
  };
}

async function loaded<T>(name: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    throw new DrainCheckError(
      'client-missing',
      `What is asked of the queue needs the package ${name}, which is not installed.`,
      `Install it beside drain-check: npm install --save-dev ${name}. Or let the worker's output show its jobs: --job-started 'log:…{{id}}'.`,
      { cause },
    );
  }
}

async function answered<T>(variable: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'it is not known why';
    throw new DrainCheckError(
      'queue-failed',
      // Drivers name the host, and some the whole URL.
      `What was asked at ${variable} was not answered: ${why.replaceAll(/[a-z0-9+.-]+:\/\/\S+/gi, '[redacted]')}.`,
      'Ask it by hand, with the URL that the variable holds, and correct it in --job-started or --job-done.',
      { cause },
    );
  }
}

/** Texts and numbers of an answer, however deep; the score of a sorted set or the value of a hash is taken for an id as well. */
function idsOf(answer: unknown): string[] {
  const ids: string[] = [];
  const take = (value: unknown): void => {
    if (ids.length >= MOST_IDS || value === null || value === undefined) return;
    if (Array.isArray(value)) value.forEach(take);
    else if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint')
      ids.push(String(value).slice(0, LONGEST_ID));
    else if (Buffer.isBuffer(value)) ids.push(value.toString('utf8').slice(0, LONGEST_ID));
  };
  take(answer);
  return ids;
}
