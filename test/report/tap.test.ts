import { describe, expect, it } from 'vitest';
import { Parser } from 'tap-parser';
import { renderTap } from '../../src/report/tap.js';
import { EVERYTHING, HARMFUL, keptReport } from '../support/reports.js';

interface Point {
  ok: boolean;
  id: number;
  name: string;
  skip: string | boolean;
  todo: string | boolean;
  diag: Record<string, string> | null;
}

/** What a parser of the protocol understands, and what it could make nothing of. */
function read(tap: string): { points: Point[]; stray: string[]; version: number; planned: number } {
  const read = { points: [] as Point[], stray: [] as string[], version: 0, planned: 0 };
  const parser = new Parser({ strict: true });
  parser.on('version', (version: number) => (read.version = version));
  parser.on('plan', (plan: { end: number }) => (read.planned = plan.end));
  parser.on('assert', (result: unknown) => read.points.push(result as Point));
  parser.on('extra', (line: string) => read.stray.push(line));
  parser.end(tap);
  return read;
}

describe('tap', () => {
  it.each([
    ['everything', EVERYTHING],
    ['harmful text', HARMFUL],
    ['a clean run', keptReport('perfect-with-lame-duck')],
  ])('is understood to the last line: %s', (_, report) => {
    const { points, stray, version, planned } = read(renderTap(report));
    expect(stray).toEqual([]);
    expect(version).toBe(14);
    expect(points).toHaveLength(planned);
    expect(planned).toBe(report.checks.length + report.budgets.length);
    expect(points.map(({ id }) => id)).toEqual(points.map((_point, i) => i + 1));
  });

  it('says what is broken, left out and excused', () => {
    const { points } = read(renderTap(EVERYTHING));
    const point = (id: string) => points.find(({ name }) => name.includes(`${id}:`));
    expect(point('finishes-requests')).toMatchObject({ ok: false, skip: false, todo: false });
    expect(point('finishes-requests')?.diag).toMatchObject({ status: 'fail', where: 'deploy/app one.yaml:12:7' });
    expect(point('finishes-uploads')).toMatchObject({
      ok: true,
      diag: expect.objectContaining({ status: 'warn' }) as object,
    });
    expect(point('exits-cleanly')).toMatchObject({
      ok: false,
      diag: expect.objectContaining({ trials: '4 passed, 1 not proved' }) as object,
    });
    expect(point('keeps-liveness')).toMatchObject({ ok: false, todo: 'ignored' });
    const skipped = EVERYTHING.checks.find((check) => check.status === 'skip');
    expect(point(skipped?.id ?? '')).toMatchObject({ ok: true, skip: skipped?.because });
  });

  it('cannot be made to skip by what a target says', () => {
    const { points } = read(renderTap(HARMFUL));
    for (const check of HARMFUL.checks.filter(({ status, ignored, known }) => status === 'fail' && !ignored && !known))
      expect(points.find(({ name }) => name.includes(`${check.id}:`))).toMatchObject({
        ok: false,
        skip: false,
        todo: false,
      });
  });
});
