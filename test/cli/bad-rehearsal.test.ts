import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { flat, runCli, temporaryDirectory } from '../support/cli.js';
import { deployment } from '../support/manifest.js';

const OK = deployment();
const TWO = `${deployment()}\n---\n${deployment().replace('"name":"orders"', '"name":"invoices"')}`;
const UNDECLARED = deployment({ container: { readinessProbe: { httpGet: { path: '/', port: 'nope' } } } });
const LEVELS = 'bcdefghij'.split('');
/** Each level stands for nine of the one before it. */
const BOMB = [
  'kind: Deployment',
  `a: &a [${'x, '.repeat(9)}]`,
  ...LEVELS.map((name, i) => `${name}: &${name} [${`*${i === 0 ? 'a' : (LEVELS[i - 1] ?? '')}, `.repeat(9)}]`),
].join('\n');

/** What the command line says of a manifest; nothing is started, and nothing is printed for a program to read. */
async function refused(text: string | null, argv: readonly string[]): Promise<string> {
  const file = path.join(await temporaryDirectory(), 'k8s.yaml');
  if (text !== null) await writeFile(file, text);
  const { code, stdout, stderr } = await runCli(argv.map((word) => (word === 'FILE' ? file : word)));
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m);
  return flat(stderr).replaceAll(file, 'FILE');
}

describe('a manifest that cannot be used', () => {
  const rehearse = ['rehearse', '-f', 'FILE', '--', 'true'];

  it.each<[string, string | null, string[], string]>([
    ['is not YAML', 'kind: Deployment\nspec: [a\n', rehearse, 'is not YAML'],
    ['is a template', 'kind: Pod\nspec: {{ .Values.spec }}\n', rehearse, 'helm template . | drain-check lint -'],
    ['holds no workload', 'kind: ConfigMap\napiVersion: v1\n', rehearse, 'There is no workload in'],
    ['holds several, and none is chosen', TWO, rehearse, 'Deployment/orders, Deployment/invoices'],
    ['has a probe on a port that is not declared', UNDECLARED, rehearse, 'on the port "nope"'],
    ['is a bomb', BOMB, rehearse, '1000000 values'],
    ['is a bomb for lint', BOMB, ['lint', 'FILE'], '1000000 values'],
    ['is not there', null, rehearse, 'cannot be read (ENOENT)'],
    [
      'has no command, and none is given',
      OK,
      ['rehearse', '-f', 'FILE'],
      'give it after --, or the image with --docker',
    ],
  ])('%s', async (_what, text, argv, said) => {
    expect(await refused(text, argv)).toContain(said);
  });

  it('is not YAML at a line and a column', async () => {
    expect(await refused('kind: Pod\nspec: [a\nb: c\n', rehearse)).toMatch(/:\d+:\d+ is not YAML/);
  });
});

describe('options of a rehearsal that cannot be used', () => {
  it('are all named at once, with their values', async () => {
    const wrong = {
      'routing-lag': 'soon',
      'kubelet-lag': 'x',
      kubelet: '2.1',
      rate: '0',
      'time-scale': '0.5',
      sidecar: 'nope',
    };
    const options = Object.entries(wrong).flatMap(([name, value]) => [`--${name}`, value]);
    const said = await refused(OK, ['rehearse', '-f', 'FILE', ...options, '--', 'true']);
    for (const [name, value] of Object.entries(wrong)) expect(said).toContain(`--${name} "${value}"`);
  });

  it('name a workload, a container or a sidecar that is not there, and those that are', async () => {
    const run = (...options: string[]) => refused(OK, ['rehearse', '-f', 'FILE', ...options, '--', 'true']);
    expect(await run('--workload', 'ordrs')).toContain('did you mean orders?');
    expect(await run('--container', 'web')).toContain('its containers are app');
    expect(await run('--sidecar', 'proxy=true')).toContain('is no native sidecar of Deployment/orders');
  });

  it('mean nothing without a manifest', async () => {
    expect(await refused(null, ['rehearse', '--', 'true'])).toContain('needs the manifest of what is rehearsed');
    for (const [name, value] of [
      ['rate', '10'],
      ['kubelet', '1.32'],
      ['sidecar', 'a=b'],
      ['workload', 'orders'],
    ] as const)
      expect(await refused(null, [`--${name}`, value, '--', 'true'])).toContain(`--${name} "${value}" is about a`);
  });
});
