/** Headings under which `--help` groups the options. */
export type OptionGroup =
  | 'Configuration'
  | 'Target'
  | 'Kubernetes'
  | 'Work in flight'
  | 'Behind the service'
  | 'Queue workers'
  | 'Scenarios'
  | 'Timing'
  | 'Judging'
  | 'Output';

export interface OptionSpec {
  /** The long name, without dashes; also `DRAIN_CHECK_<NAME>` with underscores. */
  name: string;
  short: string | null;
  /** What stands for the value in `--help`, in brackets where it may be left out (`--name=value`); null for a switch. */
  value: string | null;
  repeatable: boolean;
  /** As a person would type it; null when absence means something of its own. */
  default: string | null;
  group: OptionGroup;
  description: string;
}

function option(
  group: OptionGroup,
  name: string,
  value: string | null,
  description: string,
  more: Partial<Pick<OptionSpec, 'short' | 'repeatable' | 'default'>> = {},
): OptionSpec {
  return { name, value, description, group, short: null, repeatable: false, default: null, ...more };
}

const repeatable = { repeatable: true } as const;

/** Every option of a run, in the order in which `--help` shows them. The one place where an option is declared. */
export const OPTIONS: readonly OptionSpec[] = [
  option('Configuration', 'config', '<file|none>', 'configuration file (default: drain-check.config.* found upwards)'),
  option('Configuration', 'target-name', '<name>', 'which of the targets in the configuration file to test'),
  option('Target', 'pid', '<n>', 'test a process that runs already, and end it (asks first, unless --yes is given)'),
  option('Target', 'url', '<url>', 'test a service from outside, while --stop or you stop it; or where --pid listens'),
  option('Target', 'stop', '<command>', 'command that stops the target, for the shell (with --url or --pid)'),
  option('Target', 'after-stop', '<gone|replaced>', 'what must become of the service behind --url (default: as seen)'),
  option('Target', 'allow-host', '<name>', 'a host beyond this machine that traffic may be sent to', repeatable),
  option('Target', 'docker', '<image|container>', 'run an image, or take a container that runs, and end it'),
  option('Target', 'docker-run-arg', '<arg>', 'argument for `docker run`, like --network=host', repeatable),
  option('Target', 'compose', '<service>', 'take the running container of a Compose service, and end it'),
  option('Target', 'engine', '<docker|podman>', 'program that speaks to the container engine', { default: 'docker' }),
  option('Target', 'yes', null, 'do not ask before something is ended that drain-check did not start', { short: 'y' }),
  option(
    'Target',
    'port',
    '<n>',
    'port the target listens on (default: PORT is set to a free one and the listener is looked for)',
    { short: 'p' },
  ),
  option('Target', 'socket', '<path>', 'Unix socket the target listens on instead of a port'),
  option(
    'Target',
    'https',
    null,
    'the target speaks TLS; a certificate nobody vouches for is accepted on this machine',
  ),
  option('Target', 'ca', '<file>', 'PEM file with the authorities that must vouch for the certificate'),
  option('Target', 'servername', '<name>', 'name to ask for, and with --ca to expect in the certificate'),
  option('Target', 'http2', null, 'speak HTTP/2: with prior knowledge, or as agreed on over TLS'),
  option('Target', 'env', '<K=V>', 'set a variable in the target’s environment', { ...repeatable, short: 'e' }),
  option('Target', 'cwd', '<dir>', 'directory to start the target in'),
  option('Target', 'ready', '<path|none>', 'readiness endpoint (default: looked for)'),
  option('Target', 'live', '<path|none>', 'liveness endpoint (default: looked for)'),
  option('Kubernetes', 'manifest', '<file|dir|->', 'manifest of the workload; - is standard input', {
    ...repeatable,
    short: 'f',
  }),
  option('Kubernetes', 'workload', '<[kind/]name>', 'the workload that is meant, where the manifests hold several'),
  option('Kubernetes', 'container', '<name>', 'the container that is meant, where the workload has several'),
  option('Kubernetes', 'sidecar', '<name=command>', 'how a native sidecar of the pod is started here', repeatable),
  option('Kubernetes', 'kube-version', '<1.N>', 'version of the cluster, for rules that depend on it'),
  option('Kubernetes', 'fix', '[print|write]', 'the smallest patch of the manifest that cures it: shown, or applied'),
  option('Work in flight', 'slow', '<[METHOD ]path>', 'an endpoint that takes a while, to be in flight at the signal', {
    ...repeatable,
    short: 's',
  }),
  option(
    'Work in flight',
    'header',
    '<name: value>',
    'header for the slow requests, streams, WebSockets and gRPC calls',
    { ...repeatable, short: 'H' },
  ),
  option('Work in flight', 'body', '<text>', 'body for the slow requests'),
  option('Work in flight', 'requests', '<n>', 'how many requests to hold for each slow endpoint', {
    default: '5',
    short: 'n',
  }),
  option('Work in flight', 'stream', '<path>', 'an event stream or another answer that does not end', repeatable),
  option('Work in flight', 'websocket', '<path>', 'an endpoint that takes WebSockets', { ...repeatable, short: 'w' }),
  option('Work in flight', 'websocket-message', '<text>', 'message to send on WebSockets (default: pings only)'),
  option('Work in flight', 'websocket-goodbye', '<text|/regex/>', 'message that must come before the close'),
  option('Work in flight', 'websocket-close', '<codes>', 'close codes that are in order (default: 1000,1001,1012)'),
  option('Work in flight', 'subprotocol', '<name>', 'WebSocket subprotocol to ask for', repeatable),
  option(
    'Work in flight',
    'grpc',
    '<method[ json]>',
    'gRPC method to have in flight: package.Service/Method {…}',
    repeatable,
  ),
  option('Work in flight', 'proto', '<file>', '.proto file that describes the gRPC methods (default: reflection)'),
  option(
    'Work in flight',
    'load',
    '[sizes]',
    'play the scenario load, with requests=5000,websockets=10000 or as many as you say; idle=100 adds idle ones',
  ),
  option('Work in flight', 'no-discover', null, 'do not look for streams and WebSockets at the usual paths'),
  option(
    'Behind the service',
    'database',
    '<ENV_NAME[=url]>',
    'variable with the URL of a PostgreSQL, MySQL, MariaDB or Redis, to stand in front of',
    repeatable,
  ),
  option('Behind the service', 'telemetry', null, 'receive the target’s OTLP and StatsD telemetry'),
  option('Behind the service', 'otlp-port', '<n>', 'port to receive OTLP/HTTP on (default: a free one)'),
  option('Behind the service', 'statsd-port', '<n>', 'port to receive StatsD on (default: a free one)'),
  option('Behind the service', 'logs', null, 'judge whether the last lines of the output are there'),
  option('Behind the service', 'log-line', '<pattern>', 'line that names a finished request, with {{id}} for its id'),
  option('Behind the service', 'job', '<[METHOD ]path>', 'how a job is submitted that is accepted and done later'),
  option('Behind the service', 'job-body', '<template>', 'its body; {{uuid}} is a fresh one for each job'),
  option('Behind the service', 'job-header', '<name: value>', 'header for its submission', repeatable),
  option(
    'Behind the service',
    'job-id',
    '<pointer|header:Name|own>',
    'where its id is (default: our {{uuid}}, else /id)',
  ),
  option(
    'Behind the service',
    'job-done',
    '<how>',
    'how it shows that it is done: log:text {{id}}, websocket:/path text {{id}}, or poll:/path/{{id}} text; with --worker also redis: and sql:',
    repeatable,
  ),
  option('Behind the service', 'job-restart', null, 'jobs may be finished by the next life of the target'),
  option('Behind the service', 'job-once', null, 'a job must not be done twice'),
  option('Behind the service', 'jobs', '<n>', 'how many jobs to submit before the signal', { default: '20' }),
  option('Queue workers', 'worker', null, 'the target takes its work from a queue, and listens on no port'),
  option('Queue workers', 'ready-log', '<text|/regex/>', 'line of its output that says that it is ready'),
  option('Queue workers', 'ready-file', '<path>', 'file that it writes when it is ready'),
  option('Queue workers', 'ready-command', '<command>', 'command, for the shell, that ends with 0 when it is ready'),
  option(
    'Queue workers',
    'job-started',
    '<how>',
    'how it shows that a job is begun: log:text {{id}}, redis:ENV_NAME command, or sql:ENV_NAME query, which answer ids',
  ),
  option('Queue workers', 'job-enqueue', '<command>', 'command, for the shell, that puts jobs into the queue'),
  option(
    'Queue workers',
    'job-redelivery',
    '<duration>',
    'time after which the queue gives back a job that nobody has finished',
  ),
  option('Scenarios', 'as-pid1', null, 'play a death as PID 1 of a namespace, whatever the profile'),
  option('Scenarios', 'no-as-pid1', null, 'never play a death as PID 1'),
  option('Scenarios', 'parallel', '<n>', 'lives side by side, for targets that take their port from PORT', {
    default: '1',
  }),
  option(
    'Scenarios',
    'repeat',
    '<n>',
    'play everything so many times; checks that do not agree with themselves are flaky',
    {
      default: '1',
    },
  ),
  option('Timing', 'grace-period', '<duration>', 'time from the signal to SIGKILL', { default: '30s', short: 'g' }),
  option('Timing', 'stop-timeout', '<duration>', 'time in which the target behind --url must have been stopped', {
    default: '5m',
  }),
  option('Timing', 'steady', '<duration>', 'time for which traffic must be steady after the stop (with --url)', {
    default: '3s',
  }),
  option('Timing', 'start-timeout', '<duration>', 'time the target may take to become ready', { default: '30s' }),
  option('Timing', 'settle', '<duration>', 'pause between load and signal', { default: '0s' }),
  option(
    'Timing',
    'routing-lag',
    '<duration|name>',
    'how long new connections keep coming after the termination began: a time, or service, large, ingress-nginx, alb, nlb-ip, gke-neg',
    { default: '5s' },
  ),
  option('Timing', 'kubelet-lag', '<duration>', 'how long the kubelet takes to notice the delete (default: 0s)'),
  option('Timing', 'kubelet', '<version>', 'version of the kubelet that is played (default: 1.32)'),
  option('Timing', 'rate', '<n>', 'requests a second on new connections, and on kept ones (default: 50)'),
  option('Timing', 'time-scale', '<n>', 'shorten the waits that are not the target’s; proves less (default: 1)'),
  option('Timing', 'signal', '<name>', 'signal to send (default: SIGTERM, or what the container’s image names)'),
  option('Judging', 'profile', '<name>', 'what stands in front: kubernetes, standalone, docker, load-balancer', {
    default: 'kubernetes',
  }),
  option('Judging', 'only', '<scenario|check>', 'play or judge only these', repeatable),
  option('Judging', 'skip', '<scenario|check>', 'leave these out', repeatable),
  option('Judging', 'ignore', '<check>', 'show a check, but do not count it', repeatable),
  option('Judging', 'strict', null, 'a should-check that fails, fails the run'),
  option('Judging', 'allow-inconclusive', null, 'exit 0 when nothing failed but something could not be proved'),
  option(
    'Judging',
    'expect-exit',
    '<codes>',
    'exit codes that are clean, with commas (default: 0, or 128 + the signal)',
  ),
  option(
    'Judging',
    'budget',
    '<time<limit>',
    "limit on a measured time: 'exit.p95<5s', 'readiness.max<1s'",
    repeatable,
  ),
  option('Judging', 'baseline', '<file>', 'earlier report or recording whose failures do not count'),
  option(
    'Output',
    'report',
    '<format[=path]>',
    'terminal, html, json, junit, tap, markdown, github, gitlab or sarif, to standard output or a file (default: terminal)',
    {
      ...repeatable,
      short: 'r',
    },
  ),
  option('Output', 'record', '<path>', 'save the recording, to be judged again with `drain-check judge`'),
  option('Output', 'keep', '<dir>', 'leave the recording, the report and what the target printed in a directory'),
  option('Output', 'watch', null, 'run again whenever a file changes'),
  option('Output', 'quiet', null, 'no progress while it runs', { short: 'q' }),
  option('Output', 'verbose', null, 'show every scenario in full, and what the target prints', { short: 'v' }),
  option('Output', 'color', null, 'colours even when the output is not a terminal'),
  option('Output', 'no-color', null, 'no colours'),
];

/**
 * The options of `judge`: those that change how a recording is judged and shown, not how it was made. They have no
 * defaults, since what is not given stays as it was recorded.
 */
export const JUDGE_OPTIONS: readonly OptionSpec[] = OPTIONS.filter(
  (spec) =>
    spec.group === 'Judging' ||
    (spec.group === 'Output' && !['record', 'keep', 'watch'].includes(spec.name)) ||
    spec.name === 'routing-lag',
).map((spec) => ({ ...spec, default: null, value: spec.value === '<scenario|check>' ? '<check>' : spec.value }));

/** The options of `lint`: which manifests are judged, how, and where the report goes. */
export const LINT_OPTIONS: readonly OptionSpec[] = OPTIONS.filter(
  (spec) =>
    ['manifest', 'workload', 'kube-version', 'fix'].includes(spec.name) ||
    (spec.group === 'Judging' && !['expect-exit', 'allow-inconclusive', 'budget'].includes(spec.name)) ||
    (spec.group === 'Output' && !['record', 'quiet', 'keep', 'watch'].includes(spec.name)),
).map((spec) => ({ ...spec, default: null, value: spec.value === '<scenario|check>' ? '<check>' : spec.value }));
/** The options of `diff`. */
export const DIFF_OPTIONS: readonly OptionSpec[] = OPTIONS.flatMap((spec) => {
  if (spec.name === 'report')
    return [{ ...spec, value: '<format>', repeatable: false, description: 'terminal or json (default: terminal)' }];
  return ['color', 'no-color'].includes(spec.name) ? [spec] : [];
});

/** The environment variable that sets an option: `grace-period` is `DRAIN_CHECK_GRACE_PERIOD`. */
export function environmentName(spec: OptionSpec): string {
  return `DRAIN_CHECK_${spec.name.toUpperCase().replaceAll('-', '_')}`;
}

/** Option values as given, by name: the last value of a single option, all values of a repeatable one. */
export type RawOptions = Record<string, string[]>;

/** Where the value of an option came from, in words: `--grace-period`, `DRAIN_CHECK_GRACE_PERIOD`, a place, `default`. */
export type Sources = Record<string, string>;

/** What a configuration file gives: values by option, and the place of each in the file. */
export interface FileOptions {
  raw: RawOptions;
  places: Sources;
}

/**
 * Lays flags over the environment over a configuration file over the defaults. In the environment a repeatable option
 * holds one value per line, and a switch is on for `1`, `true`, `yes` or an empty text.
 */
export function layerOptions(
  specs: readonly OptionSpec[],
  flags: RawOptions,
  environment: Readonly<Record<string, string | undefined>>,
): RawOptions {
  return layerWithSources(specs, flags, environment, { raw: {}, places: {} }).raw;
}

/** The same, with a configuration file, and where each value came from. */
export function layerWithSources(
  specs: readonly OptionSpec[],
  flags: RawOptions,
  environment: Readonly<Record<string, string | undefined>>,
  file: FileOptions,
): { raw: RawOptions; sources: Sources } {
  const raw: RawOptions = {};
  const sources: Sources = {};
  const take = (name: string, values: string[], source: string) => {
    raw[name] = values;
    sources[name] = source;
  };
  for (const spec of specs) {
    const { name } = spec;
    const variable = environment[environmentName(spec)];
    const opposite = name.startsWith('no-') ? name.slice(3) : `no-${name}`;
    const against = environment[environmentName({ ...spec, name: opposite })];
    const flag = flags[name];
    const own = file.raw[name];
    if (flag !== undefined) take(name, flag, `--${name}`);
    // --no-color on the command line also overrules DRAIN_CHECK_COLOR, and either a file.
    else if (flags[opposite] !== undefined) continue;
    else if (variable !== undefined) take(name, spec.repeatable ? lines(variable) : [variable], environmentName(spec));
    else if (own !== undefined && against === undefined) take(name, own, file.places[name] ?? 'configuration');
    else if (spec.default !== null) take(name, [spec.default], 'default');
  }
  return { raw, sources };
}

function lines(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
