import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { applyPatch } from 'diff';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judge } from '../../src/checks/judge.js';
import { fixManifests, patchOf, type Basis } from '../../src/kubernetes/fix/index.js';
import { readManifests } from '../../src/kubernetes/manifest.js';
import { deployment, linted } from '../support/manifest.js';
import { examplePlan } from '../support/plan.js';
import { Story } from '../support/story.js';

const DIRECTORY = path.resolve(import.meta.dirname, '../../fixtures/manifests');
const STATIC: Basis = { measured: null, routingLagMs: 5000, kubeMinor: null };
/** The rules whose findings can be written away. */
const CURED = [
  'k8s-prestop-present',
  'k8s-prestop-fits',
  'k8s-prestop-covers-lag',
  'k8s-rollout-keeps-capacity',
  'k8s-server-timeout-explicit',
  'k8s-grace-period-set',
];

function fix(text: string, basis: Basis = STATIC) {
  const sources = [{ name: 'k8s.yaml', text }];
  const { changed, left } = fixManifests(sources, readManifests(sources).workloads, basis);
  return { after: changed[0]?.after ?? text, left, patch: patchOf(changed, '/srv') };
}

function statuses(text: string): Record<string, string> {
  const manifest = linted(text);
  const facts = new Story(examplePlan({ manifest, checks: CURED })).facts();
  return Object.fromEntries(judge(facts, facts.plan).map(({ check, status }) => [check.id, status]));
}

const fixtures = readdirSync(DIRECTORY).flatMap((rule) =>
  readdirSync(path.join(DIRECTORY, rule)).map((file) => ({
    name: `${rule}/${file}`,
    text: readFileSync(path.join(DIRECTORY, rule, file), 'utf8'),
  })),
);
const comments = (text: string) => text.split('\n').flatMap((line) => /#.*/.exec(line)?.[0].trimEnd() ?? []);

describe.each(fixtures)('$name', ({ text }) => {
  const { after, left, patch } = fix(text);

  it('is cured of what can be written away', () => {
    const still = Object.entries(statuses(after)).filter(([, status]) => status === 'fail' || status === 'warn');
    expect(still.length).toBeLessThanOrEqual(left.length);
  });

  it('keeps its comments, and every line that is not changed', () => {
    expect(comments(after)).toEqual(comments(text));
    const removed = patch.split('\n').filter((line) => /^-(?!--)/.test(line)).length;
    expect(removed).toBeLessThanOrEqual(3);
  });

  it('needs no second patch, and the first one applies', () => {
    expect(fix(after).after).toBe(after);
    if (patch !== '') expect(applyPatch(text, patch)).toBe(after);
  });
});

describe('what is written', () => {
  const container = { command: ['uvicorn', 'app:app'] };
  const measured = { container: 'app', preStopSeconds: 6, graceSeconds: 45, livenessPath: '/livez' };

  it('is JSON in JSON', () => {
    const { after } = fix(deployment({ container }));
    const spec = (
      JSON.parse(after) as {
        spec: { template: { spec: { containers: unknown[]; terminationGracePeriodSeconds: number } } };
      }
    ).spec.template.spec;
    expect(spec.terminationGracePeriodSeconds).toBe(36);
    expect(spec.containers[0]).toMatchObject({
      command: ['uvicorn', 'app:app', '--timeout-graceful-shutdown', '28'],
      lifecycle: { preStop: { sleep: { seconds: 6 } } },
    });
  });

  it('has the line ends of the file', () => {
    const text = (fixtures.find(({ name }) => name === 'k8s-prestop-present/bad.yaml')?.text ?? '').replaceAll(
      '\n',
      '\r\n',
    );
    expect(fix(text).after.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
  });

  it('are the numbers that were measured', () => {
    const probe = { httpGet: { path: '/health', port: 'http' } };
    const text = deployment({ container: { ...container, readinessProbe: probe, livenessProbe: probe } });
    const { after, left } = fix(text, { ...STATIC, measured });
    expect(left).toEqual([]);
    expect(after).toContain('"terminationGracePeriodSeconds": 45');
    expect(after).toContain('"livenessProbe":{"httpGet":{"path":"/livez"');
    expect(after).toContain('"readinessProbe":{"httpGet":{"path":"/health"');
    expect(after).toContain('"--timeout-graceful-shutdown", "37"');
  });

  it('never shortens a grace period or a delay that is there', () => {
    const lifecycle = { preStop: { sleep: { seconds: 20 } } };
    const text = deployment({ container: { lifecycle }, pod: { terminationGracePeriodSeconds: 90 } });
    expect(fix(text, { ...STATIC, measured }).after).toBe(text);
  });

  it.each([
    ['the sleep action', { sleep: { seconds: 2 } }, '"sleep":{"seconds":6}'],
    ['a command', { exec: { command: ['sleep', '2'] } }, '["sleep","6"]'],
    ['a script', { exec: { command: ['sh', '-c', 'sleep 2; nginx -s quit'] } }, '"sleep 6; nginx -s quit"'],
  ])('lengthens %s', (_, preStop, expected) => {
    const { after } = fix(deployment({ container: { lifecycle: { preStop } } }), { ...STATIC, measured });
    expect(after).toContain(expected);
  });

  it('is a command where the cluster has no sleep action', () => {
    expect(fix(deployment(), { ...STATIC, kubeMinor: 28 }).after).toContain('{"exec": {"command": ["sleep", "6"]}}');
  });

  it('is nothing that others share, and that is said', () => {
    const text = `kind: Deployment
metadata: {name: a}
spec:
  replicas: 2
  template:
    spec:
      containers:
        - &app
          name: app
          ports: [{containerPort: 80}]
          lifecycle: &hook {preStop: {sleep: {seconds: 6}}}
          readinessProbe: &probe {httpGet: {path: /health, port: 80}}
          livenessProbe: *probe
`;
    const { after, left } = fix(text, { ...STATIC, measured: { ...measured, graceSeconds: 30 } });
    expect(after).toBe(text);
    expect(left).toMatchObject([{ at: { line: 13 }, text: 'app: liveness asks /livez', done: false }]);
  });

  it('leaves a shell’s script to whoever wrote it', () => {
    const { left } = fix(deployment({ container: { command: ['sh', '-c', 'exec uvicorn app:app'] } }));
    expect(left.map(({ text }) => text)).toEqual(['app: --timeout-graceful-shutdown 28']);
  });

  it('is YAML that says the same beside it, however the manifest is laid out', () => {
    const indent = fc.constantFrom(1, 2, 4);
    const comment = fc.constantFrom('', ' # why', '  #');
    fc.assert(
      fc.property(indent, comment, fc.boolean(), fc.boolean(), fc.boolean(), (width, note, last, blank, end) => {
        const by = (depth: number) => ' '.repeat(width * depth);
        const lines = [
          'kind: Deployment',
          'metadata: {name: a}',
          'spec:',
          `${by(1)}replicas: 2${note}`,
          `${by(1)}template:`,
          `${by(2)}spec:${note}`,
          ...(last ? [] : [`${by(3)}hostNetwork: false`]),
          `${by(3)}# those`,
          `${by(3)}containers:${note}`,
          `${by(3)}- name: app`,
          `${by(3)}  ports:`,
          `${by(3)}  - containerPort: 80${note}`,
          `${by(3)}  command: ["uvicorn", app:app]${note}`,
          ...(blank ? ['', `${by(3)}# behind`] : []),
          ...(last ? [] : [`${by(3)}restartPolicy: Always`]),
          ...(blank ? ['---', 'kind: ConfigMap', ''] : []),
        ];
        const text = lines.join('\n') + (end ? '\n' : '');
        const { after, left } = fix(text);
        expect(left).toEqual([]);
        expect(comments(after)).toEqual(comments(text));
        const [workload] = linted(after).workloads;
        expect(workload?.graceSeconds.value).toBe(36);
        expect(workload?.containers[0]).toMatchObject({
          preStop: { takesMs: 6000 },
          command: ['uvicorn', 'app:app', '--timeout-graceful-shutdown', '28'],
          server: { timeoutMs: 28_000 },
        });
      }),
      { numRuns: 100 },
    );
  });
});
