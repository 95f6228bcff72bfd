import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Engine, wordsOf } from '../../src/target/engine.js';

const engine = (name: 'docker' | 'podman') => new Engine(name, process.cwd(), { mark: () => undefined });

function surroundings(name: string, value: string): void {
  vi.stubEnv(name, value);
  onTestFinished(() => void vi.unstubAllEnvs());
}

describe('an engine that is not there', () => {
  it.each([
    ['docker', 'podman'],
    ['podman', 'docker'],
  ] as const)('%s', async (name, other) => {
    surroundings('PATH', '/nonexistent');
    await expect(engine(name).wake()).rejects.toMatchObject({
      code: 'engine-failed',
      message: `The program ${name} was not found in the PATH.`,
      hint: `Install it, or use another engine with --engine ${other}.`,
    });
  });
});

describe('the words of an engine', () => {
  it('are its own, without where to look for help', () =>
    expect(
      wordsOf("docker: Error response from daemon: it is full.\n\nRun 'docker run --help' for more information\n"),
    ).toBe('it is full.'));

  it('hold no secrets and are no page of usage', () => {
    expect(wordsOf('no route to tcp://me:secret@host')).not.toContain('secret');
    expect(wordsOf('x'.repeat(10_000))).toHaveLength(601);
  });
});
