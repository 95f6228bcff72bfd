import { NO_BACKENDS, type BackendsPlan, type DatabasePlan, type LogsPlan, type TelemetryPlan } from './backends.js';
import { databaseUrl } from './database-url.js';
import { readJobs } from './read-jobs.js';
import type { Reader } from './reader.js';
import type { TargetPlan } from './types.js';
import * as values from './values.js';

/**
 * What stands behind the service and is to be looked at; null: nothing.
 * @param environment our own, which the target inherits
 */
export function readBackends(
  reader: Reader,
  target: TargetPlan,
  environment: Readonly<Record<string, string | undefined>>,
): BackendsPlan | null {
  const variables = { ...environment, ...(target.kind === 'command' ? target.env : {}) };
  const backends: BackendsPlan = {
    ...NO_BACKENDS,
    databases: readDatabases(reader, variables),
    telemetry: readTelemetry(reader),
    logs: readLogs(reader),
    jobs: readJobs(reader),
  };
  const { databases, telemetry, logs, jobs } = backends;
  return databases.length === 0 && telemetry === null && logs === null && jobs === null ? null : backends;
}

/** `NAME` or `NAME=url`. What is wrong with a URL is said without it. */
function readDatabases(reader: Reader, variables: Readonly<Record<string, string | undefined>>): DatabasePlan[] {
  const seen = new Set<string>();
  return reader.texts('database').flatMap((text) => {
    const at = text.indexOf('=');
    const variable = at < 0 ? text : text.slice(0, at);
    const shown = at < 0 ? variable : `${variable}=[redacted]`;
    const wrong = (problem: string) => {
      reader.complain('database', shown, problem);
      return [];
    };
    // A URL in place of a name is a likely slip, and full of secrets.
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(variable)) {
      reader.complain(
        'database',
        '',
        'does not begin with the name of a variable; write it like DATABASE_URL or DATABASE_URL=postgres://…',
      );
      return [];
    }
    if (seen.has(variable)) return wrong('names the same variable twice');
    seen.add(variable);
    const url = at < 0 ? variables[variable] : text.slice(at + 1);
    if (url === undefined || url === '')
      return wrong('is not set; give its value with --env, in the environment, or here: NAME=url');
    const parsed = databaseUrl(variable, url);
    return 'problem' in parsed ? wrong(parsed.problem) : [parsed.value];
  });
}

/** A port that is named asks for telemetry as well. */
function readTelemetry(reader: Reader): TelemetryPlan | null {
  const port = (name: string) => reader.one<number | null>(name, (text) => values.wholeNumber(text, 1, 65_535), null);
  const [otlpPort, statsdPort] = [port('otlp-port'), port('statsd-port')];
  const wanted = reader.one('telemetry', values.switchValue, false) || otlpPort !== null || statsdPort !== null;
  return wanted ? { otlpPort, statsdPort } : null;
}

function readLogs(reader: Reader): LogsPlan | null {
  const line = reader.one<string | null>('log-line', linePattern, null);
  return reader.one('logs', values.switchValue, false) || line !== null ? { line } : null;
}

/** A text with one place for an id. */
export function linePattern(text: string): values.Parsed<string> {
  return text.split('{{id}}').length === 2
    ? { value: text }
    : {
        problem: 'does not have {{id}} in one place, where the id is to stand; write it like "finished request {{id}}"',
      };
}
