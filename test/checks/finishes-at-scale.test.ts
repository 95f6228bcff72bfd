import { describe, expect, it } from 'vitest';
import { finishesAtScale } from '../../src/checks/finishes-at-scale.js';
import type { CrowdColumns, Ending } from '../../src/recording/events.js';
import { examplePlan } from '../support/plan.js';
import { SIGNAL_AT, Story } from '../support/story.js';

const LOAD = { requests: 100, websockets: 100, idle: 0, given: true };
const plan = examplePlan({ scenarios: ['load'], load: LOAD });
const judge = (story: Story) => finishesAtScale.judge(story.facts(), story.plan);

interface Part {
  count: number;
  ending: Ending;
  /** After the signal. */
  endedAt?: number;
  armed?: boolean;
  status?: number | null;
  code?: number | null;
}

/** Some of a kind, all parts after one another. */
function columns(
  kind: 'slow-upload' | 'quiet-websocket',
  first: number,
  parts: readonly Part[],
  more: Partial<CrowdColumns> = {},
): CrowdColumns {
  const webSocket = kind === 'quiet-websocket';
  const all = parts.flatMap((part) => Array.from({ length: part.count }, () => part));
  return {
    kind,
    first,
    method: webSocket ? 'GET' : 'POST',
    path: webSocket ? '/ws' : '/',
    maxLateMs: 3,
    openedAt: all.map(() => SIGNAL_AT - 500),
    connectedAt: all.map(() => SIGNAL_AT - 490),
    armed: all.map(({ armed = true }) => (armed ? (webSocket ? 'upgraded' : 'accepted-and-read') : null)),
    headAt: all.map(() => null),
    endedAt: all.map(({ endedAt = 400 }) => SIGNAL_AT + endedAt),
    ending: all.map(({ ending }) => ending),
    status: all.map(({ status, ending }) =>
      status !== undefined ? status : webSocket ? 101 : ending === 'answered' ? 200 : null,
    ),
    bytes: all.map(() => 0),
    socket: all.map(() => 'fin'),
    code: all.map(({ code, ending }) => (code !== undefined ? code : webSocket && ending === 'answered' ? 1001 : null)),
    ...more,
  };
}

function played({ opened = 200, shortfall = null as string | null } = {}): Story {
  return new Story(plan)
    .life('load')
    .event(-600, {
      type: 'upload-calibrated',
      method: 'POST',
      path: '/',
      held: true,
      status: 200,
      answeredAfterMs: 2,
      reason: null,
    })
    .event(-450, { type: 'crowd-opened', asked: 200, opened, tookMs: 300, overflows: 0, shortfall })
    .signal();
}

function ended(
  story: Story,
  requests: readonly Part[],
  webSockets: readonly Part[],
  more: Partial<CrowdColumns> = {},
): Story {
  return story
    .event(900, { type: 'crowd-ended', ...columns('slow-upload', 100, requests, more) })
    .event(900, { type: 'crowd-ended', ...columns('quiet-websocket', 1000, webSockets, more) });
}

const ALL: readonly Part[] = [{ count: 100, ending: 'answered' }];

describe('finishes-at-scale', () => {
  it('passes when every one was finished, each counted once', () => {
    const verdict = judge(ended(played(), ALL, ALL).exit(800));
    expect(verdict).toMatchObject({
      status: 'pass',
      scenario: 'load',
      observed: '100 requests: 100 answered; WebSockets: 100 of 100 closed with 1001',
      because: null,
    });
    expect(verdict.evidence).toHaveLength(2);
  });

  it('says how good its times are when our own thread was late', () =>
    expect(judge(ended(played(), ALL, ALL, { maxLateMs: 212 }).exit(800)).because).toContain('212 ms'));

  it.each<[string, Part[], Part[], string]>([
    [
      'a request was cut',
      [
        { count: 99, ending: 'answered' },
        { count: 1, ending: 'reset' },
      ],
      [...ALL],
      '1 of 200 lost (100 requests: 99 answered, 1 reset;',
    ],
    [
      'requests got an error that they do not get in peace',
      [
        { count: 98, ending: 'answered' },
        { count: 2, ending: 'answered', status: 500 },
      ],
      [...ALL],
      '2 of 200 lost',
    ],
    [
      'WebSockets just ended',
      [...ALL],
      [
        { count: 90, ending: 'answered' },
        { count: 10, ending: 'closed', endedAt: 700 },
      ],
      '90 closed with 1001, 10 ended with 1006, by FIN), the first 700 ms after the signal',
    ],
    [
      'WebSockets were closed with an error',
      [...ALL],
      [{ count: 100, ending: 'answered', code: 1011 }],
      '100 of 200 lost',
    ],
  ])('fails when %s', (_what, requests, webSockets, observed) => {
    const verdict = judge(ended(played(), requests, webSockets).exit(800));
    expect(verdict.status).toBe('fail');
    expect(verdict.observed).toContain(observed);
  });

  it('does not blame the target for what could not be opened', () => {
    const story = ended(
      played({ opened: 120, shortfall: 'the target took no more connections' }),
      [{ count: 40, ending: 'answered' }],
      [{ count: 80, ending: 'answered' }],
    );
    const verdict = judge(story.exit(800));
    expect(verdict).toMatchObject({ status: 'inconclusive', scenario: 'load' });
    expect(verdict.because).toContain(
      'the target took no more connections; that is the target’s limit'.replace('’', "'"),
    );
  });

  it('fails for what was lost, also when not all could be opened', () => {
    const story = ended(
      played({ opened: 120, shortfall: 'no more' }),
      [{ count: 40, ending: 'closed' }],
      [{ count: 80, ending: 'answered' }],
    );
    expect(judge(story.exit(800)).status).toBe('fail');
  });

  it('wants to have seen nearly all of them in flight', () => {
    const early = (count: number): Part[] => [
      { count, ending: 'answered', endedAt: -50 },
      { count: 100 - count, ending: 'answered' },
    ];
    expect(judge(ended(played(), early(15), ALL).exit(800)).status).toBe('pass');
    const verdict = judge(ended(played(), early(60), ALL).exit(800));
    expect(verdict.status).toBe('inconclusive');
    expect(verdict.because).toContain('60 were answered before the signal; name an endpoint with --slow');
    const unread: Part[] = [
      { count: 60, ending: 'answered', armed: false },
      { count: 40, ending: 'answered' },
    ];
    expect(judge(ended(played(), unread, ALL).exit(800)).because).toContain('60 were not taken or not read');
  });

  it('proves nothing with what the tester had to end', () => {
    const story = ended(
      played(),
      [
        { count: 99, ending: 'answered' },
        { count: 1, ending: 'ended-by-tester' },
      ],
      ALL,
    );
    expect(judge(story.exit(800)).because).toContain('1 were still open when the tester had to end them');
  });

  it('is not at ease when what was asked for could not be had', () => {
    const skipped = new Story(plan).event(0, {
      type: 'scenario-skipped',
      scenario: 'load',
      reason: 'the target may have 1024 files open',
    });
    expect(judge(skipped)).toMatchObject({ status: 'inconclusive', because: 'the target may have 1024 files open' });
    const left = new Story(examplePlan({ scenarios: ['drain'], load: LOAD })).event(0, {
      type: 'scenario-skipped',
      scenario: 'load',
      reason: 'it was left out',
    });
    expect(judge(left).status).toBe('skip');
    expect(judge(new Story(plan)).status).toBe('inconclusive');
  });
});
