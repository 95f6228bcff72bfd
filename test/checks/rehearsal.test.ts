import { describe, expect, it } from 'vitest';
import { judgeRehearsal } from '../../src/checks/rehearsal.js';
import type { Plan } from '../../src/plan/types.js';
import type { Ending } from '../../src/recording/events.js';
import { examplePlan } from '../support/plan.js';
import { firstLife, Story, type ExchangeStory } from '../support/story.js';

const PLAN = examplePlan({ scenarios: ['kubernetes'], routingLagMs: 1000 });
const judge = (story: Story, changes: Partial<Plan> = {}) => judgeRehearsal(firstLife(story), { ...PLAN, ...changes });
/** The lag that some of the pods are played with, in which there are routes for a second after the signal. */
const LONG = { routingLagMs: 2000 };

/** A pod that is deleted a second before its signal; clients of both kinds are served until then. */
function pod(deleted: Parameters<Story['deleted']>[1] = {}): Story {
  const story = new Story(PLAN).life('kubernetes').arrival(-1100);
  for (const at of [-1150, -1050, -950]) story.exchange('reused-connection', kept(at));
  story.deleted(-1000, deleted).followed((deleted.routingLagMs ?? 1000) - 1000);
  for (const at of [-900, -700, -500, -300]) story.arrival(at);
  return story;
}

function kept(openedAt: number, ending: Ending = 'answered', more: ExchangeStory = {}): ExchangeStory {
  return { openedAt, endedAt: openedAt + 1, ending, path: '/', connection: 7, armed: false, ...more };
}

describe('the end of a pod', () => {
  it('passes when every request was answered', () => {
    const verdict = judge(pod().hook(-999, -1).signal().exchange('reused-connection', kept(50)).exit(200));
    expect(verdict).toMatchObject({
      status: 'pass',
      scenario: 'kubernetes',
      observed: '4 on new, 2 on kept connections, none lost',
      because: null,
    });
  });

  it('says of new connections when they were lost and what would have saved them', () => {
    const story = pod(LONG).signal();
    for (const at of [100, 300, 500]) story.arrival(at, 'refused');
    const verdict = judge(story.exit(60), LONG);
    expect(verdict).toMatchObject({
      status: 'fail',
      observed: '3 of 7 requests on new connections lost: 3 after the listener closed (3 refused)',
    });
    expect(verdict.cure).toContain('put a preStop delay of 3 s before the signal (routes take 2 s to follow');
  });

  it('counts a delay that is there already as one to be changed', () => {
    const verdict = judge(
      pod(LONG).hook(-999, -1).signal().arrival(100).arrival(300, 'refused').arrival(500, 'refused').exit(800),
      LONG,
    );
    expect(verdict.cure).toContain('make the preStop delay 3 s');
    expect(verdict.cure).toContain('new connections were served for 100 ms after the signal');
  });

  it('says of kept connections that the close is to be announced', () => {
    const story = pod()
      .signal()
      .exchange('reused-connection', kept(50, 'reset', { endedAt: 90 }));
    const verdict = judge(story.exit(91));
    expect(verdict).toMatchObject({
      status: 'fail',
      observed: '1 of 2 requests on kept connections lost: 1 after the signal (1 reset)',
    });
    expect(verdict.cure).toContain('Connection: close');
  });

  it('tells clients of both kinds apart', () => {
    const story = pod(LONG)
      .signal()
      .exchange('reused-connection', kept(50, 'reset', { endedAt: 90 }))
      .arrival(100, 'refused')
      .exit(95);
    expect(judge(story, LONG).observed).toMatch(
      /^1 of \d requests on new connections lost: .*; 1 of \d requests on kept/,
    );
  });

  it('blames a hook that failed', () => {
    const story = pod(LONG).hook(-999, -990, 'hook-failed').signal().arrival(100, 'refused').exit(60);
    const verdict = judge(story, LONG);
    expect(verdict.cure).toMatch(/^make the preStop hook work \(it failed: exit 127: sleep: not found\)/);
  });

  it('blames routes that never change', () => {
    const story = pod({ ...LONG, published: true })
      .signal()
      .arrival(100, 'refused')
      .exit(60);
    expect(judge(story, LONG).cure).toContain('publishNotReadyAddresses');
  });

  it('blames a grace period that was too short for what was under way', () => {
    const story = pod().signal();
    story.exchange('new-work', { openedAt: -300, endedAt: 2003, ending: 'reset', armed: false });
    const verdict = judge(story.killed(2000));
    expect(verdict.observed).toBe('1 of 5 requests on new connections lost: 1 before the signal (1 reset)');
    expect(verdict.cure).toContain('raise terminationGracePeriodSeconds');
  });

  it('asks for work that is under way to be finished', () => {
    const story = pod().signal();
    story.exchange('new-work', { openedAt: -300, endedAt: 10, ending: 'reset', armed: false });
    expect(judge(story.exit(11)).cure).toBe('wait for the requests under way before the process exits');
  });

  it('asks for a hook that waits when it stops the server', () => {
    const story = pod().arrival(-200, 'refused').hook(-999, -400);
    expect(judge(story.exit(-300)).cure).toContain('let the preStop hook wait instead of stopping the server');
  });

  it('takes an error that is not the usual answer for a loss, and one that is for an answer', () => {
    expect(judge(pod(LONG).signal().arrival(50, 'rejected').exit(200), LONG).status).toBe('fail');
    const usual = new Story(PLAN).life('kubernetes').arrival(-1100, 'answered', { status: 404 });
    usual.deleted(-1000).followed(0);
    for (const at of [-900, -700, -500, -300]) usual.arrival(at, 'answered', { status: 404 });
    for (const at of [-1050, -950]) usual.exchange('reused-connection', kept(at, 'answered', { status: 404 }));
    expect(judge(usual.signal().exit(100)).status).toBe('pass');
  });

  it('only warns when a request crossed with the closing of its connection', () => {
    const story = pod()
      .signal()
      .exchange('reused-connection', kept(50, 'closed', { endedAt: 52 }))
      .closed(7, 'fin', 52);
    expect(judge(story.exit(300))).toMatchObject({
      status: 'warn',
      because: expect.stringContaining('not announced') as string,
    });
  });

  it('only warns when all that was lost came as routes followed', () => {
    const story = pod().signal().arrival(-20, 'reset').exit(15);
    expect(judge(story)).toMatchObject({ status: 'warn', because: expect.stringContaining('no margin') as string });
  });

  it('notes connections that were closed without word', () => {
    const story = pod().signal().closed(7, 'fin', 60).exit(300);
    expect(judge(story)).toMatchObject({
      status: 'pass',
      because: expect.stringContaining('1 kept connection closed without word') as string,
    });
  });

  it('notes that the target was no PID 1', () => {
    const story = pod({ hostSemantics: 'unshare is not there' }).signal().exit(300);
    expect(judge(story).because).toBe('host semantics: unshare is not there');
  });

  it('claims nothing of a pod whose waits were shortened, unless it lost something', () => {
    const scaled = () => pod({ ...LONG, timeScale: 10 });
    const plan = { routingLagMs: 20_000 };
    expect(judge(scaled().signal().arrival(200).arrival(500).arrival(800).exit(1300), plan)).toMatchObject({
      status: 'inconclusive',
      because: expect.stringContaining('--time-scale') as string,
    });
    const lost = judge(scaled().signal().arrival(100, 'refused').exit(60), plan);
    expect(lost).toMatchObject({ status: 'fail', observed: expect.stringContaining('10 times shorter') as string });
  });

  it('can be judged by a shorter lag, and claims nothing of a longer one', () => {
    const story = () => pod(LONG).signal().arrival(200, 'refused').arrival(400, 'refused').exit(60);
    expect(judge(story(), LONG).status).toBe('fail');
    expect(judge(story(), { routingLagMs: 900 }).status).toBe('pass');
    const well = pod().signal().exit(300);
    expect(judge(well, { routingLagMs: 5000 })).toMatchObject({
      status: 'inconclusive',
      because: expect.stringContaining('play it again') as string,
    });
  });

  it('proves nothing when requests failed before the delete', () => {
    const story = new Story(PLAN).life('kubernetes').arrival(-1100, 'reset').deleted(-1000).followed(0);
    expect(judge(story.signal().exit(300)).status).toBe('inconclusive');
  });

  it('proves nothing when hardly anybody came', () => {
    const verdict = judge(pod({ ratePerSecond: 50 }).signal().exit(300));
    expect(verdict).toMatchObject({ status: 'inconclusive', because: expect.stringContaining('too busy') as string });
  });

  it('tells a loss however few came', () => {
    const story = pod({ ...LONG, ratePerSecond: 50 })
      .signal()
      .arrival(100, 'refused')
      .exit(60);
    expect(judge(story, LONG).status).toBe('fail');
  });

  it('proves nothing when nobody came for longer than a window of losses takes', () => {
    const gap = new Story(PLAN).life('kubernetes').arrival(-2600);
    for (const at of [-2650, -2550, -1600]) gap.exchange('reused-connection', kept(at));
    gap.deleted(-2500, { routingLagMs: 2500 }).followed(0);
    for (const at of [-2400, -2300, -2200, -2100, -2000, -1900]) gap.arrival(at);
    const { status, because } = judge(gap.signal().exit(300), { routingLagMs: 2500 });
    expect([status, because]).toEqual([
      'inconclusive',
      expect.stringContaining('came for 1.9 s while routes led there'),
    ]);
  });

  it('proves nothing of what was killed with clients that happened not to wait', () => {
    const { status, because } = judge(pod().signal().killed(2000));
    expect([status, because]).toEqual(['inconclusive', expect.stringContaining('killed with 1 kept connection open')]);
    // Whom it has sent away has nothing more to lose.
    const away = pod().signal().event(1000, { type: 'connection-closed', connection: 7, by: 'fin' });
    expect(judge(away.killed(2000)).status).toBe('pass');
  });

  it('proves nothing when the recording ends too soon', () => {
    expect(judge(new Story(PLAN).life('kubernetes').deleted(-1000).signal().exit(300)).status).toBe('inconclusive');
  });
});
