import { describe, expect, it } from 'vitest';
import { slowness } from '../../../src/recording/facts/slowness.js';
import { firstLife, Story } from '../../support/story.js';

const signalled = () => new Story().life('drain').signal();
/** How slow it was from 200 to 210 ms after the signal. */
const then = (story: Story) => slowness(firstLife(story.exit(900)), 1200, 1210);

describe('slowness', () => {
  it('is a moment where nothing took longer', () => {
    expect(then(signalled())).toBe(10);
    expect(then(signalled().arrival(198, 'answered', { endedAt: 202 }))).toBe(10);
  });

  it('is the longest wait of a probe around that time', () => {
    const probed = (startedAt: number, endedAt: number) =>
      then(signalled().probes('readiness', 200, 0, 190, { last: { startedAt, endedAt } }));
    expect(probed(1190, 1240)).toBe(50);
    expect(probed(1140, 1190)).toBe(50);
    expect(probed(1139, 1189)).toBe(10);
    expect(probed(1221, 1271)).toBe(10);
  });

  it('is the longest that a short request waited for its answer', () => {
    expect(then(signalled().arrival(180, 'answered', { endedAt: 260 }))).toBe(80);
    expect(then(signalled().exchange('reused-connection', { openedAt: 150, endedAt: 230 }))).toBe(80);
  });

  it('is not what takes long by its nature, nor what was not answered', () => {
    expect(then(signalled().exchange('slow-response', { openedAt: -100, endedAt: 400 }))).toBe(10);
    expect(then(signalled().arrival(180, 'reset', { endedAt: 260 }))).toBe(10);
  });
});
