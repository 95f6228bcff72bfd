import { describe, expect, it } from 'vitest';
import { inImage } from '../../src/plan/from-manifest.js';
import type { ContainerTarget } from '../../src/plan/types.js';
import { runArguments } from '../../src/target/container-run.js';
import { deployment, rehearsed } from '../support/manifest.js';

const PLAN: ContainerTarget = {
  kind: 'container',
  engine: 'docker',
  name: 'registry.example/orders:1',
  compose: false,
  args: [],
  runArgs: [],
  env: { LEVEL: 'debug' },
  signal: null,
  cwd: '/',
  port: null,
  socketPath: null,
  tls: null,
  http2: false,
};
const LIFE = { id: 'drain-check-1', life: '1', marker: 'mark', port: 34_567 };
const env = [
  { name: 'LEVEL', value: 'info' },
  { name: 'PORT', value: '8080' },
  { name: 'STORE', value: 'disk' },
];

function argumentsFor(container: object, more: Partial<ContainerTarget> = {}): string[] {
  const manifest = inImage(rehearsed(deployment({ container: { env, ...container } })));
  return runArguments({ ...PLAN, ...more }, LIFE, manifest);
}
/** What comes behind the image. */
const commandOf = (words: readonly string[]) => words.slice(words.indexOf(PLAN.name) + 1);
const entrypointOf = (words: readonly string[]) => words.find((word) => word.startsWith('--entrypoint')) ?? null;
const variablesOf = (words: readonly string[]) => words.filter((_, i) => words[i - 1] === '-e');

describe('what an image is run with', () => {
  it('takes the command of the manifest instead of the image’s', () => {
    const words = argumentsFor({ command: ['node', 'server.js'], args: ['--store=$(STORE)'] });
    expect(entrypointOf(words)).toBe('--entrypoint=node');
    expect(commandOf(words)).toEqual(['server.js', '--store=disk']);
  });

  it('gives arguments alone to the image’s own command', () => {
    const words = argumentsFor({ args: ['--store=disk'] });
    expect(entrypointOf(words)).toBeNull();
    expect(commandOf(words)).toEqual(['--store=disk']);
  });

  it('lets a command of the user’s stand above it', () => {
    const words = argumentsFor({ command: ['node', 'server.js'] }, { args: ['node', 'other.js'] });
    expect(entrypointOf(words)).toBeNull();
    expect(commandOf(words)).toEqual(['node', 'other.js']);
  });

  it('sets its variables, below the user’s, and a free port', () => {
    expect(variablesOf(argumentsFor({})).sort()).toEqual([
      'DRAIN_CHECK_LIFE=mark',
      'LEVEL=debug',
      'PORT=34567',
      'STORE=disk',
    ]);
  });

  it('adds nothing without a manifest', () => {
    expect(runArguments(PLAN, LIFE)).toEqual([
      ...['run', '-d', '--pull=never', '-e', 'PORT=34567', '-e', 'LEVEL=debug', '-e', 'DRAIN_CHECK_LIFE=mark'],
      ...['--label', expect.stringContaining('=1') as string, '--name', LIFE.id, '--restart=no', PLAN.name],
    ]);
  });
});
