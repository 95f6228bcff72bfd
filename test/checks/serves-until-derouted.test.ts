import { describe, expect, it } from 'vitest';
import { servesUntilDerouted } from '../../src/checks/serves-until-derouted.js';
import { deployment, rehearsed } from '../support/manifest.js';
import { examplePlan, urlPlan } from '../support/plan.js';
import { Story } from '../support/story.js';

const judge = (story: Story) => servesUntilDerouted.judge(story.facts(), story.plan);
const signalled = (profile: 'kubernetes' | 'load-balancer' = 'kubernetes') =>
  new Story(examplePlan({ profile })).life().signal();
/** A service whose readiness fails between 1000 and 1002 ms. */
const balanced = () => signalled('load-balancer').probes('readiness', 200, 0, 990).probes('readiness', 503, 1000, 5900);

describe('serves-until-derouted', () => {
  it('weighs as much as the profile has others follow it', () => {
    const levels = (['kubernetes', 'load-balancer', 'standalone', 'docker'] as const).map((profile) =>
      servesUntilDerouted.level(profile),
    );
    expect(levels).toEqual(['should', 'must', 'info', 'info']);
  });

  it('passes when new connections were served for the routing lag', () => {
    const verdict = judge(signalled().arrival(25).arrival(4950).arrival(5000, 'refused').exit(6000));
    expect(verdict).toMatchObject({ status: 'pass', scenario: 'drain', observed: 'served for 5 s after the signal' });
  });

  it('fails when the listener closed a millisecond sooner', () => {
    expect(judge(signalled().arrival(25).arrival(4999, 'refused').exit(6000)).status).toBe('fail');
  });

  it.each(['refused', 'rejected', 'reset'] as const)(
    'fails when a connection was %s too soon, and says which delay would help',
    (ending) => {
      const verdict = judge(signalled().arrival(25).arrival(1900, ending).exit(6000));
      expect(verdict).toMatchObject({
        status: 'fail',
        expected: 'new connections are served for 5 s after the signal (--routing-lag)',
        observed: 'served for 1.9 s after the signal',
        because: 'a preStop delay of 4 s would cover the rest',
      });
    },
  );

  it('fails when a connection was answered with a server error too soon', () => {
    expect(
      judge(signalled().arrival(25).arrival(1900, 'answered', { status: 500 }).arrival(5500).exit(6000)),
    ).toMatchObject({ status: 'fail', observed: 'served for 1.9 s after the signal' });
  });

  it('fails when none was served at all', () => {
    expect(judge(signalled().arrival(25, 'refused').exit(600))).toMatchObject({
      status: 'fail',
      observed: 'the first new connection after the signal was not served',
    });
  });

  it('fails when it was gone sooner', () => {
    expect(judge(signalled().arrival(25).exit(600)).observed).toContain('600 ms');
  });

  it('takes the closing that the probes saw', () => {
    const story = signalled()
      .probes('liveness', 200, 0, 1000)
      .arrival(25)
      .arrival(975)
      .probes('liveness', 'refused', 1010, 5900);
    expect(judge(story.exit(6000))).toMatchObject({ status: 'fail', observed: 'served for 1.01 s after the signal' });
  });

  it('passes when it served until it was killed', () => {
    expect(judge(signalled().arrival(25).arrival(29_000).killed(30_000)).status).toBe('pass');
  });

  it('follows --routing-lag', () => {
    const story = signalled().arrival(25).arrival(1900, 'refused').exit(6000);
    expect(servesUntilDerouted.judge(story.facts(), examplePlan({ routingLagMs: 1900 })).status).toBe('pass');
    expect(servesUntilDerouted.judge(story.facts(), examplePlan({ routingLagMs: 1901 })).status).toBe('fail');
  });

  describe('with a manifest', () => {
    const after = (seconds: number, profile: 'kubernetes' | 'load-balancer' = 'kubernetes') => {
      const manifest = rehearsed(deployment({ container: { lifecycle: { preStop: { sleep: { seconds } } } } }));
      return judge(
        new Story(examplePlan({ profile, manifest }))
          .life()
          .signal()
          .probes('readiness', 200, 0, 990)
          .probes('readiness', 503, 1000, 1800)
          .arrival(25)
          .arrival(1900, 'refused')
          .exit(6000),
      );
    };

    it('counts the preStop delay, which comes before the signal', () => {
      expect(after(4)).toMatchObject({
        status: 'pass',
        observed: 'served for 1.9 s after the signal, and for 4 s of preStop before it',
      });
      expect(after(3).status).toBe('fail');
    });

    it('does not count it where readiness decides', () => expect(after(60, 'load-balancer').status).toBe('fail'));
  });

  describe('behind a load balancer', () => {
    it.each([
      ['passes', 6002, 'pass', '5 s'],
      ['fails', 6001, 'fail', '5 s'],
      ['fails', 5002, 'fail', '4 s'],
    ] as const)('%s when the listener closed at %i ms, a second after readiness failed', (_, at, status, served) => {
      const verdict = judge(balanced().arrival(25).arrival(4975).arrival(at, 'refused').exit(7000));
      expect(verdict).toMatchObject({ status, observed: `served for ${served} after readiness failed` });
    });

    it('does not apply when readiness never failed', () => {
      const verdict = judge(signalled('load-balancer').probes('readiness', 200, 0, 6900).arrival(25).exit(7000));
      expect(verdict).toMatchObject({ status: 'skip', because: expect.stringContaining('fails-readiness') as string });
    });
  });

  it('is inconclusive when the recording ends before the target did', () => {
    expect(judge(signalled().arrival(25)).status).toBe('inconclusive');
  });
});

describe('serves-until-derouted, behind a URL', () => {
  /** Readiness is well for the last time at 100 ms and fails at 112 ms; the last answer comes at 7 s. */
  const leaving = (profile: 'kubernetes' | 'load-balancer' = 'kubernetes') =>
    new Story(urlPlan(null, { profile }))
      .taken('url')
      .probes('readiness', 200, -90, 100)
      .stop()
      .probes('readiness', 503, 110, 5900)
      .exchange('slow-response', { openedAt: -50, endedAt: 7000 })
      .arrival(150)
      .arrival(4950);

  it.each([
    ['passes', 5100, 'pass', '5 s'],
    ['fails', 1900, 'fail', '1.8 s'],
  ] as const)('%s when a new connection was refused at %i ms', (_, at, status, served) => {
    const verdict = judge(leaving().arrival(at, 'refused').settled(9000, false));
    expect(verdict).toMatchObject({ status, scenario: 'drain', observed: `served for ${served} after the signal` });
  });

  it('counts from the failing of readiness behind a load balancer', () => {
    const verdict = judge(leaving('load-balancer').arrival(5112, 'refused').settled(9000, false));
    expect(verdict).toMatchObject({ status: 'pass', observed: 'served for 5 s after readiness failed' });
  });

  it('fails when the first that was seen of the stop is a connection that was refused', () => {
    const story = new Story(urlPlan()).taken('url').stop().arrival(100).arrival(150, 'refused').arrival(200, 'refused');
    expect(judge(story.settled(3000, false))).toMatchObject({
      status: 'fail',
      observed: 'the first new connection after the signal was not served',
    });
  });

  it('is inconclusive when it was never stopped', () => {
    expect(judge(new Story(urlPlan()).taken('url').arrival(25).settled(3000, true)).status).toBe('inconclusive');
  });
});
