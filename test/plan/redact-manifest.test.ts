import { describe, expect, it } from 'vitest';
import { redactPlan } from '../../src/plan/redact.js';
import { planSchema } from '../../src/plan/schema.js';
import { deployment, rehearsed } from '../support/manifest.js';
import { examplePlan } from '../support/plan.js';

const SECRET = 'correct-horse-battery';
const probe = { httpGet: { port: 'http', path: '/x', httpHeaders: [{ name: 'Authorization', value: SECRET }] } };
const manifest = rehearsed(
  deployment({
    container: {
      command: ['node', 'server.js', '--token=$(TOKEN)', '--db', `postgres://me:${SECRET}@db/x`],
      env: [
        { name: 'TOKEN', value: SECRET },
        { name: 'LEVEL', value: 'debug' },
      ],
      readinessProbe: probe,
      lifecycle: { preStop: { exec: { command: ['curl', `http://me:${SECRET}@localhost/drain`] } } },
    },
    pod: { initContainers: [{ name: 'proxy', restartPolicy: 'Always', lifecycle: { preStop: probe } }] },
  }),
);
const target = { ...examplePlan().target, args: manifest.pod?.command.slice(1) ?? [], env: manifest.pod?.env ?? {} };
const plan = examplePlan({ manifest, target: { ...target, kind: 'command', command: 'node' } });

describe('a plan with a manifest', () => {
  it('is stored without what may be secret in it', () => {
    expect(JSON.stringify(plan)).toContain(SECRET);
    const stored = redactPlan(plan);
    expect(JSON.stringify(stored)).not.toContain(SECRET);
    expect(stored.manifest?.pod).toMatchObject({
      env: { TOKEN: '[redacted]', LEVEL: '[redacted]' },
      command: ['node', 'server.js', '--token=[redacted]', '--db', 'postgres://[redacted]@db/x'],
    });
  });

  it('hides the same in the command that is played, so that the two can be compared', () => {
    const { target: played, manifest: read } = redactPlan(plan);
    if (played.kind !== 'command') throw new Error('no command');
    expect([played.command, ...played.args]).toEqual(read?.pod?.command);
  });

  it('is what it was when it is read again', () => {
    const stored = redactPlan(plan);
    expect(planSchema.parse(JSON.parse(JSON.stringify(stored)))).toEqual(stored);
    expect(redactPlan(stored)).toEqual(stored);
  });
});
