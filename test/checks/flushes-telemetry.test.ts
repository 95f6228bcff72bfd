import { describe, expect, it } from 'vitest';
import { flushesTelemetry } from '../../src/checks/flushes-telemetry.js';
import { backendsPlan } from '../support/plan.js';
import { Story } from '../support/story.js';

const judge = (story: Story) => flushesTelemetry.judge(story.facts(), story.plan);
const life = () =>
  new Story(backendsPlan({ telemetry: { otlpPort: null, statsdPort: null } })).life('drain').markedRequests().signal();

describe('flushes-telemetry', () => {
  it('passes when the traces of what was in flight came', () => {
    const verdict = judge(life().traced(-100, 'p1', 'p2', 'p3').traced(640, 'f1').exit(650));
    expect(verdict).toMatchObject({ status: 'pass', observed: 'spans of 1 of 1 request' });
  });

  it('fails when they did not', () => {
    const verdict = judge(life().traced(-100, 'p1', 'p2', 'p3').exit(650));
    expect(verdict).toMatchObject({
      status: 'fail',
      observed: 'spans of 1 of 1 request that were finished after the signal never came',
    });
    expect(verdict.evidence).toHaveLength(1);
  });

  it('demands nothing when nothing came before the signal', () => {
    expect(judge(life().traced(640, 'f1').exit(650)).because).toMatch(/no telemetry came before the signal/);
  });

  it('demands nothing of those who sample', () => {
    expect(judge(life().traced(-100, 'p1').exit(650)).because).toMatch(/sampled/);
  });

  it('demands nothing of requests that were lost', () => {
    const story = new Story(backendsPlan({ telemetry: { otlpPort: null, statsdPort: null } }))
      .life('drain')
      .event(-400, { type: 'peace-begun' })
      .event(-300, { type: 'request-marked', of: null, id: 'p1', path: '/slow', answeredAt: 700 })
      .exchange('slow-response', { ending: 'reset', endedAt: 20 })
      .event(-90, { type: 'request-marked', of: 1, id: 'f1', path: '/slow', answeredAt: null })
      .signal();
    expect(judge(story.traced(-100, 'p1').exit(30)).because).toMatch(/no request in flight was finished/);
  });

  it('knows metrics that come after the last answer from those that came before', () => {
    const metrics = (story: Story, at: number) =>
      story.event(at, { type: 'telemetry-received', sink: 'otlp', exported: 'metrics', bytes: 9, ids: [] });
    expect(judge(metrics(metrics(life(), -100), 640).exit(650)).status).toBe('pass');
    expect(judge(metrics(metrics(life(), -100), 200).exit(650))).toMatchObject({
      status: 'fail',
      observed: 'the last metrics came 300 ms before the last request was answered',
    });
  });

  it('counts with StatsD what counts such requests and no others', () => {
    const peace = () => life().counted(-500, 'other', 4).counted(-200, 'other', 3).counted(-200, 'slow', 3);
    expect(judge(peace().counted(640, 'slow', 1).exit(650))).toMatchObject({
      status: 'pass',
      observed: 'slow: 1 of 1 points after the signal',
    });
    expect(judge(peace().counted(640, 'other', 9).exit(650)).status).toBe('fail');
  });

  it('cannot tell when StatsD counts all alike, or a part', () => {
    expect(judge(life().counted(-500, 'all', 4).counted(-200, 'all', 3).exit(650)).status).toBe('inconclusive');
    expect(judge(life().counted(-200, 'slow', 3, true).exit(650)).status).toBe('inconclusive');
    // More than one for each may be what was kept back of others, as clients do that send in batches.
    expect(judge(life().counted(-200, 'all', 42).counted(640, 'all', 9).exit(650)).status).toBe('inconclusive');
  });

  it('asks every series of StatsD that counts such requests', () => {
    const peace = () => life().counted(-200, 'slow', 3).counted(-200, 'finished', 3);
    expect(judge(peace().counted(640, 'slow', 1).counted(640, 'finished', 1).exit(650)).status).toBe('pass');
    expect(judge(peace().exit(650)).status).toBe('fail');
    expect(judge(peace().counted(640, 'finished', 1).exit(650))).toMatchObject({
      status: 'inconclusive',
      because: 'slow: 0 of 1 points came after the signal, and all of finished',
    });
  });
});
