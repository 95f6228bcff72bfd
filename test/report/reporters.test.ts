import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { Chalk } from 'chalk';
import { describe, expect, it } from 'vitest';
import { judgeRecording } from '../../src/judging.js';
import type { Recording } from '../../src/recording/events.js';
import { parseRecording } from '../../src/recording/file.js';
import { CHECKLIST } from '../../src/report/checklist.js';
import { renderGithub } from '../../src/report/github.js';
import { renderGitlab } from '../../src/report/gitlab.js';
import { renderHtml } from '../../src/report/html/index.js';
import { renderJson } from '../../src/report/json.js';
import { renderJunit } from '../../src/report/junit.js';
import { renderMarkdown } from '../../src/report/markdown.js';
import { renderSarif } from '../../src/report/sarif.js';
import { renderTap } from '../../src/report/tap.js';
import { renderTerminal } from '../../src/report/terminal/index.js';
import { PLAIN, type Style } from '../../src/report/terminal/style.js';
import { widthOf } from '../../src/report/terminal/text.js';
import type { Report } from '../../src/report/types.js';
import { HOSTILE } from '../support/events.js';
import { EVERYTHING, HARMFUL } from '../support/reports.js';

const DIRECTORY = path.resolve(import.meta.dirname, '../../fixtures/recordings');
const read = (name: string) => readFileSync(path.join(DIRECTORY, name), 'utf8');
const names = readdirSync(DIRECTORY)
  .filter((file) => file.endsWith('.report.json'))
  .map((file) => file.replace('.report.json', ''))
  // Each is rendered in many ways, which takes its time; neighbours in the alphabet die in like ways.
  .filter((_, index) => index % 6 === 0);
const reports = names.map((name) => ({ name, report: JSON.parse(read(`${name}.report.json`)) as Report }));
const recordings = names.map((name) => ({ name, recording: parseRecording(read(`${name}.ndjson`), name) }));

const chalk = new Chalk({ level: 1 });
const COLOURS = {
  bold: chalk.bold,
  dim: chalk.dim,
  red: chalk.red,
  green: chalk.green,
  yellow: chalk.yellow,
  cyan: chalk.cyan,
};

interface TerminalReporter {
  name: string;
  width: number;
  unicode: boolean;
  colour: boolean;
  verbose: boolean;
  render: (report: Report) => string;
}

function terminal(width: number, unicode: boolean, colour: boolean, verbose: boolean): TerminalReporter {
  const style: Style = { ...(colour ? COLOURS : PLAIN), unicode, width };
  const name = [
    `terminal, ${width}`,
    unicode ? 'unicode' : 'ASCII',
    ...(colour ? ['colour'] : []),
    ...(verbose ? ['verbose'] : []),
  ].join(', ');
  return {
    name,
    width,
    unicode,
    colour,
    verbose,
    render: (report) => renderTerminal(report, { style, verbose, exitCode: 1, recordedTo: null }),
  };
}

// What is verbose has the most to draw; not every width needs to show the same without it.
const terminals = [60, 80, 120].flatMap((width) =>
  [true, false].flatMap((unicode) => [true, false].map((colour) => terminal(width, unicode, colour, width !== 80))),
);
/** The same, but each report is rendered only the first time. */
function once(render: (report: Report) => string): (report: Report) => string {
  const rendered = new WeakMap<Report, string>();
  return (report) => {
    const text = rendered.get(report) ?? render(report);
    rendered.set(report, text);
    return text;
  };
}

interface Reporter {
  name: string;
  render: (report: Report) => string;
  /** How it says that the recording was cut off; null: its format has no place for that. */
  cut?: RegExp | null;
  /** Whether it shows the whole checklist, or only what is to be acted upon. */
  checklist?: boolean;
}

const reporters: Reporter[] = [
  ...terminals,
  { name: 'json', render: renderJson, cut: /"complete": false/ },
  { name: 'junit', render: renderJunit, checklist: false },
  { name: 'tap', render: renderTap, checklist: false },
  { name: 'markdown', render: renderMarkdown },
  { name: 'github', render: renderGithub, checklist: false },
  { name: 'gitlab', render: renderGitlab, checklist: false, cut: null },
  // The page's own script is the same for every report.
  { name: 'html', render: (report) => renderHtml(report).replace(/<script>[^]*<\/script>/, '') },
  { name: 'sarif', render: renderSarif, checklist: false, cut: /"executionSuccessful": false/ },
];

const UNSEEN = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/;
const lines = (text: string) => stripVTControlCharacters(text).replace(/\n$/, '').split('\n');
/** What stands under the head of the report. */
const body = (text: string) => lines(text).slice(lines(text).indexOf(''));
const isTitle = (line: string) => /^ {3}[▲✖!x] /.test(line);
const isVerdict = (line: string) => /^(PASS|WARN|FAIL|INCONCLUSIVE) {3}/.test(line);

/** A recording with these fields, wherever they are, holding text that does harm. */
function hostile(recording: Recording, fields: readonly string[]): Recording {
  const walk = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [
        name,
        fields.includes(name) && typeof inner === 'string' ? HOSTILE : walk(inner),
      ]),
    );
  };
  return { ...recording, events: recording.events.map(walk) as Recording['events'] };
}

const FOREIGN = ['command', 'text', 'path', 'address', 'reason', 'detail', 'name'];
// A few are enough: one of each way to die.
const hostileReports = recordings
  .filter((_, index) => index % 3 === 0)
  .map(({ name, recording }) => {
    const { plan } = recording.header;
    const target = { ...plan.target, command: HOSTILE, args: [HOSTILE] };
    const report = judgeRecording(hostile(recording, FOREIGN), { ...plan, target });
    const checks = report.checks.map((check) => ({
      ...check,
      observed: check.observed && HOSTILE,
      expected: check.expected && HOSTILE,
      because: check.because && HOSTILE,
    }));
    return { name, report, worse: { ...report, checks } };
  });

const cutReports = recordings.flatMap(({ name, recording }) =>
  [0, 3, 34, 150].map((part) => ({
    name: `${name}, ${part} events`,
    report: judgeRecording(
      { ...recording, events: recording.events.slice(0, part), whole: false },
      recording.header.plan,
    ),
  })),
);

describe.each(reporters)('$name', ({ render: renderAfresh, cut = /was cut off/ }) => {
  const render = once(renderAfresh);

  it('ends in one newline', () => {
    for (const { name, report } of reports) expect(render(report), name).toMatch(/[^\n]\n$/);
  });

  it('gives the same bytes twice, and leaves the report as it was', () => {
    for (const { name, report } of reports) {
      expect(renderAfresh(structuredClone(report)), name).toBe(render(report));
      expect(JSON.parse(read(`${name}.report.json`)), name).toEqual(report);
    }
  });

  it('says nothing that is no value', () => {
    for (const { name, report } of reports)
      expect(render(report), name).not.toMatch(/\b(undefined|NaN|Infinity)\b|\[object /);
  });

  it('reports a recording that was cut off, wherever that was', () => {
    for (const { name, report } of cutReports) {
      const text = render(report);
      expect(text, name).not.toMatch(/\b(undefined|NaN|Infinity)\b|\[object /);
      if (cut !== null) expect(text, name).toMatch(cut);
    }
  });

  it('escapes what is foreign, and lets nothing be hidden', () => {
    for (const report of [EVERYTHING, HARMFUL, ...hostileReports.flatMap((one) => [one.report, one.worse])]) {
      const text = stripVTControlCharacters(render(report));
      const found = report === EVERYTHING || renderAfresh === renderJson ? null : text.match(UNSEEN);
      expect(found).toBeNull();
      expect(text).not.toMatch(/\b(undefined|NaN|Infinity)\b|\[object /);
    }
  });

  it('never shows trials that do not agree as kept', () => {
    const flaky = { ...EVERYTHING, checks: EVERYTHING.checks.filter(({ id }) => id === 'exits-in-time') };
    const text = stripVTControlCharacters(render(flaky));
    expect(text).toMatch(/≈|% |"flaky"|<failure|^not ok 1 - exits-in-time|🔀|^::error |"critical"|"results": \[\]/m);
  });
});

describe.each(reporters.filter(({ checklist = true }) => checklist))('$name', ({ render }) => {
  it('has every item of the checklist, in order', () => {
    for (const { name, report } of reports) {
      const text = stripVTControlCharacters(render(report));
      const places = CHECKLIST.map(({ number, item }) =>
        text.search(
          new RegExp(
            `^(${number}  ${item}|      "item": "${item}",|<li><h3>${number}  ${item}</h3>.*|\\| \\*\\*${number}  ${item}\\*\\* \\|.*)$`,
            'm',
          ),
        ),
      );
      expect(places, name).not.toContain(-1);
      expect(places, name).toEqual([...places].sort((a, b) => a - b));
    }
  });
});

describe.each(terminals)('$name', ({ render: renderAfresh, width, unicode, colour }) => {
  const render = once(renderAfresh);
  // At the least width, titles and counts may need more than there is.
  const shown = colour ? body : lines;
  const fits = (line: string) => widthOf(line) <= width || (width === 60 && (isTitle(line) || isVerdict(line)));

  it('has no line that is wider than the terminal, and none that ends in spaces', () => {
    for (const { name, report } of reports) {
      const drawn = shown(render(report));
      expect(
        drawn.filter((line) => !fits(line)),
        name,
      ).toEqual([]);
      if (!colour)
        expect(
          drawn.filter((line) => line.endsWith(' ')),
          name,
        ).toEqual([]);
    }
  });

  it('counts in its verdict what the checks say', () => {
    for (const { name, report } of reports) {
      const drawn = lines(render(report));
      const verdict = drawn.filter(isVerdict);
      expect(verdict, name).toHaveLength(1);
      const footer = drawn.slice(drawn.findIndex(isVerdict)).join(' ');
      const count = (words: string) => Number(new RegExp(`(\\d+) ${words}`).exec(footer)?.[1] ?? 0);
      const having = (status: string) => report.checks.filter((check) => check.status === status).length;
      expect(verdict[0], name).toMatch(new RegExp(`^${report.verdict.toUpperCase()} {3}`));
      expect(
        [count('failed'), count('warnings?'), count('not proved'), count('passed'), count('not checked')],
        name,
      ).toEqual(['fail', 'warn', 'inconclusive', 'pass', 'skip'].map(having));
      expect(footer, name).toMatch(/exits 1\b/);
    }
  });

  it('does not count what is ignored', () => {
    for (const { name, report } of reports) {
      const ignored = { ...report, checks: report.checks.map((check) => ({ ...check, ignored: true })) };
      expect(lines(render(ignored)).find(isVerdict) ?? '', name).not.toMatch(
        /failed|warning|passed|not (checked|proved)/,
      );
    }
  });

  it('marks every check with its title', () => {
    const marks = unicode
      ? { pass: '✔', warn: '▲', fail: '✖', skip: '·', inconclusive: '?', flaky: '≈' }
      : { pass: '+', warn: '!', fail: 'x', skip: '-', inconclusive: '?', flaky: '%' };
    for (const { name, report } of reports) {
      const text = lines(render(report));
      const marked = (status: keyof typeof marks, title: string) =>
        text.some((line) => line.startsWith(`   ${marks[status]} ${title.slice(0, 30)}`));
      // What is not checked for one and the same reason may stand together, in a paragraph of its own.
      const paragraphs = text.join(' ').replace(/\s+/g, ' ');
      for (const { status, title } of report.checks)
        expect(marked(status, title) || (status === 'skip' && paragraphs.includes(title)), `${name}: ${title}`).toBe(
          true,
        );
    }
  });

  it('shows the observation and the cure of everything that failed', () => {
    for (const { name, report } of reports) {
      const text = lines(render(report)).join(' ').replace(/\s+/g, ' ');
      for (const { status, id } of report.checks)
        if (status === 'fail' || status === 'warn') expect(text, name).toContain(`see drain-check explain ${id}`);
    }
  });

  it('escapes what is foreign, from whatever field it comes', () => {
    for (const { name, report, worse } of hostileReports) {
      for (const one of [report, worse]) {
        const text = render(one);
        expect(stripVTControlCharacters(text).match(UNSEEN), name).toBeNull();
        // A foreign colour would have gone with ours.
        expect(stripVTControlCharacters(text), name).toContain('\\x1b[31mred');
        expect(
          shown(text).filter((line) => !fits(line)),
          name,
        ).toEqual([]);
      }
    }
  });

  it.runIf(!unicode)('draws in ASCII', () => {
    // What a check has observed, and how many of a kind there were, are words of the report.
    for (const { name, report } of reports) {
      const drawn = lines(render(report)).map((line) =>
        line.replace(/ ×\d+ /, '').replace(/(?<=\d( ms| s)?)–(?=\d)/, ''),
      );

      expect(
        drawn.filter((line) => /[^\u0020-\u007e]/.test(line)),
        name,
      ).toEqual([]);
    }
  });
});

describe('colour', () => {
  it.each(terminals.filter(({ colour }) => colour))('changes no letter: $name', (coloured) => {
    const plain = terminals.find(
      ({ width, unicode, colour, verbose }) =>
        width === coloured.width && unicode === coloured.unicode && verbose === coloured.verbose && !colour,
    );
    for (const { name, report } of reports) {
      expect(coloured.render(report), name).toContain('\u001b[');
      expect(
        body(coloured.render(report)).map((line) => line.trimEnd()),
        name,
      ).toEqual(body(plain?.render(report) ?? ''));
    }
  });
});

describe('json', () => {
  it('is the report', () => {
    for (const { name, report } of reports) expect(JSON.parse(renderJson(report)), name).toEqual(report);
  });

  it('keeps foreign text as it is, and its control characters escaped', () => {
    for (const { name, worse } of hostileReports) {
      const text = renderJson(worse);
      expect(JSON.parse(text), name).toEqual(worse);

      expect(text, name).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
    }
  });
});

describe('the footer', () => {
  const render = (recordedTo: string | null, exitCode = 3) =>
    renderTerminal(reports[0]?.report as Report, {
      style: { ...PLAIN, unicode: true, width: 80 },
      verbose: false,
      exitCode,
      recordedTo,
    });
  it('tells the exit code, and where the recording is', () => {
    expect(render(null)).toMatch(/exits 3\n$/);
    expect(render('run.ndjson')).toMatch(/recording: run\.ndjson\n$/);
  });
  it('escapes the path of the recording, and breaks it where it is too long', () => {
    const text = render(HOSTILE);
    expect(text).not.toMatch(UNSEEN);
    expect(Math.max(...lines(text).map(widthOf))).toBeLessThanOrEqual(80);
  });
});
