import type { BackendsPlan } from './backends.js';
import { redactManifest } from './redact-manifest.js';
import type { Plan, TargetPlan } from './types.js';
import type { WorkerPlan, WorkerSight } from './worker.js';

const HIDDEN = '[redacted]';

/**
 * Hides the user information of URLs: `postgres://user:secret@host` becomes `postgres://[redacted]@host`. A password may
 * hold anything, also `@` and `/`, so all up to the last `@` goes: too much is hidden rather than too little. The
 * lengths are bounded, which keeps this linear on hostile text.
 */
export function redactText(text: string): string {
  return text
    .replace(/([a-z][a-z0-9+.-]{0,30}:\/\/)[^\s"<>]{1,500}@/gi, `$1${HIDDEN}@`)
    .replace(PASSWORD, `$1${HIDDEN}`);
}

/**
 * `password=` in the query of a URL or in a DSN of keys and values (`host=db password='a b'`, `Pwd=x;`), in a flag, or after
 * an environment's name for it (`PGPASSWORD=`). A value in quotes goes to the closing one.
 */
const PASSWORD =
  /((?:passw(?:or)?d|passphrase|\bpwd|\bpass)\s{0,4}=\s{0,4})(?:'(?:[^'\\]|\\.){0,500}'|"(?:[^"\\]|\\.){0,500}"|[^\s&;,"'<>]{1,500})/gi;

/** Shorter values are ports, words and flags, which say nothing by themselves and are in everything. */
const SHORTEST_SECRET = 8;

/** Hides what variables hold where it was put into the words of a command. */
function hideVariables(words: readonly string[], env: Record<string, string>): string[] {
  const values = Object.values(env).filter((value) => value.length >= SHORTEST_SECRET && value !== HIDDEN);
  return words.map((word) => redactText(values.reduce((text, value) => text.replaceAll(value, HIDDEN), word)));
}

function redactEnvironment(env: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.keys(env).map((name) => [name, HIDDEN]));
}

/** Options of `run` whose value is a variable or a label, with the value attached. */
const SETS = /^(--env[= ]|--label[= ]|-[el][= ]?(?=.))/;

/** The value of `NAME=value` in arguments that set a variable is a secret as often as not. */
function redactRunArgs(args: readonly string[]): string[] {
  return args.map((arg, i) => {
    const [prefix] = SETS.exec(arg) ?? [];
    if (prefix !== undefined) return hideValue(arg, prefix);
    return /^(-e|--env|-l|--label)$/.test(args[i - 1] ?? '') ? hideValue(arg, '') : redactText(arg);
  });
}

/** Hides what follows the name after a prefix; a name alone takes its value from our environment. */
function hideValue(arg: string, prefix: string): string {
  const setting = arg.slice(prefix.length);
  const at = setting.indexOf('=');
  return at < 0 ? arg : `${prefix}${setting.slice(0, at)}=${HIDDEN}`;
}

function redactTarget(target: TargetPlan): TargetPlan {
  switch (target.kind) {
    case 'command':
      return {
        ...target,
        command: redactText(target.command),
        args: hideVariables(target.args, target.env),
        env: redactEnvironment(target.env),
      };
    case 'container':
      return {
        ...target,
        args: target.args.map(redactText),
        runArgs: redactRunArgs(target.runArgs),
        env: redactEnvironment(target.env),
      };
    case 'process':
    case 'url':
      return { ...target, stop: target.stop === null ? null : redactText(target.stop) };
    case 'manifest':
      return target;
  }
}

/** Of a database only the place is told; of a job not what is in it. */
function redactBackends(backends: BackendsPlan): BackendsPlan {
  const { databases, jobs } = backends;
  return {
    ...backends,
    databases: databases.map((database) => ({ ...database, url: HIDDEN })),
    jobs:
      jobs === null
        ? null
        : {
            ...jobs,
            path: redactText(jobs.path),
            body: jobs.body === null ? null : HIDDEN,
            headers: jobs.headers.map(([name]) => [name, HIDDEN]),
          },
  };
}

/** Commands may hold anything, and URLs of queues hold passwords. */
function redactWorker(worker: WorkerPlan): WorkerPlan {
  const { ready, enqueue, jobs } = worker;
  const sight = (one: WorkerSight): WorkerSight => {
    switch (one.by) {
      case 'log':
        return one;
      case 'redis':
        return { ...one, url: HIDDEN, command: one.command.map(redactText) };
      case 'sql':
        return { ...one, url: HIDDEN, query: redactText(one.query) };
    }
  };
  return {
    ...worker,
    ready: ready.by === 'command' ? { ...ready, command: redactText(ready.command) } : ready,
    enqueue: enqueue === null ? null : redactText(enqueue),
    jobs: jobs === null ? null : { started: sight(jobs.started), done: sight(jobs.done) },
  };
}

/** A plan that may be stored and shown: environment values, header values, bodies and credentials are hidden. */
export function redactPlan(plan: Plan): Plan {
  return {
    ...plan,
    target: redactTarget(plan.target),
    slow: plan.slow.map((request) => ({
      ...request,
      path: redactText(request.path),
      headers: request.headers.map(([name]) => [name, HIDDEN]),
      body: request.body === null ? null : HIDDEN,
    })),
    headers: plan.headers.map(([name]) => [name, HIDDEN]),
    streams: plan.streams.map(redactText),
    websockets: plan.websockets.map(redactText),
    websocket: { ...plan.websocket, message: plan.websocket.message === null ? null : HIDDEN },
    grpc: plan.grpc.map((call) => ({ ...call, request: HIDDEN })),
    ...(plan.backends === undefined ? {} : { backends: redactBackends(plan.backends) }),
    ...(plan.worker === undefined ? {} : { worker: redactWorker(plan.worker) }),
    manifest:
      plan.manifest === null
        ? null
        : redactManifest(plan.manifest, { text: redactText, words: hideVariables, hidden: HIDDEN }),
  };
}
