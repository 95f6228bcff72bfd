import { describe, expect, it } from 'vitest';
import type { Plan } from '../../src/plan/types.js';
import { whyNotAsPid1 } from '../../src/run/pid-1.js';
import { whyNoNamespace } from '../../src/target/namespace.js';
import { examplePlan } from '../support/plan.js';

const noNamespace = await whyNoNamespace();
const why = (changes: Partial<Plan>, command = 'node') => {
  const plan = examplePlan(changes);
  if (plan.target.kind !== 'command') throw new Error('the example plan starts a command');
  return whyNotAsPid1({ ...plan, target: { ...plan.target, command } });
};

describe('whyNotAsPid1', () => {
  it('is left out where it was said so', async () =>
    expect(await why({ asPid1: 'never' })).toBe('it was left out by --no-as-pid1'));

  it.each(['standalone', 'load-balancer'] as const)('is left out under the profile %s', async (profile) =>
    expect(await why({ profile })).toContain(`under the profile ${profile}`),
  );

  it.each(['make', '/usr/bin/docker', 'sudo'])('is left out for %s, which no container runs', async (command) =>
    expect(await why({}, command)).toContain('is not what a container would run'),
  );

  it.runIf(noNamespace === null)('is played where namespaces can be had', async () => {
    expect(await why({})).toBeNull();
    expect(await why({ profile: 'docker' }, 'npm')).toBeNull();
    expect(await why({ profile: 'standalone', asPid1: 'always' }, 'make')).toBeNull();
  });

  it.runIf(noNamespace !== null)('says host semantics where they cannot, and fails if it was demanded', async () => {
    expect(await why({})).toContain('host semantics only');
    await expect(why({ asPid1: 'always' })).rejects.toMatchObject({ code: 'no-namespaces' });
  });
});
