import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Engine, endStream } from '../../src/target/engine.js';
import { noEngine, prepared, ROOT } from '../support/engine.js';

const engine = () => new Engine('docker', ROOT, { mark: () => undefined });

describe.skipIf(noEngine)('an engine', () => {
  it('that does not run says so in its own words', async () => {
    vi.stubEnv('DOCKER_HOST', 'unix:///nonexistent');
    onTestFinished(() => void vi.unstubAllEnvs());
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
