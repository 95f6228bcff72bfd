import { describe, expect, it } from 'vitest';
import { judgeRecording } from '../../src/judging.js';
import type { AfterStop, Plan } from '../../src/plan/types.js';
import { renderTerminal } from '../../src/report/terminal/index.js';
import { PLAIN } from '../../src/report/terminal/style.js';
import type { CheckReport, Lane, Report } from '../../src/report/types.js';
import { containerPlan, examplePlan, processPlan, urlPlan } from '../support/plan.js';
import { validateReport } from '../support/schema.js';
import { Story } from '../support/story.js';

/** The report of a story, which its own schema accepts. */
function report(story: Story): Report {
  const made = judgeRecording(story.recording(), story.plan);
  expect(validateReport(made)).toEqual([]);
  return made;
}

const draw = (made: Report, width = 100) =>
  renderTerminal(made, { style: { ...PLAIN, unicode: true, width }, verbose: false, exitCode: 0, recordedTo: null });
const timeline = (story: Story) => report(story).scenarios[0]?.timeline ?? null;
const lane = (story: Story, label: string) => timeline(story)?.lanes.find((one) => one.label.startsWith(label));
const states = (one: Lane | undefined) => one?.points.map(({ atMs, state }) => [atMs, state]);

const at = (target: Plan['target'], changes: Partial<Plan['target']>) => ({ ...target, ...changes }) as Plan['target'];
const service = (afterStop: AfterStop | null = 'gone') => new Story(urlPlan(afterStop)).taken('url');

describe('the timeline of a service behind a URL', () => {
  const gone = () =>
    service()
      .exchange('slow-response', { openedAt: -50, endedAt: 400 })
      .exchange('slow-response', { openedAt: 150, endedAt: 600, armed: true })
      .stop()
      .arrival(100)
      .arrival(200, 'rejected')
      .arrival(700, 'refused')
      .settled(4000, false);

  it('has no lane of a process, which is not seen', () => {
    expect(timeline(gone())?.lanes.map(({ label }) => label)).toEqual(['slow requests', 'new connections']);
    expect(lane(new Story(processPlan()).taken('process').signal().exit(600), 'process')).toBeDefined();
  });

  it('shows requests that take a while one by one, since they come all the time', () => {
    const slow = lane(gone(), 'slow requests');
    expect(slow).toMatchObject({ outcome: '2 answered', wrong: false, spans: [] });
    // The end was begun at 100 ms after the stop.
    expect(states(slow)).toEqual([
      [-150, 'served'],
      [50, 'served'],
    ]);
  });

  it('ends with the last sign of life, and has no exit', () => {
    expect(timeline(gone())).toMatchObject({ toMs: 500, marks: [{ atMs: 0, what: 'signal' }] });
    expect(report(gone()).scenarios[0]).toMatchObject({ signal: null, exit: null, status: 'played' });
  });

  it('takes to be turned away for no loss', () =>
    expect(lane(gone(), 'new connections')).toMatchObject({ outcome: '1 answered, 1 away', wrong: false }));

  it('shows uploads one by one, and streams as one bar', () => {
    const story = service()
      .exchange('slow-upload', { openedAt: -50, endedAt: 400, method: 'POST', path: '/' })
      .exchange('stream', { path: '/events', endedAt: 400, more: { framing: 'chunked' } })
      .stop()
      .arrival(100)
      .arrival(200, 'rejected')
      .settled(4000, false);
    expect(lane(story, 'uploads')?.spans).toEqual([]);
    expect(lane(story, 'streams')?.spans).toHaveLength(1);
  });

  it('is none when nothing was seen of a stop by hand', () => {
    const story = service().event(0, { type: 'stop-begun', by: 'hand', command: '' }).arrival(100);
    expect(timeline(story)).toBeNull();
  });
});

describe('the timeline of a replacement', () => {
  const replaced = () =>
    service('replaced')
      .arrival(-40)
      .exchange('slow-response', { openedAt: -50, endedAt: 300, ending: 'reset' })
      .stop()
      .arrival(100)
      .arrival(200, 'refused')
      .arrival(250, 'rejected')
      .arrival(300, 'answered', { status: 502 })
      .arrival(350, 'ended-by-tester')
      .arrival(400);

  it('shows as lost what was turned away or failed', () => {
    const story = replaced().settled(3000, true);
    const lost = lane(story, 'new connections');
    expect(lost).toMatchObject({ outcome: '3 answered, 3 lost', wrong: true });
    expect(states(lost)?.map(([, state]) => state)).toEqual([
      'served',
      'served',
      'lost',
      'lost',
      'lost',
      'ended',
      'served',
    ]);
    expect(lane(story, 'slow requests')).toMatchObject({ outcome: '0 answered, 1 lost', wrong: true });
    expect(report(story).checks.find(({ id }) => id === 'rollout-loses-nothing')?.status).toBe('fail');
  });

  it('does not show as lost what is no error in peace', () => {
    const story = replaced().event(-500, {
      type: 'baseline-measured',
      method: 'GET',
      path: '/',
      status: 502,
      bytes: 3,
      framing: 'length',
      afterMs: 4,
    });
    expect(lane(story.settled(3000, true), 'new connections')?.outcome).toBe('4 answered, 1 away, 1 lost');
  });

  it('goes on to the end of the watch', () => expect(timeline(replaced().settled(3000, true))?.toMs).toBe(2905));
});

describe('the timeline of a process whose exit status is not seen', () => {
  const UNSEEN = { code: null, signal: null };
  const taken = () => new Story(processPlan()).taken('process').signal();

  it('says that it was gone', () => {
    expect(lane(taken().exit(600, UNSEEN), 'process')).toMatchObject({ outcome: 'gone', wrong: false });
    expect(report(taken().exit(600, UNSEEN)).scenarios[0]?.exit).toEqual({
      code: null,
      signal: null,
      afterMs: 600,
      killed: false,
    });
  });

  it('says so when what it left had to be killed', () => {
    const story = taken().event(600, { type: 'root-exited', ...UNSEEN });
    const killed = story.event(30_000, { type: 'grace-over', alive: [] }).event(30_000, { type: 'killed', pids: [7] });
    expect(lane(killed.event(30_010, { type: 'life-ended', complete: true }), 'process')).toMatchObject({
      outcome: 'gone, rest killed',
      wrong: true,
    });
  });
});

describe('the head of a report', () => {
  const head = (story: Story, width?: number) => draw(report(story), width).split('\n').slice(0, 4).join('\n');

  it('names a process by its command, and how it was stopped', () => {
    const plan = processPlan();
    const story = new Story({ ...plan, target: at(plan.target, { stop: 'systemctl stop app' }) }).taken('process');
    const made = report(story.stop().exit(600, { code: null }));
    expect(made.target).toMatchObject({
      kind: 'process',
      command: 'node server.js',
      pid: 100,
      stop: 'systemctl stop app',
    });
    const text = draw(made);
    expect(text).toMatch(/^drain-check {2}node server\.js {2}/);
    expect(text).toContain('pid 100 · stopped by: systemctl stop app · http://127.0.0.1:8080');
  });

  it('names a process by its pid where nothing was found of it', () => {
    const made = report(new Story(processPlan()).event(0, { type: 'run-ended', complete: false }));
    expect(made.target).toMatchObject({ command: 'pid 100', pid: null, origin: null, stop: null });
    expect(draw(made)).toMatch(/^drain-check {2}pid 100 /);
  });

  it('names a service by its URL, once', () => {
    const made = report(service().stop().arrival(100).arrival(150, 'refused').settled(3000, false));
    expect(made.target).toMatchObject({
      kind: 'url',
      command: 'http://127.0.0.1:8080',
      pid: null,
      stop: 'stop it',
    });
    const [first = '', second = ''] = draw(made).split('\n');
    expect(first).toMatch(/^drain-check {2}http:\/\/127\.0\.0\.1:8080 {2}/);
    expect(second).toMatch(/^stopped by: stop it · readiness unknown/);
  });

  it('names a container as it was found, with the command in it', () => {
    const plan = containerPlan();
    const story = (args: string[]) =>
      new Story({ ...plan, target: at(plan.target, { args }) }).taken('container').signal().exit(600);
    expect(report(story([])).target).toMatchObject({
      kind: 'container',
      command: 'node server.js',
      stop: null,
      pid: 100,
    });
    expect(report(story(['node', 'x.js'])).target.command).toBe('node server.js: node x.js');
    expect(report(new Story(plan)).target.command).toBe('web');
  });

  it('names a command as it was given, and no stop of it', () => {
    const made = report(new Story(examplePlan()).life().signal().exit(600));
    expect(made.target).toMatchObject({ kind: 'command', command: 'node server.js', stop: null });
    expect(head(new Story().life().signal().exit(600))).not.toContain('stopped by');
  });

  it('breaks a long stop command, and escapes it', () => {
    const plan = processPlan();
    const stop = `echo \u001b[31m${'x'.repeat(300)}`;
    const story = new Story({ ...plan, target: at(plan.target, { stop }) }).taken('process');
    const lines = head(story.stop().exit(600), 60).split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(60);
    expect(lines.join('')).toContain('\\x1b[31m');
  });
});

describe('checks that were left out', () => {
  /** A report with some checks of one item, each skipped for a reason, or kept where there is none. */
  function skipped(...reasons: (string | null)[]): string {
    const made = report(
      new Story(urlPlan()).taken('url').stop().arrival(50).arrival(100, 'refused').settled(3000, false),
    );
    const [check] = made.checks;
    if (check === undefined) throw new Error('there is no check');
    const checks = reasons.map((because, index): CheckReport => ({
      ...check,
      id: `check-${index}`,
      title: `Topic ${index}`,
      item: 1,
      status: because === null ? 'pass' : 'skip',
      because,
      observed: null,
      evidence: [],
    }));
    const checklist = made.checklist.map((entry) => ({
      ...entry,
      checks: entry.number === 1 ? checks.map(({ id }) => id) : [],
      because: null,
    }));
    const lines = draw({ ...made, checks, checklist, scenarios: [] }).split('\n');
    return lines
      .slice(
        lines.findIndex((line) => line.startsWith('1  ')) + 1,
        lines.findIndex((line) => line.startsWith('2  ')),
      )
      .map((line) => line.trimEnd())
      .join('\n');
  }

  it('are told of together when there are three with one reason', () => {
    expect(skipped('a URL shows no process', 'a URL shows no process', 'a URL shows no process')).toBe(
      '   · Topic 0, Topic 1, Topic 2: not checked, a URL shows no process',
    );
    expect(skipped('why', 'why')).toBe('   · Topic 0: not checked, why\n   · Topic 1: not checked, why');
  });

  it('stand where the first of them stood', () =>
    expect(skipped('other', 'why', null, 'why', null, 'why')).toBe(
      '   · Topic 0: not checked, other\n   · Topic 1, Topic 3, Topic 5: not checked, why\n   ✔ Topic 2\n   ✔ Topic 4',
    ));

  it('need not have been left out of one and the same scenario', () => {
    const without = (id: string) => `the scenario ${id} was not played: it has one life`;
    expect(skipped(without('stuck'), without('repeat-signal'), without('pid-1'))).toBe(
      '   · Topic 0, Topic 1, Topic 2: not checked, it has one life',
    );
    expect(skipped(without('stuck'))).toBe(`   · Topic 0: not checked, ${without('stuck')}`);
  });

  it('are each counted', () => {
    const made = report(service().stop().arrival(50).arrival(100, 'refused').settled(3000, false));
    const count = made.checks.filter(({ status }) => status === 'skip').length;
    expect(draw(made)).toContain(`${count} not checked`);
    expect(draw(made).replace(/\s+/g, ' ')).toMatch(/: not checked, a URL shows no process, no signal and no exit;/);
  });
});
