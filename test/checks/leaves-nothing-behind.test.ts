import { describe, expect, it } from 'vitest';
import { leavesNothingBehind } from '../../src/checks/leaves-nothing-behind.js';
import type { EventBody } from '../../src/recording/events.js';
import { containerPlan, examplePlan, processPlan } from '../support/plan.js';
import { Story } from '../support/story.js';

const judge = (story: Story) => leavesNothingBehind.judge(story.facts(), story.plan);
const outlived = (...pids: number[]): EventBody => ({
  type: 'outlived-root',
  processes: pids.map((pid) => ({ pid, ppid: 1, command: 'sleep 60' })),
});

describe('leaves-nothing-behind', () => {
  it('passes when all is gone and the port is free', () => {
    const verdict = judge(new Story().life().signal().exit(600).life('idle').signal().exit(600));
    expect(verdict).toMatchObject({ status: 'pass', observed: 'no process, port free' });
    expect(verdict.evidence).toHaveLength(2);
  });

  it('passes when a child was gone soon after, and says how soon', () => {
    const verdict = judge(
      new Story(examplePlan({ scenarios: ['drain'] }))
        .life()
        .signal()
        .event(1400, { type: 'process-gone', pid: 200, command: 'worker' })
        .exit(600),
    );
    expect(verdict).toMatchObject({
      status: 'pass',
      observed: 'the last process was gone 800 ms after the first, port free',
    });
  });

  it('fails when a child lived on, and names it', () => {
    const verdict = judge(
      new Story().life().signal().exit(600).life('idle').signal().event(1700, outlived(200)).exit(600),
    );
    expect(verdict).toMatchObject({
      status: 'fail',
      scenario: 'idle',
      observed: 'pid 200 (sleep 60) lived on after the exit in idle',
    });
    expect(verdict.evidence).toHaveLength(1);
  });

  it('names three of many', () => {
    const verdict = judge(
      new Story()
        .life()
        .signal()
        .event(1700, outlived(1, 2, 3, 4, 5))
        .exit(600),
    );
    expect(verdict.observed).toContain('pid 3 (sleep 60) and 2 more lived on');
  });

  it('fails when what lived on had to be killed', () => {
    const story = new Story()
      .life()
      .signal()
      .event(5, { type: 'root-exited', code: 0, signal: null })
      .event(1010, outlived(200))
      .killed(30_000);
    expect(judge(story).status).toBe('fail');
  });

  it.each([
    [[{ pid: 300, ppid: 1, command: 'daemon' }], 'port 8080 was still held by pid 300 (daemon)'],
    [[], 'port 8080 was still held by a process that could not be seen'],
  ])('fails when the port is held', (portHeldBy, observed) => {
    expect(judge(new Story().life().signal().exit(600, { portHeldBy }))).toMatchObject({ status: 'fail', observed });
  });

  it('does not apply when it was killed every time', () => {
    expect(judge(new Story().life().signal().killed(30_000))).toMatchObject({
      status: 'skip',
      because: expect.stringContaining('exits-in-time') as string,
    });
  });

  it('does not count what was left when the signal was brought along at last', () => {
    const story = new Story().life('drain', { owner: 200 }).signal();
    story
      .event(30_000, { type: 'grace-over', alive: [] })
      .follow(30_050, 150, 'sh')
      .event(30_060, { type: 'root-exited', code: 1, signal: null })
      .event(31_100, outlived(200))
      .event(31_600, { type: 'killed', pids: [200] })
      .event(31_605, { type: 'port-checked', port: 8080, held: false, heldBy: [] })
      .event(31_610, { type: 'life-ended', complete: true });
    expect(judge(story).status).toBe('skip');
  });

  it('applies when it ended by itself once', () => {
    expect(judge(new Story().life().signal().killed(30_000).life('idle').signal().exit(600)).status).toBe('pass');
  });

  describe('when a scenario of the plan was not played to its end', () => {
    it('is inconclusive', () => {
      expect(judge(new Story().life().signal().exit(600))).toMatchObject({
        status: 'inconclusive',
        because: 'the recording does not hold the scenario idle to its end',
      });
    });

    it('passes when it was left out', () => {
      expect(
        judge(
          new Story()
            .life()
            .signal()
            .exit(600)
            .event(700, { type: 'scenario-skipped', scenario: 'idle', reason: 'left out' }),
        ).status,
      ).toBe('pass');
    });

    it('fails all the same', () => {
      expect(judge(new Story().life().signal().event(1700, outlived(200)).exit(600)).status).toBe('fail');
    });
  });

  it('is inconclusive without an end, and when nothing was played', () => {
    expect(judge(new Story().life().signal()).status).toBe('inconclusive');
    expect(judge(new Story().life()).status).toBe('inconclusive');
  });
});

describe('leaves-nothing-behind, of a process that runs already', () => {
  const successor = { pid: 300, ppid: 1, command: 'node server.js' };
  const worker = { pid: 200, ppid: 100, command: 'node worker.js' };
  const taken = (kind: 'process' | 'container', held: (typeof successor)[]) =>
    new Story(kind === 'process' ? processPlan() : containerPlan())
      .taken(kind)
      .processes({ pid: 100, ppid: 1, command: 'node server.js' }, worker)
      .signal()
      .exit(600, { code: null, portHeldBy: held });

  it('passes when its supervisor has started another, which holds the port', () =>
    expect(judge(taken('process', [successor]))).toMatchObject({
      status: 'pass',
      scenario: 'together',
      observed: 'no process, port taken by a successor',
    }));

  it.each([
    ['one of its own', 'process', [worker]],
    ['one of its own beside another', 'process', [successor, worker]],
    ['somebody who could not be seen', 'process', []],
    ['another process in place of a container', 'container', [successor]],
  ] as const)('fails when %s holds it', (_, kind, held) =>
    expect(judge(taken(kind, [...held]))).toMatchObject({
      status: 'fail',
      observed: expect.stringContaining('port 8080 was still held') as string,
    }),
  );

  it('judges its one life once', () => expect(judge(taken('process', [successor])).evidence).toHaveLength(1));
});
