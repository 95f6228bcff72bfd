import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { lookInto } from '../../src/judging.js';
import { parseRecording } from '../../src/recording/file.js';
import { pageData, scriptSafe } from '../../src/report/html/data.js';
import { renderHtml } from '../../src/report/html/index.js';
import { EVERYTHING, HARMFUL, keptReport, MARKUP } from '../support/reports.js';

const name = 'closes-server-and-waits-for-idle-clients';
const recording = parseRecording(
  readFileSync(new URL(`../../fixtures/recordings/${name}.ndjson`, import.meta.url), 'utf8'),
  name,
);
const deaths = lookInto(recording, recording.header.plan);
const report = keptReport(name);

describe('the page', () => {
  it('needs nothing else', () => {
    const html = renderHtml(report, deaths);
    expect(html).toContain(`default-src 'none'`);
    expect(html).not.toMatch(/<(link|img|iframe)\b|\b(src|href)=|@import|url\(/);
  });

  it('holds every exchange of every death', () => {
    const { deaths: drawn } = pageData(report, deaths);
    expect(drawn.map((death) => death.id)).toEqual(['drain', 'idle']);
    const count = (death: (typeof drawn)[number]) => death.groups.reduce((sum, group) => sum + group.items.length, 0);
    expect(drawn.map(count)).toEqual(deaths.map((death) => death.exchanges.length));
    expect(drawn[0]?.groups.find((group) => group.label === 'slow requests')?.items).toHaveLength(5);
  });

  it('makes do with the lanes of the report when there is no recording', () => {
    const [drain] = pageData(report, null).deaths;
    expect(drain?.groups.map((group) => group.label)).toContain('slow requests ×5');
  });

  it('lets nothing of a target end its script or become markup', () => {
    const worst = deaths.map((death) => ({
      ...death,
      exchanges: death.exchanges.map((one) => ({ ...one, request: MARKUP, detail: MARKUP })),
    }));
    const html = renderHtml({ ...HARMFUL, scenarios: report.scenarios }, worst);
    expect(html.match(/<script/g)).toHaveLength(2);
    expect(html.match(/<\/script>/g)).toHaveLength(2);
    expect(html).not.toContain('<img');
    const json = scriptSafe(pageData(report, worst));
    expect(json).not.toMatch(/[<>&\u2028\u2029]/);
    expect(JSON.parse(json)).toEqual(pageData(report, worst));
  });

  it('says what is flaky, known and ignored', () => {
    const html = renderHtml(EVERYTHING);
    expect(html).toContain('3 passed, 2 failed');
    expect(html).toContain('(known from the baseline)');
    expect(html).toContain('(ignored)');
    expect(html).toContain('deploy/app one.yaml:12:7');
  });
});
