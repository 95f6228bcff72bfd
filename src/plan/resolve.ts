import { accessSync, constants, existsSync, statSync } from 'node:fs';
import path from 'node:path';
import type { RawOptions } from './options.js';
import { suggest } from './suggest.js';
import type { CommandTarget, Plan, ProfileName, ScenarioId, SlowRequest, WebSocketPlan } from './types.js';
import * as values from './values.js';
import type { Parsed } from './values.js';

/** One wrong option: which, with which value, and what to do about it. */
export interface Problem {
  option: string;
  value: string;
  problem: string;
}

/** Where the report goes; a null path is standard output. */
export interface ReportChoice {
  format: string;
  path: string | null;
}

export interface OutputChoices {
  reports: ReportChoice[];
  record: string | null;
  quiet: boolean;
  verbose: boolean;
  /** null: decided by the terminal and by NO_COLOR and FORCE_COLOR. */
  color: boolean | null;
}

/** The ids that options may name. Passed in, because a plan knows no scenarios and no checks. */
export interface Catalogue {
  scenarios: readonly ScenarioId[];
  checks: readonly string[];
  reportFormats: readonly string[];
}

/** The part of a plan that decides how a recording is judged. */
export type Judging = Pick<
  Plan,
  'profile' | 'checks' | 'ignore' | 'strict' | 'allowInconclusive' | 'expectExit' | 'expectExitGiven' | 'routingLagMs'
>;

export type Resolution<T> = { resolved: T; problems: [] } | { resolved: null; problems: Problem[] };

const PROFILES: readonly ProfileName[] = ['kubernetes', 'standalone', 'docker', 'load-balancer'];

/** Reads raw values and collects what is wrong with them, so that all of it can be said at once. */
class Reader {
  readonly problems: Problem[] = [];

  constructor(private readonly raw: RawOptions) {}

  has(name: string): boolean {
    return this.raw[name] !== undefined;
  }

  text(name: string): string | null {
    return this.raw[name]?.at(-1) ?? null;
  }

  one<T>(name: string, parse: (text: string) => Parsed<T>, absent: T): T {
    const text = this.text(name);
    return text === null ? absent : (this.parsed(name, text, parse) ?? absent);
  }

  many<T>(name: string, parse: (text: string) => Parsed<T>): T[] {
    return (this.raw[name] ?? []).flatMap((text) => {
      const value = this.parsed(name, text, parse);
      return value === null ? [] : [value];
    });
  }

  complain(option: string, value: string, problem: string): void {
    this.problems.push({ option: `--${option}`, value, problem });
  }

  private parsed<T>(name: string, text: string, parse: (text: string) => Parsed<T>): T | null {
    const parsed = parse(text);
    if ('value' in parsed) return parsed.value;
    this.complain(name, text, parsed.problem);
    return null;
  }
}

/** Ids from comma-separated values of a repeatable option; unknown ones become problems. */
function ids(reader: Reader, name: string, raw: RawOptions, known: readonly string[]): string[] {
  return (raw[name] ?? [])
    .flatMap((text) => text.split(','))
    .map((id) => id.trim())
    .filter((id) => {
      if (known.includes(id)) return true;
      const near = suggest(id, known);
      reader.complain(
        name,
        id,
        `is not known${near === null ? '; `drain-check checks` lists what is' : `; did you mean ${near}?`}`,
      );
      return false;
    });
}

/** What `--only` and `--skip` leave of a list. `--only` speaks about a list only if it names something in it. */
function selected<T extends string>(all: readonly T[], only: readonly string[], skip: readonly string[]): T[] {
  const wanted = all.filter((id) => only.includes(id));
  return (wanted.length > 0 ? wanted : [...all]).filter((id) => !skip.includes(id));
}

function readJudging(
  reader: Reader,
  raw: RawOptions,
  catalogue: Catalogue,
  named: readonly string[],
  absent: Judging,
): Judging {
  const only = ids(reader, 'only', raw, named);
  const skip = ids(reader, 'skip', raw, named);
  return {
    profile: reader.one('profile', (text) => values.oneOf(text, PROFILES), absent.profile),
    checks: selected(absent.checks, only, skip),
    ignore: reader.has('ignore') ? ids(reader, 'ignore', raw, catalogue.checks) : absent.ignore,
    strict: reader.one('strict', values.switchValue, absent.strict),
    allowInconclusive: reader.one('allow-inconclusive', values.switchValue, absent.allowInconclusive),
    expectExit: reader.one('expect-exit', values.exitCodes, absent.expectExit),
    expectExitGiven: reader.has('expect-exit') || absent.expectExitGiven,
    routingLagMs: reader.one('routing-lag', values.duration, absent.routingLagMs),
  };
}

function readOutput(reader: Reader, catalogue: Catalogue): OutputChoices {
  const reports = reader.many<ReportChoice>('report', (text) => {
    const at = text.indexOf('=');
    const format = values.oneOf(at < 0 ? text : text.slice(0, at), catalogue.reportFormats);
    if ('problem' in format) return format;
    const file = at < 0 ? null : text.slice(at + 1);
    return file === '' ? { problem: 'has no path after the =' } : { value: { format: format.value, path: file } };
  });
  const onScreen = reports.filter((report) => report.path === null);
  if (onScreen.length > 1) {
    reader.complain(
      'report',
      onScreen.map((report) => report.format).join(', '),
      'would share standard output; give all but one a path, like json=report.json',
    );
  }
  const color = reader.one('color', values.switchValue, false);
  const noColor = reader.one('no-color', values.switchValue, false);
  return {
    reports: reports.length > 0 ? reports : [{ format: 'terminal', path: null }],
    record: reader.text('record'),
    quiet: reader.one('quiet', values.switchValue, false),
    verbose: reader.one('verbose', values.switchValue, false),
    color: color ? true : noColor ? false : null,
  };
}

function readSlow(reader: Reader): SlowRequest[] {
  const headers = reader.many('header', values.headerLine);
  const body = reader.text('body');
  const slow = reader.many('slow', (text) => values.slowRequest(text, headers, body));
  if (!reader.has('slow')) {
    if (reader.has('header'))
      reader.complain('header', reader.text('header') ?? '', 'belongs to a slow request; name one with --slow');
    if (body !== null) reader.complain('body', body, 'belongs to a slow request; name one with --slow');
  }
  return slow;
}

const CLOSE_CODES = [1000, 1001, 1012];

function readWebSocket(reader: Reader): WebSocketPlan {
  return {
    message: reader.text('websocket-message'),
    goodbye: reader.one<WebSocketPlan['goodbye']>('websocket-goodbye', values.textPattern, null),
    closeCodes: reader.one('websocket-close', values.closeCodes, CLOSE_CODES),
    closeCodesGiven: reader.has('websocket-close'),
    subprotocols: reader.many('subprotocol', values.subprotocol),
  };
}

/** A file that is there and can be read, as an absolute path. */
function readFileOption(reader: Reader, name: string, cwd: string): string | null {
  const given = reader.text(name);
  if (given === null) return null;
  const file = path.resolve(cwd, given);
  if (!existsSync(file)) reader.complain(name, given, 'does not exist');
  else if (!statSync(file).isFile()) reader.complain(name, given, 'is not a file');
  else if (!isReadable(file)) reader.complain(name, given, 'may not be read');
  return file;
}

function isReadable(file: string): boolean {
  try {
    accessSync(file, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

/** Longer paths do not fit into the address of a Unix socket. */
const LONGEST_SOCKET_PATH = 107;

function readTarget(reader: Reader, command: string, args: string[], cwd: string): CommandTarget {
  const directory = readDirectory(reader, cwd);
  const socket = reader.text('socket');
  const socketPath = socket === null ? null : path.resolve(directory, socket);
  if (socket !== null && Buffer.byteLength(socketPath ?? '') > LONGEST_SOCKET_PATH)
    reader.complain('socket', socket, `is too long for a Unix socket; it may have ${LONGEST_SOCKET_PATH} bytes`);
  if (socket !== null && reader.has('port'))
    reader.complain('socket', socket, 'stands beside --port; the target listens on one or the other');
  const ca = readFileOption(reader, 'ca', cwd);
  const servername = reader.text('servername');
  // To say how TLS is to be checked is to say that it is spoken.
  const https = reader.one('https', values.switchValue, false) || ca !== null || servername !== null;
  return {
    kind: 'command',
    command,
    args,
    cwd: directory,
    env: Object.fromEntries(reader.many('env', values.environmentEntry)),
    port: reader.one<number | null>('port', (text) => values.wholeNumber(text, 1, 65_535), null),
    socketPath,
    tls: https ? { ca, servername } : null,
    http2: reader.one('http2', values.switchValue, false),
  };
}

/** A switch and its opposite; both at once is a mistake. */
function readAsPid1(reader: Reader): Plan['asPid1'] {
  const always = reader.one('as-pid1', values.switchValue, false);
  const never = reader.one('no-as-pid1', values.switchValue, false);
  if (always && never) reader.complain('as-pid1', '', 'stands beside --no-as-pid1; give one of them');
  return always ? 'always' : never ? 'never' : 'auto';
}

function readDirectory(reader: Reader, cwd: string): string {
  const given = reader.text('cwd');
  if (given === null) return cwd;
  const directory = path.resolve(cwd, given);
  if (!existsSync(directory)) reader.complain('cwd', given, 'does not exist');
  else if (!statSync(directory).isDirectory()) reader.complain('cwd', given, 'is not a directory');
  return directory;
}

/**
 * The plan of a run and where its results go, or every problem at once.
 * @param command the target's command and arguments
 * @param cwd the directory that relative paths start from
 */
export function resolveRun(
  raw: RawOptions,
  command: readonly string[],
  catalogue: Catalogue,
  cwd: string,
): Resolution<{ plan: Plan; output: OutputChoices }> {
  const reader = new Reader(raw);
  const [program = '', ...args] = command;
  if (program === '') {
    reader.problems.push({
      option: 'command',
      value: '',
      problem: 'is missing; name what to start, like `drain-check ./myapp` or `drain-check -- node server.js`',
    });
  }
  const judging = readJudging(reader, raw, catalogue, [...catalogue.scenarios, ...catalogue.checks], {
    profile: 'kubernetes',
    checks: [...catalogue.checks],
    ignore: [],
    strict: false,
    allowInconclusive: false,
    expectExit: [0],
    expectExitGiven: false,
    routingLagMs: 5000,
  });
  const quietly = new Reader(raw);
  const scenarios = selected(
    catalogue.scenarios,
    ids(quietly, 'only', raw, [...catalogue.scenarios, ...catalogue.checks]),
    ids(quietly, 'skip', raw, [...catalogue.scenarios, ...catalogue.checks]),
  );
  if (scenarios.length === 0) reader.complain('skip', (raw['skip'] ?? []).join(', '), 'leaves no scenario to play');
  const plan: Plan = {
    target: readTarget(reader, program, args, cwd),
    ...judging,
    signal: reader.one('signal', values.signalName, 'SIGTERM'),
    scenarios,
    readiness: reader.one('ready', values.endpointChoice, { kind: 'discover' }),
    liveness: reader.one('live', values.endpointChoice, { kind: 'discover' }),
    slow: readSlow(reader),
    requests: reader.one('requests', (text) => values.wholeNumber(text, 1, 500), 5),
    streams: reader.many('stream', values.requestPath),
    websockets: reader.many('websocket', values.requestPath),
    websocket: readWebSocket(reader),
    discover: !reader.one('no-discover', values.switchValue, false),
    grpc: reader.many('grpc', values.grpcCall),
    proto: readFileOption(reader, 'proto', cwd),
    asPid1: readAsPid1(reader),
    parallel: reader.one('parallel', (text) => values.wholeNumber(text, 1, 16), 1),
    startTimeoutMs: reader.one('start-timeout', (text) => values.duration(text, 100), 30_000),
    gracePeriodMs: reader.one('grace-period', (text) => values.duration(text, 100), 30_000),
    settleMs: reader.one('settle', values.duration, 0),
    probeIntervalMs: 10,
    probeTimeoutMs: 1000,
    attemptIntervalMs: 50,
  };
  const output = readOutput(reader, catalogue);
  return finish(reader, { plan, output });
}

/** How to judge a recording again (its scenarios have been played, so only checks can be chosen): its own plan with the given options laid over it, or every problem at once. */
export function resolveJudging(
  raw: RawOptions,
  recorded: Plan,
  catalogue: Catalogue,
): Resolution<{ plan: Plan; output: OutputChoices }> {
  const reader = new Reader(raw);
  const known = recorded.checks.filter((id) => catalogue.checks.includes(id));
  const plan = {
    ...recorded,
    ...readJudging(reader, raw, catalogue, catalogue.checks, { ...recorded, checks: known }),
  };
  const output = readOutput(reader, catalogue);
  return finish(reader, { plan, output });
}

function finish<T>(reader: Reader, resolved: T): Resolution<T> {
  return reader.problems.length === 0 ? { resolved, problems: [] } : { resolved: null, problems: reader.problems };
}
