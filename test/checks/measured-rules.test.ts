import { describe, expect, it } from 'vitest';
import { CHECKS } from '../../src/checks/index.js';
import type { Verdict } from '../../src/checks/check.js';
import type { Plan } from '../../src/plan/types.js';
import { deployment, rehearsed } from '../support/manifest.js';
import { examplePlan } from '../support/plan.js';
import { Story } from '../support/story.js';

/** What a rule says of a manifest when a death was played beside it. */
function judged(id: string, text: string, tell: (story: Story) => Story, changes: Partial<Plan> = {}): Verdict {
  const check = CHECKS.find((one) => one.id === id);
  if (check === undefined) throw new Error(`no check ${id}`);
  const story = tell(new Story(examplePlan({ manifest: rehearsed(text), ...changes })));
  return check.judge(story.facts(), story.plan);
}

const served =
  (ms: number, exit = 6000) =>
  (story: Story) =>
    story.life().signal().arrival(25).arrival(ms, 'refused').exit(exit);
const preStop = (seconds: number) => ({ lifecycle: { preStop: { sleep: { seconds } } } });

describe('k8s-prestop-present, after a rehearsal', () => {
  const judge = (ms: number, changes: Partial<Plan> = {}) =>
    judged('k8s-prestop-present', deployment(), served(ms), changes);

  it('fails when the listener closed sooner than routes follow, and says which delay it takes', () => {
    const verdict = judge(1500);
    expect(verdict.status).toBe('fail');
    expect(verdict.observed).toContain('served new connections for 1.5 s after the signal, while routes take 5 s');
    expect(verdict.cure).toContain('seconds: 5');
  });

  it('passes when the application served for as long itself', () => {
    expect(judge(5000)).toMatchObject({ status: 'pass', observed: 'it served for 5 s after the signal' });
    expect(judge(4999).status).toBe('fail');
    expect(judge(4999, { routingLagMs: 4999 }).status).toBe('pass');
  });

  it('warns when no drain was played', () => {
    expect(judged('k8s-prestop-present', deployment(), (story) => story).status).toBe('warn');
  });
});

describe('k8s-prestop-covers-lag, after a rehearsal', () => {
  const judge = (seconds: number, ms: number) =>
    judged('k8s-prestop-covers-lag', deployment({ container: preStop(seconds) }), served(ms));

  it('adds the time for which the application served to the delay', () => {
    expect(judge(3, 2000).status).toBe('pass');
    const verdict = judge(3, 1900);
    expect(verdict.status).toBe('warn');
    expect(verdict.observed).toContain(
      'has a preStop delay of 3 s and served for 1.9 s after the signal, and routes take 5 s',
    );
    expect(verdict.cure).toContain('set the preStop delay to 5 s');
  });
});

describe('k8s-grace-period-fits', () => {
  const judge = (
    terminationGracePeriodSeconds: number,
    tell: (story: Story) => Story,
    container: object = preStop(6),
  ) => judged('k8s-grace-period-fits', deployment({ container, pod: { terminationGracePeriodSeconds } }), tell);

  it('writes out its sum, and takes the longest death', () => {
    const lives = (story: Story) => served(100, 1000)(story).life('idle').signal().exit(20_000);
    expect(judge(30, lives)).toMatchObject({
      status: 'pass',
      observed: '30 s for 6 s preStop + 20 s drain (idle) + 4 s margin → 30 s',
    });
    const verdict = judge(29, lives);
    expect(verdict.status).toBe('fail');
    expect(verdict.cure).toBe(
      'set terminationGracePeriodSeconds to 30: 6 s preStop + 20 s drain (idle) + 4 s margin → 30 s',
    );
  });

  it('fails when SIGKILL was needed', () => {
    const verdict = judge(60, (story) => story.life().signal().killed(30_000));
    expect(verdict.status).toBe('fail');
    expect(verdict.observed).toContain('still there 30 s after the signal, in the scenario drain');
  });

  it('is inconclusive without a drain that was played to its end, and with a hook of unknown length', () => {
    expect(judge(30, (story) => story).status).toBe('inconclusive');
    const unknown = { lifecycle: { preStop: { exec: { command: ['/drain'] } } } };
    expect(judge(30, served(100, 1000), unknown).status).toBe('inconclusive');
    expect(judge(2, served(100, 1000), unknown).status).toBe('fail');
  });
});

describe('k8s-probe-grace-fits, after a rehearsal', () => {
  const judge = (exit: number) => {
    const livenessProbe = { tcpSocket: { port: 80 }, terminationGracePeriodSeconds: 10 };
    return judged(
      'k8s-probe-grace-fits',
      deployment({ container: { ...preStop(6), livenessProbe } }),
      served(100, exit),
    );
  };
  it('compares with the measured drain', () => {
    expect(judge(4000).status).toBe('pass');
    expect(judge(4001)).toMatchObject({
      status: 'warn',
      observed: expect.stringContaining('6 s preStop + 4 s measured drain') as string,
    });
  });
});

describe('k8s-probes-separate, after a rehearsal', () => {
  const probe = { httpGet: { path: '/health', port: 'http' } };
  const shared = deployment({ container: { readinessProbe: probe, livenessProbe: probe } });
  const drained = (path: string, status: number) => (story: Story) =>
    story.life().endpoint('readiness', path).signal().probes('readiness', status, 100, 900).exit(1000);

  it('fails when the endpoint failed while it drained', () => {
    const verdict = judged('k8s-probes-separate', shared, drained('/health', 503));
    expect(verdict.status).toBe('fail');
    expect(verdict.observed).toContain('in the drain it answered 503');
  });

  it('has nothing said of a liveness endpoint that was found and that nobody asks', () => {
    const found = (story: Story) =>
      drained('/health', 503)(story.endpoint('liveness', '/livez', { how: 'found', sureness: 'specific' }));
    for (const id of ['separate-probes', 'keeps-liveness'])
      expect(judged(id, shared, (story) => found(story.life()))).toMatchObject({
        status: 'skip',
        because: expect.stringContaining('the manifest asks /health for readiness and liveness alike') as string,
      });
  });

  it('warns when it did not, or when another one was asked', () => {
    expect(judged('k8s-probes-separate', shared, drained('/health', 200)).status).toBe('warn');
    expect(judged('k8s-probes-separate', shared, drained('/ready', 503)).status).toBe('warn');
  });
});

describe('k8s-signal-reaches-app, after a rehearsal', () => {
  const command = ['sh', '-c', 'node server.js'];
  const judge = (tell: (story: Story) => Story, args = command.slice(1)) => {
    const { target } = examplePlan();
    if (target.kind !== 'command') throw new Error('no command');
    return judged('k8s-signal-reaches-app', deployment({ container: { command } }), tell, {
      target: { ...target, command: 'sh', args },
    });
  };

  it('is cleared when the server got the signal', () => {
    expect(
      judge((story) => story.life('drain', { owner: 200 }).signal().probes('readiness', 503, 10, 900).exit(1000)),
    ).toMatchObject({
      status: 'pass',
      observed: 'the rehearsal showed that the signal is passed on',
    });
  });

  it('is confirmed when it did not', () => {
    const verdict = judge((story) => story.life('drain', { owner: 200 }).signal().killed(30_000));
    expect(verdict.status).toBe('warn');
    expect(verdict.observed).toContain('and did so in the rehearsal');
  });

  it('says nothing of another command', () => {
    expect(judge((story) => story.life().signal().exit(1000), ['-c', 'node other.js']).status).toBe('warn');
  });
});

describe('what keeps a signal in a command', () => {
  const status = (command: string[]) =>
    judged('k8s-signal-reaches-app', deployment({ container: { command } }), (story) => story).status;

  it.each([
    [['node', 'server.js'], 'pass'],
    [['npm', 'start'], 'warn'],
    [['yarn', 'start'], 'warn'],
    [['tini', '--', 'node', 'server.js'], 'pass'],
    [['tini', '-g', '--', 'npm', 'start'], 'warn'],
    [['sh', '-c', 'exec npm start'], 'warn'],
    [['/bin/sh', '-ec', 'a; b && exec node server.js'], 'pass'],
    [['bash', '-c', 'node server.js'], 'pass'],
    [['bash', '-c', 'node server.js | tee log'], 'warn'],
    [['bash', '-c', 'a; node server.js'], 'warn'],
    [['sh', '/entrypoint.sh'], 'pass'],
    [['gunicorn', 'app:app'], 'pass'],
    [['npx', 'serve'], 'warn'],
  ] as const)('%j: %s', (command, expected) => expect(status([...command])).toBe(expected));
});
