import { workerWords } from '../worker-words.js';
import { formatDuration } from '../../plan/durations.js';
import type { Death } from '../deaths.js';
import { gateWords } from '../gate-words.js';
import { detailsOf, excuseOf, outcomeOf } from '../outcome.js';
import type { CheckReport, CheckStatus, EndpointReport, Report, ScenarioReport } from '../types.js';
import { escapeMarkup as text } from '../xml.js';
import { pageData, scriptSafe } from './data.js';
import { SCRIPT } from './script.js';
import { STYLE } from './style.js';

const MARKS: Record<CheckStatus, string> = {
  pass: '✔',
  warn: '▲',
  fail: '✖',
  skip: '·',
  inconclusive: '?',
  flaky: '≈',
};
const WORDS: Record<CheckStatus, string> = {
  pass: 'kept',
  warn: 'warning',
  fail: 'broken',
  skip: 'not checked',
  inconclusive: 'not proved',
  flaky: 'flaky',
};

/**
 * The report as one page that needs nothing else: the verdict, the checklist, and each death as a picture that can be
 * looked into.
 * @param deaths every exchange of the deaths; null: the report's own lanes have to do
 */
export function renderHtml(report: Report, deaths: readonly Death[] | null = null): string {
  const data = pageData(report, deaths);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<meta name="generator" content="drain-check ${text(report.tool.version)}">
<title>drain-check: ${report.verdict}, ${text(report.target.command)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${head(report)}
<h2>Checklist</h2>
<ol class="items">
${report.checklist.map((entry) => item(report, entry)).join('\n')}
</ol>
${advice(report)}
<h2>Deaths</h2>
${deathSections(report)}
</main>
<script type="application/json" id="data">${scriptSafe(data)}</script>
<script>${SCRIPT}</script>
</body>
</html>
`;
}

function head(report: Report): string {
  const { target, settings, verdict, profile, checks } = report;
  const facts = [
    `profile ${profile}`,
    `grace ${formatDuration(settings.gracePeriodMs)}`,
    target.pid === null ? null : `pid ${target.pid}`,
    target.stop === null ? null : `stopped by ${target.stop}`,
    target.origin,
    ...(target.worker === undefined
      ? [endpoint('readiness', target.readiness), endpoint('liveness', target.liveness)]
      : [workerWords(target.worker)]),
    settings.strict ? 'strict' : null,
    report.startedAt,
  ].filter((fact) => fact !== null);
  const counted = checks.filter((check) => !check.ignored && !check.known);
  const counts = (Object.keys(WORDS) as CheckStatus[])
    .map((status) => ({ status, number: counted.filter((check) => check.status === status).length }))
    .filter(({ number }) => number > 0)
    .map(({ status, number }) => `<span class="${status}">${number} ${WORDS[status]}</span>`);
  return `<h1>drain-check <code>${text(target.command)}</code></h1>
<p><span class="verdict ${verdict}">${verdict}</span> ${counts.join(', ')}</p>
${report.complete ? '' : '<p class="warn">The recording was cut off; what is whole was judged.</p>\n'}<ul class="facts">${facts.map((fact) => `<li>${text(fact)}</li>`).join('')}</ul>
${gateWords(report)
  .map((words) => `<p>${text(words)}</p>`)
  .join('\n')}`;
}

function endpoint(role: string, { path }: EndpointReport): string {
  return `${role} ${path ?? 'not known'}`;
}

function item(report: Report, entry: Report['checklist'][number]): string {
  const checks = report.checks.filter((check) => entry.checks.includes(check.id));
  const inner =
    checks.length === 0
      ? `<p class="soft">${text(entry.because ?? 'not checked')}</p>`
      : `<ul class="checks">${checks.map(drawCheck).join('')}</ul>`;
  return `<li><h3>${entry.number}  ${text(entry.item)}</h3>${inner}</li>`;
}

function drawCheck(check: CheckReport): string {
  const { status, title, observed, because } = check;
  const excused = outcomeOf(check) === 'excused' ? ` (${excuseOf(check)})` : '';
  const head = `<span class="mark ${status}" aria-hidden="true">${MARKS[status]}</span><span class="${status}">${text(title)}${excused}</span> `;
  if (status === 'pass') return `<li>${head}<span class="seen">${text(observed ?? '')}</span></li>`;
  if (status === 'skip') return `<li>${head}<span class="seen">not checked: ${text(because ?? '')}</span></li>`;
  const rows = [...detailsOf(check), ['more', `drain-check explain ${check.id}`] as [string, string]];
  const list = rows.map(([label, words]) => `<dt>${label}</dt><dd>${text(words)}</dd>`).join('');
  return `<li><span class="soft">${WORDS[status]}: </span>${head}<dl class="${status}">${list}</dl></li>`;
}

function advice({ recommendation }: Report): string {
  if (recommendation === null) return '';
  const { terminationGracePeriodSeconds, preStopSeconds, because } = recommendation;
  return `<h2>Measured advice</h2><p><code>terminationGracePeriodSeconds: ${terminationGracePeriodSeconds}</code>, preStop ${preStopSeconds} s</p><p class="soft">${text(because)}</p>`;
}

function deathSections({ scenarios }: Report): string {
  const played = scenarios.filter((scenario) => scenario.timeline !== null);
  const skipped = scenarios.filter((scenario) => scenario.timeline === null);
  return `<div class="tools" hidden><fieldset id="filters"><legend>Show what was</legend></fieldset></div>
<p class="soft hint">Times are after the signal. Point at a bar, or focus a picture and use the arrow keys; + and − zoom (so does the wheel with Ctrl), dragging moves, 0 shows all.</p>
${played.map(deathSection).join('\n')}
${skipped.map(({ id, because }) => `<p class="soft">${id}: ${text(because ?? 'not played to its end')}</p>`).join('\n')}`;
}

function deathSection({ id, question, exit, signalledDuringStartMs }: ScenarioReport): string {
  const ended =
    exit === null
      ? ''
      : `${exit.killed ? 'killed' : (exit.signal ?? (exit.code === null ? 'gone' : `exit ${exit.code}`))} after ${formatDuration(exit.afterMs)}`;
  const during = signalledDuringStartMs === null ? '' : `, ${formatDuration(signalledDuringStartMs)} after its start`;
  const name = text(`${id}${during}`);
  const buttons = [
    ['out', '−', 'Zoom out'],
    ['in', '+', 'Zoom in'],
    ['all', 'all', 'Show all'],
  ].map(
    ([act = '', sign = '', label = '']) =>
      `<button type="button" data-act="${act}" aria-label="${label}: ${name}">${sign}</button>`,
  );
  return `<section class="death" aria-label="${name}"><header><h3>${name} <span class="soft">${text(ended)}</span></h3><span>${buttons.join(' ')}</span></header>
<p class="soft">${text(question ?? '')}</p>
<svg tabindex="0" role="img" aria-label="Timeline of ${name}" height="120"></svg>
<output aria-live="polite"></output></section>`;
}
