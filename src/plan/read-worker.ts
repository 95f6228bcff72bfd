import path from 'node:path';
import { databaseUrl } from './database-url.js';
import type { Reader } from './reader.js';
import type { TargetPlan } from './types.js';
import * as values from './values.js';
import type { WorkerPlan, WorkerReadiness, WorkerSight } from './worker.js';

/** Options that mean something for a queue worker alone. */
const OWN = ['ready-log', 'ready-file', 'ready-command', 'job-started', 'job-enqueue', 'job-redelivery'] as const;

/** Options about what comes over connections, or is looked at through requests of ours. */
const OF_SERVICES = [
  'port',
  'socket',
  'https',
  'ca',
  'servername',
  'http2',
  'ready',
  'live',
  'manifest',
  'slow',
  'stream',
  'websocket',
  'grpc',
  'load',
  'telemetry',
  'otlp-port',
  'statsd-port',
  'logs',
  'log-line',
  'job',
  'job-body',
  'job-header',
  'job-id',
  'job-restart',
  'job-once',
] as const;

/**
 * What is known of a target that is a queue worker; null when it is none.
 * @param environment our own, where the URLs of queues may be
 * @param cwd the directory that relative paths start from
 */
export function readWorker(
  reader: Reader,
  target: TargetPlan,
  environment: Readonly<Record<string, string | undefined>>,
  cwd: string,
): WorkerPlan | null {
  if (!reader.one('worker', values.switchValue, false)) {
    for (const name of OWN)
      if (reader.has(name))
        reader.complain(name, shown(reader, name), 'belongs to a queue worker; say that it is one with --worker');
    return null;
  }
  for (const name of OF_SERVICES)
    if (reader.has(name))
      reader.complain(name, shown(reader, name), 'means nothing for a queue worker, which listens to nobody');
  const variables = { ...environment, ...(target.kind === 'command' ? target.env : {}) };
  const jobs = readSights(reader, variables);
  return {
    ready: readReadiness(reader, jobs !== null, cwd),
    enqueue: reader.text('job-enqueue'),
    jobs,
    redeliveryMs: reader.one<number | null>('job-redelivery', values.duration, null),
  };
}

/** What may hold a secret is not repeated. */
function shown(reader: Reader, name: string): string {
  return ['job-body', 'job-header', 'job-enqueue', 'ready-command'].includes(name)
    ? '[redacted]'
    : (reader.text(name) ?? '');
}

function readReadiness(reader: Reader, showsJobs: boolean, cwd: string): WorkerReadiness {
  const given = (['ready-log', 'ready-file', 'ready-command'] as const).filter((name) => reader.has(name));
  const [first, second] = given;
  if (second !== undefined)
    reader.complain(second, shown(reader, second), `stands beside --${first ?? ''}; say in one way when it is ready`);
  switch (first ?? 'none') {
    case 'ready-log': {
      const text = reader.one('ready-log', values.textPattern, null);
      return text === null ? { by: 'job' } : { by: 'log', text };
    }
    case 'ready-file':
      return { by: 'file', path: path.resolve(cwd, reader.text('ready-file') ?? '') };
    case 'ready-command':
      return { by: 'command', command: reader.text('ready-command') ?? '' };
    case 'none':
      if (!showsJobs && !reader.has('job-started') && !reader.has('job-done'))
        reader.complain(
          'worker',
          '',
          'needs to know when it is ready: say it with --ready-log, --ready-file or --ready-command; or how a job shows, with --job-started and --job-done',
        );
      return { by: 'job' };
  }
}

type Variables = Readonly<Record<string, string | undefined>>;

/** How it shows that a job is begun and done: both, or neither. */
function readSights(reader: Reader, variables: Variables): WorkerPlan['jobs'] {
  const [started, done] = (['job-started', 'job-done'] as const).map((name) =>
    reader.one<WorkerSight | null>(name, (text) => workerSight(text, variables), null),
  );
  if (reader.texts('job-done').length > 1)
    reader.complain('job-done', reader.text('job-done') ?? '', 'is given twice; a worker has one way to show it');
  const [has, lacks] = reader.has('job-started') ? ['job-started', 'job-done'] : ['job-done', 'job-started'];
  if (reader.has(has) && !reader.has(lacks))
    reader.complain(
      has,
      reader.text(has) ?? '',
      `needs its other half: whether a job was in hand shows with --${lacks} as well`,
    );
  return started == null || done == null ? null : { started, done };
}

const EXAMPLES =
  'write it like "log:started {{id}}", "redis:REDIS_URL LRANGE jobs:processing 0 -1" or "sql:DATABASE_URL SELECT id FROM jobs WHERE state = \'running\'"';

function workerSight(text: string, variables: Variables): values.Parsed<WorkerSight> {
  const match = /^(websocket|poll|log|redis|sql):\s*(.*)$/s.exec(text);
  const [by, rest] = [match?.[1] ?? 'log', (match?.[2] ?? text).trim()];
  if (by === 'websocket' || by === 'poll') return { problem: `asks a listener, and a worker has none; ${EXAMPLES}` };
  if (by === 'log')
    return rest.split('{{id}}').length === 2
      ? { value: { by, line: rest } }
      : { problem: `does not have {{id}} in one place, where the id of the job is to stand; ${EXAMPLES}` };
  const [, variable = '', asked = ''] = /^(\S+)\s+(.+)$/s.exec(rest) ?? [];
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(variable) || asked === '')
    return { problem: `needs the name of a variable with the URL, then what to ask; ${EXAMPLES}` };
  const url = variables[variable];
  if (url === undefined || url === '')
    return { problem: `names ${variable}, which is not set; give it with --env or in the environment` };
  const database = databaseUrl(variable, url);
  if ('problem' in database) return { problem: `names ${variable}, which ${database.problem}` };
  const { protocol } = database.value;
  const wanted = by === 'redis' ? 'redis' : 'postgres';
  if (protocol !== wanted)
    return {
      problem: `names ${variable}, which is the URL of another kind: ${by}: asks ${by === 'redis' ? 'Redis' : 'PostgreSQL'}`,
    };
  return {
    value:
      by === 'redis' ? { by, variable, url, command: asked.split(/\s+/) } : { by: 'sql', variable, url, query: asked },
  };
}
