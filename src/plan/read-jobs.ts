import type { JobId, JobSight, JobsPlan } from './backends.js';
import type { Reader } from './reader.js';
import * as values from './values.js';

const MOST_JOBS = 20_000;
const BELONGING = ['job-body', 'job-id', 'job-done', 'job-restart', 'job-once', 'jobs'] as const;

/** How jobs are submitted, and how their completion shows; null when none are. */
export function readJobs(reader: Reader): JobsPlan | null {
  const given = reader.text('job');
  // What is said of a worker's jobs is read where the worker is.
  if (given === null && reader.isOn('worker')) return null;
  if (given === null) {
    for (const name of BELONGING)
      if (reader.has(name) && !(name === 'jobs' && reader.text(name) === '20'))
        reader.complain(name, reader.text(name) ?? '', 'belongs to accepted jobs; say how one is submitted with --job');
    return null;
  }
  const body = reader.text('job-body');
  const headers = reader.many('job-header', values.headerLine);
  const submit = reader.one('job', (text) => values.slowRequest(text, headers, null), null);
  const [method, path] = [submit?.method ?? 'POST', submit?.path ?? '/'];
  // A method that nobody wrote is the usual one.
  const used = /\s/.test(given.trim()) ? method : 'POST';
  if (body !== null && (used === 'GET' || used === 'HEAD'))
    reader.complain('job-body', '[redacted]', `stands beside the method ${used}, which carries no body`);
  const own = `${path}${body ?? ''}`.includes('{{uuid}}');
  const id = reader.one<JobId>(
    'job-id',
    (text) => jobId(text, own),
    own ? { from: 'own' } : { from: 'json', pointer: '/id' },
  );
  const done = reader.many('job-done', jobSight);
  const restart = reader.one('job-restart', values.switchValue, false);
  if (!reader.has('job-done'))
    reader.complain('job', given, 'needs to know how it shows that a job is done; say it with --job-done');
  return {
    method: used,
    path,
    body,
    headers,
    id,
    done,
    restart,
    once: reader.one('job-once', values.switchValue, false),
    count: reader.one('jobs', (text) => values.wholeNumber(text, 1, MOST_JOBS), 20),
  };
}

function jobId(text: string, own: boolean): values.Parsed<JobId> {
  if (text === 'own')
    return own
      ? { value: { from: 'own' } }
      : { problem: 'needs {{uuid}} in the path or in --job-body, for there is no id of our own without it' };
  if (text.startsWith('/')) return { value: { from: 'json', pointer: text } };
  const header = /^header:\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+)$/i.exec(text);
  return header === null
    ? { problem: 'is no place of an id; write a JSON pointer (/data/id), header:Name, or own' }
    : { value: { from: 'header', name: (header[1] ?? '').toLowerCase() } };
}

/** `websocket:/path text {{id}}`, `poll:/path/{{id}} text`, or a line of the log. */
function jobSight(text: string): values.Parsed<JobSight> {
  const match = /^(websocket|poll|log):\s*(.*)$/s.exec(text);
  const [by, rest] = [match?.[1] ?? 'log', (match?.[2] ?? text).trim()];
  if (by === 'log') {
    const wrong = withId(rest);
    return wrong === null ? { value: { by, line: rest } } : { problem: wrong };
  }
  const [path = '', ...words] = rest.split(/\s+/);
  const valid = values.requestPath(path.replaceAll(/[{}]/g, ''));
  if ('problem' in valid) return { problem: `has, after ${by}:, what ${valid.problem}` };
  const wanted = words.join(' ');
  if (by === 'websocket') {
    const wrong = withId(wanted === '' ? '{{id}}' : wanted);
    return wrong === null ? { value: { by, path, text: wanted === '' ? '{{id}}' : wanted } } : { problem: wrong };
  }
  const wrong = withId(path);
  if (wrong !== null) return { problem: wrong };
  const done = wanted === '' ? null : values.textPattern(wanted);
  if (done !== null && 'problem' in done) return { problem: `has, after its path, a text that ${done.problem}` };
  return { value: { by: 'poll', path, text: done?.value ?? null } };
}

function withId(text: string): string | null {
  return text.split('{{id}}').length === 2
    ? null
    : 'does not have {{id}} in one place, where the id of the job is to stand; write it like "log:done {{id}}", "websocket:/ws done {{id}}" or "poll:/tasks/{{id}} done"';
}
