import { describe, expect, it } from 'vitest';
import type { Plan, TargetPlan } from '../../src/plan/types.js';
import type { KnownWork, RunContext } from '../../src/run/context.js';
import { whyNotForTarget, whyNotPlayed } from '../../src/run/why-not-played.js';
import { SCENARIOS } from '../../src/scenarios/index.js';
import { examplePlan } from '../support/plan.js';

const UPLOAD = { method: 'POST', path: '/', headers: [], body: 'xx' } satisfies KnownWork['upload'];
const NOTHING: KnownWork = { upload: null, streams: [], websockets: [], grpc: null };

/** Those that are in the plan of every service. */
const ALWAYS = SCENARIOS.filter(({ needs }) => needs === undefined || needs === 'listener');

/** The ids of the scenarios that would be played with some work. */
function played(work: Partial<KnownWork>, changes: Partial<Plan> = {}): string[] {
  const context = { plan: examplePlan({ slow: [], ...changes }) } as RunContext;
  return ALWAYS.filter((scenario) => whyNotPlayed(context, scenario, { ...NOTHING, ...work }) === null).map(
    ({ id }) => id,
  );
}

describe('whyNotPlayed', () => {
  it('leaves out what has nothing to play with', () =>
    expect(played({})).toEqual(['drain', 'idle', 'interrupt', 'startup', 'pid-1', 'together']));

  it('plays streams where a stream or a WebSocket is known', () => {
    expect(played({ streams: ['/events'] })).toContain('streams');
    expect(played({ websockets: ['/ws'] })).toContain('streams');
    expect(played({ upload: UPLOAD })).not.toContain('streams');
  });

  it('plays what is stuck where anything can be kept from ending', () => {
    expect(played({ upload: UPLOAD })).toContain('stuck');
    expect(played({ streams: ['/events'] })).toContain('stuck');
    expect(played({ websockets: ['/ws'] })).toContain('stuck');
  });

  it('repeats the signal where something can be held', () => {
    expect(played({ upload: UPLOAD })).toContain('repeat-signal');
    expect(played({}, { slow: [{ method: 'GET', path: '/slow', headers: [], body: null }] })).toContain(
      'repeat-signal',
    );
    expect(played({ streams: ['/events'] })).not.toContain('repeat-signal');
  });

  it('does not send SIGINT once more where it is the signal of the run', () =>
    expect(played({}, { signal: 'SIGINT' })).not.toContain('interrupt'));
});

describe('whyNotForTarget', () => {
  const kinds = (kind: TargetPlan['kind'], restarts: boolean) => {
    const context = { plan: { target: { kind } }, target: { restarts } } as RunContext;
    return ALWAYS.filter((scenario) => whyNotForTarget(context, scenario) === null).map(({ id }) => id);
  };

  it('plays everything but the one that holds all together with a command', () =>
    expect(kinds('command', true)).toEqual(ALWAYS.map(({ id }) => id).filter((id) => id !== 'together')));

  it('plays no start of an image, whose first process has no handler yet', () => {
    expect(kinds('container', true)).not.toContain('startup');
    expect(kinds('container', true)).toContain('repeat-signal');
  });

  it.each(['process', 'url', 'container'] as const)('plays one death of a %s that runs already', (kind) =>
    expect(kinds(kind, false)).toEqual(['together']),
  );
});
