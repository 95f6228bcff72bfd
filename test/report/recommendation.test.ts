import { describe, expect, it } from 'vitest';
import type { Plan } from '../../src/plan/types.js';
import { recommend } from '../../src/report/recommendation.js';
import { deployment, rehearsed } from '../support/manifest.js';
import { examplePlan } from '../support/plan.js';
import { Story } from '../support/story.js';

const story = (changes: Partial<Plan> = {}) => new Story(examplePlan(changes));

describe('recommend', () => {
  it('asks for the routing lag that was not served, and for the longest drain with its margin', () => {
    const facts = story({ routingLagMs: 5000 }).life().signal().arrival(50).arrival(1000, 'refused').exit(3000).facts();
    // 5 s of routing lag, 1 s of which was served; 3 s of drain; 2 s of margin.
    expect(recommend(facts)).toMatchObject({ preStopSeconds: 4, terminationGracePeriodSeconds: 9 });
  });

  it('needs no delay where new connections were served long enough', () => {
    const facts = story({ routingLagMs: 2000 }).life().signal().arrival(50).arrival(2500).exit(3000).facts();
    expect(recommend(facts)).toMatchObject({ preStopSeconds: 0, terminationGracePeriodSeconds: 5 });
  });

  it('takes the slowest life, and a margin of a fifth where that is more than 2 s', () => {
    const facts = story({ routingLagMs: 0 }).life().signal().exit(1000).life('idle').signal().exit(20_000).facts();
    expect(recommend(facts)).toMatchObject({ preStopSeconds: 0, terminationGracePeriodSeconds: 24 });
  });

  it('writes the sum out', () => {
    const because =
      recommend(story({ routingLagMs: 5000 }).life().signal().arrival(1000, 'refused').exit(3000).facts())?.because ??
      '';
    for (const part of ['5 s', '1 s', '3 s', '2 s']) expect(because).toContain(part);
  });

  it('is never shorter than what it is the sum of', () => {
    for (const exit of [1, 999, 1001, 9999, 10_001, 60_000]) {
      const advice = recommend(story({ routingLagMs: 4321 }).life().signal().arrival(1, 'refused').exit(exit).facts());
      const least = (advice?.preStopSeconds ?? 0) * 1000 + exit + Math.max(2000, exit / 5);
      expect(advice?.terminationGracePeriodSeconds).toBe(Math.ceil(least / 1000));
    }
  });

  it.each([
    ['nothing was played', story()],
    ['the drain was not played', story().life('idle').signal().exit(100)],
    ['the signal was never sent', story().life().exit(100)],
    ['it was killed', story().life().signal().killed(30_000)],
    ['one of its lives was killed', story().life().signal().exit(100).life('idle').signal().killed(30_000)],
    ['its end was not seen', story().life().signal()],
  ])('is silent when %s', (_, told) => expect(recommend(told.facts())).toBeNull());

  describe('with a manifest', () => {
    const of = (text: string, servedMs: number, routingLagMs = 5000) =>
      recommend(
        story({ manifest: rehearsed(text), routingLagMs })
          .life()
          .signal()
          .arrival(25)
          .arrival(servedMs, 'refused')
          .exit(3000)
          .facts(),
      );
    const preStop = (seconds: number) => deployment({ container: { lifecycle: { preStop: { sleep: { seconds } } } } });

    it('adds a margin to the lag, since the kubelet counts whole seconds', () => {
      // 5 s of lag and 1 s of margin, 1.5 s of which were served; 3 s of drain; 2 s of margin.
      expect(of(deployment(), 1500)).toMatchObject({ preStopSeconds: 5, terminationGracePeriodSeconds: 10 });
    });

    it('needs no delay where new connections were served long enough', () => {
      expect(of(deployment(), 2500, 1500)).toMatchObject({ preStopSeconds: 0, terminationGracePeriodSeconds: 5 });
    });

    it('leaves a delay that is long enough, and counts it', () => {
      expect(of(preStop(20), 1000)).toMatchObject({ preStopSeconds: 20, terminationGracePeriodSeconds: 25 });
      expect(of(preStop(20), 1000)?.because).toContain('the delay of 20 s in the manifest, 5 s would do');
      expect(of(preStop(2), 1000)).toMatchObject({ preStopSeconds: 5, terminationGracePeriodSeconds: 10 });
    });

    it('takes the slowest route that the manifest shows', () => {
      const service = {
        kind: 'Service',
        metadata: { name: 'web' },
        spec: { selector: { app: 'orders' }, externalTrafficPolicy: 'Local' },
      };
      const advice = of(`${JSON.stringify(service)}\n---\n${deployment()}`, 1000);
      expect(advice).toMatchObject({ preStopSeconds: 15, terminationGracePeriodSeconds: 20 });
      expect(advice?.because).toContain('externalTrafficPolicy: Local takes 15 s to follow, with 1 s of margin');
    });

    it('asks for no delay where nobody is sent', () => {
      const other = '{"kind": "Service", "metadata": {"name": "x"}, "spec": {"selector": {"app": "x"}}}';
      expect(of(`${other}\n---\n${deployment()}`, 100)).toMatchObject({
        preStopSeconds: 0,
        terminationGracePeriodSeconds: 5,
      });
    });
  });
});
