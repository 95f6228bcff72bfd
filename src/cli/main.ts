import { Command, CommanderError } from 'commander';
import {
  DIFF_OPTIONS,
  JUDGE_OPTIONS,
  LINT_OPTIONS,
  OPTIONS,
  layerOptions,
  type OptionSpec,
  type RawOptions,
} from '../plan/options.js';
import { Reader } from '../plan/reader.js';
import { resolveLint, resolveRun, type OutputChoices, type Problem } from '../plan/resolve.js';
import type { Plan } from '../plan/types.js';
import { DrainCheckError, shortageOf } from '../errors.js';
import type { Report } from '../report/types.js';
import { splitArguments, splitOperands } from './arguments.js';
import { catalogue, checksOfRehearsal, writtenChecks } from './catalogue.js';
import { EXIT, exitCodeFor, exitCodeForError } from './exit-codes.js';
import { openManifests, readChoice, readStdin, withManifest, type Opened } from './manifest.js';
import { declareOptions, environmentHelp, rawOptions } from './options.js';
import { packageInfo } from './package-info.js';
import { placed, readSettings } from './settings.js';
import { styleOf, type Streams } from './streams.js';
import { writeStream } from './write.js';

/** What stands in the place of the target's command; a program of such a name goes after `--`. */
const COMMANDS = [
  { name: 'demo', description: 'rehearse two bundled servers, one good, one bad' },
  { name: 'init', description: 'write a configuration file' },
  { name: 'print-plan', description: 'show what a run would do, and why' },
  { name: 'judge', description: 'judge saved recordings again' },
  { name: 'diff', description: 'two reports side by side; exit 1 when worse' },
  { name: 'checks', description: 'list the checks' },
  { name: 'explain', description: 'one check, with its cure' },
  { name: 'completion', description: 'completion for bash, zsh or fish' },
] as const;

const EXAMPLES = `
Commands, in place of the target's:
${COMMANDS.map(({ name, description }) => `  ${name.padEnd(13)}${description}`).join('\n')}

A first look:
  drain-check demo                             see it at work
  drain-check ./myapp                          any executable
  drain-check -- node server.js --flag         any command, after --
  drain-check --slow '/report?ms=2000' --ready /health/ready \\
              --live /health/live -- uvicorn app:app

Other targets:
  drain-check --docker my/image -- node server.js
  drain-check --pid 4242 --yes                 a process that runs already
  drain-check --url http://127.0.0.1:8080 --stop 'systemctl stop app'

A gate in CI:
  drain-check init                             options in a file
  drain-check --report terminal --report junit=drain.xml \\
              --record run.ndjson ./myapp
  drain-check --repeat 5 --budget 'exit.p95<5s' ./myapp
  drain-check --baseline drain.json ./myapp    fail only on what is new

Kubernetes:
  drain-check -f deployment.yaml -- node server.js
  drain-check rehearse -f deployment.yaml -- node server.js
  helm template . | drain-check lint -         manifests alone

Looking into it:
  drain-check --report html=drain.html ./myapp
  drain-check judge run.ndjson --profile load-balancer
  drain-check diff before.json after.json
  drain-check --watch ./myapp                  again on every change

Exit codes: 0 no must-check failed, 1 a check failed, 2 usage, 3 no verdict,
130 and 143 interrupted.
`;

/** Runs the command line and sets the exit code. Resolves when everything is written and nothing is left running. */
export async function main(
  argv: readonly string[],
  streams: Streams = { out: process.stdout, err: process.stderr, env: process.env },
): Promise<void> {
  // A reader that goes away (| head) must not turn a verdict into a crash.
  streams.out.on('error', () => undefined);
  streams.err.on('error', () => undefined);
  process.on('uncaughtException', (error) => void fallOver(error, streams));
  try {
    process.exitCode = await dispatch(argv, streams);
  } catch (error) {
    await fallOver(error, streams);
  }
}

/** A fault of ours. Exit code 1 would be a verdict; what could not be ended any more is ended by the watchdog. */
async function fallOver(error: unknown, streams: Streams): Promise<void> {
  // One fault often brings others with it, and the first says the most.
  if (process.exitCode === EXIT.noVerdict) return;
  process.exitCode = EXIT.noVerdict;
  try {
    await complain(error, streams, true);
  } catch {
    // What makes words beautiful cannot be loaded where no more files can be opened.
    const { message } = shortageOf(error) ?? new Error(`This is a fault of drain-check itself: ${String(error)}`);
    streams.err.write(`drain-check: ${message} There is no verdict.\n`);
  } finally {
    process.exit();
  }
}

/** What measures and breaks text takes long to load, and a run that goes well needs none of it before its report. */
async function complain(error: unknown, streams: Streams, verbose: boolean): Promise<void> {
  const [{ describeError }, { fenced }] = await Promise.all([import('./failure.js'), import('./github.js')]);
  await writeStream(streams.err, fenced(describeError(error, styleOf(streams, 'err', null), verbose), streams.env));
}

async function dispatch(argv: readonly string[], streams: Streams): Promise<number> {
  const [first = ''] = argv;
  try {
    switch (first) {
      case 'demo':
        return await demo(argv.slice(1), streams);
      case 'judge':
        return await judge(argv.slice(1), streams);
      case 'rehearse':
        return await rehearse(argv.slice(1), streams);
      case 'lint':
        return await lint(argv.slice(1), streams);
      case 'print-plan':
        return await printPlan(argv.slice(1), streams);
      case 'init':
        return await init(argv.slice(1), streams);
      case 'completion':
        return await completion(argv.slice(1), streams);
      case 'diff':
        return await diff(argv.slice(1), streams);
      case 'checks':
      case 'explain':
        return await catalogueCommand(first, argv.slice(1), streams);
      case 'help':
        return await run(['--help'], streams);
      default:
        return await run(argv, streams);
    }
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.kept : EXIT.usage;
    if (!(error instanceof DrainCheckError)) throw error;
    await complain(error, streams, argv.includes('--verbose') || argv.includes('-v'));
    return error.code === 'interrupted' ? interruptedBy : exitCodeForError(error.code);
  }
}

async function run(argv: readonly string[], streams: Streams): Promise<number> {
  return runSettings(await resolveSettings(program(streams), argv, streams), streams);
}

/** The scenarios of a rehearsal: the end of a pod, and the death in which its numbers are measured. */
const REHEARSED = ['drain', 'kubernetes'];

/** Plays the end of the manifest's pod, and judges what is about that. */
async function rehearse(argv: readonly string[], streams: Streams): Promise<number> {
  const described = 'rehearse the end of a pod, as its manifest has it';
  const command = subcommand(streams, 'rehearse', described, OPTIONS).usage(
    '--manifest <file> [options] [--] <command> [args...]',
  );
  const settled = await resolveSettings(command, argv, streams, { only: [...REHEARSED, ...checksOfRehearsal()] });
  if (settled.settings.raw['manifest'] === undefined) {
    const problem = 'needs the manifest of what is rehearsed: --manifest <file>';
    return refuse([{ option: 'rehearse', value: '', problem }], streams);
  }
  return runSettings(settled, streams);
}

async function runSettings(
  { resolved, opened, problems }: Awaited<ReturnType<typeof resolveSettings>>,
  streams: Streams,
): Promise<number> {
  if (resolved === null) return refuse(problems, streams);
  if (resolved.output.watch) {
    const { watchPlan } = await import('./commands/watch.js');
    return interruptible((abort) => watchPlan(resolved.plan, resolved.output, streams, abort));
  }
  const { runPlan } = await import('./commands/run.js');
  const report = await interruptible((abort) => runPlan(resolved.plan, resolved.output, streams, abort));
  await fixAfter(report, resolved, opened, streams);
  return exitCodeFor(report);
}

/**
 * Takes a command line apart, lays it over the configuration and both over the manifest, and resolves them: a run, or
 * everything that is wrong.
 * @param absent what holds where nobody says anything
 */
async function resolveSettings(command: Command, argv: readonly string[], streams: Streams, absent: RawOptions = {}) {
  const { flags, command: words, problems } = parse(command, argv, OPTIONS, streams);
  const cwd = process.cwd();
  const settings = await readSettings(flags, words, streams.env, cwd);
  const given = Object.fromEntries(
    Object.entries(settings.raw).filter(([name]) => settings.sources[name] !== 'default'),
  );
  const raw = { ...absent, ...settings.raw };
  const under = await withManifest(raw, given, settings.command, cwd, readStdin);
  // What does not follow from a manifest that cannot be used need not be complained about.
  const unusable =
    raw['manifest'] !== undefined &&
    (under.manifest === null || under.problems.some(({ option }) => option === 'command'));
  const resolution = unusable
    ? null
    : resolveRun(under.raw, under.command, catalogue(), cwd, under.manifest, streams.env);
  const wrong = [...under.problems, ...(resolution?.problems ?? [])];
  const all = [...problems, ...settings.problems, ...placed(wrong, settings.sources)];
  const sources = { ...settings.sources, ...Object.fromEntries(under.taken.map((name) => [name, 'manifest'])) };
  return {
    settings: { ...settings, raw: under.raw, command: [...under.command], sources },
    opened: under.opened,
    resolved: all.length === 0 ? (resolution?.resolved ?? null) : null,
    problems: all,
  };
}

async function printPlan(argv: readonly string[], streams: Streams): Promise<number> {
  const described = 'show what a run would do, and where each value came from';
  const command = subcommand(streams, 'print-plan', described, OPTIONS).usage('[options] [command...]');
  const { settings, resolved, problems } = await resolveSettings(command, argv, streams);
  if (resolved === null) return refuse(problems, streams);
  const { describePlan } = await import('./commands/print-plan.js');
  const json = resolved.output.reports.some((report) => report.format === 'json' && report.path === null);
  const style = styleOf(streams, 'out', resolved.output.color);
  await writeStream(streams.out, describePlan(settings, resolved.plan, json, style));
  return EXIT.kept;
}

async function init(argv: readonly string[], streams: Streams): Promise<number> {
  const specs = OPTIONS.filter((spec) => ['yes', 'color', 'no-color'].includes(spec.name)).map((spec) =>
    spec.name === 'yes' ? { ...spec, description: 'ask nothing: write what can be guessed' } : spec,
  );
  const command = subcommand(streams, 'init', 'write a configuration file, after a few questions', specs);
  const { raw, command: operands, problems } = parse(command, argv, specs, { ...streams, env: {} });
  const surplus: Problem[] = operands.map((value) => ({ option: 'init', value, problem: 'takes no operand' }));
  if (problems.length + surplus.length > 0) return refuse([...problems, ...surplus], streams);
  const { runInit } = await import('./commands/init.js');
  await runInit(process.cwd(), raw['yes'] !== undefined, streams);
  return EXIT.kept;
}

async function completion(argv: readonly string[], streams: Streams): Promise<number> {
  const command = subcommand(streams, 'completion', 'print a completion script for a shell', []);
  const { command: operands, problems } = parse(command.usage('<bash|zsh|fish>'), argv, [], streams);
  const { completionScript, SHELLS } = await import('./completion.js');
  const shell = SHELLS.find((one) => one === operands[0]);
  if (shell === undefined || operands.length > 1)
    problems.push({ option: 'completion', value: operands.join(' '), problem: `takes a shell: ${SHELLS.join(', ')}` });
  if (shell === undefined || problems.length > 0) return refuse(problems, streams);
  const { checks, scenarios, reportFormats } = catalogue();
  const values = {
    explain: checks,
    completion: SHELLS,
    only: [...scenarios, ...checks],
    skip: [...scenarios, ...checks],
    ignore: checks,
    report: reportFormats,
    profile: ['kubernetes', 'standalone', 'docker', 'load-balancer'],
    signal: ['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'],
    engine: ['docker', 'podman'],
    'after-stop': ['gone', 'replaced'],
  };
  await writeStream(streams.out, completionScript(shell, { commands: COMMANDS, options: OPTIONS, values }));
  return EXIT.kept;
}

async function demo(argv: readonly string[], streams: Streams): Promise<number> {
  const specs = OPTIONS.filter((spec) => ['quiet', 'verbose', 'color', 'no-color'].includes(spec.name));
  const command = subcommand(streams, 'demo', 'rehearse two bundled servers, one good, one bad', specs);
  const { raw, command: operands, problems } = parse(command, argv, specs, streams);
  const surplus: Problem[] = operands.map((value) => ({ option: 'demo', value, problem: 'takes no operand' }));
  const { resolved, problems: more } = resolveRun(raw, ['demo'], catalogue(), process.cwd());
  if (resolved === null || problems.length + surplus.length > 0)
    return refuse([...problems, ...surplus, ...more], streams);
  const { runDemo } = await import('./commands/demo.js');
  await interruptible((abort) => runDemo(resolved.output, streams, abort));
  return EXIT.kept;
}

async function judge(argv: readonly string[], streams: Streams): Promise<number> {
  const description = 'judge saved recordings again; several are trials of one service';
  const command = subcommand(streams, 'judge', description, JUDGE_OPTIONS).usage('<recording...> [options]');
  const { raw, operands, problems } = parseOperands(command, argv, JUDGE_OPTIONS, streams);
  const [file, ...others] = operands;
  const wrong: Problem[] = [];
  if (file === undefined)
    wrong.push({
      option: 'judge',
      value: '',
      problem: 'needs the recording to judge, a file that --record has written',
    });
  if (file === undefined || problems.length + wrong.length > 0) return refuse([...problems, ...wrong], streams);
  const { runJudge } = await import('./commands/judge.js');
  const judged = await runJudge([file, ...others], raw, streams);
  return 'problems' in judged ? refuse(judged.problems, streams) : exitCodeFor(judged.report);
}

async function lint(argv: readonly string[], streams: Streams): Promise<number> {
  const command = subcommand(streams, 'lint', 'judge Kubernetes manifests as they are written', LINT_OPTIONS).usage(
    '<file|dir|-> [...] [options]',
  );
  const { operands, options } = splitOperands(argv, LINT_OPTIONS);
  const { raw: given, command: behind, problems } = parse(command, options, LINT_OPTIONS, streams);
  const names = [...operands, ...behind, ...(given['manifest'] ?? [])];
  const missing: Problem = {
    option: 'lint',
    value: '',
    problem: 'needs the manifests to judge: files, directories, or - for standard input',
  };
  if (names.length === 0 || problems.length > 0)
    return refuse(names.length === 0 ? [...problems, missing] : problems, streams);
  const cwd = process.cwd();
  const reader = new Reader(given);
  const choice = readChoice(reader);
  const opened = await openManifests(names, cwd, readStdin);
  const { planLint } = await import('../kubernetes/manifest.js');
  const read = planLint(opened.manifests, choice);
  const wrong = [...reader.problems, ...('problems' in read ? read.problems : [])];
  if ('problems' in read || wrong.length > 0) return refuse(wrong, streams);
  const { resolved, problems: more } = resolveLint(given, catalogue(), writtenChecks(), read.plan, cwd);
  if (resolved === null) return refuse(more, streams);
  const { runLint } = await import('./commands/lint.js');
  const report = await runLint(resolved.plan, resolved.output, streams);
  await fixAfter(report, resolved, opened, streams);
  return exitCodeFor(report);
}

async function fixAfter(
  report: Report,
  { plan, output }: { plan: Plan; output: OutputChoices },
  opened: Opened | null,
  streams: Streams,
): Promise<void> {
  if (output.fix === null) return;
  const { suggestFixes } = await import('./fix.js');
  await suggestFixes(report, plan, output, opened, streams, process.cwd());
}

async function diff(argv: readonly string[], streams: Streams): Promise<number> {
  const specs = DIFF_OPTIONS;
  const command = subcommand(streams, 'diff', 'two reports or recordings side by side; exit 1 when worse', specs);
  const { raw, operands, problems } = parseOperands(
    command.usage('<before> <after> [options]'),
    argv,
    specs,
    // The formats that the environment may name are those of a run.
    { ...streams, env: {} },
  );
  const [before, after] = operands;
  const wrong: Problem[] = [];
  if (before === undefined || after === undefined || operands.length > 2)
    wrong.push({
      option: 'diff',
      value: operands.join(' '),
      problem: 'takes two files, before and after: reports of --report json or recordings',
    });
  const format = raw['report']?.at(-1) ?? 'terminal';
  if (!['terminal', 'json'].includes(format))
    wrong.push({ option: '--report', value: format, problem: 'is not known here; it is terminal or json' });
  if (before === undefined || after === undefined || problems.length + wrong.length > 0)
    return refuse([...problems, ...wrong], streams);
  const { runDiff } = await import('./commands/diff.js');
  return runDiff(before, after, { json: format === 'json', color: colorOf(raw) }, streams);
}

function colorOf(raw: RawOptions): boolean | null {
  return raw['color'] ? true : raw['no-color'] ? false : null;
}

async function catalogueCommand(
  name: 'checks' | 'explain',
  argv: readonly string[],
  streams: Streams,
): Promise<number> {
  const specs = OPTIONS.filter((spec) => ['color', 'no-color'].includes(spec.name));
  const described = name === 'checks' ? 'list the catalogue of checks' : 'print one check with its cure';
  const { raw, command: operands, problems } = parse(subcommand(streams, name, described, specs), argv, specs, streams);
  const wanted = name === 'checks' ? 0 : 1;
  const wrong =
    operands.length === wanted
      ? []
      : [
          {
            option: name,
            value: operands.join(' '),
            problem: wanted === 0 ? 'takes no operand' : 'takes the id of one check; `drain-check checks` lists them',
          },
        ];
  if (problems.length + wrong.length > 0) return refuse([...problems, ...wrong], streams);
  const { explainCheck, listChecks } = await import('./commands/checks.js');
  const style = styleOf(streams, 'out', colorOf(raw));
  await writeStream(streams.out, name === 'checks' ? listChecks(style) : explainCheck(operands[0] ?? '', style));
  return EXIT.kept;
}

/** Like `parse`, for a command whose operands may stand before, between and after its options. */
function parseOperands(
  command: Command,
  argv: readonly string[],
  specs: readonly OptionSpec[],
  streams: Streams,
): { raw: RawOptions; operands: string[]; problems: Problem[] } {
  const own: string[] = [];
  const operands: string[] = [];
  const problems: Problem[] = [];
  for (let rest = argv; rest.length > 0;) {
    const split = splitArguments(rest, specs);
    own.push(...split.own);
    problems.push(...split.problems);
    const [operand, ...more] = split.command;
    if (operand !== undefined) operands.push(operand);
    rest = more;
  }
  return { raw: parse(command, own, specs, streams).raw, operands, problems };
}

function parse(
  command: Command,
  argv: readonly string[],
  specs: readonly OptionSpec[],
  streams: Streams,
): { flags: RawOptions; raw: RawOptions; command: string[]; problems: Problem[] } {
  const split = splitArguments(argv, specs);
  command.parse(split.own, { from: 'user' });
  const flags = rawOptions(command, specs);
  return {
    flags,
    raw: layerOptions(specs, flags, streams.env),
    command: split.command,
    problems: split.problems,
  };
}

function program(streams: Streams): Command {
  const { name, version } = packageInfo();
  const command = base(streams, name)
    .description(
      'Rehearses the death of a service and judges it: starts it, puts real work in\nflight, signals it as an orchestrator would, and accounts for every connection.',
    )
    .version(version, '-V, --version')
    .usage(
      '[options] [--] <command> [args...]\n       drain-check --docker <image> | --pid <n> | --url <url> [options]\n       drain-check rehearse --manifest <file> [options] [--] <command> [args...]\n       drain-check lint <manifest>... [options]\n       drain-check demo | judge <recording> | checks | explain <check>',
    )
    .addHelpText('after', `\n${environmentHelp(OPTIONS)}\n${EXAMPLES}`);
  return declareOptions(command, OPTIONS);
}

function subcommand(streams: Streams, name: string, description: string, specs: readonly OptionSpec[]): Command {
  return declareOptions(base(streams, `drain-check ${name}`).description(description), specs);
}

function base(streams: Streams, name: string): Command {
  return new Command(name)
    .exitOverride()
    .allowExcessArguments(true)
    .configureHelp({ helpWidth: styleOf(streams, 'out', false).width })
    .configureOutput({ writeOut: (text) => streams.out.write(text), writeErr: (text) => streams.err.write(text) });
}

async function refuse(problems: readonly Problem[], streams: Streams): Promise<number> {
  const { describeProblems } = await import('./failure.js');
  await writeStream(streams.err, describeProblems(problems, styleOf(streams, 'err', null)));
  return EXIT.usage;
}

/** What the exit code is after an interruption: the shell's convention, 128 + the signal. */
let interruptedBy: number = EXIT.interrupted;

/** Runs something that ends cleanly when we are interrupted. */
async function interruptible<T>(action: (abort: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const stop = (code: number) => () => {
    interruptedBy = code;
    controller.abort();
  };
  const onInterrupt = stop(EXIT.interrupted);
  const onTerminate = stop(EXIT.terminated);
  process.on('SIGINT', onInterrupt);
  process.on('SIGTERM', onTerminate);
  process.on('SIGHUP', onTerminate);
  try {
    return await action(controller.signal);
  } finally {
    process.off('SIGINT', onInterrupt);
    process.off('SIGTERM', onTerminate);
    process.off('SIGHUP', onTerminate);
  }
}
