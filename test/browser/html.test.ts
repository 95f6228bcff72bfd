import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { afterAll, describe, expect, it } from 'vitest';
import { lookInto } from '../../src/judging.js';
import { parseRecording } from '../../src/recording/file.js';
import type { Death, Stroke } from '../../src/report/deaths.js';
import { renderHtml } from '../../src/report/html/index.js';
import type { Report } from '../../src/report/types.js';
import { closeBrowser, noBrowser, open } from '../support/browser.js';
import { EVERYTHING, HARMFUL, keptReport, MARKUP } from '../support/reports.js';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

function kept(name: string): { report: Report; html: string } {
  const text = readFileSync(new URL(`../../fixtures/recordings/${name}.ndjson`, import.meta.url), 'utf8');
  const recording = parseRecording(text, name);
  const report = keptReport(name);
  return { report, html: renderHtml(report, lookInto(recording, recording.header.plan)) };
}

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  // What runs here runs in the page, where axe is.
  return page.evaluate(
    `axe.run().then((results) => results.violations.map((one) => one.id + ': ' + one.nodes.map((node) => node.html).join(' ')))`,
  );
}

const nodes = (page: Page) => page.locator('svg').first().locator('*').count();
const ticks = (page: Page) => page.locator('svg').first().locator('text.soft').allTextContents();

/** One death with so many exchanges, spread over its ten seconds. */
function crowd(report: Report, count: number): Death[] {
  const scenario = report.scenarios.find((one) => one.timeline !== null);
  const endings = ['answered', 'refused', 'reset'] as const;
  const exchanges = Array.from({ length: count }, (_, i): Stroke => ({
    kind: 'slow requests',
    request: `GET /${i}`,
    fromMs: (i / count) * 400,
    toMs: (i / count) * 400 + 30,
    ending: endings[i % 3] ?? 'answered',
    status: 200,
    bytes: 2,
    detail: null,
  }));
  return scenario === undefined ? [] : [{ scenario: scenario.id, startedAt: scenario.startedAt ?? 0, exchanges }];
}

describe.skipIf(noBrowser)('the page', () => {
  afterAll(closeBrowser);

  describe.each([
    ['a failed run', kept('closes-server-and-waits-for-idle-clients').html],
    ['a clean run', kept('perfect-with-lame-duck').html],
    ['everything', renderHtml(EVERYTHING)],
    ['harmful text', renderHtml(HARMFUL)],
  ])('%s', (_, html) => {
    it.each([
      [1280, false],
      [1280, true],
      [400, false],
      [400, true],
    ])('is accessible, quiet and within %d pixels, dark: %s', async (width, dark) => {
      const { page, complaints } = await open(html, { width, dark });
      expect(await violations(page)).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
      expect(complaints).toEqual([]);
    });
  });

  it('shows what a target says as text', async () => {
    const deaths = crowd(HARMFUL, 3).map((death) => ({
      ...death,
      exchanges: death.exchanges.map((one) => ({ ...one, request: MARKUP, detail: MARKUP })),
    }));
    const { page, complaints } = await open(renderHtml(HARMFUL, deaths));
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.locator('main script').count()).toBe(0);
    expect(await page.locator('h1').textContent()).toContain('<script>alert(1)</script>');
    await page.locator('svg').first().press('ArrowDown');
    expect(await page.locator('output').first().textContent()).toContain('<img src=x onerror=alert(1)>');
    expect(complaints).toEqual([]);
  });

  it('has lanes for every exchange, strips for probes, and lines for what happened', async () => {
    const { report, html } = kept('closes-server-and-waits-for-idle-clients');
    const { page } = await open(html);
    const drain = page.locator('svg').first();
    const labels = await drain.locator('text[data-label]').allTextContents();
    expect(labels).toEqual(
      expect.arrayContaining([
        'slow requests ×5',
        'uploads',
        expect.stringMatching(/^readiness: /),
        expect.stringMatching(/^liveness: /),
        'process: exit 0',
      ]),
    );
    expect(await drain.locator('rect.e-answered').count()).toBeGreaterThanOrEqual(6);
    expect(await drain.locator('rect.p-good').count()).toBeGreaterThanOrEqual(2);
    const marks = await drain.locator('text[data-mark]').allTextContents();
    expect(marks).toEqual(['SIGTERM', 'readiness failed', 'listener closed', 'exit']);
    const idle = await page.locator('svg').nth(1).locator('text[data-mark]').allTextContents();
    expect(idle).toEqual(expect.arrayContaining(['grace period over', 'killed']));
    expect(await page.locator('ul.checks > li').count()).toBe(report.checks.length);
  });

  it('is read, zoomed and moved with the keyboard alone', async () => {
    const { page } = await open(kept('closes-server-and-waits-for-idle-clients').html);
    const svg = page.locator('svg').first();
    const output = page.locator('output').first();
    await svg.press('ArrowDown');
    const first = await output.textContent();
    expect(first).toMatch(/^slow requests: GET \/slow\. Begun at -?\d/);
    await svg.press('ArrowDown');
    expect(await output.textContent()).not.toBe(first);
    await svg.press('ArrowUp');
    expect(await output.textContent()).toBe(first);
    const all = await ticks(page);
    await svg.press('+');
    const near = await ticks(page);
    expect(near).not.toEqual(all);
    await svg.press('ArrowRight');
    expect(await ticks(page)).not.toEqual(near);
    await svg.press('0');
    expect(await ticks(page)).toEqual(all);
    await page.getByLabel('Zoom in: drain').click();
    expect(await ticks(page)).toEqual(near);
    await svg.press('Escape');
    expect(await output.textContent()).toBe('');
  });

  it('tells what is pointed at', async () => {
    const { page } = await open(kept('closes-server-and-waits-for-idle-clients').html);
    await page.locator('svg').first().locator('rect.e-answered').first().hover();
    expect(await page.locator('output').first().textContent()).toContain('answered at');
  });

  it('leaves out the endings that are not wanted', async () => {
    const { page } = await open(kept('closes-server-and-waits-for-idle-clients').html);
    const refused = page.locator('svg').first().locator('.e-refused');
    expect(await refused.count()).toBeGreaterThan(0);
    await page.getByRole('checkbox', { name: /^refused \(/ }).uncheck();
    expect(await refused.count()).toBe(0);
    await page.getByRole('checkbox', { name: /^refused \(/ }).check();
    expect(await refused.count()).toBeGreaterThan(0);
  });

  it('draws thousands of exchanges together until it is zoomed in', async () => {
    const report = keptReport('closes-server-and-waits-for-idle-clients');
    const { page, complaints } = await open(renderHtml(report, crowd(report, 20_000)));
    const label = page.locator('svg').first().locator('text[data-label]').first();
    expect(await label.textContent()).toBe('slow requests ×20000, together; zoom in for each');
    // Bounded by the width of the picture and not by their number.
    expect(await nodes(page)).toBeLessThan(2000);
    const svg = page.locator('svg').first();
    await svg.press('ArrowDown');
    expect(await page.locator('output').first().textContent()).toMatch(
      /around .* open, \d+ answered, \d+ refused, \d+ reset/,
    );
    for (let i = 0; i < 12; i++) await svg.press('+');
    expect(await nodes(page)).toBeLessThan(2000);
    const few = keptReport('closes-server-and-waits-for-idle-clients');
    const other = await open(renderHtml(few, crowd(few, 300)));
    const near = other.page.locator('svg').first();
    for (let i = 0; i < 6; i++) await near.press('+');
    expect(await near.locator('text[data-label]').first().textContent()).toMatch(/^slow requests ×\d+$/);
    expect(complaints).toEqual([]);
  });

  it('can be printed', async () => {
    const { page } = await open(kept('closes-server-and-waits-for-idle-clients').html, { dark: true });
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('.tools').isVisible()).toBe(false);
    expect(await page.locator('svg').first().isVisible()).toBe(true);
    const pdf = await page.pdf();
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
  });
});
