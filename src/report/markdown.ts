import { formatDuration } from '../plan/durations.js';
import { escapeControls } from './escape.js';
import { gateWords } from './gate-words.js';
import { detailsOf, excuseOf, outcomeOf } from './outcome.js';
import type { CheckReport, ChecklistEntry, CheckStatus, Report, ScenarioReport } from './types.js';

const MARKS: Record<CheckStatus, string> = {
  pass: '✅',
  warn: '⚠️',
  fail: '❌',
  skip: '➖',
  inconclusive: '❔',
  flaky: '🔀',
};
const VERDICT_MARKS: Record<Report['verdict'], string> = { pass: '✅', warn: '⚠️', fail: '❌', inconclusive: '❔' };

/** The report for a pull request, a job's summary or an issue: what is wrong first, then the checklist. */
export function renderMarkdown(report: Report): string {
  const { verdict, target, profile, settings } = report;
  const bad = (['broken', 'unproved', 'noted'] as const).flatMap((outcome) =>
    report.checks.filter((check) => outcomeOf(check) === outcome),
  );
  const parts = [
    `## ${VERDICT_MARKS[verdict]} drain-check: ${verdict}`,
    `${escapeMarkdown(target.command)} · profile ${profile} · grace ${formatDuration(settings.gracePeriodMs)}`,
    ...(report.complete ? [] : ['**The recording was cut off; what is whole was judged.**']),
    ...(gateWords(report).length === 0 ? [] : [list(gateWords(report).map(escapeMarkdown))]),
    ...bad.map(drawBad),
    drawChecklist(report),
    drawDeaths(report.scenarios),
    ...(report.recommendation === null
      ? []
      : [
          `Measured advice: \`terminationGracePeriodSeconds: ${report.recommendation.terminationGracePeriodSeconds}\`, preStop ${report.recommendation.preStopSeconds} s (${escapeMarkdown(report.recommendation.because)}).`,
        ]),
  ].filter((part) => part !== '');
  return `${parts.join('\n\n')}\n`;
}

/** Everything that could be markup, a mention, a reference or a link is written as an entity. */
export function escapeMarkdown(text: string): string {
  return escapeControls(text)
    .replace(/[&<>"'`*_{}[\]#|@~$\\^]/g, (character) => `&#${character.charCodeAt(0)};`)
    .replace(/:\/\//g, '&#58;//')
    .replace(/\bwww\./gi, (word) => `${word.slice(0, 3)}&#46;`);
}

function list(lines: readonly string[]): string {
  return lines.map((line) => `- ${line}`).join('\n');
}

function drawBad(check: CheckReport): string {
  const rows = detailsOf(check).map(([label, text]) => `**${label}** ${escapeMarkdown(text)}`);
  return [
    `### ${MARKS[check.status]} ${escapeMarkdown(check.title)}`,
    list([...rows, `\`drain-check explain ${check.id}\``]),
  ].join('\n\n');
}

function drawChecklist(report: Report): string {
  const rows = report.checklist.flatMap((entry) => {
    const checks = report.checks.filter((check) => entry.checks.includes(check.id));
    return [
      `| **${entry.number}  ${entry.item}** | ${checks.length === 0 ? escapeMarkdown(entry.because ?? 'not checked') : wordFor(entry)} |`,
      ...checks.map((check) => `| ${MARKS[check.status]} ${escapeMarkdown(check.title)} | ${remark(check)} |`),
    ];
  });
  return ['| checklist | |', '|---|---|', ...rows].join('\n');
}

function wordFor({ status }: ChecklistEntry): string {
  return status === 'skip' ? 'not checked' : status;
}

function remark(check: CheckReport): string {
  const text = check.status === 'skip' || check.status === 'inconclusive' ? check.because : check.observed;
  const excused = outcomeOf(check) === 'excused' ? `(${excuseOf(check)}) ` : '';
  return escapeMarkdown(`${excused}${text ?? ''}`);
}

function drawDeaths(scenarios: readonly ScenarioReport[]): string {
  const rows = scenarios.flatMap(({ id, signal, exit, readiness, timeline }) => {
    if (exit === null && timeline === null) return [];
    const ended =
      exit === null
        ? 'not seen'
        : `${exit.killed ? 'killed' : (exit.signal ?? (exit.code === null ? 'gone' : `exit ${exit.code}`))} after ${formatDuration(exit.afterMs)}`;
    const flipped = readiness?.flippedAfterMs ?? null;
    const lanes = (timeline?.lanes ?? [])
      .filter((lane) => lane.wrong)
      .map((lane) => `${lane.label}: ${lane.outcome}`)
      .join('; ');
    return [
      `| ${id} | ${signal ?? 'stop'} | ${escapeMarkdown(ended)} | ${flipped === null ? '' : formatDuration(flipped.to)} | ${escapeMarkdown(lanes)} |`,
    ];
  });
  if (rows.length === 0) return '';
  return ['| death | signal | ended | readiness failed after | lost |', '|---|---|---|---|---|', ...rows].join('\n');
}
