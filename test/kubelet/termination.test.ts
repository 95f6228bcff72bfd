import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { kubeletBehaviour } from '../../src/kubelet/behaviour.js';
import { Termination, type EndingPod, type Happening, type PodAct } from '../../src/kubelet/termination.js';

const POD: EndingPod = {
  graceSeconds: 30,
  containers: [{ name: 'app', hook: false, sidecar: false }],
  kubeletLagMs: 0,
  routingLagMs: 5000,
  publishNotReadyAddresses: false,
};
const withHook = { name: 'app', hook: true, sidecar: false };
const sidecar = (name: string, hook = false) => ({ name, hook, sidecar: true });
const ended = (container = 'app'): Happening => ({ what: 'hook-ended', container });
const gone = (container = 'app'): Happening => ({ what: 'container-gone', container });

/** Plays a pod's end on a clock of our own: what is done, and when. */
function play(
  pod: Partial<EndingPod>,
  happenings: readonly (readonly [number, Happening])[] = [],
  { minor = 32, untilMs = 700_000 }: { minor?: number; untilMs?: number } = {},
): string[] {
  const termination = new Termination({ ...POD, ...pod }, kubeletBehaviour(minor));
  const said: string[] = [];
  const note = (at: number, acts: readonly PodAct[]) => {
    for (const act of acts)
      said.push(`${at / 1000} ${act.do}${'container' in act && act.container !== 'app' ? ` ${act.container}` : ''}`);
  };
  const waiting = [...happenings];
  for (;;) {
    const due = termination.dueAt ?? Infinity;
    const [next] = waiting;
    if (next !== undefined && next[0] <= due) {
      waiting.shift();
      note(next[0], termination.happen(...next));
    } else if (due <= untilMs) note(due, termination.advance(due));
    else return said;
  }
}

/** Without what concerns the routes. */
function kubeletOf(said: readonly string[]): string[] {
  return said.filter((line) => !/endpoint|routes|take-in-hand/.test(line));
}

describe('the end of a pod', () => {
  it('withdraws the endpoint with the delete, beside the kubelet', () => {
    expect(play({}, [[100, gone()]])).toEqual([
      '0 withdraw-endpoint',
      '0 take-in-hand',
      '0 signal',
      '0.1 pod-gone',
      '5 routes-followed',
    ]);
  });

  it.each<[string, Partial<EndingPod>, [number, Happening][], string[]]>([
    ['a kubelet that lags begins late', { kubeletLagMs: 1500 }, [[2000, gone()]], ['1.5 signal', '2 pod-gone']],
    [
      'a hook runs at once, and SIGTERM waits for it',
      { containers: [withHook] },
      [
        [10_000, ended()],
        [11_000, gone()],
      ],
      ['0 run-hook', '10 signal', '11 pod-gone'],
    ],
    [
      'the grace period counts from the start of the hook',
      { containers: [withHook] },
      [[10_000, ended()]],
      ['0 run-hook', '10 signal', '30 kill'],
    ],
    [
      'the time of a hook is cut to whole seconds',
      { containers: [withHook] },
      [[10_999, ended()]],
      ['0 run-hook', '10.999 signal', '30.999 kill'],
    ],
    [
      'a hook that overruns is abandoned at the end of the grace period, then comes SIGTERM',
      { containers: [withHook] },
      [],
      ['0 run-hook', '30 abandon-hook', '30 signal', '32 kill'],
    ],
    [
      'the 2 s floor: grace 4 and a hook that hangs give SIGTERM at 4 and SIGKILL at 6',
      { graceSeconds: 4, containers: [withHook] },
      [],
      ['0 run-hook', '4 abandon-hook', '4 signal', '6 kill'],
    ],
    [
      'the 2 s floor holds for a hook that leaves less',
      { graceSeconds: 4, containers: [withHook] },
      [[3000, ended()]],
      ['0 run-hook', '3 signal', '5 kill'],
    ],
    ['the 2 s floor holds without a hook', { graceSeconds: 1 }, [], ['0 signal', '2 kill']],
    [
      'a hook that fails means SIGTERM at once',
      { containers: [withHook] },
      [[20, ended()]],
      ['0 run-hook', '0.02 signal', '30.02 kill'],
    ],
    ['a negative grace period becomes one second', { graceSeconds: -1 }, [], ['0 signal', '2 kill']],
    [
      'a grace period of nothing gives a hook one second',
      { graceSeconds: 0, containers: [withHook] },
      [],
      ['0 run-hook', '1 abandon-hook', '1 signal', '3 kill'],
    ],
    [
      'a program that ends during its hook gets no signal',
      { containers: [withHook] },
      [[2000, gone()]],
      ['0 run-hook', '2 pod-gone'],
    ],
    [
      'a sidecar’s hook runs at once and its SIGTERM waits for the others',
      { containers: [POD.containers[0] ?? withHook, sidecar('proxy', true)] },
      [
        [1000, ended('proxy')],
        [3000, gone()],
        [3500, gone('proxy')],
      ],
      ['0 signal', '0 run-hook proxy', '3 signal proxy', '3.5 pod-gone'],
    ],
    [
      'sidecars end in reverse order',
      { containers: [POD.containers[0] ?? withHook, sidecar('first'), sidecar('second')] },
      [
        [1000, gone()],
        [2000, gone('second')],
        [3000, gone('first')],
      ],
      ['0 signal', '1 signal second', '2 signal first', '3 pod-gone'],
    ],
    [
      'a sidecar waits no longer than its grace period, and gets 2 s then',
      { graceSeconds: 5, containers: [POD.containers[0] ?? withHook, sidecar('proxy')] },
      [],
      ['0 signal', '5 kill', '5 signal proxy', '7 kill proxy'],
    ],
    [
      'what a sidecar waited is taken off its grace period in whole seconds',
      { graceSeconds: 10, containers: [POD.containers[0] ?? withHook, sidecar('proxy')] },
      [[3900, gone()]],
      ['0 signal', '3.9 signal proxy', '10.9 kill proxy'],
    ],
    [
      'the hook of one container holds up no other',
      { containers: [withHook, { name: 'other', hook: false, sidecar: false }] },
      [],
      ['0 run-hook', '0 signal other', '30 kill other', '30 abandon-hook', '30 signal', '32 kill'],
    ],
  ])('%s', (_fact, pod, happenings, expected) => {
    expect([...kubeletOf(play(pod, happenings))].sort()).toEqual([...expected].sort());
  });

  it.each<[string, number, Partial<EndingPod>, [number, Happening][], string[]]>([
    [
      'in 1.20 a grace period of nothing runs no hook',
      20,
      { graceSeconds: 0, containers: [withHook] },
      [],
      ['0 signal', '2 kill'],
    ],
    [
      'before 1.29 sidecars are signalled with the others',
      28,
      { containers: [POD.containers[0] ?? withHook, sidecar('proxy')] },
      [],
      ['0 signal', '0 signal proxy', '30 kill', '30 kill proxy'],
    ],
  ])('%s', (_fact, minor, pod, happenings, expected) => {
    expect(kubeletOf(play(pod, happenings, { minor }))).toEqual(expected);
  });

  it('leaves the endpoint of publishNotReadyAddresses until the pod is gone', () => {
    expect(play({ publishNotReadyAddresses: true }, [[8000, gone()]])).toEqual([
      '0 take-in-hand',
      '0 signal',
      '8 pod-gone',
      '8 withdraw-endpoint',
      '13 routes-followed',
    ]);
  });

  it('lets routes follow before a hook of the same length has ended', () => {
    expect(play({ containers: [withHook] }, [[5000, ended()]])).toEqual([
      '0 withdraw-endpoint',
      '0 take-in-hand',
      '0 run-hook',
      '5 routes-followed',
      '5 signal',
      '30 kill',
    ]);
  });

  it('always signals before it kills, at least 2 s before, and never twice', () => {
    const happenings = fc.array(fc.tuple(fc.integer({ min: 0, max: 60_000 }), fc.constant('hook-ended' as const)), {
      maxLength: 6,
    });
    fc.assert(
      fc.property(
        fc.integer({ min: -5, max: 40 }),
        fc.boolean(),
        fc.integer({ min: 0, max: 3000 }),
        happenings,
        (graceSeconds, hook, kubeletLagMs, list) => {
          const told = [...list]
            .sort(([a], [b]) => a - b)
            .map(([at, what]): [number, Happening] => [at, { what, container: 'app' }]);
          const said = kubeletOf(play({ graceSeconds, kubeletLagMs, containers: [{ ...withHook, hook }] }, told));
          const at = (act: string) => said.filter((line) => line.endsWith(` ${act}`)).map(parseFloat);
          expect(at('signal')).toHaveLength(1);
          expect(at('kill')).toHaveLength(1);
          expect((at('kill')[0] ?? 0) - (at('signal')[0] ?? 0)).toBeGreaterThanOrEqual(2 - 1e-9);
        },
      ),
    );
  });
});
