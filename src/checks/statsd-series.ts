import { fateOf } from '../recording/facts/answers.js';
import type { LifeFacts } from '../recording/facts/life.js';
import type { RunFacts } from '../recording/facts/run.js';
import { inPeace } from './marked-requests.js';

/** What a series of StatsD that counts the requests in flight should have had after the signal, and had. */
export interface CountedSeries {
  name: string;
  wanted: number;
  came: number;
  evidence: number[];
}

/**
 * The series that counts requests like those in flight and no others: it was first seen with those that were sent in
 * peace, and had as many points for each. It must count every one of the same path that was answered after the signal.
 */
export function countedSeries(life: LifeFacts, facts: RunFacts): CountedSeries | { because: string } {
  const { marks } = life;
  const signalAt = life.signal?.at ?? 0;
  const peaceAt = marks.peaceAt ?? 0;
  const sent = inPeace(life);
  const before = new Set(pointsIn(life, -Infinity, peaceAt).keys());
  const inBetween = [...pointsIn(life, peaceAt, signalAt)].filter(([name]) => !before.has(name));
  const whole = inBetween.filter(([, { points, sampled }]) => !sampled && points > 0 && points % sent.length === 0);
  const [first] = whole;
  if (first === undefined)
    return {
      because:
        'the StatsD series do not tell the requests in flight from others, so that none of theirs can be missed; count them by their path, or without sampling',
    };
  const [name, { points }] = first;
  const path = sent[0]?.path;
  const answered = life.exchanges.filter(
    (exchange) =>
      exchange.path === path && (exchange.end?.at ?? -1) > signalAt && fateOf(exchange, life, facts) === 'finished',
  );
  const after = pointsIn(life, signalAt, Infinity).get(name);
  return {
    name,
    wanted: (points / sent.length) * answered.length,
    came: after?.points ?? 0,
    evidence: marks.statsd
      .filter(({ series }) => series.some((one) => one.name === name))
      .map(({ seq }) => seq)
      .slice(-10),
  };
}

function pointsIn({ marks }: LifeFacts, from: number, to: number): Map<string, { points: number; sampled: boolean }> {
  const sums = new Map<string, { points: number; sampled: boolean }>();
  for (const { at, series } of marks.statsd) {
    if (at < from || at >= to) continue;
    for (const { name, points, sampled } of series) {
      const sum = sums.get(name) ?? { points: 0, sampled: false };
      sums.set(name, { points: sum.points + points, sampled: sum.sampled || sampled });
    }
  }
  return sums;
}
