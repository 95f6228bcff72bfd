import { describe, expect, it } from 'vitest';
import type { AfterStop } from '../../../src/plan/types.js';
import { endedByItself, endOf, lifeFacts, openToTheLast, steppedInAt } from '../../../src/recording/facts/life.js';
import { processPlan, urlPlan } from '../../support/plan.js';
import { firstLife, SIGNAL_AT, Story } from '../../support/story.js';

const UNSEEN = { code: null, signal: null };
const process = () => new Story(processPlan()).taken('process');
const service = (afterStop: AfterStop | null = null) => new Story(urlPlan(afterStop)).taken('url');

describe('a target that was there already', () => {
  it('is known by how it was found', () => {
    const life = firstLife(process().signal().exit(600, UNSEEN));
    expect(life.found).toMatchObject({ kind: 'process', pid: 100, name: 'node server.js' });
    expect(life.root).toEqual({ pid: 100, ppid: 0, command: 'node server.js' });
    expect(firstLife(new Story().life()).found).toBeNull();
  });

  it('has no process that can be seen behind a URL', () => {
    const life = firstLife(service().stop().settled(3000, false));
    expect(life.found).toMatchObject({ kind: 'url', name: 'http://127.0.0.1:8080' });
    expect(life).toMatchObject({ root: null, listeners: [], origin: null, exit: null, goneAt: null });
  });

  it.each([
    ['process', false, true],
    ['container', false, false],
    ['url', true, false],
  ] as const)('as a %s is outside: %s, and its status unknown: %s', (kind, outside, statusUnknown) => {
    expect(firstLife(new Story(urlPlan()).taken(kind))).toMatchObject({ outside, statusUnknown });
  });

  it('as a command is neither', () =>
    expect(firstLife(new Story().life())).toMatchObject({ outside: false, statusUnknown: false, replaced: false }));
});

describe('a service behind a URL', () => {
  it.each([
    [null, true, true],
    [null, false, false],
    ['replaced', true, true],
    ['replaced', false, true],
    ['gone', false, false],
  ] as const)('that was to be %s and serves in the end: %s, is replaced: %s', (afterStop, serving, replaced) =>
    expect(firstLife(service(afterStop).stop().arrival(100, 'refused').settled(3000, serving)).replaced).toBe(replaced),
  );

  it('is not replaced while nobody knows', () => {
    expect(firstLife(service().stop().arrival(100, 'refused'))).toMatchObject({ replaced: false, settled: null });
    expect(lifeFacts(service().stop().recording().events, 'replaced')?.replaced).toBe(true);
  });

  it('is alone in being replaced', () =>
    expect(lifeFacts(process().signal().recording().events, 'replaced')?.replaced).toBe(false));

  it('was gone after its last sign of life', () => {
    const life = firstLife(
      service().arrival(-50).stop().arrival(50).arrival(100, 'reset').arrival(150, 'refused').settled(3000, false),
    );
    expect(life.serverGoneAt).toBe(SIGNAL_AT + 101);
    expect(endOf(life)).toBe(SIGNAL_AT + 101);
    expect(life.goneAt).toBeNull();
  });

  it('is not known to be gone when it serves in the end, or before traffic was steady', () => {
    expect(firstLife(service().stop().arrival(50).settled(3000, true)).serverGoneAt).toBeNull();
    expect(firstLife(service().stop().arrival(50).arrival(100, 'refused')).serverGoneAt).toBeNull();
    expect(endOf(firstLife(service().stop().arrival(50).settled(3000, true)))).toBe(Infinity);
  });
});

describe('a service that is gone and answered for', () => {
  const fronted = (story: Story) => firstLife(story).fronted;
  const gone = () => service().stop().arrival(50).arrival(100, 'refused');

  it('has new connections that get an answer to the last', () => {
    expect(fronted(gone().arrival(2600, 'rejected').settled(3000, false))).toBe(true);
    expect(fronted(gone().arrival(2500, 'answered', { status: 502 }).settled(3000, false))).toBe(true);
  });

  it('is none when they were refused, or when nobody says that it is gone', () => {
    const refused = (story: Story) => story.arrival(2500, 'refused').arrival(2550, 'refused').arrival(2600, 'refused');
    expect(fronted(refused(gone()).settled(3000, false))).toBe(false);
    expect(fronted(refused(gone().arrival(2450, 'rejected')).settled(3000, false))).toBe(false);
    expect(fronted(gone().arrival(2600).settled(3000, true))).toBe(false);
    expect(fronted(gone().arrival(2600, 'rejected'))).toBe(false);
  });
});

describe('what is in flight at an end of its own time', () => {
  const ids = (story: Story) => firstLife(story).inFlight.map((exchange) => exchange.openedAt - SIGNAL_AT);

  it('is what was under way in the last moment in which all was well', () => {
    const story = service()
      .exchange('slow-response', { openedAt: -100, endedAt: 150 })
      .exchange('slow-response', { openedAt: 60, endedAt: 700, armed: true })
      .stop()
      .arrival(200)
      .exchange('slow-response', { openedAt: 150, endedAt: 900, armed: true })
      .arrival(250, 'refused')
      .exchange('slow-response', { openedAt: 220, endedAt: 950, armed: true });
    // The end was begun at 200: the first was over by then, and the last was begun later.
    expect(ids(story.settled(3000, false))).toEqual([60, 150]);
  });

  it('is what had been begun by the moment of the signal, to the millisecond', () => {
    const at = (openedAt: number) => ids(process().exchange('slow-response', { openedAt, armed: true }).signal());
    expect(at(0)).toEqual([0]);
    expect(at(1)).toEqual([]);
  });
});

describe('an end with clients that leave', () => {
  const graceOver = () => process().signal().event(30_000, { type: 'grace-over', alive: [] });
  const killed = (story: Story, at: number) => story.event(at, { type: 'killed', pids: [] });

  it('is stepped into when the first of them leave', () => {
    const story = killed(graceOver().left(30_010, ['stream'], false).left(31_010, ['idle-connection'], true), 31_020);
    const life = firstLife(story.exit(31_015, UNSEEN));
    expect(steppedInAt(life)).toBe(SIGNAL_AT + 30_010);
    expect(endOf(life)).toBe(SIGNAL_AT + 30_010);
    expect(life.left.map(({ kinds, gone }) => [kinds, gone])).toEqual([
      [['stream'], false],
      [['idle-connection'], true],
    ]);
  });

  it.each([
    ['by itself, before they left', 30_005, true],
    ['because they left', 30_010, false],
    ['after they left', 30_500, false],
  ])('comes %s', (_, at, byItself) => {
    const story = killed(graceOver().left(30_010, ['stream'], true), 30_600).exit(at, UNSEEN);
    expect(endedByItself(firstLife(story))).toBe(byItself);
  });

  it('comes by itself or by SIGKILL, which the time tells where the status is unknown', () => {
    expect(endedByItself(firstLife(killed(graceOver(), 30_010).exit(30_009, UNSEEN)))).toBe(true);
    expect(endedByItself(firstLife(killed(graceOver(), 30_010).exit(30_010, UNSEEN)))).toBe(false);
    expect(endedByItself(firstLife(process().signal().exit(600, UNSEEN)))).toBe(true);
  });

  it('leaves open to the last what they did not close before', () => {
    const story = graceOver()
      .exchange('stream', { endedAt: 30_011, ending: 'ended-by-tester' })
      .exchange('slow-response', { endedAt: 600 })
      .exchange('quiet-websocket', { endedAt: null });
    const life = firstLife(killed(story.left(30_010, ['stream'], false), 31_000).exit(31_005, UNSEEN));
    expect(life.exchanges.map((exchange) => openToTheLast(exchange, life))).toEqual([true, false, true]);
  });

  it('knows no survivors of it but those from before', () => {
    const outlived = (at: number) =>
      firstLife(
        killed(graceOver().left(30_010, ['stream'], true).event(at, { type: 'outlived-root', processes: [] }), 31_000),
      ).outlived;
    expect(outlived(30_009)).not.toBeNull();
    expect(outlived(30_010)).toBeNull();
  });
});

describe('a stop that is repeated', () => {
  it('is a second command', () => {
    const story = process().stop().event(100, { type: 'stop-begun', by: 'command', command: 'stop it' });
    expect(firstLife(story).repeated?.at).toBe(SIGNAL_AT + 100);
    expect(firstLife(process().stop()).repeated).toBeNull();
  });
});
