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
 * The series that count requests like those in flight and no others: each was first seen with those that were sent in
 * peace, and had one point for each. More are a sign that it counts others, too, whose points were kept back until then. It
 * must count every one of the same path that was answered after the signal.
 */
export function countedSeries(life: LifeFacts, facts: RunFacts): CountedSeries[] {
  const { marks } = life;
  const signalAt = life.signal?.at ?? 0;
  const peaceAt = marks.peaceAt ?? 0;
  const sent = inPeace(life);
  const before = new Set(pointsIn(life, -Infinity, peaceAt).keys());
  const inBetween = [...pointsIn(life, peaceAt, signalAt)].filter(([name]) => !before.has(name));
  const whole = inBetween.filter(([, { points, sampled }]) => !sampled && points === sent.length);
  const path = sent[0]?.path;
  const answered = life.exchanges.filter(
    (exchange) =>
      exchange.path === path && (exchange.end?.at ?? -1) > signalAt && fateOf(exchange, life, facts) === 'finished',
  );
  const after = pointsIn(life, signalAt, Infinity);
  return whole.map(([name]) => ({
    name,
    wanted: answered.length,
    came: after.get(name)?.points ?? 0,
    evidence: marks.statsd
      .filter(({ series }) => series.some((one) => one.name === name))
      .map(({ seq }) => seq)
      .slice(-10),
  }));
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
