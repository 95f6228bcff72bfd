import { describe, expect, it } from 'vitest';
import type { Check, Level, Status, Verdict, View } from '../../src/checks/check.js';
import { CHECKS } from '../../src/checks/index.js';
import { judge, overall, statusAtLevel } from '../../src/checks/judge.js';
import type { Plan } from '../../src/plan/types.js';
import { examplePlan, processPlan, urlPlan } from '../support/plan.js';
import { Story } from '../support/story.js';

const LEVELS: readonly Level[] = ['must', 'should', 'info'];

/** A check that says what a test wants it to say. */
function saying(status: Status, level: Level = 'must', id = `${level}-${status}`): Check {
  const verdict: Verdict = {
    status,
    scenario: 'drain',
    expected: 'this',
    observed: 'that',
    because: null,
    cure: null,
    location: null,
    evidence: [1],
  };
  return {
    id,
    item: 1,
    level: () => level,
    view: 'clients',
    topic: 'Topic',
    kept: 'Kept',
    broken: 'Broken',
    why: 'Why.',
    sources: [],
    cure: 'cure',
    judge: () => verdict,
  };
}

/** Judges with these checks and nothing else. */
function judged(checks: readonly Check[], changes: Partial<Plan> = {}) {
  const plan = examplePlan({ checks: checks.map((check) => check.id), ...changes });
  return judge(new Story(plan).facts(), plan, checks);
}

const verdictOf = (checks: readonly Check[], changes: Partial<Plan> = {}) => overall(judged(checks, changes));

describe('a verdict at its level', () => {
  it.each([
    ['must', false, 'fail'],
    ['must', true, 'fail'],
    ['should', false, 'warn'],
    ['should', true, 'fail'],
    ['info', false, 'skip'],
    ['info', true, 'skip'],
  ] as const)('a failed %s-check (strict: %s) counts as %s', (level, strict, status) => {
    expect(statusAtLevel('fail', level, strict)).toBe(status);
    expect(judged([saying('fail', level)], { strict })).toMatchObject([
      { level, status, verdict: { status: 'fail', observed: 'that' } },
    ]);
  });

  it.each(['pass', 'warn', 'skip', 'inconclusive'] as const)(
    '%s is the same at every level, strict or not',
    (status) => {
      for (const level of LEVELS)
        for (const strict of [false, true]) expect(statusAtLevel(status, level, strict)).toBe(status);
    },
  );

  it('an informative failure still shows what was seen', () => {
    const [one] = judged([saying('fail', 'info')], { profile: 'standalone' });
    expect(one?.verdict.because).toBe('informative under the profile standalone: that');
  });

  it('other verdicts are left as they are', () => {
    expect(judged([saying('pass', 'info')])[0]?.verdict.because).toBeNull();
    expect(judged([saying('fail', 'should')])[0]?.verdict.because).toBeNull();
  });

  it('takes the level from the profile', () => {
    const check: Check = { ...saying('fail'), level: (profile) => (profile === 'docker' ? 'info' : 'must') };
    expect(judged([check], { profile: 'docker' })[0]?.status).toBe('skip');
    expect(judged([check], { profile: 'kubernetes' })[0]?.status).toBe('fail');
  });
});

describe('the checks of a plan', () => {
  it('are judged in the order of the catalogue', () => {
    const catalogue = ['a', 'b', 'c'].map((id) => saying('pass', 'must', id));
    expect(judged(catalogue, { checks: ['c', 'a'] }).map((one) => one.check.id)).toEqual(['a', 'c']);
  });

  it('are those of the whole catalogue unless another is given', () => {
    const plan = examplePlan({ checks: ['separate-probes', 'handles-sigterm'] });
    expect(judge(new Story(plan).facts(), plan).map((one) => one.check.id)).toEqual([
      'handles-sigterm',
      'separate-probes',
    ]);
  });

  it('are shown but do not count when they are ignored', () => {
    const checks = [saying('fail'), saying('pass')];
    expect(judged(checks, { ignore: ['must-fail'] })).toMatchObject([
      { status: 'fail', ignored: true },
      { status: 'pass', ignored: false },
    ]);
    expect(verdictOf(checks, { ignore: ['must-fail'] })).toBe('pass');
    expect(verdictOf(checks)).toBe('fail');
  });
});

describe('the verdict of a run', () => {
  it.each([
    [['pass', 'skip'], 'pass'],
    [['pass', 'warn', 'skip'], 'warn'],
    [['pass', 'warn', 'inconclusive'], 'inconclusive'],
    [['pass', 'warn', 'inconclusive', 'fail'], 'fail'],
    [['fail', 'pass'], 'fail'],
    [['skip'], 'inconclusive'],
    [[], 'inconclusive'],
  ] as const)('of %j is %s', (statuses, verdict) => {
    expect(verdictOf(statuses.map((status) => saying(status)))).toBe(verdict);
  });

  it('is a warning when a should-check failed, and a failure when the plan is strict', () => {
    const checks = [saying('pass'), saying('fail', 'should')];
    expect(verdictOf(checks)).toBe('warn');
    expect(verdictOf(checks, { strict: true })).toBe('fail');
  });

  it.each(['fail', 'warn', 'inconclusive', 'skip', 'pass'] as const)(
    'is not touched by an info-check that says %s',
    (status) => {
      expect(verdictOf([saying('pass'), saying(status, 'info')], { strict: true })).toBe('pass');
      expect(verdictOf([saying('warn'), saying(status, 'info')])).toBe('warn');
      expect(verdictOf([saying(status, 'info')])).toBe('inconclusive');
    },
  );

  it('is inconclusive when all that was proved is ignored', () => {
    expect(verdictOf([saying('pass'), saying('skip')], { ignore: ['must-pass'] })).toBe('inconclusive');
  });
});

/** A plan in which every check applies. */
const everything = (changes: Partial<Plan> = {}) =>
  examplePlan({
    scenarios: ['drain', 'idle', 'streams', 'stuck', 'repeat-signal', 'interrupt', 'startup', 'pid-1'],
    websocket: { ...examplePlan().websocket, goodbye: { kind: 'text', text: 'goodbye' } },
    ...changes,
  });

/** A service that does everything right, seen from everywhere. */
function wellBehaved(plan = everything()): Story {
  const drain = new Story(plan).life().endpoint('readiness', '/ready').endpoint('liveness', '/live');
  drain
    .exchange('slow-response', { endedAt: 1200 })
    .exchange('slow-upload', { endedAt: 610, method: 'POST', path: '/' });
  drain.exchange('reused-connection', { connection: 1, openedAt: -50, endedAt: -49 }).signal();
  drain.exchange('reused-connection', { connection: 1, openedAt: 25, endedAt: 26, more: { announcedClose: true } });
  drain.probes('readiness', 200, -90, 10).probes('readiness', 503, 20, 6500).probes('readiness', 'refused', 6510, 6900);
  drain.probes('liveness', 200, -90, 6500).probes('liveness', 'refused', 6510, 6900);
  for (let at = 25; at < 6500; at += 50) drain.arrival(at);
  drain.exchange('new-work', { openedAt: 30, endedAt: 1130 }).arrival(6525, 'refused').exit(7000);
  const idle = drain
    .life('idle')
    .exchange('idle-connection', { connection: 2, openedAt: -200, endedAt: -190 })
    .exchange('silent-connection', { connection: 3, endedAt: 50, ending: 'closed' });
  idle
    .exchange('kept-after-answer', { connection: 4, endedAt: 1200 })
    .signal()
    .exchange('idle-connection', { connection: 2, openedAt: 20, endedAt: 21 });
  return specialDeaths(idle.closed(3, 'fin', 50).closed(4, 'fin', 1201).closed(2, 'fin', 6900).exit(7000));
}

/** The same service in the deaths that each ask for one thing. */
function specialDeaths(story: Story): Story {
  story.life('streams').exchange('stream', { path: '/events', more: { framing: 'chunked' } });
  story.websocket('quiet-websocket').goodbye(10).websocket('talking-websocket').goodbye(10).signal();
  story.websocket('new-websocket', {}, { openedAt: 75 }).exit(7000);
  story.life('stuck').exchange('stuck-upload', { ending: 'ended-by-tester', endedAt: 21_000 }).signal().exit(20_000);
  story.life('repeat-signal').exchange('slow-response').signal().signalAgain().exit(7000);
  story.life('interrupt').exchange('slow-response').signal('SIGINT').exit(7000);
  for (const afterMs of [200, 600, 900]) story.life('startup').starting(afterMs).exit(3);
  return story.life('pid-1').exchange('slow-response').signal().exit(7000);
}

describe('the catalogue', () => {
  it.each(['kubernetes', 'load-balancer', 'standalone', 'docker'] as const)(
    'finds nothing wrong with a well-behaved service under %s',
    (profile) => {
      const story = wellBehaved(everything({ profile, strict: true }));
      const all = judge(story.facts(), story.plan);
      expect(Object.fromEntries(all.map((one) => [one.check.id, one.status]))).toEqual(
        Object.fromEntries(story.plan.checks.map((id) => [id, 'pass'])),
      );
      expect(overall(all)).toBe('pass');
    },
  );

  it('names events of the recording as evidence', () => {
    const story = wellBehaved();
    const { length } = story.recording().events;
    for (const { verdict } of judge(story.facts(), story.plan)) {
      expect(verdict.evidence).not.toEqual([]);
      for (const seq of verdict.evidence) expect(seq).toBeLessThan(length);
    }
  });

  it('says the same of the same recording', () => {
    const story = wellBehaved();
    const facts = story.facts();
    expect(judge(facts, story.plan)).toEqual(judge(facts, story.plan));
    expect(judge(facts, story.plan)).toEqual(judge(story.facts(), story.plan));
  });

  const without = [
    ['an empty recording', new Story()],
    [
      'a life that was never signalled',
      new Story().life().endpoint('readiness', '/ready').endpoint('liveness', '/live'),
    ],
    [
      'scenarios that were left out',
      ['drain', 'idle'].reduce(
        (story, scenario) =>
          story.event(0, { type: 'scenario-skipped', scenario: scenario as 'drain' | 'idle', reason: 'left out' }),
        new Story(),
      ),
    ],
  ] as const;

  describe.each(without)('from %s', (_, story) => {
    it.each(CHECKS.map((check) => check.id))('%s proves nothing', (id) => {
      const plan = examplePlan({ checks: [id] });
      const all = judge(story.facts(), plan);
      expect(['skip', 'inconclusive']).toContain(all[0]?.status);
      expect(all[0]?.verdict.because).not.toBeNull();
      expect(overall(all)).toBe('inconclusive');
    });
  });
});

describe('what can be seen of a target', () => {
  const seeing = (view: View, verdict: Partial<Verdict> = {}): Check => {
    const check = saying('pass', 'must', view);
    return { ...check, view, judge: (facts, plan) => ({ ...check.judge(facts, plan), ...verdict }) };
  };
  const VIEWS: readonly View[] = ['processes', 'instance', 'clients'];
  const behindUrl = (afterStop: 'gone' | 'replaced' | null, serving: boolean) => {
    const plan = urlPlan(afterStop, { checks: [...VIEWS] });
    const story = new Story(plan).taken('url').stop().arrival(25, 'refused').settled(3000, serving);
    const all = judge(
      story.facts(),
      plan,
      VIEWS.map((view) => seeing(view)),
    );
    return Object.fromEntries(all.map(({ check, status, verdict }) => [check.id, [status, verdict.because]]));
  };
  const NO_PROCESS = expect.stringContaining('a URL shows no process') as string;
  const REPLACED = 'another instance took its place; see rollout-loses-nothing';

  it('is no process behind a URL', () =>
    expect(behindUrl(null, false)).toEqual({
      processes: ['skip', NO_PROCESS],
      instance: ['pass', null],
      clients: ['pass', null],
    }));

  it.each([
    [null, true],
    ['replaced', true],
    ['replaced', false],
  ] as const)('is not one and the same instance when it was to be %s and serves: %s', (afterStop, serving) =>
    expect(behindUrl(afterStop, serving)).toEqual({
      processes: ['skip', NO_PROCESS],
      instance: ['skip', REPLACED],
      clients: ['pass', null],
    }),
  );

  it('is no instance that something in front answers for when it is gone', () => {
    const plan = urlPlan('gone', { checks: [...VIEWS] });
    const story = new Story(plan).taken('url').stop().arrival(25, 'rejected').arrival(2990, 'rejected');
    const all = judge(
      story.settled(3000, false).facts(),
      plan,
      VIEWS.map((view) => seeing(view)),
    );
    expect(all.map(({ status }) => status)).toEqual(['skip', 'skip', 'pass']);
    expect(all[1]?.verdict.because).toContain('something in front of the service answers for it');
  });

  it('does not ask a check about what it cannot see', () => {
    const plan = urlPlan(null, { checks: ['processes'] });
    const story = new Story(plan).taken('url').stop().settled(3000, false);
    const blind: Check = {
      ...seeing('processes'),
      judge: () => {
        throw new Error('it was asked');
      },
    };
    expect(judge(story.facts(), plan, [blind])[0]?.verdict).toMatchObject({ status: 'skip', scenario: null });
  });

  it('is everything of a process and of a container', () => {
    for (const kind of ['process', 'container'] as const) {
      const plan = processPlan({ checks: [...VIEWS] });
      const story = new Story(plan).taken(kind).signal().exit(600);
      const all = judge(
        story.facts(),
        plan,
        VIEWS.map((view) => seeing(view)),
      );
      expect(all.map(({ status }) => status)).toEqual(VIEWS.map(() => 'pass'));
    }
  });

  describe('names the scenario', () => {
    const named = (story: Story, scenario: Verdict['scenario']) =>
      judge(story.facts(), { ...story.plan, checks: ['clients'] }, [seeing('clients', { scenario })])[0]?.verdict
        .scenario;
    const together = () => new Story(processPlan()).taken('process').signal().exit(600);

    it.each(['drain', 'idle', 'streams', 'together'] as const)('that was played in place of %s', (scenario) =>
      expect(named(together(), scenario)).toBe('together'),
    );

    it('that it was asked about, where that was played or nothing was', () => {
      expect(named(new Story().life().signal().exit(600), 'drain')).toBe('drain');
      expect(named(together(), 'stuck')).toBe('stuck');
      expect(named(together(), null)).toBeNull();
    });
  });
});
