import { formatDuration } from '../../plan/durations.js';
import { escapeControls } from '../escape.js';
import { gateWords } from '../gate-words.js';
import type { EndpointReport, Report, ScenarioReport } from '../types.js';
import { drawChecklist } from './checks.js';
import { workerWords } from '../worker-words.js';
import { glyphs, paint } from './marks.js';
import type { Style } from './style.js';
import { drawPod } from './pod.js';
import { drawTable } from './table.js';
import { clip, joinWithin, widthOf, wrap } from './text.js';
import { drawTimeline, foldTimeline } from './timeline.js';

export interface TerminalOptions {
  style: Style;
  verbose: boolean;
  /** What the process will exit with. */
  exitCode: number;
  /** Where the recording was saved, or null. */
  recordedTo: string | null;
}

/** The report for a person. */
export function renderTerminal(report: Report, options: TerminalOptions): string {
  const { style, verbose } = options;
  const troubled = new Set(
    report.checks.filter((check) => check.status !== 'pass' && check.status !== 'skip').map((check) => check.scenario),
  );
  const scenarios = report.scenarios.filter((scenario) => scenario.status !== 'skipped');
  const whole = scenarios.filter(
    (scenario) => verbose || troubled.has(scenario.id) || scenario.status === 'incomplete',
  );
  const lines = [
    ...header(report, style),
    '',
    ...drawScenarios(scenarios, whole, style),
    ...drawChecklist(report, style, verbose),
    '',
    ...gate(report, style),
    ...footer(report, options),
  ];
  return plainEnough(`${lines.join('\n')}\n`, style);
}

/** On a terminal that shows ASCII only, nothing else is printed, whoever wrote it. */
function plainEnough(text: string, style: Style): string {
  if (style.unicode) return text;
  return text
    .replaceAll('×', 'x')
    .replaceAll('–', '-')
    .replaceAll('…', '~')
    .replace(/[^\x00-\x7f]/gu, '?');
}

function header(report: Report, style: Style): string[] {
  const { dot, ellipsis } = glyphs(style);
  const { target, settings } = report;
  const right =
    target.kind === 'manifest'
      ? `profile ${report.profile}`
      : `profile ${report.profile} ${dot} grace ${formatDuration(settings.gracePeriodMs)}`;
  const name = 'drain-check  ';
  const command = clip(
    escapeControls(target.command),
    Math.max(10, style.width - name.length - right.length - 2),
    ellipsis,
  );
  const gap = ' '.repeat(Math.max(2, style.width - name.length - widthOf(command) - right.length));
  const facts = [
    target.pid === null ? null : `pid ${target.pid}`,
    target.stop === null ? null : `stopped by: ${escapeControls(target.stop)}`,
    target.origin === null || target.kind === 'url' ? null : escapeControls(target.origin),
    ...manifestFacts(report),
    ...(target.worker === undefined ? [] : [workerWords(target.worker)]),
    ...(target.kind === 'manifest' || target.worker !== undefined
      ? []
      : [endpoint('readiness', target.readiness), endpoint('liveness', target.liveness)]),
    ...target.streams.map((one) => `stream ${escapeControls(one.path)} (${one.how})`),
    ...target.websockets.map((one) => `WebSocket ${escapeControls(one.path)} (${one.how})`),
    target.http2 ? 'HTTP/2' : null,
    tls(target),
    settings.ignored.length > 0 ? `ignored: ${escapeControls(settings.ignored.join(', '))}` : null,
    settings.strict ? 'strict' : null,
  ].filter((fact) => fact !== null);
  const cut = report.complete ? [] : [style.yellow('This recording was cut off; what is whole was judged.')];
  return [
    `${style.bold(name.trimEnd())}  ${command}${gap}${style.dim(right)}`,
    ...joinWithin(facts, ` ${dot} `, style.width).map((line) => style.dim(line)),
    ...cut,
  ];
}

/** At most so many workloads are named. */
const MOST_NAMED = 5;

function manifestFacts({ manifest, target }: Report): string[] {
  if (manifest === undefined) return [];
  const { workloads, container, files, notes } = manifest;
  const more = workloads.length - MOST_NAMED;
  const named = workloads.slice(0, MOST_NAMED).map(escapeControls).join(', ');
  const from = target.kind === 'manifest' ? '' : ` in ${escapeControls(files.join(', '))}`;
  return [
    `${named}${more > 0 ? ` and ${more} more` : ''}${container === null ? '' : `, container ${escapeControls(container)}`}${from}`,
    ...notes.map(escapeControls),
  ];
}

function endpoint(role: string, { path, how, sureness }: EndpointReport): string {
  const words = {
    given: 'given',
    found: sureness === 'generic' ? 'found, by a general name' : 'found',
    'none-given': 'none',
    'not-found': 'not found',
    unknown: 'unknown',
  }[how];
  return path === null ? `${role} ${words}` : `${role} ${escapeControls(path)} (${words})`;
}

/** What is accepted is said: a certificate that nobody vouches for is in order on this machine only. */
function tls({ tls: agreed }: Report['target']): string | null {
  if (agreed === null) return null;
  return agreed.problem === null
    ? agreed.protocol
    : `${agreed.protocol}, certificate not checked (${escapeControls(agreed.problem)})`;
}

/** Deaths in which nothing went wrong take one line each and stand together. */
function drawScenarios(scenarios: readonly ScenarioReport[], whole: readonly ScenarioReport[], style: Style): string[] {
  return scenarios.flatMap((scenario, i) => {
    const folded = isFolded(scenario, whole);
    const next = scenarios[i + 1];
    const together = folded && next !== undefined && isFolded(next, whole);
    return [...drawScenario(scenario, !folded, style), ...(together ? [] : [''])];
  });
}

function isFolded(scenario: ScenarioReport, whole: readonly ScenarioReport[]): boolean {
  return scenario.timeline !== null && !whole.includes(scenario);
}

function drawScenario(scenario: ScenarioReport, whole: boolean, style: Style): string[] {
  const { timeline } = scenario;
  if (timeline === null) {
    const words = scenario.status === 'played' ? 'played, without a signal' : 'not played to its end';
    return [`  ${style.bold(scenario.id)}  ${style.dim(words)}`];
  }
  if (!whole) return [foldTimeline(scenario, timeline, style)];
  const pod = scenario.pod === undefined ? [] : ['', ...drawPod(scenario.pod, style)];
  const table = drawTable(scenario, style);
  return [...drawTimeline(scenario, timeline, style), ...pod, ...(table.length === 0 ? [] : ['', ...table])];
}

/** What several trials, budgets and a baseline have to say stands right above the verdict that it decides. */
function gate(report: Report, style: Style): string[] {
  const lines = gateWords(report).flatMap((words) => {
    const [first = '', ...rest] = wrap(escapeControls(words), style.width - 2);
    return [first, ...rest.map((line) => `  ${line}`)];
  });
  return lines.length === 0 ? [] : [...lines, ''];
}

function footer(report: Report, { style, exitCode, recordedTo }: TerminalOptions): string[] {
  const { dot } = glyphs(style);
  const counted = report.checks.filter((check) => !check.ignored && !check.known);
  const count = (status: string, words: string) => {
    const number = counted.filter((check) => check.status === status).length;
    return number === 0 ? null : `${number} ${words}`;
  };
  const knownCount = report.checks.filter((check) => check.known).length;
  const warnings = counted.filter((check) => check.status === 'warn').length;
  const counts = [
    count('fail', 'failed'),
    count('flaky', 'flaky'),
    warnings === 0 ? null : `${warnings} warning${warnings === 1 ? '' : 's'}`,
    count('inconclusive', 'not proved'),
    count('pass', 'passed'),
    count('skip', 'not checked'),
    knownCount === 0 ? null : `${knownCount} known`,
  ].filter((words) => words !== null);
  const played = report.scenarios.filter((scenario) => scenario.exit !== null);
  const slowest = Math.max(...played.map((scenario) => scenario.exit?.afterMs ?? 0), 0);
  const killed = played.some((scenario) => scenario.exit?.killed === true);
  const times =
    played.length === 0
      ? []
      : [
          killed
            ? `killed after ${formatDuration(report.settings.gracePeriodMs)}`
            : `time to exit ${formatDuration(slowest)}`,
        ];
  const tail = [
    ...times,
    `exits ${exitCode}`,
    recordedTo === null ? null : `recording: ${escapeControls(recordedTo)}`,
  ].filter((words) => words !== null);
  const verdict = report.verdict.toUpperCase();
  const plain = `${verdict}   ${counts.join(` ${dot} `)}   ${tail.join(` ${dot} `)}`;
  const head = style.bold(paint(report.verdict, style)(verdict));
  if (plain.length <= style.width) return [plain.replace(verdict, () => head)];
  const [first = '', ...rest] = joinWithin(counts, ` ${dot} `, style.width - verdict.length - 3);
  const indent = ' '.repeat(verdict.length + 3);
  return [`${head}   ${first}`, ...rest.map((line) => indent + line), ...joinWithin(tail, ` ${dot} `, style.width)];
}
