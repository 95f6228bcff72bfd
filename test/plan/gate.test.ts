import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { budget } from '../../src/plan/gate.js';

const scenarios = ['drain', 'idle', 'pid-1'] as const;

describe('a budget', () => {
  it.each([
    ['exit.p95<5s', { scenario: null, metric: 'exit', statistic: 'p95', limitMs: 5000 }],
    [
      'idle.exit.max <= 1m30s',
      { scenario: 'idle', metric: 'exit', statistic: 'max', limitMs: 90_000, text: 'idle.exit.max<=1m30s' },
    ],
    ['pid-1.readiness.p50<500ms', { scenario: 'pid-1', metric: 'readiness', statistic: 'p50', limitMs: 500 }],
  ])('is understood: %s', (text, value) => expect(budget(text, scenarios)).toMatchObject({ value }));

  it.each([
    ['exit.p95', 'quote it: a shell takes < for itself'],
    ['exit.p99<5s', 'is not a budget'],
    ['exit.p95<5', 'is not a duration'],
    ['dran.exit.p95<5s', 'did you mean drain?'],
    ['', 'is not a budget'],
  ])('is refused, with what to write: %s', (text, problem) =>
    expect(budget(text, scenarios)).toMatchObject({ problem: expect.stringContaining(problem) as string }),
  );

  it('is understood or refused, whatever is given', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(Object.keys(budget(text, scenarios))).toHaveLength(1);
      }),
    );
  });
});
