import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Engine, endStream, wordsOf } from '../../src/target/engine.js';
import { noEngine, prepared, ROOT } from '../support/engine.js';

const engine = (name: 'docker' | 'podman' = 'docker') => new Engine(name, ROOT, { mark: () => undefined });

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

describe.skipIf(noEngine)('an engine', () => {
  it('that does not run says so in its own words', async () => {
    surroundings('DOCKER_HOST', 'unix:///nonexistent');
    await expect(engine().wake()).rejects.toMatchObject({
      code: 'engine-failed',
      message: expect.stringMatching(/^Docker cannot be used: .*unix:\/\/\/nonexistent/) as string,
      hint: expect.stringContaining('Start it') as string,
    });
  });

  it('that runs is no trouble', async () => expect(engine().wake()).resolves.toBeUndefined());

  it('that does not answer in time has not answered', async () =>
    expect(await engine().ask(['events'], 300)).toMatchObject({
      code: null,
      words: 'It did not answer within 0.3 s.',
    }));

  it('can be told to stop talking', async () => {
    const stream = engine().stream(['events']);
    await endStream(stream);
    expect(stream.exitCode !== null || stream.signalCode !== null).toBe(true);
    await endStream(stream);
  });

  it('knows when there is no such thing', async () =>
    expect(await prepared({ name: 'drain-check-test-no-such/thing:1' }).catch((error: unknown) => error)).toMatchObject(
      {
        code: 'no-such-target',
        message: 'There is neither a container nor an image drain-check-test-no-such/thing:1.',
        hint: expect.stringContaining('`docker pull drain-check-test-no-such/thing:1`') as string,
      },
    ));
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
