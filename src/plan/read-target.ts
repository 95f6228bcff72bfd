import type { Reader } from './reader.js';
import { readContainer, readProcess, readUrlTarget } from './read-other-targets.js';
import { readDirectory, readEnvironment, readReached } from './read-reached.js';
import type { CommandTarget, TargetPlan } from './types.js';

/** The options that name a target which is not a command. */
const OTHER_KINDS = ['pid', 'docker', 'compose', 'url'] as const;

/** The target of a run: what it is, where it listens and how it is spoken to there. */
export function readTarget(reader: Reader, command: readonly string[], cwd: string): TargetPlan {
  const named = OTHER_KINDS.filter((name) => reader.has(name));
  const [kind] = named;
  // A URL beside a process says where that listens.
  const surplus = named.slice(1).find((name) => name !== 'url' || kind !== 'pid');
  if (surplus !== undefined)
    reader.complain(surplus, reader.text(surplus) ?? '', `stands beside --${kind ?? ''}; one run has one target`);
  refuseStrayOptions(reader, kind ?? 'command');
  const [program = ''] = command;
  if (kind !== undefined && kind !== 'docker' && program !== '')
    reader.problems.push({
      option: 'command',
      value: command.join(' '),
      problem: `stands beside --${kind}, which names the target already; leave one of them out`,
    });
  if (kind === undefined) return readCommand(reader, command, cwd);
  switch (kind) {
    case 'pid':
      return readProcess(reader, cwd);
    case 'url':
      return readUrlTarget(reader, cwd);
    case 'docker':
    case 'compose':
      return readContainer(reader, kind, command, cwd);
  }
}

/** Which kinds of target take an option; the others complain about it. */
const BELONGS_TO: Readonly<Record<string, readonly string[]>> = {
  stop: ['pid', 'url'],
  'after-stop': ['url'],
  'docker-run-arg': ['docker'],
  'allow-host': ['url'],
  socket: ['command', 'pid'],
  port: ['command', 'pid', 'docker', 'compose'],
  env: ['command', 'docker'],
  database: ['command'],
  telemetry: ['command'],
  'otlp-port': ['command'],
  'statsd-port': ['command'],
  logs: ['command'],
  'log-line': ['command'],
  job: ['command'],
  worker: ['command'],
  'as-pid1': ['command'],
  signal: ['command', 'pid', 'docker', 'compose'],
};

function refuseStrayOptions(reader: Reader, kind: string): void {
  for (const [name, kinds] of Object.entries(BELONGS_TO)) {
    if (!reader.has(name) || kinds.includes(kind)) continue;
    const homes = kinds.map((one) => (one === 'command' ? 'a command' : `--${one}`)).join(' or ');
    reader.complain(name, reader.text(name) ?? '', `means nothing for this target; it belongs to ${homes}`);
  }
}

function readCommand(reader: Reader, [program = '', ...args]: readonly string[], cwd: string): CommandTarget {
  if (program === '') {
    reader.problems.push({
      option: 'command',
      value: '',
      problem: 'is missing; name what to start, like `drain-check ./myapp` or `drain-check -- node server.js`',
    });
  }
  const directory = readDirectory(reader, cwd);
  return {
    kind: 'command',
    command: program,
    args,
    cwd: directory,
    env: readEnvironment(reader),
    ...readReached(reader, directory, cwd, null),
  };
}
